import TableText

extension SynchronyPlot {
  private static let left = 190.0
  private static let plotWidth = 860.0
  private static let curveHeight = 70.0
  private static let gap = 16.0
  private static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6A00", "#444444"]

  private var lineHeight: Double {
    labels.count <= 24 ? 16 : labels.count <= 80 ? 10 : max(2, 700 / Double(labels.count))
  }
  private var pictureHeight: Double { Double(labels.count) * lineHeight }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let top = 58.0
    let picture = top + Double(annotations.count) * (Self.curveHeight + Self.gap)
    let below = picture + pictureHeight + Self.gap
    let bottom = below + Self.curveHeight
    let grey = invalid.sentence.map { reason in
      "grey: not to be reported (valid = 0)\(hasValid ? ", not in the mean" : ""): \(reason)"
    }
    let legend = grey?.wrapped(to: 150) ?? []
    var drawing = SVGDrawing(width: Self.left + Self.plotWidth + 130, height: bottom + 56 + 16 * Double(legend.count))
    drawing.text(title, 14, 22, size: 14, weight: "bold")
    drawing.text(subtitle, 14, 40, size: 10, colour: "#555555")
    for (i, annotation) in annotations.enumerated() {
      let place = top + Double(i) * (Self.curveHeight + Self.gap)
      curves(annotation.name, annotation.caption, annotation.series, place, palette: Self.palette, in: &drawing)
    }
    heatMap(picture, in: &drawing)
    let overall = RatedSeries(name: "mean", rater: "", times: times, values: mean)
    curves(
      "mean over regions", nil, [overall], below, palette: hasValid ? Self.palette : [InvalidRows.colour], in: &drawing)
    for (i, line) in legend.enumerated() { drawing.text(line, Self.left, bottom + 60 + 16 * Double(i), size: 10) }
    clock(top, bottom, in: &drawing)
    return drawing.document(title: title)
  }

  private func x(_ seconds: Double) -> Double {
    Self.left + (seconds - span.lowerBound) / max(span.upperBound - span.lowerBound, 1e-9) * Self.plotWidth
  }

  private func heatMap(_ top: Double, in drawing: inout SVGDrawing) {
    let (from, to) = (x(times[0] - step / 2), x(times[times.count - 1] + step / 2))
    let width = max(1, min(Int(to - from), max(times.count, 1)))
    let limit = limit
    let pixels = cells(width: width).map { value -> UInt8 in
      guard !value.isNaN else { return 255 }
      return UInt8(((min(max(value, -limit), limit) + limit) / (2 * limit) * 254).rounded())
    }
    drawing.cells(pixels, width: width, palette: DivergingColours.palette, in: (from, top, to - from, pictureHeight))
    for region in labels.indices where !isValid(region) {
      drawing.cells(
        Array(pixels[(region * width)..<((region + 1) * width)]), width: width, palette: DivergingColours.greys,
        in: (from, top + Double(region) * lineHeight, to - from, lineHeight))
    }
    for (i, label) in labels.enumerated() where lineHeight >= 8 || i % Int((10 / lineHeight).rounded(.up)) == 0 {
      let region = regions[label]
      let isFound = region?.isFound == true
      let y = top + (Double(i) + 0.5) * lineHeight + 3
      drawing.text(
        label.clipped(to: 28), Self.left - 6, y, size: min(10, lineHeight), anchor: "end",
        colour: isValid(i) ? "#222222" : "#999999", weight: isFound ? "bold" : "normal")
      guard let value = region?.staticValue else { continue }
      drawing.text(
        NumberText.of(value, digits: 2) + (isFound ? " *" : ""), Self.left + Self.plotWidth + 6, y,
        size: min(9, lineHeight), colour: isFound ? "#222222" : "#888888")
    }
    scale(top, limit, in: &drawing)
  }

  /// The colours' meaning and what the right column says.
  private func scale(_ top: Double, _ limit: Double, in drawing: inout SVGDrawing) {
    let (x, height) = (Self.left + Self.plotWidth + 74, min(120.0, max(48, pictureHeight - 20)))
    drawing.text("synchrony", x - 4, top - 4, size: 9)
    drawing.cells((0..<255).map { 254 - $0 }, width: 1, palette: DivergingColours.palette, in: (x, top + 4, 12, height))
    for (share, value) in [(0.0, limit), (0.5, 0), (1.0, -limit)] {
      drawing.text(NumberText.of(value, digits: 2), x + 16, top + 8 + share * height, size: 9)
    }
    drawing.text("static", Self.left + Self.plotWidth + 6, top - 4, size: 9, colour: "#555555")
    if regions.values.contains(where: { $0.pMax != nil }) {
      drawing.text(
        "bold, *: p_max of the static value <= .05 (maximum over regions)", Self.left + Self.plotWidth + 116, 40,
        size: 9, anchor: "end",
        colour: "#555555")
    }
  }

  private func curves(
    _ name: String, _ caption: String?, _ series: [RatedSeries], _ top: Double, palette: [String],
    in drawing: inout SVGDrawing
  ) {
    let values = series.flatMap(\.values).filter { !$0.isNaN }
    drawing.text(
      name.clipped(to: 28), Self.left - 6, top + Self.curveHeight / 2, size: 11, anchor: "end", weight: "bold")
    if let caption {
      drawing.text(
        caption, Self.left - 6, top + Self.curveHeight / 2 + 13, size: 9, anchor: "end",
        colour: "#555555")
    }
    guard let low = values.min(), let high = values.max() else { return }
    let right = Self.left + Self.plotWidth
    for (value, y) in [(high, top), (low, top + Self.curveHeight)] {
      drawing.line(Self.left, y, right, y, colour: "#dddddd")
      drawing.text(NumberText.of(value, digits: 3), right + 6, y + 4, size: 9, colour: "#555555")
    }
    let range = max(high - low, 1e-12)
    if low < 0, high > 0 {
      let zero = top + high / range * Self.curveHeight
      drawing.line(Self.left, zero, right, zero, colour: "#999999", width: 0.6)
    }
    for (i, one) in series.enumerated() {
      var piece: [(Double, Double)] = []
      for (time, value) in zip(one.times, one.values) {
        if value.isNaN {
          drawing.path(piece, colour: palette[i % palette.count], width: 1.2)
          piece = []
        } else {
          piece.append((x(time), top + (high - value) / range * Self.curveHeight))
        }
      }
      drawing.path(piece, colour: palette[i % palette.count], width: series.count > 4 ? 0.8 : 1.4)
    }
  }

  private func clock(_ top: Double, _ bottom: Double, in drawing: inout SVGDrawing) {
    drawing.line(Self.left, bottom + 6, Self.left + Self.plotWidth, bottom + 6, colour: "#222222")
    let length = span.upperBound - span.lowerBound
    let steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200]
    let step = steps.first { length / $0 <= 10 } ?? length / 5
    let first = Int((span.lowerBound / step).rounded(.up))
    let last = Int((span.upperBound / step).rounded(.down))
    for tick in first...max(first, last) {
      let seconds = Double(tick) * step
      drawing.line(x(seconds), top, x(seconds), bottom, colour: "#999999", width: 0.4, dashes: "2 3")
      drawing.line(x(seconds), bottom + 6, x(seconds), bottom + 11, colour: "#222222")
      drawing.text(FeaturePlot.time(seconds), x(seconds), bottom + 23, size: 10, anchor: "middle")
    }
    drawing.text("time from the start of the stimulus", Self.left + Self.plotWidth / 2, bottom + 40, anchor: "middle")
  }
}
