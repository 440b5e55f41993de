import Diagnostics
import Vocabulary
import Warehouse

/// Draws rows of `layer_sweep`: r over depth, one panel for each target cell, one colour for each feature set and element.
///
/// Ribbons are the stored 95 % intervals, grey bands reach from the null's mean to its 95th percentile, spaces without
/// layers are dashed lines with a dot at their end. Full dots have a p_max of at most .05, open ones a larger one or none; a
/// ring marks a peak that has one. What is not to be reported is grey, its flags in the legend. Nothing is computed: every
/// mark is a stored value.
public struct LayerSweepPlot: ViewFigure {
  /// Panels that fit a page.
  public static let panelLimit = 12

  let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  let colours: [String: String]
  /// What p_max is corrected over; nil where the rows drawn do not share it.
  let family: String?
  /// Rows drawn that are not to be reported, by flag.
  let invalid: InvalidRows

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
    /// Empty, and both depths 0, where the space has no layers: such a point is a line across the panel.
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
    /// Whether its p_max is at most .05.
    let isSignificant: Bool
    /// Whether it may be reported.
    let isValid: Bool

    /// Whether the peak is one to point at.
    var isMarkedPeak: Bool { isPeak && isSignificant && isValid }
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.LayerSweepPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.compactMap { row in row.r.map { (row: row, r: $0) } }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "layer_sweep", reason: "no row of it has a score",
        remedy: "run a study of kind layer_sweep first, or loosen the conditions")
    }
    let cells = Dictionary(grouping: rows) { Self.cell($0.row) }
    let ordered = cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    panels = ordered.prefix(Self.panelLimit).map {
      Self.panel($0.value, isOnlyStudy: Set(rows.map(\.row.study)).count == 1)
    }
    leftOut = max(0, ordered.count - Self.panelLimit)
    let shown = ordered.prefix(Self.panelLimit).flatMap(\.value).map(\.row)
    let families = Set(shown.filter { $0.pMax != nil }.map(\.family))
    // `target,layer | dataset=...`: over what; the panels say of what.
    let over = families.compactMap { $0?.split(separator: " | ").first }.first
    family = families.count == 1 ? over?.split(separator: ",").joined(separator: ", ") : nil
    invalid = InvalidRows(shown.map { $0.valid == 1 ? [] : reasons($0.flags) })
    colours = CurveColours.of(Set(panels.flatMap { $0.series.map(\.name) }))
  }

  /// A stored row and its score.
  private typealias Scored = (row: Rows.LayerSweepPoints, r: Double)

  private static func cell(_ row: Rows.LayerSweepPoints) -> [String] {
    let keys = [
      row.subject == nil ? "group" : "subject", row.study, row.dataset, row.cohort, row.targetKind, row.target,
      row.targetParameters, row.regionGroup, row.region, row.subject, row.session, row.rater,
    ]
    // No name is empty: what has none comes first.
    return keys.map { $0 ?? "" }
  }

  private static func panel(_ scored: [Scored], isOnlyStudy: Bool) -> Panel {
    let rows = scored.map(\.row)
    let first = rows[0]
    let isSingleMode = Set(rows.map(\.covariateMode)).count == 1
    let groups = Dictionary(grouping: scored) { entry in
      let mode = isSingleMode ? "" : ", " + entry.row.covariateMode
      return "\(entry.row.featureSet) (\(entry.row.element)\(mode))"
    }
    let series = groups.sorted { $0.key < $1.key }.flatMap { name, entries -> [Series] in
      let layered = entries.compactMap { point($0, isLayered: true) }
      let others = entries.compactMap { point($0, isLayered: false) }
      return [
        Series(name: name, isLayered: true, points: layered.sorted { ($0.depth, $0.layer) < ($1.depth, $1.layer) }),
        Series(name: name, isLayered: false, points: others),
      ].filter { !$0.points.isEmpty }
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

  /// nil for a row of the other sort: one with layer and depths, or one without.
  private static func point(_ entry: Scored, isLayered: Bool) -> Point? {
    let row = entry.row
    func point(_ layer: String, _ depth: Double, _ relDepth: Double) -> Point {
      Point(
        layer: layer, depth: depth, relDepth: relDepth, r: entry.r, low: row.low, high: row.high,
        nullMean: row.nullMean, nullP95: row.nullP95, isPeak: row.isPeak == 1, peakShare: row.peakShare,
        isSignificant: Significance.isReached(by: row.pMax), isValid: row.valid == 1)
    }
    guard let layer = row.layerKey, let depth = row.depth, let relDepth = row.relDepth else {
      return isLayered ? nil : point("", 0, 0)
    }
    return isLayered ? point(layer, Double(depth), relDepth) : nil
  }
}
