import Diagnostics
import Figures
import LabelledArrays
import Lineage
import Recordings
import TableText
import Warehouse

/// The ratings of a stimulus as figures draw them: on the grid on which studies analyse them.
struct PlottedRatings {
  private let rows: [Rows.StimulusAnnotations]

  /// - Parameter run: whose ratings; nil: those of every run.
  init(of stimulus: String, dataset: String, run: String? = nil, in warehouse: Warehouse) throws {
    rows = try warehouse.read { try $0.stimulusAnnotations(dataset: dataset, stimulus: stimulus) }
      .filter { run == nil || $0.run == run }
  }

  /// The permit for a figure that shows them beside an array: per-subject where it names who rated.
  ///
  /// - Throws: `E-CNS-001`.
  func permit(_ object: String, beside array: String, in warehouse: Warehouse) throws -> DeparturePermit {
    let namesPeople = rows.contains { $0.rater != nil || $0.subject != nil }
    return try Departure(object, namesPeople ? .perSubject : .group, arrays: Set(rows.map(\.name) + [array]))
      .permit(in: warehouse)
  }

  /// A rating without a sample has no series.
  ///
  /// - Parameter dt: seconds per row.
  /// - Throws: `E-QRY-009` for ratings that are no series over time, or end too late, and what reading arrays throws.
  func series(dt: Double, in warehouse: Warehouse) throws -> [RatedSeries] {
    try rows.compactMap { rating in
      let array = try ArrayReader.read(warehouse.reference(rating))
      guard array.axes.first?.name == "time", let times = array.axes[0].numbers else {
        throw EvokeError(
          .nothingToPlot, rating.name, reason: "it is no series over time", remedy: "evoke verify says what is wrong")
      }
      guard !times.isEmpty else { return nil }
      let placed = try array.drawn(every: dt, name: rating.annotation, object: rating.name)
      let (rows, columns) = (placed.axes[0].count, placed.axes[1].count)
      // A row is drawn in the middle of its seconds.
      return RatedSeries(
        name: rating.annotation, rater: rating.who, run: rating.run, times: (0..<rows).map { (Double($0) + 0.5) * dt },
        values: (0..<rows).map { Double(placed.values[$0 * columns]) })
    }
  }
}

extension Rows.StimulusAnnotations {
  /// Who rated, in which session.
  fileprivate var who: String { [rater, subject, session].compactMap { $0 }.joined(separator: "/") }
}

extension LabelledArray {
  /// The series on the grid of a figure, which has room for so many values.
  ///
  /// - Throws: `E-QRY-009` where it ends so late, or the grid is so fine, that there were more.
  func drawn(every dt: Double, name: String, object: String) throws -> LabelledArray {
    guard let placed = onGrid(dt: dt, name: name, limit: Self.mostDrawn) else {
      let last = seconds.max().map { NumberText.of($0) } ?? "none"
      throw EvokeError(
        .nothingToPlot, object,
        reason: "a row every \(NumberText.of(dt)) s up to its last stamp, \(last) s, makes more than the "
          + "\(Self.mostDrawn) values that a figure has room for",
        remedy: "where that stamp is right a larger --grid draws features; where it strays forget the import, and "
          + "import the series without it")
    }
    return placed
  }

  /// Of a day at ten rows a second 57 columns.
  private static var mostDrawn: Int { 50_000_000 }
}
