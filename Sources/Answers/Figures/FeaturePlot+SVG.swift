import TableText

extension FeaturePlot {
  private static let left = 150.0
  private static let plotWidth = 900.0
  private static let curveHeight = 34.0
  private static let ratingHeight = 110.0
  private static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6A00", "#444444"]
  /// z-scores beyond this have the colour of this.
  private static let limit = 2.5

  private var isPicture: Bool { columns.count > Self.curveLimit }
  private var lines: Int { min(columns.count, 384) }
  private var pictureHeight: Double { isPicture ? max(200, Double(lines)) : Double(columns.count) * Self.curveHeight }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let top = 58.0
    let below = top + pictureHeight
    let ratings = Double(annotations.count) * (Self.ratingHeight + 14)
    var drawing = SVGDrawing(width: Self.left + Self.plotWidth + 90, height: below + ratings + 76)
    drawing.text(title, 14, 22, size: 14, weight: "bold")
    drawing.text(subtitle, 14, 40, size: 10, colour: "#555555")
    if isPicture { picture(top, in: &drawing) } else { curves(top, in: &drawing) }
    grid(top, below + ratings, in: &drawing)
    for (i, annotation) in annotations.enumerated() {
      rating(annotation, below + 14 + Double(i) * (Self.ratingHeight + 14), in: &drawing)
    }
    clock(below + ratings, in: &drawing)
    return drawing.document(title: title)
  }

  private func x(_ seconds: Double) -> Double {
    Self.left + (seconds - times[0]) / max(end - times[0], 1e-9) * Self.plotWidth
  }

  private func picture(_ top: Double, in drawing: inout SVGDrawing) {
    let width = min(Int(Self.plotWidth), max(times.count, 1))
    let pixels = cells(width: width, height: lines).map { z -> UInt8 in
      guard !z.isNaN else { return 255 }
      return UInt8(((min(max(z, -Self.limit), Self.limit) + Self.limit) / (2 * Self.limit) * 254).rounded())
    }
    drawing.cells(
      pixels, width: width, palette: DivergingColours.palette, in: (Self.left, top, Self.plotWidth, pictureHeight))
    let shown = min(columns.count, 9)
    for i in 0..<shown {
      let c = shown == 1 ? 0 : i * (columns.count - 1) / (shown - 1)
      let y = top + (Double(c) + 0.5) / Double(columns.count) * pictureHeight
      drawing.text(columns[c].clipped(to: 22), Self.left - 6, y + 4, size: 10, anchor: "end")
    }
    scale(top, in: &drawing)
  }

  /// The colours' meaning.
  private func scale(_ top: Double, in drawing: inout SVGDrawing) {
    let (x, height) = (Self.left + Self.plotWidth + 18, 120.0)
    drawing.cells(
      (0..<255).map { 254 - $0 }, width: 1, palette: DivergingColours.palette, in: (x, top + 14, 12, height))
    for (share, label) in [(0.0, "2.5"), (0.5, "0"), (1.0, "-2.5")] {
      drawing.text(label, x + 18, top + 18 + share * height, size: 10)
    }
    drawing.text("z-score", x - 4, top + 6, size: 10)
    drawing.text("grey: missing", x - 10, top + height + 32, size: 9, colour: "#555555")
  }

  private func curves(_ top: Double, in drawing: inout SVGDrawing) {
    for c in columns.indices {
      let values = column(c)
      let present = values.filter { !$0.isNaN }
      let y = top + Double(c) * Self.curveHeight
      drawing.text(columns[c].clipped(to: 22), Self.left - 6, y + Self.curveHeight / 2 + 4, size: 10, anchor: "end")
      guard let low = present.min(), let high = present.max() else {
        drawing.text("missing throughout", Self.left + 6, y + Self.curveHeight / 2 + 4, size: 9, colour: "#777777")
        continue
      }
      let right = Self.left + Self.plotWidth + 6
      drawing.text(NumberText.of(high, digits: 3), right, y + 11, size: 8, colour: "#555555")
      drawing.text(NumberText.of(low, digits: 3), right, y + Self.curveHeight - 4, size: 8, colour: "#555555")
      // Points stand in the middle of their second.
      let points = zip(times, values).map { ($0 + step / 2, $1) }
      curve(
        points, range: low...max(high, low), top: y + 4, height: Self.curveHeight - 8,
        colour: Self.palette[c % Self.palette.count], width: 1.1, in: &drawing)
    }
  }

  /// One curve with gaps where values are missing; thinned to what a page can show.
  private func curve(
    _ points: [(Double, Double)], range: ClosedRange<Double>, top: Double, height: Double, colour: String,
    width: Double, in drawing: inout SVGDrawing
  ) {
    let span = range.upperBound - range.lowerBound
    var piece: [(Double, Double)] = []
    for (time, value) in Self.thinned(points) {
      if value.isNaN {
        drawing.path(piece, colour: colour, width: width)
        piece = []
      } else {
        let share = span > 0 ? (value - range.lowerBound) / span : 0.5
        piece.append((x(time), top + (1 - share) * height))
      }
    }
    drawing.path(piece, colour: colour, width: width)
  }

  /// At most about 3,600 points: the smallest and the largest of each stretch stand for it.
  private static func thinned(_ points: [(Double, Double)]) -> [(Double, Double)] {
    let stretch = (points.count + 1799) / 1800
    guard stretch > 2 else { return points }
    return stride(from: 0, to: points.count, by: stretch).flatMap { start -> [(Double, Double)] in
      let part = points[start..<min(start + stretch, points.count)]
      guard let low = part.min(by: { $0.1 < $1.1 }), let high = part.max(by: { $0.1 < $1.1 }),
        !part.contains(where: \.1.isNaN)
      else { return [part[start]] }
      return low.0 < high.0 ? [low, high] : [high, low]
    }
  }

  private func rating(_ annotation: RatedSeries.Panel, _ top: Double, in drawing: inout SVGDrawing) {
    let values = annotation.series.flatMap(\.values).filter { !$0.isNaN }
    drawing.text(
      annotation.name.clipped(to: 22), Self.left - 6, top + Self.ratingHeight / 2, size: 12, anchor: "end",
      weight: "bold")
    let raters = annotation.series.count
    drawing.text(
      annotation.caption, Self.left - 6, top + Self.ratingHeight / 2 + 14, size: 10,
      anchor: "end", colour: "#555555")
    guard let low = values.min(), let high = values.max() else { return }
    let right = Self.left + Self.plotWidth
    for (value, y) in [(high, top), (low, top + Self.ratingHeight)] {
      drawing.line(Self.left, y, right, y, colour: "#dddddd")
      drawing.text(NumberText.of(value, digits: 3), right + 6, y + 4, size: 9, colour: "#555555")
    }
    for (i, series) in annotation.series.enumerated() {
      let points = zip(series.times, series.values).map { ($0, $1) }.filter { $0.0 >= times[0] && $0.0 <= end }
      curve(
        points, range: low...high, top: top, height: Self.ratingHeight, colour: Self.palette[i % Self.palette.count],
        width: raters > 4 ? 0.8 : 1.6,
        in: &drawing)
    }
  }

  /// Lines through everything at round times.
  private func grid(_ top: Double, _ bottom: Double, in drawing: inout SVGDrawing) {
    for tick in ticks { drawing.line(x(tick), top, x(tick), bottom, colour: "#999999", width: 0.4, dashes: "2 3") }
  }

  private func clock(_ bottom: Double, in drawing: inout SVGDrawing) {
    drawing.line(Self.left, bottom + 4, Self.left + Self.plotWidth, bottom + 4, colour: "#222222")
    for tick in ticks {
      drawing.line(x(tick), bottom + 4, x(tick), bottom + 9, colour: "#222222")
      drawing.text(Self.time(tick), x(tick), bottom + 22, size: 10, anchor: "middle")
    }
    drawing.text("time from the start of the stimulus", Self.left + Self.plotWidth / 2, bottom + 40, anchor: "middle")
  }

  private var ticks: [Double] { AxisTicks.seconds(times[0]...max(end, times[0])) }

  /// `12:05`, `1:02:00`, `0.5 s`.
  static func time(_ seconds: Double) -> String {
    if seconds != seconds.rounded() { return "\(NumberText.of(seconds, digits: 3)) s" }
    let whole = Int(seconds)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600
      ? "\(whole / 60):\(two(whole % 60))" : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
  }
}
