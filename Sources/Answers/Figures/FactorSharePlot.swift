import Diagnostics
import TableText
import Vocabulary
import Warehouse

/// Draws rows of `controlled_synthesis`: partial eta squared over relative depth, one panel for each feature and element, one
/// colour for each factor and for all factors of a role together.
///
/// Dots are full where p_max is at most .05. What is not to be reported is grey, its flags in the legend. Nothing is computed:
/// every mark is a stored value.
public struct FactorSharePlot: ViewFigure {
  private let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  private let colours: [String: String]
  private let invalid: InvalidRows

  private struct Panel {
    let title: String
    let subtitle: String
    /// By factor.
    let curves: [String: [Mark]]
  }

  private struct Mark {
    let depth: Double
    let share: Double
    let isSignificant: Bool
    let isValid: Bool
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.ControlledSynthesisPoints], reasons: (String?) -> [String]) throws {
    // Levels and two factors together stand in the table.
    let rows = stored.filter { $0.partialEta2 != nil && $0.level == nil && $0.role != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "controlled_synthesis", reason: "no row of it has a share of a whole factor",
        remedy: "run a study of kind controlled_synthesis first, or loosen the conditions")
    }
    let isOnlyStudy = Set(rows.map(\.study)).count == 1
    let cells = CurvePanels(rows) { [$0.study, $0.dataset, $0.cohort, $0.featureSet, $0.element] }
    panels = cells.shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = cells.leftOut
    colours = CurveColours.of(Set(panels.flatMap { $0.curves.keys }))
    invalid = InvalidRows(cells.shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
  }

  private static func panel(_ rows: [Rows.ControlledSynthesisPoints], isOnlyStudy: Bool) -> Panel {
    let curves = Dictionary(grouping: rows) { row in
      [row.factor ?? "all", row.role.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    }
    let who = [isOnlyStudy ? nil : rows[0].study, rows[0].cohort, rows[0].element].compactMap(\.self)
    return Panel(
      title: rows[0].featureSet, subtitle: who.joined(separator: ", "), curves: curves.mapValues(marks))
  }

  /// At their relative depth; features that have none stand in their order.
  private static func marks(_ rows: [Rows.ControlledSynthesisPoints]) -> [Mark] {
    rows.enumerated().compactMap { place, row in
      row.partialEta2.map {
        Mark(
          depth: row.relDepth ?? Double(place + 1) / Double(rows.count + 1), share: $0,
          isSignificant: Significance.isReached(by: row.pMax), isValid: row.valid == 1)
      }
    }.sorted { $0.depth < $1.depth }
  }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let figure = CurveFigure(
      view: "controlled_synthesis", title: "Variance of features that factors explain", panelWidth: 360,
      panelHeight: 270, colours: colours, marks: "full dot: p_max <= .05", leftOut: leftOut, invalid: invalid)
    return figure.svg(panels) { draw($0, at: $1, of: figure, in: &$2) }
  }

  private func draw(
    _ panel: Panel, at corner: (left: Double, top: Double), of figure: CurveFigure, in drawing: inout SVGDrawing
  ) {
    let frame = figure.frame(at: corner, x: -0.03...1.03, y: 0...1)
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes("partial eta squared", in: &drawing)
    frame.scale([0, 0.2, 0.4, 0.6, 0.8, 1], "relative depth (0: first layer, 1: last)", in: &drawing)
    for (name, marks) in panel.curves.sorted(by: { $0.key < $1.key }) {
      let points = marks.map {
        CurvePoint(
          x: frame.x($0.depth), y: frame.y($0.share), isSignificant: $0.isSignificant, isValid: $0.isValid)
      }
      drawing.curve(points, colour: figure.colour(name))
      for point in points { drawing.dot(point, colour: figure.colour(name)) }
    }
  }
}
