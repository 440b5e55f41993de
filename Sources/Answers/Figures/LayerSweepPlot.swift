import Diagnostics
import Warehouse

/// Draws rows of `layer_sweep`: r over depth, one panel for each target cell, one colour for each feature set and element.
///
/// Ribbons are the stored 95 % intervals, grey bands reach from the null's mean to its 95th percentile, spaces without
/// layers are dashed lines. Nothing is computed: every mark is a stored value.
public struct LayerSweepPlot {
  /// Panels that fit a page.
  public static let panelLimit = 12

  let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  let colours: [String: String]

  /// One target cell.
  struct Panel {
    let title: String
    let subtitle: String
    let series: [Series]

    /// Whether its curves run over the same layers: then the axis names them.
    var sharesLayers: Bool { Set(series.filter(\.isLayered).map { $0.points.map(\.layer) }).count <= 1 }

    /// Where a point stands on the axis.
    func place(_ point: Point) -> Double { sharesLayers ? point.depth : point.relDepth }
  }

  /// One feature set of one element over its layers, or one value without layers.
  struct Series {
    let name: String
    let isLayered: Bool
    let points: [Point]
  }

  struct Point {
    let layer: String
    let depth: Double
    let relDepth: Double
    let r: Double
    let low: Double?
    let high: Double?
    let nullMean: Double?
    let nullP95: Double?
    let isPeak: Bool
    let peakShare: Double?
  }

  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.LayerSweepPoints]) throws {
    let rows = stored.filter { $0.r != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "layer_sweep", reason: "no row of it has a score",
        remedy: "run a study of kind layer_sweep first, or loosen the conditions")
    }
    let cells = Dictionary(grouping: rows, by: Self.cell)
    let ordered = cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    panels = ordered.prefix(Self.panelLimit).map {
      Self.panel($0.value, isOnlyStudy: Set(rows.map(\.study)).count == 1)
    }
    leftOut = max(0, ordered.count - Self.panelLimit)
    let names = Set(panels.flatMap { $0.series.map(\.name) }).sorted()
    colours = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($0.element, Self.palette[$0.offset % Self.palette.count]) })
  }

  /// Okabe and Ito's colours, which colour-blind readers can tell apart.
  private static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6A00", "#444444"]

  private static func cell(_ row: Rows.LayerSweepPoints) -> [String] {
    [
      row.subject == nil ? "group" : "subject", row.study, row.dataset, row.cohort, row.targetKind, row.target,
      row.targetParameters, row.regionGroup ?? "", row.region ?? "", row.subject ?? "", row.session ?? "",
      row.rater ?? "",
    ]
  }

  private static func panel(_ rows: [Rows.LayerSweepPoints], isOnlyStudy: Bool) -> Panel {
    let first = rows[0]
    let isSingleMode = Set(rows.map(\.covariateMode)).count == 1
    let groups = Dictionary(grouping: rows) { row in
      let mode = isSingleMode ? "" : ", " + row.covariateMode
      return "\(row.featureSet) (\(row.element)\(mode))"
    }
    let series = groups.sorted { $0.key < $1.key }.map { name, rows in
      Series(
        name: name, isLayered: rows.contains { $0.depth != nil },
        points: rows.map(point).sorted { ($0.depth, $0.layer) < ($1.depth, $1.layer) })
    }
    let what = [first.targetKind, first.target, first.region].compactMap { $0 }
    let who = [first.subject, first.session, first.rater].compactMap { $0 }
    let names = (isOnlyStudy ? [] : [first.study]) + [first.cohort] + who
    return Panel(
      title: what.joined(separator: " "), subtitle: (names + [counts(rows)]).joined(separator: ", "), series: series)
  }

  private static func counts(_ rows: [Rows.LayerSweepPoints]) -> String {
    func range(_ values: [Int]) -> String? {
      guard let low = values.min(), let high = values.max() else { return nil }
      return low == high ? "\(low)" : "\(low)–\(high)"
    }
    var parts: [String] = []
    if let n = range(rows.map(\.sampleCount)) { parts.append("n = \(n) rows") }
    if let n = range(rows.map(\.stimulusCount)) { parts.append(n == "1" ? "1 stimulus" : "\(n) stimuli") }
    if let n = range(rows.compactMap(\.subjectCount)) { parts.append(n == "1" ? "1 subject" : "\(n) subjects") }
    return parts.joined(separator: ", ")
  }

  private static func point(_ row: Rows.LayerSweepPoints) -> Point {
    Point(
      layer: row.layerKey ?? "", depth: Double(row.depth ?? 0), relDepth: row.relDepth ?? 0, r: row.r ?? .nan,
      low: row.low, high: row.high, nullMean: row.nullMean, nullP95: row.nullP95, isPeak: row.isPeak == 1,
      peakShare: row.peakShare)
  }
}
