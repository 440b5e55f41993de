import Diagnostics
import LinearAlgebra
import Statistics

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
  /// Largest share of samples that may be missing in a recording that is prepared; fewer are filled for the filters.
  public var missingShare = 0.1

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
  /// The median over windows of the `correlationQuantile` of |r| with the other channels; NaN where not measured.
  public let correlation: Double
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
  let measured = (0..<x.columns).map { ChannelMeasures(x.column($0), window: window, flatRange: criteria.flatRange) }
  return try channelQuality(measured, windows: x.rows / window, criteria: criteria) { w, usable in
    Matrix(
      rows: window, columns: x.columns,
      values: Array(x.values[(w * window * x.columns)..<((w + 1) * window * x.columns)])
    ).selecting(columns: usable)
  }
}

/// As above, from what was measured of the channels one by one.
///
/// - Parameter windows: whole seconds.
/// - Parameter part: the samples of one second in the given channels, `[samples, channels]`; nil: it does not count.
func channelQuality(
  _ measured: [ChannelMeasures], windows: Int, criteria: BadChannelCriteria,
  part: (_ window: Int, _ channels: [Int]) -> Matrix?
) throws(EvokeError) -> [ChannelQuality] {
  guard windows >= 2 else {
    throw EvokeError(
      .seriesTooShort, "\(windows) whole seconds", reason: "channels are judged over at least two seconds",
      remedy: "leave the recording out")
  }
  let usable = measured.indices.filter { !measured[$0].isMissing && measured[$0].variance > 0 }
  guard usable.count >= 4 else {
    throw EvokeError(
      .tooFewChannels, "bad-channel detection", reason: "\(usable.count) channels have finite, varying samples",
      remedy: "check the unit and the channel types")
  }
  let z = robustZ(usable.map { log(measured[$0].variance) })
  let disagreement = disagreeingShares(usable, windows: windows, criteria: criteria, part: part)
  var position = [Int](repeating: -1, count: measured.count)
  for (k, c) in usable.enumerated() { position[c] = k }
  return measured.indices.map { c in
    let k = position[c]
    let one = measured[c]
    var reasons: [ChannelQuality.Reason] = []
    if one.isMissing { reasons.append(.missing) }
    if one.flatSeconds >= criteria.flatSeconds || (!one.isMissing && k < 0) { reasons.append(.flat) }
    if k >= 0, abs(z[k]) > criteria.varianceZ { reasons.append(.variance) }
    if k >= 0, disagreement[k].share > criteria.disagreeingShare { reasons.append(.correlation) }
    return ChannelQuality(
      varianceZ: k < 0 ? .nan : z[k], correlation: k < 0 ? .nan : disagreement[k].typical,
      disagreeingShare: k < 0 ? (one.isMissing ? .nan : 1) : disagreement[k].share, flatSeconds: one.flatSeconds,
      missingShare: one.missingShare, reasons: reasons)
  }
}

/// (x - median) / (1.4826 MAD); 0 where all agree within rounding.
func robustZ(_ values: [Double]) -> [Double] {
  let centre = Moments.median(values)
  let spread = 1.4826 * Moments.median(values.map { abs($0 - centre) })
  return values.map { spread > 1e-9 ? ($0 - centre) / spread : 0 }
}

/// What one channel shows by itself.
struct ChannelMeasures {
  let isMissing: Bool
  let missingShare: Double
  let variance: Double
  let flatSeconds: Int

  init(isMissing: Bool, missingShare: Double, variance: Double, flatSeconds: Int) {
    self.isMissing = isMissing
    self.missingShare = missingShare
    self.variance = variance
    self.flatSeconds = flatSeconds
  }

  init(_ x: [Double], window: Int, flatRange: Double) {
    let missingCount = x.count { !$0.isFinite }
    isMissing = missingCount > 0
    missingShare = Double(missingCount) / Double(max(1, x.count))
    let mean = x.reduce(0, +) / Double(x.count)
    variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    flatSeconds = missingCount > 0 ? 0 : Self.longestFlat(x, window: window, flatRange: flatRange)
  }

  /// The longest run of whole seconds over which the series as a whole stays within the range.
  private static func longestFlat(_ x: [Double], window: Int, flatRange: Double) -> Int {
    let seconds = (0..<(x.count / window)).map { second in
      x[(second * window)..<((second + 1) * window)].reduce((low: Double.infinity, high: -Double.infinity)) {
        (min($0.low, $1), max($0.high, $1))
      }
    }
    var longest = 0
    var first = 0
    for last in seconds.indices {
      while first <= last {
        let run = seconds[first...last]
        let range = run.map(\.high).reduce(-.infinity, max) - run.map(\.low).reduce(.infinity, min)
        if range < flatRange { break }
        first += 1
      }
      longest = max(longest, last - first + 1)
    }
    return longest
  }
}

/// Per usable channel: the share of windows whose `correlationQuantile` of |r| is too low, and its median over windows.
private func disagreeingShares(
  _ usable: [Int], windows: Int, criteria: BadChannelCriteria, part: (Int, [Int]) -> Matrix?
) -> [(share: Double, typical: Double)] {
  let n = usable.count
  var agreement = [[Double]](repeating: [], count: n)
  for w in 0..<windows {
    guard let samples = part(w, usable) else { continue }
    let correlations = correlationMatrix(samples)
    for c in 0..<n {
      var others: [Double] = []
      others.reserveCapacity(n - 1)
      for other in 0..<n where other != c { others.append(abs(correlations[c, other])) }
      agreement[c].append(Moments.quantile(others, criteria.correlationQuantile))
    }
  }
  return agreement.map { values in
    guard !values.isEmpty else { return (1, .nan) }
    // Written so that a constant window (NaN) disagrees.
    let disagreeing = values.count { !($0 >= criteria.correlation) }
    return (Double(disagreeing) / Double(values.count), Moments.median(values))
  }
}

/// Pearson correlations of the columns; 0 for a constant one.
func correlationMatrix(_ x: Matrix) -> Matrix {
  var z = x
  let means = x.columnMeans
  for t in 0..<x.rows { for c in 0..<x.columns { z.values[t * x.columns + c] -= means[c] } }
  var result = z.gram
  let scales = (0..<x.columns).map { result[$0, $0] > 0 ? 1 / result[$0, $0].squareRoot() : 0 }
  for i in 0..<x.columns { for j in 0..<x.columns { result[i, j] *= scales[i] * scales[j] } }
  return result
}
