import Diagnostics
import Warehouse

/// Draws rows of `emotion_lag`: r over the lag of the rating behind the feature, one panel for each rating and feature, one
/// line for each stimulus and person, one colour for each stimulus.
///
/// What is not to be reported is grey, its flags in the legend. Nothing is computed: every mark is a stored value.
public struct EmotionLagPlot: ViewFigure {
  let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  let colours: [String: String]
  /// Rows drawn that are not to be reported, by flag.
  let invalid: InvalidRows

  /// One feature and rating.
  struct Panel {
    let title: String
    let subtitle: String
    let curves: [Curve]
  }

  /// One stimulus and person.
  struct Curve {
    let stimulus: String
    let points: [Point]
  }

  struct Point {
    let lagS: Double
    let r: Double
    /// Whether it may be reported.
    let isValid: Bool
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.EmotionLagPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.filter { $0.r != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "emotion_lag", reason: "no row of it has a correlation",
        remedy: "run a study of kind emotion_lag first, or loosen the conditions")
    }
    let isOnlyStudy = Set(rows.map(\.study)).count == 1
    let cells = CurvePanels(rows, of: Self.cell)
    panels = cells.shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = cells.leftOut
    colours = CurveColours.of(Set(panels.flatMap { $0.curves.map(\.stimulus) }))
    invalid = InvalidRows(cells.shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
  }

  private static func cell(_ row: Rows.EmotionLagPoints) -> [String?] {
    [
      row.study, row.dataset, row.cohort, row.rating, row.ratingTransform, row.featureSet, row.layerKey, row.element,
      row.transform,
    ]
  }

  private static func panel(_ rows: [Rows.EmotionLagPoints], isOnlyStudy: Bool) -> Panel {
    let first = rows[0]
    func series(_ name: String, _ transform: String) -> String {
      transform == "none" ? name : "\(name) (\(transform))"
    }
    let feature = [first.featureSet, first.layerKey].compactMap(\.self).joined(separator: "/")
    let curves = Dictionary(grouping: rows) { [$0.stimulus, $0.subject, $0.rater] }
    let drawn = curves.values.map { own in
      Curve(
        stimulus: own[0].stimulus,
        points: own.compactMap { row in row.r.map { Point(lagS: row.lagS, r: $0, isValid: row.valid == 1) } }
          .sorted { $0.lagS < $1.lagS })
    }
    let who = [isOnlyStudy ? nil : first.study, first.cohort, first.element].compactMap(\.self)
    return Panel(
      title: "\(series(feature, first.transform)) before \(series(first.rating, first.ratingTransform))",
      subtitle: (who + [drawn.count == 1 ? "1 curve" : "\(drawn.count) curves"]).joined(separator: ", "),
      curves: drawn.sorted {
        ($0.stimulus, $0.points.map(\.r).reduce(0, +)) < ($1.stimulus, $1.points.map(\.r).reduce(0, +))
      })
  }
}

extension EmotionLagPlot {
  private var figure: CurveFigure {
    CurveFigure(
      view: "emotion_lag", title: "Correlation over the lag of the rating", panelWidth: 360, panelHeight: 260,
      colours: colours,
      marks: "a line for each stimulus and person", leftOut: leftOut, invalid: invalid)
  }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let figure = figure
    return figure.svg(panels) { draw($0, at: $1, of: figure, in: &$2) }
  }

  private func draw(
    _ panel: Panel, at corner: (left: Double, top: Double), of figure: CurveFigure, in drawing: inout SVGDrawing
  ) {
    let points = panel.curves.flatMap(\.points)
    let frame = figure.frame(
      at: corner, x: CurveFigure.range(ofLags: points.map(\.lagS)), y: PanelFrame.range(of: points.map(\.r)))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes("r (correlation)", in: &drawing)
    let ticks = AxisTicks.places(frame.xRange, steps: [0.1, 0.5, 1, 2, 5, 10], most: 12)
    frame.scale(ticks, "lag of the rating, s (positive: feature first)", in: &drawing)
    for curve in panel.curves {
      let own = curve.points.map {
        CurvePoint(x: frame.x($0.lagS), y: frame.y($0.r), isSignificant: false, isValid: $0.isValid)
      }
      drawing.curve(own, colour: figure.colour(curve.stimulus))
    }
  }
}
