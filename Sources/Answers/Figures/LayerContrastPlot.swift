import Diagnostics
import Vocabulary
import Warehouse

/// Draws rows of `layer_contrast`: the difference of a contrast with its interval in every region, one panel for each contrast
/// and target, one colour for each feature set and element; the line below a panel's title has the counts that the report
/// `beats_baseline` has.
///
/// What is not to be reported is grey, its flags in the legend, and not counted.
public struct LayerContrastPlot: ViewFigure {
  private let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  private let colours: [String: String]
  private let invalid: InvalidRows

  private struct Panel {
    let title: String
    let subtitle: String
    let regions: [String]
    let marks: [Mark]
  }

  private struct Mark {
    let features: String
    let region: Int
    /// Fisher z.
    let difference: Double
    let interval: ClosedRange<Double>?
    let q: Double?
    let isValid: Bool
    var isSignificant: Bool { Significance.isReached(by: q) }
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.LayerContrastPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.filter { $0.difference != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "layer_contrast", reason: "no row of it has a difference",
        remedy: "run a study with statistics.contrasts first, or loosen the conditions")
    }
    let isOnlyStudy = Set(rows.map(\.study)).count == 1
    let cells = CurvePanels(rows) {
      [
        $0.study, $0.dataset, $0.cohort, $0.subject, $0.session, $0.rater, $0.target, $0.targetParameters, $0.contrast,
        $0.unit,
      ]
    }
    panels = cells.shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = cells.leftOut
    colours = CurveColours.of(Set(panels.flatMap { $0.marks.map(\.features) }))
    invalid = InvalidRows(cells.shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
  }

  private static func panel(_ rows: [Rows.LayerContrastPoints], isOnlyStudy: Bool) -> Panel {
    var regions: [String] = []
    for row in rows where !regions.contains(region(row)) { regions.append(region(row)) }
    let marks = rows.compactMap { row -> Mark? in
      guard let difference = row.difference, let place = regions.firstIndex(of: region(row)) else { return nil }
      return Mark(
        features: row.element == "original" ? row.featureSet : "\(row.featureSet) \(row.element)", region: place,
        difference: difference, interval: row.low.flatMap { low in row.high.map { low...max(low, $0) } },
        q: row.qBh, isValid: row.valid == 1)
    }
    let first = rows[0]
    let who = [isOnlyStudy ? nil : first.study, first.cohort, first.subject, first.session, first.rater]
    let sets = Dictionary(grouping: marks, by: \.features).sorted { $0.key < $1.key }
    let counts = sets.map { (sets.count > 1 ? "\($0.key) " : "") + Self.counts($0.value) }
    return Panel(
      title: "\(first.contrast), \(first.target)",
      subtitle: (counts + ["over \(first.unit)s"] + who).compactMap(\.self).joined(separator: ", "), regions: regions,
      marks: marks)
  }

  /// Of one feature set and element. While a member of a family has no q, nothing is said to be supported.
  private static func counts(_ marks: [Mark]) -> String {
    let count = SupportCount(marks.filter(\.isValid).map { ($0.difference, $0.q) })
    let told = "\(count.positive) of \(count.regions) positive"
    return count.supported.map { told + ", \($0) supported" } ?? told
  }

  private static func region(_ row: Rows.LayerContrastPoints) -> String { row.region ?? "whole" }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let figure = CurveFigure(
      view: "layer_contrast", title: "Groups of layers and baselines", panelWidth: 420, panelHeight: 300,
      colours: colours, marks: "difference in Fisher z and its 95 % interval; full: q_bh <= .05", leftOut: leftOut,
      invalid: invalid)
    return figure.svg(panels) { draw($0, at: $1, of: figure, in: &$2) }
  }

  private func draw(
    _ panel: Panel, at corner: (left: Double, top: Double), of figure: CurveFigure, in drawing: inout SVGDrawing
  ) {
    let ends = panel.marks.flatMap { mark -> [Double] in
      mark.interval.map { [0, mark.difference, $0.lowerBound, $0.upperBound] } ?? [0, mark.difference]
    }
    let frame = figure.frame(
      at: corner, x: -0.5...(Double(panel.regions.count) - 0.5), y: PanelFrame.range(of: ends))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes("difference (Fisher z)", in: &drawing)
    let every = max(1, panel.regions.count / 12)
    for (place, region) in panel.regions.enumerated() where place % every == 0 {
      drawing.text(region, frame.x(Double(place)), frame.bottom + 14, size: 9, anchor: "middle")
    }
    let names = colours.keys.sorted()
    for mark in panel.marks {
      guard let rank = names.firstIndex(of: mark.features) else { preconditionFailure("all features have a colour") }
      // Beside each other within a region.
      let shift = (Double(rank) + 0.5) / Double(names.count) - 0.5
      let x = frame.x(Double(mark.region) + 0.6 * shift)
      let colour = mark.isValid ? figure.colour(mark.features) : InvalidRows.colour
      if let interval = mark.interval {
        drawing.line(x, frame.y(interval.lowerBound), x, frame.y(interval.upperBound), colour: colour, width: 1)
      }
      drawing.dot(
        CurvePoint(x: x, y: frame.y(mark.difference), isSignificant: mark.isSignificant, isValid: mark.isValid),
        colour: figure.colour(mark.features))
    }
  }
}
