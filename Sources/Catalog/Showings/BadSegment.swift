/// A stretch of stimulus time in which data do not count, from an annotation imported with `--kind bad_segment`.
public struct BadSegment: Sendable, Hashable, Codable {
  public let stimulus: String
  public let run: String?
  /// nil: everybody's data.
  public let subject: String?
  public let from: Double
  public let to: Double

  public init(stimulus: String, run: String?, subject: String?, from: Double, to: Double) {
    (self.stimulus, self.run, self.subject, self.from, self.to) = (stimulus, run, subject, from, to)
  }

  /// The stretches in which a series is neither 0 nor missing; a value holds until the next stamp, the last for the spacing
  /// of even stamps, else a second.
  public static func found(
    times: [Double], values: [Float], stimulus: String, run: String?, subject: String?
  ) -> [BadSegment] {
    let step = SampleClock.spacing(times) ?? 1
    var result: [BadSegment] = []
    for (i, time) in times.enumerated() where values[i] != 0 && !values[i].isNaN {
      let end = i + 1 < times.count ? times[i + 1] : time + step
      let isOpen = result.last.map { $0.to >= time } ?? false
      let from = isOpen ? result.removeLast().from : time
      result.append(BadSegment(stimulus: stimulus, run: run, subject: subject, from: from, to: end))
    }
    return result
  }

  /// Whether it speaks of this showing to this subject; a mean over subjects has none.
  public func concerns(stimulus: String, run: String?, subject: String?) -> Bool {
    self.stimulus == stimulus && (self.run == nil || self.run == run)
      && (self.subject == nil || self.subject == subject)
  }

  /// Whether a row that stands for `[time, time + step)`, or for a moment, lies in it.
  public func touches(_ time: Double, step: Double) -> Bool {
    from < max(time + step, time + 1e-9) && time < to
  }

  /// The same stretch on the clock of a recording.
  public func blank(in showing: Showing) -> BlankStretch {
    BlankStretch(from: from + showing.shiftS, to: to + showing.shiftS)
  }
}

extension Sequence<BadSegment> {
  /// Makes the rows of `[times, columns]` values that a segment touches missing.
  public func clear<Value: BinaryFloatingPoint>(_ values: inout [Value], times: [Double], step: Double) {
    guard !times.isEmpty else { return }
    let width = values.count / times.count
    for (row, time) in times.enumerated() where contains(where: { $0.touches(time, step: step) }) {
      for column in 0..<width { values[row * width + column] = .nan }
    }
  }
}
