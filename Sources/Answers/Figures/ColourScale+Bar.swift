import TableText

extension ColourScale {
  /// The scale as a bar of 12 pixels height with its ticks below.
  func drawBar(_ x: Double, _ y: Double, width: Double, in drawing: inout SVGDrawing) {
    let steps = 100
    let part = width / Double(steps)
    for step in 0..<steps {
      let (left, right) = (x + Double(step) * part, x + Double(step + 1) * part + 0.3)
      drawing.area(
        [(left, y), (right, y), (right, y + 12), (left, y + 12)],
        colour: ColourScale.text(colour(at: (Double(step) + 0.5) / Double(steps))), opacity: 1)
    }
    for tick in ticks {
      let at = x + place(tick) * width
      drawing.line(at, y + 12, at, y + 16, colour: "#222222")
      drawing.text(NumberText.of(tick, digits: 3), at, y + 28, anchor: "middle")
    }
  }
}
