import Diagnostics
import Vocabulary
import Warehouse

/// Draws rows of `gradient_map`: r of every map with a column of an atlas, one panel for each kind of map, column and target,
/// one colour for each feature set, and one for synchrony; the grey line beside a dot holds 95 % of the rotations.
///
/// What is not to be reported is grey, its flags in the legend. Nothing is computed: every mark is a stored value.
public struct GradientPlot: ViewFigure {
  private let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  private let colours: [String: String]
  private let invalid: InvalidRows

  /// What a map without features is of.
  private static let synchrony = "synchrony"

  private struct Panel {
    let title: String
    let subtitle: String
    let marks: [Mark]
  }

  private struct Mark {
    let features: String
    let name: String
    let r: Double
    /// Of the draws.
    let null: ClosedRange<Double>?
    let isSignificant: Bool
    let isValid: Bool
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.GradientPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.filter { $0.r != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "gradient_map", reason: "no row of it has a correlation",
        remedy: "run a study of kind gradient_map first, or loosen the conditions")
    }
    let isOnlyStudy = Set(rows.map(\.study)).count == 1
    let cells = CurvePanels(rows) {
      [
        $0.study, $0.mapA, $0.mapB, $0.atlas, $0.dataset, $0.cohort, $0.subject, $0.rater, $0.target,
        $0.targetParameters,
      ]
    }
    panels = cells.shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = cells.leftOut
    colours = CurveColours.of(Set(panels.flatMap { $0.marks.map(\.features) }))
    invalid = InvalidRows(cells.shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
  }

  private static func panel(_ rows: [Rows.GradientPoints], isOnlyStudy: Bool) -> Panel {
    let marks = rows.compactMap { row -> Mark? in
      guard let r = row.r else { return nil }
      let null = row.nullLow.flatMap { low in row.nullHigh.map { low...max(low, $0) } }
      return Mark(
        features: row.featureSet ?? synchrony,
        name: [row.layerKey, row.element == "original" ? nil : row.element].compactMap(\.self).joined(separator: " "),
        r: r, null: null, isSignificant: Significance.isReached(by: row.pMax), isValid: row.valid == 1)
    }
    let first = rows[0]
    let who = [isOnlyStudy ? nil : first.study, first.cohort, first.subject, first.rater, first.target]
    return Panel(
      title: "\(first.mapA) with \(first.mapB)", subtitle: who.compactMap(\.self).joined(separator: ", "), marks: marks)
  }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let figure = CurveFigure(
      view: "gradient_map", title: "Maps along columns of an atlas", panelWidth: 420, panelHeight: 300,
      colours: colours, marks: "r; grey line: 95 % of rotations; full: p_max <= .05", leftOut: leftOut, invalid: invalid
    )
    return figure.svg(panels) { draw($0, at: $1, of: figure, in: &$2) }
  }

  private func draw(
    _ panel: Panel, at corner: (left: Double, top: Double), of figure: CurveFigure, in drawing: inout SVGDrawing
  ) {
    let ends = panel.marks.flatMap { [$0.r] + ($0.null.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    let frame = figure.frame(
      at: corner, x: -0.5...(Double(panel.marks.count) - 0.5), y: PanelFrame.range(of: ends))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes("r (correlation over regions)", in: &drawing)
    let every = max(1, panel.marks.count / 12)
    for (place, mark) in panel.marks.enumerated() {
      let x = frame.x(Double(place))
      if place % every == 0 { drawing.text(mark.name, x, frame.bottom + 14, size: 9, anchor: "middle") }
      if let null = mark.null {
        drawing.line(
          x, frame.y(null.lowerBound), x, frame.y(null.upperBound), colour: InvalidRows.colour, width: 3)
      }
      drawing.dot(
        CurvePoint(x: x, y: frame.y(mark.r), isSignificant: mark.isSignificant, isValid: mark.isValid),
        colour: figure.colour(mark.features))
    }
  }
}
