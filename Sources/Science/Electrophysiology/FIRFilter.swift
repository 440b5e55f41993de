import Diagnostics

#if canImport(Glibc)
  import Glibc
#endif

/// A linear-phase FIR filter of odd length, applied without delay.
///
/// Designed as a sum of windowed sinc low-passes, one per transition, each as long as its own transition asks:
/// `h_c[m] = c sinc(c m) w[m] / sum`, w the Hamming window, c the middle of the transition over the Nyquist frequency;
/// the length is 3.3 / (transition in Hz) seconds. A band from a to b is `h_b - h_a`. The default transitions are
/// `min(max(l / 4, 2), l)` Hz below and `min(max(h / 4, 2), rate / 2 - h)` Hz above the pass-band
/// (Widmann et al. 2015; the rule and numbers of MNE-Python's `filter_data`, equal to it within rounding).
public struct FIRFilter: Sendable, Equatable {
  /// Symmetric; the count is odd.
  public let taps: [Double]
  /// The rate the taps were designed for, Hz.
  public let rateHz: Double
  /// The highest frequency that passes with gain above one half, Hz.
  public let highestPassedHz: Double

  /// A band-pass (`low...high`), high-pass (`high` nil) or low-pass (`low` nil); frequencies are pass-band edges in Hz.
  ///
  /// - Throws: `E-ELE-001` for edges that are not positive, not in order or not below half the rate.
  public static func bandPass(low: Double?, high: Double?, rateHz: Double) throws(EvokeError) -> FIRFilter {
    let nyquist = rateHz / 2
    let edges = [low, high].compactMap { $0 }
    guard rateHz > 0, rateHz.isFinite, !edges.isEmpty, edges.allSatisfy({ $0 > 0 && $0 < nyquist }) else {
      throw refusal(edges, rateHz, "edges must lie between 0 and \(nyquist) Hz")
    }
    if let low, let high, low >= high { throw refusal(edges, rateHz, "the low edge is not below the high edge") }
    var points: [GainPoint] = []
    var transitions: [Double] = []
    if let low {
      let width = min(max(0.25 * low, 2), low)
      transitions.append(width)
      if low - width > 0 { points.append(GainPoint(0, 0)) }
      points += [GainPoint(low - width, 0), GainPoint(low, 1)]
    } else {
      points.append(GainPoint(0, 1))
    }
    if let high {
      let width = min(max(0.25 * high, 2), nyquist - high)
      transitions.append(width)
      points += [GainPoint(high, 1), GainPoint(high + width, 0)]
      if high + width < nyquist { points.append(GainPoint(nyquist, 0)) }
    } else {
      points.append(GainPoint(nyquist, 1))
    }
    let passed = high.map { $0 + min(max(0.25 * $0, 2), nyquist - $0) / 2 } ?? nyquist
    return FIRFilter(points, narrowest: transitions.min() ?? 1, rateHz: rateHz, highestPassedHz: passed)
  }

  /// A band-stop around every frequency: nothing within `width / 2` passes, everything beyond
  /// `width / 2 + transition / 2` does.
  ///
  /// - Parameter widths: stop-band widths in Hz; nil is f / 200 each (MNE's `notch_filter`).
  /// - Parameter transition: both transitions of one notch together, Hz.
  /// - Throws: `E-ELE-001` for a notch at or above half the rate, or two that overlap.
  public static func notch(
    _ frequencies: [Double], rateHz: Double, widths: [Double]? = nil, transition: Double = 1
  ) throws(EvokeError) -> FIRFilter {
    precondition(widths.map { $0.count == frequencies.count } ?? true, "one width per notch")
    let nyquist = rateHz / 2
    let half = transition / 2
    guard !frequencies.isEmpty, rateHz > 0, transition > 0 else {
      throw refusal(frequencies, rateHz, "a notch needs a frequency, a rate and a transition")
    }
    var points = [GainPoint(0, 1)]
    let stops = zip(frequencies, widths ?? frequencies.map { $0 / 200 }).sorted { $0.0 < $1.0 }
    for (frequency, width) in stops {
      let low = frequency - width / 2
      let high = frequency + width / 2
      guard low - half > 0, high + half < nyquist, width >= 0 else {
        throw refusal(frequencies, rateHz, "the notch at \(frequency) Hz does not fit between 0 and \(nyquist) Hz")
      }
      guard low - half > points[points.count - 1].frequency || points.count == 1 else {
        throw refusal(frequencies, rateHz, "the notch at \(frequency) Hz overlaps the one below it")
      }
      points += [GainPoint(low - half, 1), GainPoint(low, 0), GainPoint(high, 0), GainPoint(high + half, 1)]
    }
    points.append(GainPoint(nyquist, 1))
    return FIRFilter(points, narrowest: half, rateHz: rateHz, highestPassedHz: nyquist)
  }

  private static func refusal(_ edges: [Double], _ rateHz: Double, _ reason: String) -> EvokeError {
    EvokeError(
      .filterBand, edges.map { "\($0) Hz" }.joined(separator: ", "), reason: "\(reason) at \(rateHz) Hz",
      remedy: "choose frequencies that the sampling rate can hold")
  }
}

/// One corner of a piecewise gain, 0 or 1.
private struct GainPoint {
  let frequency: Double
  let gain: Double

  init(_ frequency: Double, _ gain: Double) {
    self.frequency = frequency
    self.gain = gain
  }
}

extension FIRFilter {
  /// Samples of a Hamming-windowed filter per transition of one sampling rate.
  private static let lengthFactor = 3.3

  private init(_ points: [GainPoint], narrowest: Double, rateHz: Double, highestPassedHz: Double) {
    var length = max(1, Int((Self.lengthFactor / narrowest * rateHz).rounded(.up)))
    if length % 2 == 0 { length += 1 }
    let nyquist = rateHz / 2
    var taps = [Double](repeating: 0, count: length)
    if points[points.count - 1].gain == 1 { taps[length / 2] = 1 }
    for (upper, lower) in zip(points.reversed(), points.reversed().dropFirst()) where upper.gain != lower.gain {
      let (above, below) = (upper.frequency / nyquist, lower.frequency / nyquist)
      var count = Int((Self.lengthFactor / ((above - below) / 2)).rounded(.toNearestOrEven))
      if count % 2 == 0 { count += 1 }
      // Rounding can ask for one pair of samples more than the narrowest transition gave.
      count = min(count, length)
      let sinc = Self.lowPass(cutoff: (above + below) / 2, count: count)
      let offset = (length - count) / 2
      let sign: Double = lower.gain == 0 ? -1 : 1
      for i in 0..<count { taps[offset + i] += sign * sinc[i] }
    }
    self.taps = taps
    self.rateHz = rateHz
    self.highestPassedHz = highestPassedHz
  }

  /// A Hamming-windowed sinc of unit gain at 0 Hz; `cutoff` is over the Nyquist frequency.
  private static func lowPass(cutoff: Double, count: Int) -> [Double] {
    let centre = Double(count - 1) / 2
    var taps = (0..<count).map { i -> Double in
      let m = Double(i) - centre
      let phase = Double.pi * cutoff * m
      let sinc = m == 0 ? 1 : sin(phase) / phase
      let window = count == 1 ? 1 : 0.54 - 0.46 * cos(2 * Double.pi * Double(i) / Double(count - 1))
      return cutoff * sinc * window
    }
    let sum = taps.reduce(0, +)
    for i in 0..<count { taps[i] /= sum }
    return taps
  }
}
