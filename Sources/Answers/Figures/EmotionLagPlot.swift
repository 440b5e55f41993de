import Diagnostics
import TableText
import Warehouse

/// Draws rows of `emotion_lag`: r over the lag of the rating behind the feature, one panel for each rating and feature, one
/// line for each stimulus and person, one colour for each stimulus.
///
/// What is not to be reported is grey, its flags in the legend. Nothing is computed: every mark is a stored value.
public struct EmotionLagPlot {
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
    // In the order of the view.
    let cells = Dictionary(grouping: rows.indices) { Self.cell(rows[$0]) }.values.sorted { $0[0] < $1[0] }
    let ordered = cells.map { cell in cell.map { rows[$0] } }
    let shown = ordered.prefix(LayerSweepPlot.panelLimit)
    panels = shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = ordered.count - shown.count
    colours = CurveColours.of(Set(panels.flatMap { $0.curves.map(\.stimulus) }))
    invalid = InvalidRows(shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
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
  private static let panelWidth = 360.0
  private static let panelHeight = 260.0

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let grid = PanelGrid(panels.count, width: Self.panelWidth, height: Self.panelHeight)
    let notes = notes(characters: Int((grid.width - 72) / 6))
    var drawing = SVGDrawing(width: grid.width, height: grid.legendTop + Double(colours.count + notes.count) * 16 + 10)
    drawing.text("Correlation over the lag of the rating", 14, 22, size: 14, weight: "bold")
    for (i, panel) in panels.enumerated() { draw(panel, at: grid.corner(i), in: &drawing) }
    var y = grid.legendTop
    for name in colours.keys.sorted() {
      drawing.line(20, y, 50, y, colour: colour(name), width: 2)
      drawing.text(name, 58, y + 4)
      y += 16
    }
    for note in notes {
      drawing.text(note, 58, y + 4)
      y += 16
    }
    return drawing.document(title: "emotion_lag")
  }

  private func colour(_ name: String) -> String {
    guard let colour = colours[name] else { preconditionFailure("every curve has a colour") }
    return colour
  }

  /// What lines and grey say, in lines that fit the figure.
  private func notes(characters: Int) -> [String] {
    [
      "a line for each stimulus and person",
      leftOut > 0 ? "\(leftOut) further panels left out" : nil,
      invalid.sentence.map { "grey: not to be reported (valid = 0): \($0)" },
    ].compactMap(\.self).flatMap { $0.wrapped(to: characters) }
  }

  private func draw(_ panel: Panel, at corner: (left: Double, top: Double), in drawing: inout SVGDrawing) {
    let points = panel.curves.flatMap(\.points)
    let lags = points.map(\.lagS)
    let (low, high) = (lags.reduce(.infinity, min), lags.reduce(-.infinity, max))
    let margin = high > low ? 0.04 * (high - low) : 0.5
    let frame = PanelFrame(
      left: corner.left + 52, top: corner.top + 40, width: Self.panelWidth - 72, height: Self.panelHeight - 90,
      xRange: low - margin...high + margin, yRange: PanelFrame.range(of: points.map(\.r)))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes("r (correlation)", in: &drawing)
    let ticks = AxisTicks.places(frame.xRange, steps: [0.1, 0.5, 1, 2, 5, 10], most: 12)
    frame.scale(ticks, "lag of the rating, s (positive: feature first)", in: &drawing)
    for curve in panel.curves {
      let own = curve.points.map {
        CurvePoint(x: frame.x($0.lagS), y: frame.y($0.r), isSignificant: false, isValid: $0.isValid)
      }
      drawing.curve(own, colour: colour(curve.stimulus))
    }
  }
}
