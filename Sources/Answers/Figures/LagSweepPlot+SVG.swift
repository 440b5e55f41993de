extension LagSweepPlot {
  private var figure: CurveFigure {
    CurveFigure(
      view: "lag_sweep", title: "Encoding score over the delay of the features", panelWidth: 360, panelHeight: 260,
      colours: colours,
      marks: "full dot: p_max <= .05 (maximum statistic over all delays of the target), open: larger or none",
      leftOut: leftOut, invalid: invalid)
  }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let figure = figure
    return figure.svg(panels) { draw($0, at: $1, of: figure, in: &$2) }
  }

  private func draw(
    _ panel: Panel, at corner: (left: Double, top: Double), of figure: CurveFigure, in drawing: inout SVGDrawing
  ) {
    let points = panel.series.flatMap(\.points)
    let frame = figure.frame(
      at: corner, x: CurveFigure.range(ofLags: points.map(\.lagS)), y: PanelFrame.range(of: points.map(\.r)))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes(in: &drawing)
    let ticks = AxisTicks.places(frame.xRange, steps: [0.1, 0.5, 1, 2, 5, 10], most: 12)
    frame.scale(ticks, "delay of the features, s (positive: features first)", in: &drawing)
    for series in panel.series { curve(series, frame, colour: figure.colour(series.name), in: &drawing) }
  }

  private func curve(_ series: Series, _ frame: PanelFrame, colour: String, in drawing: inout SVGDrawing) {
    let points = series.points.map {
      CurvePoint(x: frame.x($0.lagS), y: frame.y($0.r), isSignificant: $0.isSignificant, isValid: $0.isValid)
    }
    drawing.curve(points, colour: colour)
    for point in points { drawing.dot(point, colour: colour) }
  }
}
