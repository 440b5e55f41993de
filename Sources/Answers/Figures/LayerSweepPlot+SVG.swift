import TableText

extension LayerSweepPlot {
  private static let panelWidth = 360.0
  private static let panelHeight = 290.0

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let grid = PanelGrid(panels.count, width: Self.panelWidth, height: Self.panelHeight)
    let entries = colours.keys.sorted()
    let notes = Notes(self, width: grid.width)
    var drawing = SVGDrawing(
      width: grid.width, height: grid.legendTop + Double(entries.count + notes.count) * 16 + 10)
    drawing.text("Encoding score through the depth of the model", 14, 22, size: 14, weight: "bold")
    for (i, panel) in panels.enumerated() { draw(panel, at: grid.corner(i), in: &drawing) }
    legend(entries, notes, top: grid.legendTop, in: &drawing)
    return drawing.document(title: "layer_sweep")
  }

  private func draw(_ panel: Panel, at corner: (left: Double, top: Double), in drawing: inout SVGDrawing) {
    let frame = PanelFrame(
      left: corner.left + 52, top: corner.top + 40, width: Self.panelWidth - 72, height: Self.panelHeight - 110,
      xRange: xRange(panel), yRange: Self.yRange(panel))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    axes(panel, frame, in: &drawing)
    for series in panel.series where series.isLayered { bands(series, panel, frame, in: &drawing) }
    for series in panel.series { curve(series, panel, frame, in: &drawing) }
  }

  private func axes(_ panel: Panel, _ frame: PanelFrame, in drawing: inout SVGDrawing) {
    frame.axes(in: &drawing)
    if panel.sharesLayers, let points = panel.series.first(where: \.isLayered)?.points {
      let every = max(1, (points.count + 15) / 16)
      for (i, point) in points.enumerated() where i % every == 0 || i == points.count - 1 {
        let x = frame.x(point.depth)
        drawing.line(x, frame.bottom, x, frame.bottom + 4, colour: "#222222")
        drawing.text(point.layer, x + 3, frame.bottom + 12, size: 9, anchor: "end", rotation: -50)
      }
      drawing.text("layer, in the order of depth", (frame.left + frame.right) / 2, frame.bottom + 48, anchor: "middle")
    } else {
      frame.scale([0, 0.25, 0.5, 0.75, 1], "relative depth (0 first layer, 1 last)", in: &drawing)
    }
  }

  /// The null's band and the interval ribbon, below every curve.
  private func bands(_ series: Series, _ panel: Panel, _ frame: PanelFrame, in drawing: inout SVGDrawing) {
    let colour = colours[series.name] ?? "#000000"
    let nulls = series.points.compactMap { point -> (Double, Double, Double)? in
      guard let mean = point.nullMean, let p95 = point.nullP95 else { return nil }
      return (panel.place(point), mean, p95)
    }
    let band = nulls.map { (frame.x($0.0), frame.y($0.2)) } + nulls.reversed().map { (frame.x($0.0), frame.y($0.1)) }
    drawing.area(band, colour: "#777777", opacity: 0.22)
    let intervals = series.points.map { point -> (x: Double, low: Double, high: Double)? in
      guard point.isValid, let low = point.low, let high = point.high else { return nil }
      return (frame.x(panel.place(point)), frame.y(low), frame.y(high))
    }
    // A ribbon ends where a point has no interval to show.
    for run in intervals.split(whereSeparator: { $0 == nil }).map({ $0.compactMap { $0 } }) {
      drawing.area(run.map { ($0.x, $0.high) } + run.reversed().map { ($0.x, $0.low) }, colour: colour, opacity: 0.2)
      if run.count == 1 { drawing.line(run[0].x, run[0].low, run[0].x, run[0].high, colour: colour, width: 1) }
    }
  }

  private func curve(_ series: Series, _ panel: Panel, _ frame: PanelFrame, in drawing: inout SVGDrawing) {
    let colour = colours[series.name] ?? "#000000"
    guard series.isLayered else {
      for point in series.points {
        let own = point.isValid ? colour : InvalidRows.colour
        drawing.line(
          frame.left, frame.y(point.r), frame.right, frame.y(point.r), colour: own, width: 1.6, dashes: "6 4")
        drawing.dot(mark(point, frame.right, frame), colour: colour)
      }
      return
    }
    let marks = series.points.map { mark($0, frame.x(panel.place($0)), frame) }
    drawing.curve(marks, colour: colour)
    for (point, mark) in zip(series.points, marks) {
      let (x, y) = (mark.x, mark.y)
      let own = point.isValid ? colour : InvalidRows.colour
      if point.isMarkedPeak { drawing.dot(x, y, radius: 5.5, fill: "#ffffff", stroke: own) }
      drawing.dot(mark, colour: colour)
      if point.isMarkedPeak {
        let share = point.peakShare.map { ", share " + NumberText.of($0, digits: 2) } ?? ""
        let isRight = x > (frame.left + frame.right) / 2
        drawing.text(
          "peak \(point.layer)\(share)", x + (isRight ? -6 : 6), max(y - 9, frame.top + 8), size: 9,
          anchor: isRight ? "end" : "start", colour: colour, hasHalo: true)
      }
    }
  }

  private func mark(_ point: Point, _ x: Double, _ frame: PanelFrame) -> CurvePoint {
    CurvePoint(x: x, y: frame.y(point.r), isSignificant: point.isSignificant, isValid: point.isValid)
  }

  private func legend(_ entries: [String], _ notes: Notes, top: Double, in drawing: inout SVGDrawing) {
    let layered = Set(panels.flatMap { $0.series.filter(\.isLayered).map(\.name) })
    for (i, name) in entries.enumerated() {
      let y = top + Double(i) * 16
      let colour = colours[name] ?? "#000000"
      drawing.line(20, y, 50, y, colour: colour, width: 2, dashes: layered.contains(name) ? nil : "6 4")
      drawing.text(name + (layered.contains(name) ? "" : ", no layers"), 58, y + 4)
    }
    var y = top + Double(entries.count) * 16
    drawing.area([(20, y - 5), (50, y - 5), (50, y + 5), (20, y + 5)], colour: "#777777", opacity: 0.22)
    for line in notes.marks {
      drawing.text(line, 58, y + 4)
      y += 16
    }
    if !notes.grey.isEmpty { drawing.line(20, y, 50, y, colour: InvalidRows.colour, width: 2) }
    for line in notes.grey {
      drawing.text(line, 58, y + 4)
      y += 16
    }
  }

  /// What bands, dots, rings and grey say, in lines that fit the figure.
  private struct Notes {
    let marks: [String]
    let grey: [String]

    var count: Int { marks.count + grey.count }

    init(_ plot: LayerSweepPlot, width: Double) {
      let characters = Int((width - 72) / 6)
      let statistic = ["maximum statistic", plot.family.map { "over \($0)" }].compactMap(\.self).joined(separator: " ")
      let texts = [
        "null: mean to 95th percentile; ribbon: 95 % interval",
        "full dot: p_max <= .05 (\(statistic)), open: larger or none; ring: a peak with one",
        plot.leftOut > 0 ? "\(plot.leftOut) further panels left out" : nil,
      ]
      marks = texts.compactMap(\.self).flatMap { $0.wrapped(to: characters) }
      let reason = plot.invalid.sentence.map { "grey: not to be reported (valid = 0): \($0)" }
      grey = reason?.wrapped(to: characters) ?? []
    }
  }

  private func xRange(_ panel: Panel) -> ClosedRange<Double> {
    guard panel.sharesLayers else { return -0.03...1.03 }
    let places = panel.series.filter(\.isLayered).flatMap { $0.points.map(panel.place) }
    guard let low = places.min(), let high = places.max(), high > low else { return -0.5...1.5 }
    let margin = 0.03 * (high - low)
    return low - margin...high + margin
  }

  /// Everything that is drawn, and zero.
  private static func yRange(_ panel: Panel) -> ClosedRange<Double> {
    let values = panel.series.flatMap { series in
      series.points.flatMap { point in
        let band = [point.low, point.high, point.nullMean, point.nullP95].compactMap { $0 }
        return [point.r] + (series.isLayered ? band : [])
      }
    }
    return PanelFrame.range(of: values)
  }
}
