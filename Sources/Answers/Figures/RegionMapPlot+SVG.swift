import TableText

extension RegionMapPlot {
  /// The figure, the same bytes for the same numbers.
  public func svg() -> String {
    let layout = RegionMapLayout(self)
    var drawing = SVGDrawing(width: layout.width, height: layout.height)
    drawing.text(title, 16, 24, size: 14, weight: "bold")
    drawing.text(subtitle, 16, 42, size: 11, colour: "#555555")
    if invalid.sentence != nil { drawing.hatch() }
    for (panel, origin) in layout.places {
      // Marked outlines last: a neighbour's would cover them.
      let regions = panel.regions.map { (index: $0.key, loops: $0.value) }.sorted {
        (isMarked($0.index) ? 1 : 0, $0.index) < (isMarked($1.index) ? 1 : 0, $1.index)
      }
      for (region, loops) in regions {
        let isMarked = isMarked(region)
        drawing.shape(
          loops.map { loop in
            loop.map { (origin.x + $0.x * RegionMapLayout.scale, origin.y + $0.y * RegionMapLayout.scale) }
          },
          fill: region < 0 ? ColourScale.text(ColourScale.noRegion) : fill(values[region]),
          stroke: isMarked ? Self.marked : "#ffffff", width: isMarked ? 2 : 0.8, title: name(region))
      }
      drawing.text(
        panel.side.title, origin.x + panel.width * RegionMapLayout.scale / 2,
        origin.y + panel.height * RegionMapLayout.scale + 12, anchor: "middle", colour: "#555555")
    }
    drawBar(layout, in: &drawing)
    return drawing.document(title: title)
  }

  private static let marked = "#111111"

  private func isMarked(_ region: Int) -> Bool { region >= 0 && values[region]?.isMarked == true }

  private func fill(_ number: DrawnNumber?) -> String {
    guard let number else { return ColourScale.text(ColourScale.missing) }
    return number.isValid ? ColourScale.text(scale.colour(at: scale.place(number.value))) : SVGDrawing.hatched
  }

  /// What browsers show of a region.
  private func name(_ region: Int) -> String {
    guard region >= 0 else { return "no region" }
    let name = outlines.names[region]
    guard let number = values[region] else { return "\(name): no value" }
    let text = "\(name): \(NumberText.of(number.value, digits: 4))"
    if !number.isValid { return "\(text), not to be reported: \(number.reasons.joined(separator: ", "))" }
    return number.isMarked ? [text, test.map { "\($0) <= .05" }].compactMap(\.self).joined(separator: ", ") : text
  }

  private func drawBar(_ layout: RegionMapLayout, in drawing: inout SVGDrawing) {
    let (x, y) = (layout.bar.x, layout.bar.y)
    scale.drawBar(x, y, width: RegionMapLayout.barWidth, in: &drawing)
    drawing.text(valueName, x + RegionMapLayout.barWidth / 2, y - 6, anchor: "middle")
    if values.contains(where: { $0 == nil }) {
      let left = x + RegionMapLayout.barWidth + 30
      drawing.area(
        [(left, y), (left + 18, y), (left + 18, y + 12), (left, y + 12)],
        colour: ColourScale.text(ColourScale.missing), opacity: 1)
      drawing.text("no value", left + 24, y + 10)
    }
    legend(y + 50, in: &drawing)
  }

  /// What outlines and hatches say.
  private func legend(_ top: Double, in drawing: inout SVGDrawing) {
    var y = top
    for note in notes {
      drawing.shape(
        [[(16, y - 9), (34, y - 9), (34, y + 1), (16, y + 1)]], fill: note.fill, stroke: note.stroke, width: 2,
        title: note.lines[0])
      for line in note.lines {
        drawing.text(line, 42, y)
        y += 16
      }
    }
  }

  /// Boxes of the legend and what they say.
  var notes: [(fill: String, stroke: String, lines: [String])] {
    let texts = [
      test.map { ("#ffffff", Self.marked, "outlined: \($0) <= .05") },
      invalid.sentence.map { (SVGDrawing.hatched, "#ffffff", "not to be reported (valid = 0): \($0)") },
    ]
    return texts.compactMap(\.self).map { ($0.0, $0.1, $0.2.wrapped(to: 100)) }
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
    height = bottom + 64 + 16 * Double(plot.notes.map(\.lines.count).reduce(0, +))
  }
}
