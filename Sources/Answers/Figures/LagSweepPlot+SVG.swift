import TableText

extension LagSweepPlot {
  private static let panelWidth = 360.0
  private static let panelHeight = 260.0

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let grid = PanelGrid(panels.count, width: Self.panelWidth, height: Self.panelHeight)
    let notes = notes(characters: Int((grid.width - 72) / 6))
    var drawing = SVGDrawing(width: grid.width, height: grid.legendTop + Double(colours.count + notes.count) * 16 + 10)
    drawing.text("Encoding score over the delay of the features", 14, 22, size: 14, weight: "bold")
    for (i, panel) in panels.enumerated() { draw(panel, at: grid.corner(i), in: &drawing) }
    var y = grid.legendTop
    for name in colours.keys.sorted() {
      drawing.line(20, y, 50, y, colour: colour(name), width: 2)
      drawing.text(name, 58, y + 4)
      y += 16
    }
    for note in notes {
      if note.isGrey { drawing.line(20, y, 50, y, colour: InvalidRows.colour, width: 2) }
      drawing.text(note.text, 58, y + 4)
      y += 16
    }
    return drawing.document(title: "lag_sweep")
  }

  private func colour(_ name: String) -> String {
    guard let colour = colours[name] else { preconditionFailure("every curve has a colour") }
    return colour
  }

  /// What dots and grey say, in lines that fit the figure.
  private func notes(characters: Int) -> [(text: String, isGrey: Bool)] {
    let marks = [
      "full dot: p_max <= .05 (maximum statistic over all delays of the target), open: larger or none",
      leftOut > 0 ? "\(leftOut) further panels left out" : nil,
    ]
    let grey = invalid.sentence.map { "grey: not to be reported (valid = 0): \($0)" }
    return marks.compactMap(\.self).flatMap { $0.wrapped(to: characters) }.map { ($0, false) }
      + (grey.map { $0.wrapped(to: characters) } ?? []).enumerated().map { ($1, $0 == 0) }
  }

  private func draw(_ panel: Panel, at corner: (left: Double, top: Double), in drawing: inout SVGDrawing) {
    let points = panel.series.flatMap(\.points)
    let frame = PanelFrame(
      left: corner.left + 52, top: corner.top + 40, width: Self.panelWidth - 72, height: Self.panelHeight - 90,
      xRange: Self.range(points.map(\.lagS)), yRange: PanelFrame.range(of: points.map(\.r)))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes(in: &drawing)
    let ticks = AxisTicks.places(frame.xRange, steps: [0.1, 0.5, 1, 2, 5, 10], most: 12)
    frame.scale(ticks, "delay of the features, s (positive: features first)", in: &drawing)
    for series in panel.series { curve(series, frame, in: &drawing) }
  }

  private static func range(_ lags: [Double]) -> ClosedRange<Double> {
    let (low, high) = (lags.reduce(.infinity, min), lags.reduce(-.infinity, max))
    let margin = high > low ? 0.04 * (high - low) : 0.5
    return low - margin...high + margin
  }

  private func curve(_ series: Series, _ frame: PanelFrame, in drawing: inout SVGDrawing) {
    let points = series.points.map {
      CurvePoint(x: frame.x($0.lagS), y: frame.y($0.r), isSignificant: $0.isSignificant, isValid: $0.isValid)
    }
    drawing.curve(points, colour: colour(series.name))
    for point in points { drawing.dot(point, colour: colour(series.name)) }
  }
}
