import TableText

/// A score of a curve, where it stands in the drawing.
struct CurvePoint {
  let x: Double
  let y: Double
  /// Whether its p_max is at most .05.
  let isSignificant: Bool
  /// Whether it may be reported.
  let isValid: Bool
}

extension SVGDrawing {
  /// Joins points: in grey where one of them is not to be reported, in colour over runs of those that are.
  mutating func curve(_ points: [CurvePoint], colour: String) {
    if points.contains(where: { !$0.isValid }) {
      path(points.map { ($0.x, $0.y) }, colour: InvalidRows.colour, width: 1.8)
    }
    for run in points.split(whereSeparator: { !$0.isValid }) {
      path(run.map { ($0.x, $0.y) }, colour: colour, width: 1.8)
    }
  }

  /// Full where the maximum statistic supports it, grey where it is not to be reported.
  mutating func dot(_ point: CurvePoint, colour: String) {
    let own = point.isValid ? colour : InvalidRows.colour
    dot(point.x, point.y, radius: 2.4, fill: point.isSignificant && point.isValid ? own : "#ffffff", stroke: own)
  }
}
