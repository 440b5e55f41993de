import SignalProcessing

extension DescriptorSet {
  /// Twelve classical low-level descriptors of sound.
  ///
  /// Frames of 25 ms every 10 ms of 16 kHz mono sound, without padding, periodic Hann window, FFT 512: `A_k` amplitudes,
  /// `P_k = A_k^2`, `f_k = 31.25 k`. Pitch and harmonicity come from the frame of 64 ms whose centre is nearest.
  ///
  /// | feature | per frame | unit | silence |
  /// |---|---|---|---|
  /// | rms_db | 20 log10 max(rms, 1e-5) | dB | -100 |
  /// | loudness | sum over 26 mel bands of (E_b q(f_b))^0.33 | a.u. | 0 |
  /// | f0_st | 12 log2(f0 / 27.5), f0 by YIN, 55 to 1,000 Hz, threshold 0.1 | semitone | missing |
  /// | hnr_db | 10 log10(r / (1 - r)), r the highest normalised autocorrelation, within [1e-3, 0.9999] | dB | -30 |
  /// | zcr | sign changes / 400 | 1/sample | 0 |
  /// | centroid | sum f A / sum A | Hz | 0 |
  /// | spread | sqrt(sum (f - c)^2 A / sum A) | Hz | 0 |
  /// | flux | sqrt sum max(0, rise of A / sum A)^2, 0 in the very first frame | 1 | 0 |
  /// | rolloff85 | lowest f with 85 % of sum A below | Hz | 0 |
  /// | flatness_db | geometric over arithmetic mean of max(P, 1e-10) | dB | 0 |
  /// | alpha_ratio | power 50-1,000 Hz over power 1-5 kHz | dB | 0 |
  /// | mod_4hz | RMS of the 2-8 Hz part of the 10 ms envelope over its mean, in the second around the frame | 1 | 0 |
  ///
  /// In bins, mod_4hz is the RMS over the mean of the bin itself, and flux leaves the very first frame out.
  public static let lld12 = DescriptorSet(
    name: "lld12", version: 2,
    summary: "twelve classical low-level descriptors: level, pitch, noisiness, timbre, change",
    columns: lld12Columns, nativeRateHz: 100, kernel: { LowLevelKernel() })

  /// `lld12` on the frames that librosa takes by default, for comparison with its values: 2,048 samples every 512, the
  /// m-th centred on sample 512 m of sound that is continued by zeros (for zcr by its first and last sample). Pitch and
  /// harmonicity come from the 64 ms in the middle of the frame.
  public static let lld12Librosa = DescriptorSet(
    name: "lld12-librosa", version: 1, summary: "lld12 on librosa's default frames (2,048 samples, hop 512, centred)",
    columns: lld12Columns, nativeRateHz: 31.25, kernel: { CentredLowLevelKernel() })

  static let lld12Columns = [
    DescriptorColumn("rms_db", unit: "dB", silence: -100),
    DescriptorColumn("loudness", unit: "a.u.", silence: 0),
    DescriptorColumn(voiced: "f0_st", unit: "semitone"),
    DescriptorColumn("hnr_db", unit: "dB", silence: -30),
    DescriptorColumn("zcr", unit: "1/sample", silence: 0),
    DescriptorColumn("centroid", unit: "Hz", silence: 0),
    DescriptorColumn("spread", unit: "Hz", silence: 0),
    DescriptorColumn("flux", unit: "1", silence: 0, pooling: .mean),
    DescriptorColumn("rolloff85", unit: "Hz", silence: 0),
    DescriptorColumn("flatness_db", unit: "dB", silence: 0),
    DescriptorColumn("alpha_ratio", unit: "dB", silence: 0),
    DescriptorColumn("mod_4hz", unit: "1", silence: 0, pooling: .rootOverMean(a: 12, b: 13, floor: 1e-5)),
  ]
}

/// The twelve features of `lld12`, in order.
public let lld12Names = DescriptorSet.lld12.columns.map(\.name)

/// Their units: dB re full scale, arbitrary units, semitones above 27.5 Hz, crossings per sample, Hz.
public let lld12Units = DescriptorSet.lld12.columns.map(\.unit)

/// `DescriptorSet.lld12` per second.
///
/// - Parameters:
///   - source: 16 kHz mono sound; read once from its present start, in pieces of about ten seconds.
///   - progress: called with the seconds done, now and then.
public func lld12(_ source: some SampleSource, progress: (Int) -> Void = { _ in }) throws -> SecondFeatures {
  let seconds = binCount(durationSeconds: Double(source.sampleCount) / 16_000)
  var (rows, filled): ([Float], [Bool]) = ([], [])
  try DescriptorSet.lld12.extract(from: source, progress: { progress(Int($0 * Double(seconds))) }) {
    rows = $0.values
    filled = $0.isFilled
  }
  return SecondFeatures(names: lld12Names, units: lld12Units, seconds: seconds, rows: rows, isFilled: filled)
}

/// The rows of `lld12`, and behind them the squared 2-8 Hz part of the envelope and the envelope itself.
final class LowLevelKernel: GridKernel {
  static let grid = FrameGrid(length: 400, hop: 160)
  private var spectral = SpectralDescriptors(frame: grid, transformLength: 512)
  private var pitch = PitchDescriptors()

  let width = 14

  func samples(for rows: Range<Int>, sampleCount: Int) -> Range<Int> {
    let reach = (Modulation.reach + 3) * Self.grid.hop
    return max(0, rows.lowerBound * 160 - reach)..<min(sampleCount, rows.upperBound * 160 + reach)
  }

  func compute(_ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int) -> [Float] {
    var values = [Float](repeating: 0, count: rows.count * width)
    addSpectral(rows, x, offset, &values)
    addPitch(rows, x, offset: offset, sampleCount: sampleCount, to: &values)
    addModulation(rows, x, offset: offset, sampleCount: sampleCount, to: &values)
    return values
  }

  private func addSpectral(_ rows: Range<Int>, _ x: [Float], _ offset: Int, _ values: inout [Float]) {
    var table = [Double](repeating: 0, count: SpectralDescriptors.batch * SpectralDescriptors.count)
    spectral.restart()
    // One frame earlier, for the flux of the first.
    var row = max(0, rows.lowerBound - 1)
    while row < rows.upperBound {
      let count = min(SpectralDescriptors.batch, rows.upperBound - row)
      spectral.compute(x, start: row * 160 - offset, frames: count, into: &table)
      for i in 0..<count where row + i >= rows.lowerBound {
        let to = (row + i - rows.lowerBound) * width
        for (item, column) in [0, 1, 4, 5, 6, 7, 8, 9, 10].enumerated() {
          values[to + column] = Float(table[i * SpectralDescriptors.count + item])
        }
      }
      row += count
    }
  }

  /// The pitch frame with the nearest centre: 160 (m - 2) + 512 lies 8 samples before 160 m + 200.
  private func addPitch(
    _ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int, to values: inout [Float]
  ) {
    let last = PitchDescriptors.frame.count(samples: sampleCount) - 1
    guard last >= 0 else {
      for i in rows.indices.map({ $0 - rows.lowerBound }) {
        values[i * width + 2] = .nan
        values[i * width + 3] = -30
      }
      return
    }
    let (low, high) = (min(last, max(0, rows.lowerBound - 2)), min(last, max(0, rows.upperBound - 3)))
    var semitones = [Double](repeating: 0, count: high - low + 1)
    var harmonicity = semitones
    pitch.compute(
      x, start: low * 160 - offset, frames: high - low + 1, semitones: &semitones, harmonicity: &harmonicity)
    for row in rows {
      let frame = min(last, max(0, row - 2)) - low
      let to = (row - rows.lowerBound) * width
      values[to + 2] = Float(semitones[frame])
      values[to + 3] = Float(harmonicity[frame])
    }
  }

  /// Envelope value j covers samples `[160 j, 160 j + 160)`; the one that holds a frame's centre is m + 1.
  private func addModulation(
    _ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int, to values: inout [Float]
  ) {
    let first = max(0, rows.lowerBound + 1 - Modulation.reach)
    let end = min(sampleCount / 160, rows.upperBound + 1 + Modulation.reach)
    let envelope = Modulation.envelope(x, from: first * 160 - offset, count: end - first)
    let band = Modulation.band(envelope)
    for row in rows {
      let at = row + 1 - first
      let to = (row - rows.lowerBound) * width
      values[to + 11] = Float(Modulation.depth(band: band, envelope: envelope, around: at))
      values[to + 12] = Float(band[at] * band[at])
      values[to + 13] = Float(envelope[at])
    }
  }
}
