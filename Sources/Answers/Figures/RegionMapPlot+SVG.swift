import TableText

extension RegionMapPlot {
  /// The figure, the same bytes for the same numbers.
  public func svg() -> String {
    let layout = RegionMapLayout(self)
    var drawing = SVGDrawing(width: layout.width, height: layout.height)
    drawing.text(title, 16, 24, size: 14, weight: "bold")
    drawing.text(subtitle, 16, 42, size: 11, colour: "#555555")
    for (panel, origin) in layout.places {
      for (region, loops) in panel.regions.sorted(by: { $0.key < $1.key }) {
        let value = region >= 0 ? values[region] : nil
        let colour = region < 0 ? ColourScale.noRegion : fill(value)
        let name = region < 0 ? "no region" : outlines.names[region]
        drawing.shape(
          loops.map { loop in
            loop.map { (origin.x + $0.x * RegionMapLayout.scale, origin.y + $0.y * RegionMapLayout.scale) }
          },
          fill: ColourScale.text(colour), stroke: "#ffffff", width: 0.8,
          title: region < 0 ? name : "\(name): \(value.map { NumberText.of($0, digits: 4) } ?? "no value")")
      }
      drawing.text(
        panel.side.title, origin.x + panel.width * RegionMapLayout.scale / 2,
        origin.y + panel.height * RegionMapLayout.scale + 12, anchor: "middle", colour: "#555555")
    }
    drawBar(layout, in: &drawing)
    return drawing.document(title: title)
  }

  func fill(_ value: Double?) -> (r: Int, g: Int, b: Int) {
    value.map { scale.colour(at: scale.place($0)) } ?? ColourScale.missing
  }

  private func drawBar(_ layout: RegionMapLayout, in drawing: inout SVGDrawing) {
    let (x, y) = (layout.bar.x, layout.bar.y)
    let steps = 100
    let width = RegionMapLayout.barWidth / Double(steps)
    for step in 0..<steps {
      let (left, right) = (x + Double(step) * width, x + Double(step + 1) * width + 0.3)
      drawing.area(
        [(left, y), (right, y), (right, y + 12), (left, y + 12)],
        colour: ColourScale.text(scale.colour(at: (Double(step) + 0.5) / Double(steps))), opacity: 1)
    }
    for tick in scale.ticks {
      let at = x + scale.place(tick) * RegionMapLayout.barWidth
      drawing.line(at, y + 12, at, y + 16, colour: "#222222")
      drawing.text(NumberText.of(tick, digits: 3), at, y + 28, anchor: "middle")
    }
    drawing.text(valueName, x + RegionMapLayout.barWidth / 2, y - 6, anchor: "middle")
    if values.contains(where: { $0 == nil }) {
      let left = x + RegionMapLayout.barWidth + 30
      drawing.area(
        [(left, y), (left + 18, y), (left + 18, y + 12), (left, y + 12)],
        colour: ColourScale.text(ColourScale.missing), opacity: 1)
      drawing.text("no value", left + 24, y + 10)
    }
  }
}

/// Where the parts of the figure stand.
struct RegionMapLayout {
  /// Points per mm of the brain.
  static let scale = 2.0
  static let barWidth = 260.0

  let width: Double
  let height: Double
  let places: [(panel: RegionOutlines.Panel, origin: SIMD2<Double>)]
  let bar: SIMD2<Double>

  init(_ plot: RegionMapPlot) {
    let panels = plot.outlines.panels
    let column = panels.map(\.width).reduce(0, max) * Self.scale + 24
    let row = panels.map(\.height).reduce(0, max) * Self.scale + 26
    places = panels.enumerated().map { i, panel in
      let left = 16 + Double(i % 2) * column + (column - panel.width * Self.scale) / 2
      let top = 56 + Double(i / 2) * row + (row - 26 - panel.height * Self.scale) / 2
      return (panel, [left, top])
    }
    width = max(420, 2 * column + 32)
    let bottom = 56 + Double((panels.count + 1) / 2) * row
    bar = [(width - Self.barWidth) / 2, bottom + 24]
    height = bottom + 64
  }
}
