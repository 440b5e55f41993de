/// A stretch of a recording in which a channel, or all of them, do not count; seconds of the recording.
public struct BlankStretch: Sendable, Hashable, Codable {
  public let from: Double
  /// nil: the end of the recording.
  public let to: Double?
  /// nil: all channels.
  public let channel: String?

  public init(from: Double, to: Double? = nil, channel: String? = nil) {
    (self.from, self.to, self.channel) = (from, to, channel)
  }

  public func holds(_ time: Double, _ channel: String) -> Bool {
    time >= from && time < (to ?? .infinity) && (self.channel ?? channel) == channel
  }
}

/// One showing of a stimulus in a recording: to whom, where it lies, and what of it does not count. It cuts the recording
/// and blanks it; rows are counted on the recording's clock.
public struct Showing: Sendable, Hashable, Codable {
  public let subject: String
  public let stimulus: String
  public let run: String?
  /// Second of the recording at which it begins.
  public let onsetS: Double
  /// Second of the stimulus that is shown then.
  public let stimulusStartS: Double
  /// nil: to the end of the recording.
  public let durationS: Double?
  /// Channels or regions that no statistic may use, in order.
  public let bad: [String]
  public let blank: [BlankStretch]

  public init(
    subject: String, stimulus: String, run: String? = nil, onsetS: Double, stimulusStartS: Double = 0,
    durationS: Double? = nil, bad: Set<String> = [], blank: [BlankStretch] = []
  ) {
    (self.subject, self.stimulus, self.run) = (subject, stimulus, run)
    (self.onsetS, self.stimulusStartS, self.durationS) = (onsetS, stimulusStartS, durationS)
    (self.bad, self.blank) = (bad.sorted(), blank)
  }

  /// Seconds by which clocks of recordings may differ: showings that share no more show other seconds of a stimulus.
  public static let clockToleranceS = 0.5

  /// Seconds that the recording's clock is ahead of the stimulus'.
  public var shiftS: Double { onsetS - stimulusStartS }

  /// The rows in which the stimulus is shown.
  public func rows(on clock: SampleClock) -> Range<Int> {
    let onset = onsetS - clock.start
    let first = max(0, Int((onset / clock.step - 1e-6).rounded(.up)))
    let end =
      durationS.map { min(clock.count, Int(((onset + $0) / clock.step + 1e-6).rounded(.down))) } ?? clock.count
    return first..<max(first, end)
  }

  /// The seconds of the stimulus that it has rows of.
  public func seconds(on clock: SampleClock) -> Range<Double> {
    let rows = rows(on: clock)
    let first = clock.time(rows.lowerBound) - shiftS
    return first..<(first + Double(rows.count) * clock.step)
  }

  /// The parts of it between seconds of the stimulus, ascending, that lie within it by more than clocks may differ.
  ///
  /// - Parameter end: second of the stimulus up to which it is recorded.
  public func divided(at borders: [Double], end: Double) -> [Showing] {
    let within = borders.filter { $0 > stimulusStartS + Self.clockToleranceS && $0 < end - Self.clockToleranceS }
    let starts = [stimulusStartS] + within
    return starts.enumerated().map { place, start in
      let next = place + 1 < starts.count ? starts[place + 1] : durationS.map { stimulusStartS + $0 }
      return Showing(
        subject: subject, stimulus: stimulus, run: run, onsetS: start + shiftS, stimulusStartS: start,
        durationS: next.map { $0 - start }, bad: Set(bad), blank: blank)
    }
  }

  /// Makes the blanked samples of `[rows, channels]` values missing; `time` is a row's second of the recording.
  public func clear<Value: BinaryFloatingPoint>(
    _ values: inout [Value], channels: [String], time: (_ row: Int) -> Double
  ) {
    blank.clear(&values, channels: channels, time: time)
  }

  /// The wanted columns of `[rows, channels]` values; those that are bad or not there are missing.
  public func columns<Value: BinaryFloatingPoint>(
    _ wanted: [String], of values: [Value], channels: [String]
  ) -> [Value] {
    if wanted == channels && bad.isEmpty { return values }
    let places = Dictionary(channels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let columns = wanted.map { bad.contains($0) ? nil : places[$0] }
    let rows = channels.isEmpty ? 0 : values.count / channels.count
    var result: [Value] = []
    result.reserveCapacity(rows * wanted.count)
    for row in 0..<rows {
      for column in columns {
        if let column { result.append(values[row * channels.count + column]) } else { result.append(.nan) }
      }
    }
    return result
  }
}

extension [BlankStretch] {
  /// Makes the samples of `[rows, channels]` values that lie in a stretch missing; `time` is a row's second of the
  /// recording.
  public func clear<Value: BinaryFloatingPoint>(
    _ values: inout [Value], channels: [String], time: (_ row: Int) -> Double
  ) {
    guard !isEmpty, !channels.isEmpty else { return }
    for row in 0..<(values.count / channels.count) {
      let second = time(row)
      for (column, channel) in channels.enumerated() where contains(where: { $0.holds(second, channel) }) {
        values[row * channels.count + column] = .nan
      }
    }
  }
}
