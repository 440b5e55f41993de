/// Panels of one size, at most three beside one another, below a figure's title.
struct PanelGrid {
  private let columns: Int
  private let size: (width: Double, height: Double)
  /// Of the figure.
  let width: Double
  /// Where legends begin.
  let legendTop: Double

  init(_ count: Int, width: Double, height: Double) {
    columns = min(3, count)
    size = (width, height)
    let rows = (count + columns - 1) / columns
    self.width = max(500, Double(columns) * width + 20)
    legendTop = 48 + Double(rows) * height
  }

  /// The corner of a panel.
  func corner(_ index: Int) -> (left: Double, top: Double) {
    (10 + Double(index % columns) * size.width, 34 + Double(index / columns) * size.height)
  }
}
