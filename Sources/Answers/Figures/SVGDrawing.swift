/// SVG elements as text, with numbers of fixed precision, so that the same rows give the same bytes.
struct SVGDrawing {
  let width: Double
  let height: Double
  private var elements: [String] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The whole document.
  func document(title: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width))" height="\(Self.number(height))" \
    viewBox="0 0 \(Self.number(width)) \(Self.number(height))" font-family="Helvetica, Arial, sans-serif" font-size="11">
    <title>\(Self.escaped(title))</title>
    <rect width="100%" height="100%" fill="#ffffff"/>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, colour: String, width: Double = 1, dashes: String? = nil
  ) {
    let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    elements.append(
      "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\" stroke=\"\(colour)\" stroke-width=\"\(Self.number(width))\"\(dash)/>"
    )
  }

  mutating func path(_ points: [(Double, Double)], colour: String, width: Double) {
    guard points.count > 1 else { return }
    elements.append(
      "<polyline points=\"\(Self.list(points))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"\(Self.number(width))\" stroke-linejoin=\"round\"/>"
    )
  }

  mutating func area(_ points: [(Double, Double)], colour: String, opacity: Double) {
    guard points.count > 2 else { return }
    elements.append(
      "<polygon points=\"\(Self.list(points))\" fill=\"\(colour)\" fill-opacity=\"\(Self.number(opacity))\"/>")
  }

  /// Closed loops as one shape, inner loops as holes, with a name that browsers show.
  mutating func shape(
    _ loops: [[(Double, Double)]], fill: String, stroke: String, width: Double, title: String
  ) {
    let path = loops.filter { $0.count > 2 }.map { "M" + Self.list($0) + "Z" }.joined()
    guard !path.isEmpty else { return }
    elements.append(
      "<path d=\"\(path)\" fill=\"\(fill)\" fill-rule=\"evenodd\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\" stroke-linejoin=\"round\"><title>\(Self.escaped(title))</title></path>"
    )
  }

  /// The fill of what is hatched; `hatch` once before its first use.
  static let hatched = "url(#hatch)"

  /// Grey with white stripes.
  mutating func hatch() {
    elements.append(
      "<defs><pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
        + "patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#b4b4b4\"/>"
        + "<rect width=\"1.6\" height=\"5\" fill=\"#ffffff\"/></pattern></defs>")
  }

  mutating func dot(_ x: Double, _ y: Double, radius: Double, fill: String, stroke: String) {
    elements.append(
      "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" fill=\"\(fill)\" stroke=\"\(stroke)\" stroke-width=\"1.5\"/>"
    )
  }

  /// A heat map over a place: `indices` of a palette, `width` to a row, rows from the top.
  ///
  /// Each colour is one path of the runs of cells it has, as strokes one cell high: an embedded image would need an
  /// encoder, and librsvg blurs it whatever `image-rendering` says.
  mutating func cells(
    _ indices: [UInt8], width: Int, palette: [(UInt8, UInt8, UInt8)],
    in place: (x: Double, y: Double, width: Double, height: Double)
  ) {
    let rows = indices.count / width
    precondition(rows * width == indices.count, "whole rows")
    var paths = [String](repeating: "", count: palette.count)
    var pens = [(x: Int, y: Int)](repeating: (0, 0), count: palette.count)
    for row in 0..<rows {
      var start = 0
      while start < width {
        let index = Int(indices[row * width + start])
        var end = start + 1
        while end < width, indices[row * width + end] == indices[row * width + start] { end += 1 }
        paths[index] += "m\(start - pens[index].x) \(row - pens[index].y)h\(end - start)"
        pens[index] = (end, row)
        start = end
      }
    }
    let (across, down) = (place.width / Double(width), place.height / Double(rows))
    elements.append(
      "<g transform=\"translate(\(Self.number(place.x)) \(Self.number(place.y + down / 2))) "
        + "scale(\(Self.exact(across)) \(Self.exact(down)))\" fill=\"none\" stroke-width=\"1\" "
        + "shape-rendering=\"crispEdges\">")
    for (path, colour) in zip(paths, palette) where !path.isEmpty {
      let text = [colour.0, colour.1, colour.2].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      elements.append("<path stroke=\"#\(text)\" d=\"\(path)\"/>")
    }
    elements.append("</g>")
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 11, anchor: String = "start", colour: String = "#222222",
    weight: String = "normal", rotation: Double? = nil, hasHalo: Bool = false
  ) {
    let halo = hasHalo ? " stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\"" : ""
    let turn = rotation.map { " transform=\"rotate(\(Self.number($0)) \(Self.number(x)) \(Self.number(y)))\"" } ?? ""
    elements.append(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" text-anchor=\"\(anchor)\" fill=\"\(colour)\" font-weight=\"\(weight)\"\(halo)\(turn)>\(Self.escaped(text))</text>"
    )
  }

  /// Two decimals, no exponent, no negative zero.
  static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let magnitude = hundredths.magnitude
    let fraction = magnitude % 100
    let sign = hundredths < 0 ? "-" : ""
    if fraction == 0 { return "\(sign)\(magnitude / 100)" }
    return "\(sign)\(magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  /// Six decimals: a factor is multiplied by hundreds of cells.
  private static func exact(_ value: Double) -> String {
    let millionths = Int((value * 1e6).rounded())
    let fraction = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  private static func list(_ points: [(Double, Double)]) -> String {
    points.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
  }
}
