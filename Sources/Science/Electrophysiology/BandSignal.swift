import Diagnostics
import FourierTransform
import LinearAlgebra
import Vocabulary

extension SynchronySignal {
  /// Length of one value in seconds; nil: as sampled.
  public var binSeconds: Double? {
    switch self {
    case .source: nil
    case .envelope: 0.1
    case .differentialEntropy, .firstDifference: 1
    }
  }

  /// Samples a bin must hold for its value to mean anything.
  private var fewestSamples: Double { self == .envelope ? 2 : 3 }

  fileprivate func check(rateHz: Double) throws(EvokeError) {
    guard let binSeconds, binSeconds * rateHz < fewestSamples - 1e-9 else { return }
    throw EvokeError(
      .signalRate, "\(rawValue) at \(rateHz) Hz",
      reason: "a value over \(binSeconds) s would rest on \(binSeconds * rateHz) samples",
      remedy: "use `signal: source`, or recordings of at least \(fewestSamples / binSeconds) Hz")
  }
}

#if canImport(Glibc)
  import Glibc
#endif

/// Derives one signal from recordings of one rate: a zero-phase FIR band-pass over the whole recording, then the signal.
///
/// The band-pass is `FIRFilter.bandPass`, applied with mirrored ends. Missing samples are bridged by straight lines
/// before filtering; every value that the filter reaches from one of them (half its length) is NaN, and so is every bin
/// with such a sample. A series without variance stays constant: 0, and NaN as an entropy.
///
/// Mirroring changes the power at a recording's ends alike for everybody, which would be taken for synchrony (two fifths
/// more in the first 0.1 s of an alpha envelope: .11 of 20 s recordings of nothing are 'synchronous' at .05). Bins within
/// the filter's reach of an end (for envelopes at least 0.5 s) are therefore left out; a series keeps its samples.
public struct BandSignalFilter: Sendable {
  public let signal: SynchronySignal
  public let rateHz: Double
  private let filter: FIRFilter?

  /// `band` in Hz; nil: broadband, unfiltered.
  ///
  /// - Throws: `E-ELE-001` for a band that the rate cannot hold, `E-ISC-006` for a rate too low for the signal.
  public init(_ signal: SynchronySignal, band: (low: Double, high: Double)?, rateHz: Double) throws(EvokeError) {
    try signal.check(rateHz: rateHz)
    self.signal = signal
    self.rateHz = rateHz
    if let band {
      filter = try .bandPass(low: band.low > 0 ? band.low : nil, high: band.high, rateHz: rateHz)
    } else {
      filter = nil
    }
  }

  /// Seconds on each side of a missing sample in which nothing is known.
  public var reachSeconds: Double { Double(reach) / rateHz }

  private var reach: Int { (filter?.taps.count ?? 1) / 2 }

  /// Samples per second of what comes out.
  public var outputRateHz: Double { signal.binSeconds.map { 1 / $0 } ?? rateHz }

  /// Seconds left out at both ends of a recording.
  public var edgeSeconds: Double {
    switch signal {
    case .source: 0
    case .envelope: max(0.5, reachSeconds)
    case .differentialEntropy, .firstDifference: reachSeconds
    }
  }

  /// The bins (samples of a series) that a recording of `samples` samples has values of; bin k starts at
  /// `phase` + k b seconds.
  public func bins(samples: Int, phase: Double = 0) -> Range<Int> {
    guard let bin = signal.binSeconds else { return 0..<samples }
    let first = max(0, Int(((edgeSeconds - phase) / bin - 1e-6).rounded(.up)))
    let end = Int(((Double(samples) / rateHz - edgeSeconds - phase) / bin + 1e-6).rounded(.down))
    return first..<max(first, end)
  }

  /// The signal of every channel of `[samples, channelCount]` (row-major, float32; computed in float64).
  ///
  /// Bins are [phase + k b, phase + (k + 1) b) in seconds of the recording; only whole bins have a value. Columns of
  /// `skipping` come back as NaN.
  ///
  /// - Returns: `[bins, channelCount]`, those of `bins(samples:phase:)`.
  /// - Throws: `E-ELE-003` for fewer than two samples.
  public func applied(
    to x: [Float], channelCount: Int, phase: Double = 0, skipping: Set<Int> = []
  ) throws(EvokeError) -> [Float] {
    precondition(channelCount > 0 && x.count % channelCount == 0, "samples do not fill whole rows")
    let samples = x.count / channelCount
    let wanted = bins(samples: samples, phase: phase)
    var result = [Float](repeating: .nan, count: wanted.count * channelCount)
    var analytic = AnalyticPower(samples: signal == .envelope ? max(2, samples) : 2)
    for column in 0..<channelCount where !skipping.contains(column) {
      var series = [Double](repeating: 0, count: samples)
      for t in 0..<samples { series[t] = Double(x[t * channelCount + column]) }
      let values = try derive(series, phase: phase, wanted, &analytic)
      for (k, value) in values.enumerated() { result[k * channelCount + column] = Float(value) }
    }
    return result
  }

  private func derive(
    _ series: [Double], phase: Double, _ wanted: Range<Int>, _ analytic: inout AnalyticPower
  ) throws(EvokeError) -> [Double] {
    var (x, missing) = Self.bridged(series)
    guard let first = x.first, missing.contains(false) else { return [Double](repeating: .nan, count: wanted.count) }
    let isConstant = x.allSatisfy { $0 == first }
    if isConstant {
      for i in x.indices { x[i] = 0 }
    } else if let filter {
      x = try filter.applied(to: Matrix(rows: x.count, columns: 1, values: x)).values
      missing = Self.widened(missing, by: reach)
    }
    if signal == .envelope, !isConstant { x = analytic.power(x) }
    if signal != .source { return binned(x, missing, phase: phase, wanted) }
    return zip(x, missing).map { $1 ? .nan : $0 }
  }

  private func binned(_ x: [Double], _ missing: [Bool], phase: Double, _ wanted: Range<Int>) -> [Double] {
    guard let bin = signal.binSeconds else { return x }
    func sample(_ k: Int) -> Int { min(x.count, Int(((phase + Double(k) * bin) * rateHz - 1e-6).rounded(.up))) }
    return wanted.map { k in
      let range = max(0, sample(k))..<max(0, sample(k + 1))
      if range.isEmpty || missing[range].contains(true) { return .nan }
      return value(x[range])
    }
  }

  private func value(_ x: ArraySlice<Double>) -> Double {
    let n = Double(x.count)
    switch signal {
    case .source, .envelope: return x.reduce(0, +) / n
    case .firstDifference:
      return zip(x, x.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) } / (n - 1)
    case .differentialEntropy:
      let mean = x.reduce(0, +) / n
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
      return variance > 0 ? 0.5 * log(2 * Double.pi * M_E * variance) : .nan
    }
  }

  /// Straight lines over what is not finite, constant at the ends; all missing: zeros.
  static func bridged(_ x: [Double]) -> (values: [Double], missing: [Bool]) {
    let missing = x.map { !$0.isFinite }
    guard missing.contains(true) else { return (x, missing) }
    var y = x
    var last = -1
    for i in 0...x.count where i == x.count || !missing[i] {
      if i - last > 1 {
        let left = last >= 0 ? x[last] : (i < x.count ? x[i] : 0)
        let right = i < x.count ? x[i] : left
        for k in (last + 1)..<i { y[k] = left + (right - left) * Double(k - last) / Double(i - last) }
      }
      last = i
    }
    return (y, missing)
  }

  static func widened(_ missing: [Bool], by reach: Int) -> [Bool] {
    guard reach > 0, missing.contains(true) else { return missing }
    var result = missing
    var until = 0
    for (i, isMissing) in missing.enumerated() where isMissing {
      for k in max(until, i - reach)..<min(missing.count, i + reach + 1) { result[k] = true }
      until = max(until, min(missing.count, i + reach + 1))
    }
    return result
  }
}

/// |x + i H x|^2 of series of one length about their mean, H the discrete Hilbert transform of `scipy.signal.hilbert`.
private struct AnalyticPower: ~Copyable {
  private var transform: RealFourierTransform
  private var spectrum: Spectrum

  init(samples: Int) {
    transform = RealFourierTransform(length: samples)
    spectrum = Spectrum(binCount: transform.binCount)
  }

  mutating func power(_ x: [Double]) -> [Double] {
    let n = x.count
    let mean = x.reduce(0, +) / Double(n)
    let centred = x.map { $0 - mean }
    transform.forward(centred, into: &spectrum)
    // H turns every frequency but 0 and the highest of an even length by -90 degrees: (a + ib) -> (b - ia).
    for k in 0..<spectrum.binCount {
      let isEnd = k == 0 || (n % 2 == 0 && k == n / 2)
      let (a, b) = (spectrum.real(k), spectrum.imaginary(k))
      spectrum.set(k, real: isEnd ? 0 : b, imaginary: isEnd ? 0 : -a)
    }
    let turned = transform.inverse(spectrum)
    return zip(centred, turned).map { $0 * $0 + $1 * $1 }
  }
}
