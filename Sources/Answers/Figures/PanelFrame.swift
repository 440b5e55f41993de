import TableText

/// A panel's frame and its scales.
struct PanelFrame {
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

  /// A range that holds scores and zero.
  static func range(of scores: [Double]) -> ClosedRange<Double> {
    let low = scores.reduce(0, min)
    let high = scores.reduce(0.05, max)
    let margin = 0.06 * (high - low)
    return (low < 0 ? low - margin : 0)...high + margin
  }

  /// What the panel is of, above it.
  func head(_ title: String, _ subtitle: String, in drawing: inout SVGDrawing) {
    drawing.text(title.clipped(to: 44), left, top - 24, size: 12, weight: "bold")
    drawing.text(subtitle.clipped(to: 62), left, top - 9, size: 10, colour: "#555555")
  }

  /// Numbers below the axis, and what they are.
  func scale(_ ticks: [Double], _ name: String, in drawing: inout SVGDrawing) {
    for tick in ticks {
      drawing.line(x(tick), bottom, x(tick), bottom + 4, colour: "#222222")
      drawing.text(NumberText.of(tick), x(tick), bottom + 16, size: 10, anchor: "middle")
    }
    drawing.text(name, (left + right) / 2, bottom + 34, anchor: "middle")
  }

  /// Both axes, and the ticks and the name of that of scores.
  func axes(_ name: String = "r (correlation, out of fold)", in drawing: inout SVGDrawing) {
    for tick in AxisTicks.places(yRange, steps: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], most: 8) {
      drawing.line(left, y(tick), right, y(tick), colour: "#e6e6e6")
      drawing.text(NumberText.of(tick, digits: 3), left - 5, y(tick) + 4, size: 10, anchor: "end")
    }
    if yRange.contains(0) { drawing.line(left, y(0), right, y(0), colour: "#888888") }
    drawing.line(left, top, left, bottom, colour: "#222222")
    drawing.line(left, bottom, right, bottom, colour: "#222222")
    drawing.text(name, left - 40, (top + bottom) / 2, anchor: "middle", rotation: -90)
  }
}

/// Colours of named curves.
enum CurveColours {
  /// Okabe and Ito's colours, which colour-blind readers can tell apart.
  private static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6A00", "#444444"]

  /// A colour for every name, in the order of the names.
  static func of(_ names: Set<String>) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: names.sorted().enumerated().map { ($0.element, palette[$0.offset % palette.count]) })
  }
}
