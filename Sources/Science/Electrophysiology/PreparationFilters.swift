import Diagnostics

/// The filters and the change of rate of one recording, applied to stretches of it.
///
/// A stretch is filtered together with as many samples on both sides as the filters reach; at the ends of the recording
/// the series is mirrored, so that the result does not depend on how the recording is cut.
struct PreparationFilters: Sendable {
  /// In the order of application.
  let filters: [FIRFilter]
  let notchTaps: Int
  let bandTaps: Int
  /// Every how-manieth filtered sample is kept.
  let decimation: Int
  /// The change of rate after that; nil: none.
  let resampling: FourierResampling?
  let rateHz: Double
  let sampleCount: Int

  /// - Throws: `E-ELE-001` for filters that do not exist at the rate, `E-ELE-003` for a recording shorter than the
  ///   longest filter, `E-ELE-004` where more than 0.4 of the new rate passes.
  init(_ plan: EEGPreparation, _ recording: RawRecording) throws(EvokeError) {
    let rate = recording.rateHz
    var filters: [FIRFilter] = []
    var passed = rate / 2
    var band: FIRFilter?
    if plan.lowHz != nil || plan.highHz != nil {
      let filter = try FIRFilter.bandPass(low: plan.lowHz, high: plan.highHz, rateHz: rate)
      if plan.highHz != nil { passed = filter.highestPassedHz }
      band = filter
    }
    if let mains = plan.notchHz {
      filters.append(try FIRFilter.notch(Self.harmonics(of: mains, within: passed, rateHz: rate), rateHz: rate))
    }
    notchTaps = filters.first?.taps.count ?? 0
    bandTaps = band?.taps.count ?? 0
    if let band { filters.append(band) }
    self.filters = filters
    if let longest = filters.map(\.taps.count).max(), recording.sampleCount < longest {
      throw EvokeError(
        .seriesTooShort, recording.name,
        reason: "it has \(recording.sampleCount) samples (\(Double(recording.sampleCount) / rate) s), "
          + "the filter \(longest) (\(Double(longest) / rate) s)",
        remedy: "leave the recording out, or raise the low edge of bandpass_hz")
    }
    rateHz = rate
    sampleCount = recording.sampleCount
    (decimation, resampling) = try Self.rateChange(to: plan.newRateHz, from: rate, passed: passed)
  }

  /// The mains frequency and those multiples of it that the band lets through and that fit below half the rate.
  private static func harmonics(of mains: Double, within passed: Double, rateHz: Double) -> [Double] {
    var result = [mains]
    while let last = result.last, last + mains <= passed, (last + mains) * 1.0025 + 0.5 < rateHz / 2 {
      result.append(last + mains)
    }
    return result
  }

  fileprivate static func rateChange(
    to newRate: Double?, from rate: Double, passed: Double
  ) throws(EvokeError) -> (Int, FourierResampling?) {
    guard let newRate, newRate != rate else { return (1, nil) }
    if newRate < rate, passed > 0.4 * newRate * (1 + 1e-9) {
      throw EvokeError(
        .resamplingRate, "\(newRate) Hz",
        reason: "frequencies up to \(passed) Hz are kept, more than 0.4 of the new rate",
        remedy: "lower the high edge of bandpass_hz to \((0.3 * newRate).rounded()) Hz or below, or keep a higher rate")
    }
    let ratio = rate / newRate
    if ratio > 1, ratio == ratio.rounded() { return (Int(ratio), nil) }
    return (1, try FourierResampling(from: rate, to: newRate))
  }

  var newRateHz: Double { resampling?.newRateHz ?? rateHz / Double(decimation) }

  /// Samples of the prepared recording.
  var newSampleCount: Int { resampling?.count(samples: sampleCount) ?? decimatedCount }

  /// Samples after filters and decimation.
  var decimatedCount: Int { (sampleCount + decimation - 1) / decimation }

  /// Samples that a filtered one depends on, on each side; a multiple of the decimation.
  var reach: Int {
    let half = filters.reduce(0) { $0 + $1.taps.count / 2 }
    return (half + decimation - 1) / decimation * decimation
  }

  /// The decimated ranges in which the recording is filtered.
  ///
  /// - Parameter samples: about how many raw samples one range stands for.
  func blocks(of samples: Int) -> [Range<Int>] {
    let size = max(max(samples, 4 * reach) / decimation, 1)
    return stride(from: 0, to: decimatedCount, by: size).map { $0..<min(decimatedCount, $0 + size) }
  }

  /// The raw samples that the decimated samples of a range need.
  func source(of range: Range<Int>) -> Range<Int> {
    let end = min(sampleCount, (range.upperBound - 1) * decimation + 1 + reach)
    return max(0, range.lowerBound * decimation - reach)..<end
  }

  /// The decimated samples of some neighbouring channels.
  ///
  /// - Parameter series: of some of them the raw samples of `source(of: range)`, all finite.
  func filtered(
    _ channels: Range<Int>, range: Range<Int>, series: @Sendable (Range<Int>) -> [[Double]]
  ) throws(EvokeError) -> [[Double]] {
    let source = source(of: range)
    let y = try concurrentlyFiltered(filters, channels, samples: source.count, decimation: decimation, series: series)
    let skipped = range.lowerBound - source.lowerBound / decimation
    return skipped == 0 && y.first?.count == range.count ? y : y.map { Array($0[skipped..<(skipped + range.count)]) }
  }
}

extension EEGPreparation {
  /// Whether a recording of `rateHz` can be brought to `newRateHz` after the band-pass, before any sample is read.
  ///
  /// A band that does not exist at the rate is left to the preparation, which refuses each such recording.
  ///
  /// - Throws: `E-ELE-004` where more than 0.4 of the new rate passes.
  public static func checkRate(_ newRateHz: Double, of rateHz: Double, lowHz: Double?, highHz: Double?)
    throws(EvokeError)
  {
    guard newRateHz < rateHz else { return }
    var passed = rateHz / 2
    if let highHz {
      do { passed = try FIRFilter.bandPass(low: lowHz, high: highHz, rateHz: rateHz).highestPassedHz } catch { return }
    }
    _ = try PreparationFilters.rateChange(to: newRateHz, from: rateHz, passed: passed)
  }
}
