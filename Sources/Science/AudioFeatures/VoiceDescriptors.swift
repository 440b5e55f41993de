import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

extension DescriptorSet {
  /// The 25 low-level descriptors of the extended Geneva Minimalistic Acoustic Parameter Set (Eyben et al. 2016), computed
  /// anew from the published definitions.
  ///
  /// A row is a frame of 60 ms (960 samples) every 10 ms of 16 kHz sound, without padding. What needs pitch is taken from
  /// it; the others from the 20 ms (Hamming window) in its middle. All are smoothed over three frames; descriptors of
  /// voiced frames only within voiced stretches, and they are missing elsewhere.
  ///
  /// | feature | per frame | unit | silence |
  /// |---|---|---|---|
  /// | loudness | sum over 26 mel bands of (E_b q(f_b))^0.33 (as in `lld12`) | a.u. | 0 |
  /// | alpha_ratio | power 1-5 kHz over power 50-1,000 Hz (`lld12` has the inverse) | dB | 0 |
  /// | hammarberg_index | strongest bin 0-2 kHz over strongest 2-5 kHz | dB | 0 |
  /// | slope_0_500, slope_500_1500 | regression of level on frequency | dB/Hz | 0 |
  /// | spectral_flux | sqrt sum_k (A_k(m) - A_k(m - 1))^2 | a.u. | 0 |
  /// | mfcc1 to mfcc4 | cosine transform of log mel energies (26 bands, 20-8,000 Hz), lifter 22 | 1 | 0 |
  /// | f0_semitone | 12 log2(f0 / 27.5), f0 by `PitchPath` | semitone | missing |
  /// | jitter_local, shimmer_local_db | changes of period and amplitude, see `PeriodMeasures` | 1, dB | missing |
  /// | hnr_db | 10 log10(r / (1 - r)), r the autocorrelation at the period, within [1e-3, 0.9999] | dB | missing |
  /// | h1_h2 | level of the first harmonic less that of the second | dB | missing |
  /// | h1_a3 | level of the first harmonic less that of the strongest within 20 % of F3 | dB | missing |
  /// | f1, f2, f3 _frequency, _bandwidth | see `FormantModel` | Hz | missing |
  /// | f1, f2, f3 _amplitude | level of the harmonic nearest to the formant less that of the first | dB | missing |
  ///
  /// The window bounds hnr_db: a perfectly periodic voice of 110 Hz has 35 dB. A voiced frame in which a formant or two
  /// consecutive periods are not found lacks the values that need them.
  public static let egemaps25 = DescriptorSet(
    name: "egemaps25", version: 1,
    summary: "the 25 low-level descriptors of eGeMAPS: loudness, spectral balance, pitch, voice quality, formants",
    columns: voiceColumns, nativeRateHz: 100, kernel: { VoiceKernel() })

  private static let voiceColumns =
    [
      DescriptorColumn("loudness", unit: "a.u.", silence: 0),
      DescriptorColumn("alpha_ratio", unit: "dB", silence: 0),
      DescriptorColumn("hammarberg_index", unit: "dB", silence: 0),
      DescriptorColumn("slope_0_500", unit: "dB/Hz", silence: 0),
      DescriptorColumn("slope_500_1500", unit: "dB/Hz", silence: 0),
      DescriptorColumn("spectral_flux", unit: "a.u.", silence: 0),
    ] + (1...4).map { DescriptorColumn("mfcc\($0)", unit: "1", silence: 0) }
    + [
      DescriptorColumn(voiced: "f0_semitone", unit: "semitone"),
      DescriptorColumn(voiced: "jitter_local", unit: "1"),
      DescriptorColumn(voiced: "shimmer_local_db", unit: "dB"),
      DescriptorColumn(voiced: "hnr_db", unit: "dB"),
      DescriptorColumn(voiced: "h1_h2", unit: "dB"),
      DescriptorColumn(voiced: "h1_a3", unit: "dB"),
    ]
    + (1...3).flatMap { i in
      [
        DescriptorColumn(voiced: "f\(i)_frequency", unit: "Hz"),
        DescriptorColumn(voiced: "f\(i)_bandwidth", unit: "Hz"),
        DescriptorColumn(voiced: "f\(i)_amplitude", unit: "dB"),
      ]
    }
}

/// The rows of `egemaps25`.
final class VoiceKernel: GridKernel {
  static let grid = FrameGrid(length: VoiceSpectra.length, hop: VoiceSpectra.hop)
  /// Frames on either side of a block that its pitch path is sought through: beyond half a second no path is affected.
  private static let pathContext = 50
  /// Hops on either side of a frame that its level is compared with.
  private static let levelContext = 100
  /// The 20 ms in the middle of a frame.
  private static let middle = (grid.length - SpectralBalance.frame.length) / 2

  private var balance = SpectralBalance()
  private var spectra = VoiceSpectra()
  private var formants = FormantModel()
  private let sinc = FloatSincTable()

  let width = 25

  func samples(for rows: Range<Int>, sampleCount: Int) -> Range<Int> {
    // Two frames more, for smoothing and for frames that are lengthened for low voices.
    let reach = (Self.pathContext + Self.levelContext + 2) * Self.grid.hop
    let first = max(0, Self.grid.start(rows.lowerBound) - reach)
    return first..<min(sampleCount, Self.grid.start(rows.upperBound - 1) + Self.grid.length + reach)
  }

  func compute(_ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int) -> [Float] {
    let total = rowCount(sampleCount)
    // One frame more on either side, for smoothing.
    let inner = max(0, rows.lowerBound - 1)..<min(total, rows.upperBound + 1)
    let outer = max(0, inner.lowerBound - Self.pathContext)..<min(total, inner.upperBound + Self.pathContext)
    var values = [Float](repeating: .nan, count: inner.count * width)
    addBalance(inner, x, offset, &values)
    addVoice(inner, outer: outer, x, offset: offset, to: &values)
    return smoothed(values, inner: inner, rows: rows)
  }

  private func addBalance(_ inner: Range<Int>, _ x: [Float], _ offset: Int, _ values: inout [Float]) {
    // One frame earlier, for the flux of the first.
    let first = max(0, inner.lowerBound - 1)
    let count = inner.upperBound - first
    var table = [Float](repeating: 0, count: count * SpectralBalance.count)
    balance.compute(
      x, start: Self.grid.start(first) + Self.middle - offset, frames: count, into: &table,
      width: SpectralBalance.count)
    for row in inner {
      for c in 0..<SpectralBalance.count {
        values[(row - inner.lowerBound) * width + c] = table[(row - first) * SpectralBalance.count + c]
      }
    }
  }

  private func addVoice(
    _ inner: Range<Int>, outer: Range<Int>, _ x: [Float], offset: Int, to values: inout [Float]
  ) {
    var power = [Float](repeating: 0, count: outer.count * VoiceSpectra.bins)
    var correlations = [Float](repeating: 0, count: outer.count * VoiceSpectra.lags)
    spectra.compute(
      x, start: Self.grid.start(outer.lowerBound) - offset, frames: outer.count, spectra: &power,
      correlations: &correlations)
    let squares = Self.runningSquares(x)
    let levels = Self.levels(outer, x, squares, offset)
    let lags = PitchPath.lags(correlations, levels: levels)
    formants.restart()
    for row in inner {
      let at = row - outer.lowerBound
      guard lags[at] > 0 else { continue }
      let peak = sinc.peak(correlations, offset: at * VoiceSpectra.lags, near: lags[at])
      let to = (row - inner.lowerBound) * width
      let f0 = DescriptorSet.sourceRateHz / peak.position
      let r = min(max(peak.height, 1e-3), 0.9999)
      values[to + 10] = Float(12 * log2(f0 / 27.5))
      values[to + 13] = Float(10 * log10(r / (1 - r)))
      let periods = PeriodMeasures(
        x, squares: squares, centre: Self.grid.start(row) + Self.grid.length / 2 - offset, period: peak.position)
      values[to + 11] = periods.jitter
      values[to + 12] = periods.shimmer
      addResonances(
        Harmonics(power, at: at * VoiceSpectra.bins, f0: f0), power: power, at: at * VoiceSpectra.bins, in: &values,
        to: to)
    }
  }

  private func addResonances(
    _ harmonics: Harmonics, power: [Float], at: Int, in values: inout [Float], to: Int
  ) {
    guard let first = harmonics.level(1) else { return }
    if let second = harmonics.level(2) { values[to + 14] = Float(first - second) }
    for (i, formant) in formants.formants(power, at: at).prefix(3).enumerated() {
      values[to + 16 + 3 * i] = Float(formant.frequency)
      values[to + 17 + 3 * i] = Float(formant.bandwidth)
      if let level = harmonics.level(nearest: formant.frequency) { values[to + 18 + 3 * i] = Float(level - first) }
      if i == 2, let level = harmonics.strongestLevel(around: formant.frequency) {
        values[to + 15] = Float(first - level)
      }
    }
  }

  /// Each frame's largest sample over the largest of the second on either side; 0 below -50 dBFS.
  private static func levels(_ frames: Range<Int>, _ x: [Float], _ squares: [Double], _ offset: Int) -> [Double] {
    let hops = x.count / grid.hop
    let peaks = (0..<hops).map { hop -> Float in
      var peak: Float = 0
      for i in (hop * grid.hop)..<((hop + 1) * grid.hop) { peak = max(peak, abs(x[i])) }
      return peak
    }
    let (width, reach) = (grid.length / grid.hop, levelContext)
    return frames.map { row in
      let start = grid.start(row) - offset
      let hop = start / grid.hop
      guard squares[start + grid.length] - squares[start] >= 1e-5 * Double(grid.length) else { return 0 }
      var (own, all): (Float, Float) = (0, 0)
      for i in hop..<min(hops, hop + width) { own = max(own, peaks[i]) }
      for i in max(0, hop + width / 2 - reach)..<min(hops, hop + width / 2 + reach) { all = max(all, peaks[i]) }
      return all > 0 ? Double(own / all) : 0
    }
  }

  private static func runningSquares(_ x: [Float]) -> [Double] {
    var squares = [Double](repeating: 0, count: x.count + 1)
    var sum = 0.0
    for i in x.indices {
      sum += Double(x[i]) * Double(x[i])
      squares[i + 1] = sum
    }
    return squares
  }

  /// Means over the frame and its neighbours that have the descriptor; missing where the frame itself lacks it (the
  /// flux of the very first frame is taken from the second).
  private func smoothed(_ values: [Float], inner: Range<Int>, rows: Range<Int>) -> [Float] {
    var result = [Float](repeating: .nan, count: rows.count * width)
    for row in rows {
      let neighbours = max(inner.lowerBound, row - 1)...min(inner.upperBound - 1, row + 1)
      for c in 0..<width {
        let own = values[(row - inner.lowerBound) * width + c]
        guard c < SpectralBalance.count || !own.isNaN else { continue }
        var (sum, count): (Float, Float) = (0, 0)
        for other in neighbours {
          let value = values[(other - inner.lowerBound) * width + c]
          guard !value.isNaN else { continue }
          sum += value
          count += 1
        }
        if count > 0 { result[(row - rows.lowerBound) * width + c] = sum / count }
      }
    }
    return result
  }
}
