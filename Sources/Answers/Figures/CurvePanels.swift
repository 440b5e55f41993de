import TableText

/// Rows of a view in panels: those of one cell in one panel, in the order of the view.
struct CurvePanels<Row> {
  /// The rows of each panel that is drawn.
  let shown: [[Row]]
  /// Panels that were left out.
  let leftOut: Int

  init(_ rows: [Row], of cell: (Row) -> [String?]) {
    let cells = Dictionary(grouping: rows.indices) { cell(rows[$0]) }.values.sorted { $0[0] < $1[0] }
    shown = cells.prefix(LayerSweepPlot.panelLimit).map { cell in cell.map { rows[$0] } }
    leftOut = cells.count - shown.count
  }
}

/// What stands around the panels of a figure of curves: its title above them, and below them the name of every colour, what
/// marks and grey say.
struct CurveFigure {
  /// The view that is drawn.
  let view: String
  let title: String
  let panelWidth: Double
  let panelHeight: Double
  let colours: [String: String]
  /// What marks say.
  let marks: String
  let leftOut: Int
  let invalid: InvalidRows

  func colour(_ name: String) -> String {
    guard let colour = colours[name] else { preconditionFailure("every curve has a colour") }
    return colour
  }

  /// The figure, the same bytes for the same panels.
  func svg<Panel>(
    _ panels: [Panel], _ draw: (_ panel: Panel, _ corner: (left: Double, top: Double), inout SVGDrawing) -> Void
  ) -> String {
    let grid = PanelGrid(panels.count, width: panelWidth, height: panelHeight)
    let notes = notes(characters: Int((grid.width - 72) / 6))
    var drawing = SVGDrawing(width: grid.width, height: grid.legendTop + Double(colours.count + notes.count) * 16 + 10)
    drawing.text(title, 14, 22, size: 14, weight: "bold")
    for (i, panel) in panels.enumerated() { draw(panel, grid.corner(i), &drawing) }
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
    return drawing.document(title: view)
  }

  /// What marks and grey say, in lines that fit the figure.
  private func notes(characters: Int) -> [(text: String, isGrey: Bool)] {
    let plain = [marks, leftOut > 0 ? "\(leftOut) further panels left out" : nil]
    let grey = invalid.sentence.map { "grey: not to be reported (valid = 0): \($0)".wrapped(to: characters) }
    return plain.compactMap(\.self).flatMap { $0.wrapped(to: characters) }.map { ($0, false) }
      + (grey ?? []).enumerated().map { ($1, $0 == 0) }
  }

  /// The frame of a panel.
  func frame(
    at corner: (left: Double, top: Double), x: ClosedRange<Double>, y: ClosedRange<Double>
  ) -> PanelFrame {
    PanelFrame(
      left: corner.left + 52, top: corner.top + 40, width: panelWidth - 72, height: panelHeight - 90, xRange: x,
      yRange: y)
  }

  /// A range of lags, with room for the dots at its ends.
  static func range(ofLags lags: [Double]) -> ClosedRange<Double> {
    let (low, high) = (lags.reduce(.infinity, min), lags.reduce(-.infinity, max))
    let margin = high > low ? 0.04 * (high - low) : 0.5
    return low - margin...high + margin
  }
}
