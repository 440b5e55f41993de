extension RegionMapPlot {
  /// The figure as a picture of indexed colours, twice as large as the drawing.
  public func png() -> [UInt8] {
    let layout = RegionMapLayout(self)
    var canvas = Canvas(width: layout.width, height: layout.height)
    let bar = (0..<100).map { scale.colour(at: (Double($0) + 0.5) / 100) }
    canvas.text(title, 16, 14, magnification: 3)
    canvas.text(subtitle, 16, 36, magnification: 2)
    for (panel, origin) in layout.places {
      func placed(_ loops: [[SIMD2<Double>]]) -> [[SIMD2<Double>]] {
        loops.map { loop in loop.map { origin + $0 * RegionMapLayout.scale } }
      }
      for (region, loops) in panel.regions.sorted(by: { $0.key < $1.key }) {
        let value = region >= 0 ? values[region] : nil
        let colour =
          region < 0
          ? ColourScale.noRegion
          : value.map { bar[min(99, Int(scale.place($0) * 100))] } ?? ColourScale.missing
        canvas.fill(placed(loops), colour)
      }
      for (_, loops) in panel.regions { canvas.outline(placed(loops), (255, 255, 255)) }
      let title = panel.side.title
      canvas.text(
        title, origin.x + panel.width * RegionMapLayout.scale / 2 - Double(title.count) * 3,
        origin.y + panel.height * RegionMapLayout.scale + 4, magnification: 2)
    }
    drawBar(bar, layout, in: &canvas)
    return canvas.bytes
  }

  private func drawBar(_ colours: [(r: Int, g: Int, b: Int)], _ layout: RegionMapLayout, in canvas: inout Canvas) {
    let (x, y, width) = (layout.bar.x, layout.bar.y, RegionMapLayout.barWidth)
    for (i, colour) in colours.enumerated() {
      let left = x + Double(i) / 100 * width
      canvas.fill([[[left, y], [left + width / 100, y], [left + width / 100, y + 12], [left, y + 12]]], colour)
    }
    for tick in scale.ticks {
      let at = x + scale.place(tick) * width
      let text = NumberText.of(tick, digits: 3)
      canvas.fill([[[at, y + 12], [at + 1, y + 12], [at + 1, y + 16], [at, y + 16]]], (34, 34, 34))
      canvas.text(text, at - Double(text.count) * 3, y + 19, magnification: 2)
    }
    canvas.text(valueName, x + width / 2 - Double(valueName.count) * 3, y - 14, magnification: 2)
    guard values.contains(where: { $0 == nil }) else { return }
    let left = x + width + 30
    canvas.fill([[[left, y], [left + 18, y], [left + 18, y + 12], [left, y + 12]]], ColourScale.missing)
    canvas.text("no value", left + 24, y + 3, magnification: 2)
  }
}

/// A picture that is painted on in the drawing's coordinates, two pixels each.
private struct Canvas {
  private let width: Int
  private let height: Int
  private var pixels: [UInt8]
  private var palette: [(UInt8, UInt8, UInt8)] = [(255, 255, 255), (34, 34, 34)]
  private var places: [Int: UInt8] = [0xFFFFFF: 0, 0x222222: 1]
  private static let zoom = 2.0

  init(width: Double, height: Double) {
    self.width = Int(width * Self.zoom)
    self.height = Int(height * Self.zoom)
    pixels = [UInt8](repeating: 0, count: self.width * self.height)
  }

  var bytes: [UInt8] { PNGImage(width: width, height: height, palette: palette, pixels: pixels).bytes }

  private mutating func index(_ colour: (r: Int, g: Int, b: Int)) -> UInt8 {
    let key = colour.r << 16 | colour.g << 8 | colour.b
    if let known = places[key] { return known }
    let index = UInt8(min(255, palette.count))
    palette.append((UInt8(colour.r), UInt8(colour.g), UInt8(colour.b)))
    places[key] = index
    return index
  }

  /// Closed loops, inner ones as holes.
  mutating func fill(_ loops: [[SIMD2<Double>]], _ colour: (r: Int, g: Int, b: Int)) {
    let own = index(colour)
    let edges = loops.flatMap { loop in
      loop.indices.map { (loop[$0] * Self.zoom, loop[($0 + 1) % loop.count] * Self.zoom) }
    }
    let low = edges.map { min($0.0.y, $0.1.y) }.min() ?? 0
    let high = edges.map { max($0.0.y, $0.1.y) }.max() ?? -1
    guard low <= high else { return }
    for row in max(0, Int(low))..<min(height, Int(high) + 1) {
      let y = Double(row) + 0.5
      let crossings = edges.compactMap { a, b -> Double? in
        guard (a.y <= y) != (b.y <= y) else { return nil }
        return a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)
      }.sorted()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let first = max(0, Int((crossings[pair] - 0.5).rounded(.up)))
        let last = min(width - 1, Int((crossings[pair + 1] - 0.5).rounded(.down)))
        for x in first..<max(first, last + 1) { pixels[row * width + x] = own }
      }
    }
  }

  mutating func outline(_ loops: [[SIMD2<Double>]], _ colour: (r: Int, g: Int, b: Int)) {
    let own = index(colour)
    for loop in loops {
      for i in loop.indices {
        let (a, b) = (loop[i] * Self.zoom, loop[(i + 1) % loop.count] * Self.zoom)
        let steps = max(1, Int(max(abs(b.x - a.x), abs(b.y - a.y)) * 2))
        for step in 0...steps {
          let p = a + (b - a) * (Double(step) / Double(steps))
          for (dx, dy) in [(0, 0), (1, 0), (0, 1)] {
            let (x, y) = (Int(p.x) + dx, Int(p.y) + dy)
            if x >= 0, y >= 0, x < width, y < height { pixels[y * width + x] = own }
          }
        }
      }
    }
  }

  /// Text in a font of 5 x 7 points; characters it lacks are blank.
  mutating func text(_ text: String, _ x: Double, _ y: Double, magnification: Int) {
    var left = Int(x * Self.zoom)
    let top = Int(y * Self.zoom)
    for character in text.lowercased() {
      let rows = PixelFont.rows[character] ?? []
      for (row, bits) in rows.enumerated() {
        for column in 0..<5 where bits & (16 >> UInt8(column)) != 0 {
          for dy in 0..<magnification {
            for dx in 0..<magnification {
              let (px, py) = (left + column * magnification + dx, top + row * magnification + dy)
              if px >= 0, py >= 0, px < width, py < height { pixels[py * width + px] = 1 }
            }
          }
        }
      }
      left += 6 * magnification
    }
  }
}

/// Letters, digits and signs of 5 x 7 points, rows from the top, the highest of five bits on the left.
private enum PixelFont {
  static let rows: [Character: [UInt8]] = {
    var font: [Character: [UInt8]] = [:]
    for line in text.split(separator: "\n") {
      guard let character = line.first else { continue }
      font[character] = line.dropFirst(2).split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
    return font
  }()

  private static let text = """
    0 e 11 13 15 19 11 e
    1 4 c 4 4 4 4 e
    2 e 11 1 2 4 8 1f
    3 1f 2 4 2 1 11 e
    4 2 6 a 12 1f 2 2
    5 1f 10 1e 1 1 11 e
    6 6 8 10 1e 11 11 e
    7 1f 1 2 4 8 8 8
    8 e 11 11 e 11 11 e
    9 e 11 11 f 1 2 c
    a 0 0 e 1 f 11 f
    b 10 10 16 19 11 11 1e
    c 0 0 e 10 10 11 e
    d 1 1 d 13 11 11 f
    e 0 0 e 11 1f 10 e
    f 6 9 8 1c 8 8 8
    g 0 f 11 11 f 1 e
    h 10 10 16 19 11 11 11
    i 4 0 c 4 4 4 e
    j 2 0 6 2 2 12 c
    k 10 10 12 14 18 14 12
    l c 4 4 4 4 4 e
    m 0 0 1a 15 15 11 11
    n 0 0 16 19 11 11 11
    o 0 0 e 11 11 11 e
    p 0 0 1e 11 1e 10 10
    q 0 0 d 13 f 1 1
    r 0 0 16 19 10 10 10
    s 0 0 e 10 e 1 1e
    t 8 8 1c 8 8 9 6
    u 0 0 11 11 11 13 d
    v 0 0 11 11 11 a 4
    w 0 0 11 11 15 15 a
    x 0 0 11 a 4 a 11
    y 0 0 11 11 f 1 e
    z 0 0 1f 2 4 8 1f
    . 0 0 0 0 0 c c
    , 0 0 0 0 c 4 8
    - 0 0 0 1f 0 0 0
    _ 0 0 0 0 0 0 1f
    : 0 c c 0 c c 0
    / 0 1 2 4 8 10 0
    ( 2 4 8 8 8 4 2
    ) 8 4 2 2 2 4 8
    = 0 0 1f 0 1f 0 0
    + 0 4 4 1f 4 4 0
    @ e 11 1 d 15 15 e
    """
}
