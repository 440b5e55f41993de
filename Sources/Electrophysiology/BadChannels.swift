import Diagnostics
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// Thresholds of the robust bad-channel detection (after PREP, Bigdely-Shamlo et al. 2015).
public struct BadChannelCriteria: Sendable, Equatable {
  /// Largest |robust z| of a channel's log variance.
  public var varianceZ = 5.0
  /// A one-second window agrees when this quantile of |r| with the other channels reaches `correlation`.
  ///
  /// High rather than the mean: distant electrodes correlate little in the best recording.
  public var correlationQuantile = 0.98
  public var correlation = 0.4
  /// Largest share of windows that may disagree.
  public var disagreeingShare = 0.05
  /// A channel whose range stays below this for `flatSeconds` whole seconds in a row is flat, in the unit of the data
  /// (0.1 µV in volts).
  public var flatRange = 1e-7
  public var flatSeconds = 5

  public init() {}
}

/// One channel's measurements, and why it is bad.
public struct ChannelQuality: Sendable, Equatable {
  /// What a channel can be rejected for.
  public enum Reason: String, Sendable, CaseIterable {
    case missing
    case flat
    case variance
    case correlation
  }

  /// Robust z of the natural logarithm of the variance: (log v - median) / (1.4826 MAD); 0 where all agree, NaN for a
  /// missing or constant channel.
  public let varianceZ: Double
  /// The share of one-second windows that do not agree with the other channels; NaN for a missing channel.
  public let disagreeingShare: Double
  /// The longest stretch below the flat range, in whole seconds.
  public let flatSeconds: Int
  /// The share of samples that are not numbers.
  public let missingShare: Double
  public let reasons: [Reason]

  public var isBad: Bool { !reasons.isEmpty }
}

/// Measures every channel of one recording and names the bad ones.
///
/// Log variance and correlations are robust to a minority of bad channels: the median and MAD are taken over channels,
/// and windows compare with the best-agreeing channels. Filter first (1-45 Hz): slow drifts otherwise decide.
///
/// - Parameter x: `[sampleCount, channelCount]`, before average reference (one bad channel would spread to all).
/// - Returns: one value per channel. A channel with any NaN or infinity is `missing` and left out of the others' norms.
/// - Throws: `E-ELE-003` for less than two seconds, `E-ELE-006` where fewer than four channels can be measured.
public func channelQuality(
  _ x: Matrix, rateHz: Double, criteria: BadChannelCriteria = BadChannelCriteria()
) throws(EvokeError) -> [ChannelQuality] {
  precondition(rateHz > 0, "a rate is positive")
  let window = max(2, Int(rateHz.rounded()))
  guard x.rows >= 2 * window else {
    throw EvokeError(
      .seriesTooShort, "\(x.rows) samples", reason: "channels are judged over at least two seconds",
      remedy: "leave the recording out")
  }
  let measured = (0..<x.columns).map { ChannelMeasures(x.column($0), window: window, flatRange: criteria.flatRange) }
  let usable = measured.indices.filter { measured[$0].missingCount == 0 && measured[$0].variance > 0 }
  guard usable.count >= 4 else {
    throw EvokeError(
      .tooFewChannels, "bad-channel detection", reason: "\(usable.count) channels have finite, varying samples",
      remedy: "check the unit and the channel types")
  }
  let logs = usable.map { log(measured[$0].variance) }
  let centre = median(logs)
  let spread = 1.4826 * median(logs.map { abs($0 - centre) })
  let disagreement = disagreeingShares(x, usable, window: window, criteria: criteria)
  var position = [Int](repeating: -1, count: x.columns)
  for (k, c) in usable.enumerated() { position[c] = k }
  return measured.indices.map { c in
    let k = position[c]
    // A spread of rounding size (identical variances) gives no z.
    let z = k < 0 ? Double.nan : spread > 1e-9 ? (logs[k] - centre) / spread : 0
    let share = k < 0 ? (measured[c].missingCount > 0 ? Double.nan : 1) : disagreement[k]
    var reasons: [ChannelQuality.Reason] = []
    if measured[c].missingCount > 0 { reasons.append(.missing) }
    if measured[c].flatSeconds >= criteria.flatSeconds || (measured[c].missingCount == 0 && k < 0) {
      reasons.append(.flat)
    }
    if abs(z) > criteria.varianceZ { reasons.append(.variance) }
    if k >= 0, share > criteria.disagreeingShare { reasons.append(.correlation) }
    return ChannelQuality(
      varianceZ: z, disagreeingShare: share, flatSeconds: measured[c].flatSeconds,
      missingShare: Double(measured[c].missingCount) / Double(x.rows), reasons: reasons)
  }
}

private struct ChannelMeasures {
  let missingCount: Int
  let variance: Double
  let flatSeconds: Int

  init(_ x: [Double], window: Int, flatRange: Double) {
    missingCount = x.count { !$0.isFinite }
    let mean = x.reduce(0, +) / Double(x.count)
    variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    flatSeconds = missingCount > 0 ? 0 : Self.longestFlat(x, window: window, flatRange: flatRange)
  }

  /// The longest run of whole seconds over which the series as a whole stays within the range.
  private static func longestFlat(_ x: [Double], window: Int, flatRange: Double) -> Int {
    let seconds = (0..<(x.count / window)).map { second in
      let part = x[(second * window)..<((second + 1) * window)]
      return (low: part.min() ?? 0, high: part.max() ?? 0)
    }
    var longest = 0
    var first = 0
    for last in seconds.indices {
      while first <= last {
        let run = seconds[first...last]
        let range = (run.map(\.high).max() ?? 0) - (run.map(\.low).min() ?? 0)
        if range < flatRange { break }
        first += 1
      }
      longest = max(longest, last - first + 1)
    }
    return longest
  }
}

/// Per usable channel: the share of one-second windows whose `correlationQuantile` of |r| is too low.
private func disagreeingShares(
  _ x: Matrix, _ usable: [Int], window: Int, criteria: BadChannelCriteria
) -> [Double] {
  let n = usable.count
  let windows = x.rows / window
  var counts = [Int](repeating: 0, count: n)
  for w in 0..<windows {
    let part = Matrix(
      rows: window, columns: x.columns,
      values: Array(x.values[(w * window * x.columns)..<((w + 1) * window * x.columns)])
    ).selecting(columns: usable)
    let correlations = correlationMatrix(part)
    for c in 0..<n {
      var others: [Double] = []
      others.reserveCapacity(n - 1)
      for other in 0..<n where other != c { others.append(abs(correlations[c, other])) }
      // Written so that a constant window (NaN) disagrees.
      if !(quantile(others, criteria.correlationQuantile) >= criteria.correlation) { counts[c] += 1 }
    }
  }
  return counts.map { Double($0) / Double(windows) }
}

/// Pearson correlations of the columns; 0 for a constant one.
private func correlationMatrix(_ x: Matrix) -> Matrix {
  var z = x
  let means = x.columnMeans
  for t in 0..<x.rows { for c in 0..<x.columns { z.values[t * x.columns + c] -= means[c] } }
  var result = z.gram
  let scales = (0..<x.columns).map { result[$0, $0] > 0 ? 1 / result[$0, $0].squareRoot() : 0 }
  for i in 0..<x.columns { for j in 0..<x.columns { result[i, j] *= scales[i] * scales[j] } }
  return result
}

/// The middle value, or the mean of the middle two.
private func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

/// Linear interpolation between order statistics (NumPy's default).
private func quantile(_ values: [Double], _ q: Double) -> Double {
  let sorted = values.sorted()
  let position = q * Double(sorted.count - 1)
  let below = Int(position)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
}
