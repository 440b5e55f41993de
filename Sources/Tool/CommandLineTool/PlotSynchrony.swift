import Diagnostics
import Figures
import LabelledArrays
import Lineage
import TableText
import Warehouse

/// What `evoke plot synchrony STIMULUS` draws.
struct PlotSynchrony {
  let stimulus: String
  var dataset: String?
  var cohort: String?
  /// Of the columns signal, band, method, window_s, step_s, anchor, null_kind.
  var conditions: [Condition] = []

  private static let columns = ["signal", "band", "method", "window_s", "step_s", "anchor", "null_kind"]

  /// - Throws: `E-QRY-009` where nothing or more than one synchrony fits, and what reading arrays throws.
  func plot(in warehouse: Warehouse) throws -> (SynchronyPlot, DeparturePermit) {
    let rows = try warehouse.read { try $0.stimulusSynchrony(stimulus: stimulus) }
    let row = try chosen(rows)
    let ratings = try PlottedRatings(of: stimulus, dataset: row.dataset, in: warehouse)
    let permit = try ratings.permit("synchrony during \(stimulus)", beside: row.name, in: warehouse)
    let array = try ArrayReader.read(warehouse.reference(row))
    let window = NumberText.of(row.windowS, digits: 4)
    let what = [row.signal, row.band, row.method].joined(separator: ", ")
    let plot = try SynchronyPlot(
      title: "Synchrony\(row.cohort.map { " of \($0)" } ?? "") during \(row.stimulus)",
      subtitle: "\(what), windows of \(window) s (\(row.anchor)), \(row.subjectCount) subjects"
        + Self.null(row),
      synchrony: array, regions: try Self.regions(of: row, in: warehouse),
      annotations: ratings.series(dt: 1, in: warehouse))
    return (plot, permit)
  }

  private static func null(_ row: Rows.StimulusSynchrony) -> String {
    guard let kind = row.nullKind else { return "" }
    return ", null \(kind)" + (row.nullDraws.map { " (\($0) draws)" } ?? "")
  }

  private static func regions(
    of row: Rows.StimulusSynchrony, in warehouse: Warehouse
  ) throws -> [String: SynchronyPlot.Region] {
    let rows = try warehouse.read { try $0.synchronyRegions(unit: row.unitKey, stimulus: row.stimulus) }
    return Dictionary(grouping: rows, by: \.region).compactMapValues(\.first).mapValues { region in
      SynchronyPlot.Region(
        staticValue: region.staticIsc, pMax: region.pMax,
        reasons: region.valid == 1 ? [] : RowFlags.reasons(in: region.flags))
    }
  }

  private func chosen(_ rows: [Rows.StimulusSynchrony]) throws -> Rows.StimulusSynchrony {
    func refuse(_ reason: String, _ remedy: String) -> EvokeError {
      EvokeError(.nothingToPlot, "synchrony during \(stimulus)", reason: reason, remedy: remedy)
    }
    if let odd = conditions.first(where: { !Self.columns.contains($0.column) || $0.comparison != "=" }) {
      throw refuse(
        "\(odd.column)\(odd.comparison)\(odd.value) is no choice of synchrony",
        "--where COLUMN=VALUE with COLUMN one of \(Self.columns.joined(separator: ", "))")
    }
    let fitting = rows.filter { row in
      (dataset ?? row.dataset) == row.dataset && (cohort ?? row.cohort) == row.cohort
        && conditions.allSatisfy { condition in
          switch row.choice(condition.column) {
          case .real(let number): Double(condition.value) == number
          case let value: (value.string ?? "") == condition.value
          }
        }
    }
    guard let row = fitting.first ?? nil else {
      throw refuse(
        rows.isEmpty ? "no synchrony during this stimulus is stored" : "of \(rows.count) stored ones none fits",
        rows.isEmpty ? "evoke run a study of kind isc_report" : "evoke query synchrony_summary lists them")
    }
    guard fitting.count == 1 else {
      let list: [String] = fitting.prefix(4).map { row in
        (["cohort"] + Self.columns).map { column -> String in
          let value = row.choice(column)
          return "\(column)=\(value.double.map { NumberText.of($0, digits: 4) } ?? value.string ?? "")"
        }.joined(separator: " ")
      }
      throw refuse(
        "\(fitting.count) fit: \(list.joined(separator: "; "))", "choose with --cohort, --dataset or --where")
    }
    return row
  }
}

extension Rows.StimulusSynchrony {
  /// The value of a column by which one synchrony is told from another.
  fileprivate func choice(_ column: String) -> SQLValue {
    switch column {
    case "cohort": .optional(cohort)
    case "signal": .text(signal)
    case "band": .text(band)
    case "method": .text(method)
    case "window_s": .real(windowS)
    case "step_s": .real(stepS)
    case "anchor": .text(anchor)
    default: .optional(nullKind)
    }
  }
}
