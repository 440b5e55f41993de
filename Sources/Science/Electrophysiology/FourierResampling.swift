import Diagnostics
import FourierTransform
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// Resampling by the Fourier transform of the whole series: the spectrum is cut (or zero-padded) to the new rate.
///
/// Output sample j lies at time j / newRate; the count is round(n · newRate / rate). The series is mirrored through its
/// end points to a power of two before the transform, and the bin at the lower Nyquist frequency is doubled when
/// shortening, halved when lengthening (the rule of MNE-Python's `raw.resample`, equal to it within rounding). It does
/// not filter gently: a series should have been low-passed at 0.4 of the new rate, otherwise steps ring.
public struct FourierResampling: Sendable, Equatable {
  public let rateHz: Double
  public let newRateHz: Double

  /// - Throws: `E-ELE-004` for rates that are not positive.
  public init(from rateHz: Double, to newRateHz: Double) throws(EvokeError) {
    guard rateHz > 0, newRateHz > 0, rateHz.isFinite, newRateHz.isFinite else {
      throw EvokeError(
        .resamplingRate, "\(rateHz) Hz to \(newRateHz) Hz", reason: "a rate is not a positive number",
        remedy: "give both rates in hertz")
    }
    self.rateHz = rateHz
    self.newRateHz = newRateHz
  }

  /// Samples after resampling `samples` of them: at least 1.
  public func count(samples: Int) -> Int {
    max(1, Int((newRateHz / rateHz * Double(samples)).rounded(.toNearestOrEven)))
  }

  /// The resampled columns.
  ///
  /// - Parameter x: `[sampleCount, channelCount]`.
  /// - Returns: `[count(samples: sampleCount), channelCount]`.
  /// - Throws: `E-ELE-002` where a channel has a NaN or infinity, `E-ELE-003` for fewer than two samples.
  public func applied(to x: Matrix) throws(EvokeError) -> Matrix {
    guard x.rows > 1 else {
      throw EvokeError(
        .seriesTooShort, "\(x.rows) samples", reason: "resampling needs at least two samples",
        remedy: "leave the recording out")
    }
    if rateHz == newRateHz { return x }
    let length = count(samples: x.rows)
    var result = Matrix(rows: length, columns: x.columns)
    var plan = ResamplingPlan(samples: x.rows, ratio: newRateHz / rateHz, resultLength: length)
    try ColumnGroups.forEach(of: x) { (column, series) throws(EvokeError) in
      guard series.allSatisfy(\.isFinite) else {
        throw EvokeError(
          .seriesNotFinite, "channel \(column)", reason: "\(series.count { !$0.isFinite }) samples are not numbers",
          remedy: "mark the channel bad or exclude the segment")
      }
      let y = plan.resample(series)
      for t in 0..<length { result.values[t * x.columns + column] = y[t] }
    }
    return result
  }
}

/// Padding, both transforms and the cut for series of one length.
struct ResamplingPlan: ~Copyable {
  private let samples: Int
  private let padding: (before: Int, after: Int)
  private let oldLength: Int
  private let newLength: Int
  private let skipped: Int
  private let resultLength: Int
  private var forward: RealFourierTransform
  private var inverse: RealFourierTransform

  init(samples: Int, ratio: Double, resultLength: Int) {
    let least = samples + 2 * min(samples / 8, 100)
    var power = 1
    while power < least { power *= 2 }
    let total = power - samples
    padding = (total / 2, total / 2 + total % 2)
    oldLength = power
    newLength = max(1, Int((ratio * Double(power)).rounded(.toNearestOrEven)))
    skipped = Int((ratio * Double(total / 2)).rounded(.toNearestOrEven))
    self.samples = samples
    self.resultLength = resultLength
    forward = RealFourierTransform(length: oldLength)
    inverse = RealFourierTransform(length: newLength)
  }

  mutating func resample(_ x: [Double]) -> [Double] {
    let spectrum = forward.forward(padded(x))
    var resampled = Spectrum(binCount: inverse.binCount)
    let shared = 2 * min(spectrum.binCount, resampled.binCount)
    let scale = Double(newLength) / Double(oldLength)
    for i in 0..<shared { resampled.interleaved[i] = spectrum.interleaved[i] * scale }
    let isShorter = newLength < oldLength
    let used = min(newLength, oldLength)
    if used % 2 == 0 {
      let factor = isShorter ? 2 : 0.5
      resampled.interleaved[used] *= factor
      resampled.interleaved[used + 1] *= factor
    }
    return Array(inverse.inverse(resampled)[skipped..<(skipped + resultLength)])
  }

  private func padded(_ x: [Double]) -> [Double] {
    let n = x.count
    var result = [Double](repeating: 0, count: oldLength)
    result.replaceSubrange(padding.before..<(padding.before + n), with: x)
    for k in 0..<min(padding.before, n - 1) { result[padding.before - 1 - k] = 2 * x[0] - x[k + 1] }
    for k in 0..<min(padding.after, n - 1) { result[padding.before + n + k] = 2 * x[n - 1] - x[n - 2 - k] }
    return result
  }
}
