import TableText

/// A panel's frame and its scales.
private struct Frame {
  let left: Double
  let top: Double
  let width: Double
  let height: Double
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>

  var right: Double { left + width }
  var bottom: Double { top + height }

  func x(_ value: Double) -> Double {
    left + (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound) * width
  }

  func y(_ value: Double) -> Double {
    bottom - (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound) * height
  }
}

extension LayerSweepPlot {
  private static let panelWidth = 360.0
  private static let panelHeight = 290.0

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let columns = min(3, panels.count)
    let rows = (panels.count + columns - 1) / columns
    let entries = colours.keys.sorted()
    let legendHeight = Double(entries.count) * 16 + 40
    var drawing = SVGDrawing(
      width: max(500, Double(columns) * Self.panelWidth + 20),
      height: Double(rows) * Self.panelHeight + legendHeight + 34)
    drawing.text("Encoding score through the depth of the model", 14, 22, size: 14, weight: "bold")
    for (i, panel) in panels.enumerated() {
      let left = 10 + Double(i % columns) * Self.panelWidth
      let top = 34 + Double(i / columns) * Self.panelHeight
      draw(panel, left: left, top: top, in: &drawing)
    }
    legend(entries, top: 34 + Double(rows) * Self.panelHeight + 14, in: &drawing)
    return drawing.document(title: "layer_sweep")
  }

  private func draw(_ panel: Panel, left: Double, top: Double, in drawing: inout SVGDrawing) {
    let frame = Frame(
      left: left + 52, top: top + 40, width: Self.panelWidth - 72, height: Self.panelHeight - 110,
      xRange: xRange(panel), yRange: Self.yRange(panel))
    drawing.text(panel.title.clipped(to: 44), frame.left, top + 16, size: 12, weight: "bold")
    drawing.text(panel.subtitle.clipped(to: 62), frame.left, top + 31, size: 10, colour: "#555555")
    axes(panel, frame, in: &drawing)
    for series in panel.series where series.isLayered { bands(series, panel, frame, in: &drawing) }
    for series in panel.series { curve(series, panel, frame, in: &drawing) }
  }

  private func axes(_ panel: Panel, _ frame: Frame, in drawing: inout SVGDrawing) {
    for tick in AxisTicks.places(frame.yRange, steps: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], most: 8) {
      drawing.line(frame.left, frame.y(tick), frame.right, frame.y(tick), colour: "#e6e6e6")
      drawing.text(NumberText.of(tick, digits: 3), frame.left - 5, frame.y(tick) + 4, size: 10, anchor: "end")
    }
    if frame.yRange.contains(0) { drawing.line(frame.left, frame.y(0), frame.right, frame.y(0), colour: "#888888") }
    drawing.line(frame.left, frame.top, frame.left, frame.bottom, colour: "#222222")
    drawing.line(frame.left, frame.bottom, frame.right, frame.bottom, colour: "#222222")
    if panel.sharesLayers, let points = panel.series.first(where: \.isLayered)?.points {
      let every = max(1, (points.count + 15) / 16)
      for (i, point) in points.enumerated() where i % every == 0 || i == points.count - 1 {
        let x = frame.x(point.depth)
        drawing.line(x, frame.bottom, x, frame.bottom + 4, colour: "#222222")
        drawing.text(point.layer, x + 3, frame.bottom + 12, size: 9, anchor: "end", rotation: -50)
      }
      drawing.text("layer, in the order of depth", (frame.left + frame.right) / 2, frame.bottom + 48, anchor: "middle")
    } else {
      for tick in [0, 0.25, 0.5, 0.75, 1.0] {
        drawing.line(frame.x(tick), frame.bottom, frame.x(tick), frame.bottom + 4, colour: "#222222")
        drawing.text(NumberText.of(tick), frame.x(tick), frame.bottom + 16, size: 10, anchor: "middle")
      }
      drawing.text(
        "relative depth (0 first layer, 1 last)", (frame.left + frame.right) / 2, frame.bottom + 34, anchor: "middle")
    }
    let middle = (frame.top + frame.bottom) / 2
    drawing.text("r (correlation, out of fold)", frame.left - 40, middle, anchor: "middle", rotation: -90)
  }

  /// The null's band and the interval ribbon, below every curve.
  private func bands(_ series: Series, _ panel: Panel, _ frame: Frame, in drawing: inout SVGDrawing) {
    let colour = colours[series.name] ?? "#000000"
    let nulls = series.points.compactMap { point -> (Double, Double, Double)? in
      guard let mean = point.nullMean, let p95 = point.nullP95 else { return nil }
      return (panel.place(point), mean, p95)
    }
    let band = nulls.map { (frame.x($0.0), frame.y($0.2)) } + nulls.reversed().map { (frame.x($0.0), frame.y($0.1)) }
    drawing.area(band, colour: "#777777", opacity: 0.22)
    let ribbon = series.points.compactMap { point -> (Double, Double, Double)? in
      guard let low = point.low, let high = point.high else { return nil }
      return (panel.place(point), low, high)
    }
    drawing.area(
      ribbon.map { (frame.x($0.0), frame.y($0.2)) } + ribbon.reversed().map { (frame.x($0.0), frame.y($0.1)) },
      colour: colour, opacity: 0.2)
  }

  private func curve(_ series: Series, _ panel: Panel, _ frame: Frame, in drawing: inout SVGDrawing) {
    let colour = colours[series.name] ?? "#000000"
    guard series.isLayered else {
      for point in series.points {
        drawing.line(
          frame.left, frame.y(point.r), frame.right, frame.y(point.r), colour: colour, width: 1.6, dashes: "6 4")
      }
      return
    }
    drawing.path(series.points.map { (frame.x(panel.place($0)), frame.y($0.r)) }, colour: colour, width: 1.8)
    for point in series.points {
      let (x, y) = (frame.x(panel.place(point)), frame.y(point.r))
      drawing.dot(x, y, radius: point.isPeak ? 4.5 : 2.2, fill: point.isPeak ? "#ffffff" : colour, stroke: colour)
      if point.isPeak {
        let share = point.peakShare.map { ", share " + NumberText.of($0, digits: 2) } ?? ""
        let isRight = x > (frame.left + frame.right) / 2
        drawing.text(
          "peak \(point.layer)\(share)", x + (isRight ? -6 : 6), max(y - 9, frame.top + 8), size: 9,
          anchor: isRight ? "end" : "start", colour: colour, hasHalo: true)
      }
    }
  }

  private func legend(_ entries: [String], top: Double, in drawing: inout SVGDrawing) {
    let layered = Set(panels.flatMap { $0.series.filter(\.isLayered).map(\.name) })
    for (i, name) in entries.enumerated() {
      let y = top + Double(i) * 16
      let colour = colours[name] ?? "#000000"
      drawing.line(20, y, 50, y, colour: colour, width: 2, dashes: layered.contains(name) ? nil : "6 4")
      drawing.text(name + (layered.contains(name) ? "" : ", no layers"), 58, y + 4)
    }
    let y = top + Double(entries.count) * 16
    drawing.area([(20, y - 5), (50, y - 5), (50, y + 5), (20, y + 5)], colour: "#777777", opacity: 0.22)
    drawing.text("null: mean to 95th percentile; ribbon: 95 % interval; ring: peak layer", 58, y + 4)
    if leftOut > 0 {
      drawing.text("\(leftOut) further panels left out", drawing.width - 14, y + 4, anchor: "end", colour: "#555555")
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
    let low = values.reduce(0, min)
    let high = values.reduce(0.05, max)
    let margin = 0.06 * (high - low)
    return (low < 0 ? low - margin : 0)...high + margin
  }
}
