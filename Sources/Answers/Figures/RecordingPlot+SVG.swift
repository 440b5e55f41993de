import TableText

extension RecordingPlot {
  private static let left = 80.0
  private static let width = 900.0
  private static let spectrumLeft = 1060.0
  private static let spectrumWidth = 300.0
  private static let good = "#23395d"
  private static let bad = "#c0392b"
  private static let interpolated = "#d68910"

  private var lane: Double { max(9, min(28, 1200 / Double(channels.count))) }
  private var top: Double { 96 }
  private var bottom: Double { top + lane * Double(channels.count) }

  /// The figure, the same bytes for the same recording.
  public func svg() -> String {
    let spectrumBottom = top + 320
    var drawing = SVGDrawing(
      width: Self.spectrumLeft + Self.spectrumWidth + 40, height: max(bottom, spectrumBottom + 90) + 60)
    drawing.text(title, 14, 22, size: 14, weight: "bold")
    drawing.text(subtitle, 14, 40, size: 10, colour: "#555555")
    shown(in: &drawing)
    let scale = self.scale
    for (row, channel) in channels.enumerated() { course(channel, row, scale, in: &drawing) }
    ruler(scale, in: &drawing)
    clock(in: &drawing)
    spectra(spectrumBottom, in: &drawing)
    legend(spectrumBottom + 56, in: &drawing)
    return drawing.document(title: title)
  }

  private func x(_ seconds: Double) -> Double {
    Self.left + (min(max(seconds, from), to) - from) / (to - from) * Self.width
  }

  private func colour(_ channel: Channel) -> String {
    channel.badReason == nil ? Self.good : channel.isInterpolated ? Self.interpolated : Self.bad
  }

  /// Showings as bands with their names, events as lines.
  private func shown(in drawing: inout SVGDrawing) {
    let showings = marks.compactMap { mark in mark.duration.map { (mark: mark, end: mark.onset + $0) } }
    for (i, (mark, end)) in showings.enumerated() {
      let (a, b) = (x(mark.onset), x(end))
      drawing.area(
        [(a, top - 30), (b, top - 30), (b, bottom), (a, bottom)], colour: i % 2 == 0 ? "#0072B2" : "#009E73",
        opacity: 0.06)
      drawing.area(
        [(a, top - 30), (b, top - 30), (b, top - 18), (a, top - 18)], colour: i % 2 == 0 ? "#0072B2" : "#009E73",
        opacity: 0.35)
      let room = Int((b - a) / 6)
      if room > 2 { drawing.text(mark.name.clipped(to: room), a + 3, top - 20.5, size: 9) }
    }
    let events = marks.filter { $0.duration == nil }
    var named = -Double.infinity
    for mark in events {
      drawing.line(x(mark.onset), top - 14, x(mark.onset), bottom, colour: "#8e44ad", width: 0.5, dashes: "3 2")
      guard x(mark.onset) > named else { continue }
      drawing.text(mark.name.clipped(to: 12), x(mark.onset) + 1, top - 8, size: 8, colour: "#8e44ad")
      named = x(mark.onset) + 60
    }
  }

  private func course(_ channel: Channel, _ row: Int, _ scale: Double, in drawing: inout SVGDrawing) {
    let middle = top + (Double(row) + 0.5) * lane
    let size = min(10, lane)
    drawing.text(
      channel.label.clipped(to: 11), Self.left - 6, middle + 3, size: size, anchor: "end", colour: colour(channel),
      weight: channel.badReason == nil ? "normal" : "bold")
    var piece: [(Double, Double)] = []
    var hasAny = false
    for i in channel.low.indices {
      guard !channel.low[i].isNaN else {
        drawing.path(piece, colour: colour(channel), width: 0.6)
        piece = []
        continue
      }
      hasAny = true
      let place = Self.left + (Double(i) + 0.5) / Double(channel.low.count) * Self.width
      // Two lanes up and down at most: a bad channel does not hide the others.
      let ends = [channel.low[i], channel.high[i]].map {
        middle - max(-4, min(4, Double($0) / scale)) * lane / 2
      }
      piece.append((place, i % 2 == 0 ? ends[0] : ends[1]))
      piece.append((place, i % 2 == 0 ? ends[1] : ends[0]))
    }
    drawing.path(piece, colour: colour(channel), width: 0.6)
    let note = hasAny ? channel.badReason : "missing throughout" + (channel.badReason.map { ": \($0)" } ?? "")
    if let note, lane >= 9 {
      drawing.text(
        note, Self.left + Self.width + 6, middle + 3, size: min(8, size), colour: colour(channel))
    }
  }

  /// What a lane stands for.
  private func ruler(_ scale: Double, in drawing: inout SVGDrawing) {
    let (place, y) = (Self.left + Self.width + 20, top - 26)
    drawing.line(place, y, place, y + lane, colour: "#222222", width: 1.5)
    let isVolts = units == "V"
    let amount = NumberText.of(2 * (isVolts ? scale * 1e6 : scale), digits: 2)
    drawing.text("\(amount) \(isVolts ? "µV" : units)", place + 6, y + lane / 2 + 4, size: 10)
  }

  private func clock(in drawing: inout SVGDrawing) {
    drawing.line(Self.left, bottom + 4, Self.left + Self.width, bottom + 4, colour: "#222222")
    for tick in AxisTicks.seconds(from...to) {
      drawing.line(x(tick), bottom + 4, x(tick), bottom + 9, colour: "#222222")
      drawing.text(FeaturePlot.time(tick), x(tick), bottom + 22, size: 10, anchor: "middle")
    }
    drawing.text("time in the recording", Self.left + Self.width / 2, bottom + 40, anchor: "middle")
  }

  private func spectra(_ floor: Double, in drawing: inout SVGDrawing) {
    let drawn = channels.filter { !$0.power.isEmpty }
    let finite = drawn.flatMap(\.power).filter(\.isFinite).sorted()
    guard let highest = frequencies.last, finite.count > 1 else { return }
    let low = (finite[finite.count / 200] / 10).rounded(.down) * 10
    let high = max(low + 10, (finite[finite.count - 1] / 10).rounded(.up) * 10)
    func place(_ f: Double, _ decibels: Double) -> (Double, Double) {
      let y = floor - (max(low, min(high, decibels)) - low) / (high - low) * (floor - top)
      return (Self.spectrumLeft + f / highest * Self.spectrumWidth, y)
    }
    let right = Self.spectrumLeft + Self.spectrumWidth
    for level in stride(from: low, through: high, by: high - low > 60 ? 20 : 10) {
      let y = place(0, level).1
      drawing.line(Self.spectrumLeft, y, right, y, colour: "#dddddd", width: 0.6)
      drawing.text(NumberText.of(level, digits: 3), Self.spectrumLeft - 6, y + 3, size: 9, anchor: "end")
    }
    for tick in AxisTicks.seconds(0...highest) {
      let at = place(tick, low).0
      drawing.line(at, floor, at, floor + 5, colour: "#222222")
      drawing.text(NumberText.of(tick, digits: 3), at, floor + 17, size: 9, anchor: "middle")
    }
    for channel in drawn.filter({ $0.badReason == nil }) + drawn.filter({ $0.badReason != nil }) {
      let points = zip(frequencies, channel.power).filter { $0.1.isFinite }.map { place($0.0, $0.1) }
      drawing.path(points, colour: colour(channel), width: channel.badReason == nil ? 0.6 : 1.2)
    }
    drawing.text("spectrum of every channel", Self.spectrumLeft, top - 10, size: 11, weight: "bold")
    let unit = units == "V" ? "dB re 1 µV²/Hz" : "dB re 1 (\(units))²/Hz"
    drawing.text(unit, Self.spectrumLeft + 170, top - 10, size: 9, colour: "#555555")
    drawing.text("Hz", right, floor + 32, size: 10, anchor: "end")
  }

  private func legend(_ y: Double, in drawing: inout SVGDrawing) {
    let rows = [(Self.good, "good"), (Self.bad, "bad"), (Self.interpolated, "bad, interpolated")]
    for (i, (colour, text)) in rows.enumerated() {
      let at = Self.spectrumLeft + Double(i) * 80
      drawing.line(at, y, at + 18, y, colour: colour, width: 2)
      drawing.text(text, at + 23, y + 4, size: 10)
    }
  }
}
