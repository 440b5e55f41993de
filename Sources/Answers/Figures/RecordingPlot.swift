import Diagnostics

/// Draws one recording: every channel's course on one scale, what was shown above, and every channel's spectrum beside.
///
/// Courses are thinned to the lowest and highest value of each pixel, so that nothing short is lost.
public struct RecordingPlot {
  /// A channel as it is drawn.
  public struct Channel: Sendable {
    public let label: String
    /// Why it is bad; nil: it is not.
    public let badReason: String?
    public let isInterpolated: Bool
    /// Lowest and highest value per stretch of time; NaN where everything is missing.
    public let low: [Float]
    public let high: [Float]
    /// Decibels re 1 µV²/Hz at `frequencies`; empty where there are too few samples.
    public let power: [Double]

    public init(
      label: String, badReason: String?, isInterpolated: Bool, low: [Float], high: [Float], power: [Double]
    ) {
      precondition(low.count == high.count, "one low for one high")
      self.label = label
      self.badReason = badReason
      self.isInterpolated = isInterpolated
      self.low = low
      self.high = high
      self.power = power
    }
  }

  /// A showing or an event, in seconds of the recording.
  public struct Mark: Sendable {
    public let name: String
    public let onset: Double
    /// nil: an event.
    public let duration: Double?

    public init(name: String, onset: Double, duration: Double?) {
      self.name = name
      self.onset = onset
      self.duration = duration
    }
  }

  let title: String
  let subtitle: String
  let units: String
  /// Seconds drawn.
  let from: Double
  let to: Double
  let channels: [Channel]
  let frequencies: [Double]
  let marks: [Mark]

  /// Stretches of time a channel is thinned to.
  public static let stretches = 700

  /// - Throws: `E-QRY-009` where there is nothing to draw.
  public init(
    title: String, subtitle: String, units: String, from: Double, to: Double, channels: [Channel],
    frequencies: [Double], marks: [Mark]
  ) throws {
    guard to > from, channels.contains(where: { !$0.low.isEmpty }) else {
      throw EvokeError(
        .nothingToPlot, title, reason: "it has no samples between \(from) and \(to) s",
        remedy: "name seconds of the recording with --seconds A:B")
    }
    self.title = title
    self.subtitle = subtitle
    self.units = units
    self.from = from
    self.to = to
    self.channels = channels
    self.frequencies = frequencies
    self.marks = marks.filter { $0.onset < to && $0.onset + ($0.duration ?? 0) >= from }
  }

  /// Half of what a lane of the drawing stands for, in the recording's unit: the good channels' usual excursion.
  var scale: Double {
    let good = channels.filter { $0.badReason == nil }
    var ranges: [Double] = []
    for channel in good.isEmpty ? channels : good {
      let highs = channel.high.filter { !$0.isNaN }.sorted()
      let lows = channel.low.filter { !$0.isNaN }.sorted()
      guard !highs.isEmpty else { continue }
      ranges.append(Double(highs[highs.count * 19 / 20] - lows[lows.count / 20]))
    }
    let sorted = ranges.sorted()
    let typical = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    return typical > 0 ? typical / 2 : 1
  }
}
