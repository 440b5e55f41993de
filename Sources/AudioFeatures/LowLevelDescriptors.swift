import SignalProcessing

/// Version of the definition of `lld12`: part of the key of what it computes.
public let lld12Version = "lld12-v1"

/// The twelve features of `lld12`, in order.
public let lld12Names = [
  "rms_db", "loudness", "f0_st", "hnr_db", "zcr", "centroid", "spread", "flux", "rolloff85", "flatness_db",
  "alpha_ratio", "mod_4hz",
]

/// Their units: dB re full scale, arbitrary units, semitones above 27.5 Hz, crossings per sample, Hz.
public let lld12Units = ["dB", "a.u.", "semitone", "dB", "1/sample", "Hz", "Hz", "1", "Hz", "dB", "dB", "1"]

/// Twelve classical low-level descriptors of sound, per second (`lld12-v1`).
///
/// Frames of 25 ms every 10 ms of 16 kHz mono sound, without padding; pitch and harmonicity from frames of 64 ms. A
/// second's value is the mean over the frames whose centre lies in it (f0: the median over voiced frames).
///
/// | feature | per frame | unit | silence |
/// |---|---|---|---|
/// | rms_db | 20 log10 max(rms, 1e-5) | dB | -100 |
/// | loudness | sum over 26 mel bands of (E_b q(f_b))^0.33 | a.u. | 0 |
/// | f0_st | 12 log2(f0 / 27.5), f0 by YIN, 55 to 1,000 Hz, threshold 0.1 | semitone | filled |
/// | hnr_db | 10 log10(r / (1 - r)), r the highest normalised autocorrelation, within [1e-3, 0.9999] | dB | -30 |
/// | zcr | sign changes / 400 | 1/sample | 0 |
/// | centroid | sum f A / sum A | Hz | 0 |
/// | spread | sqrt(sum (f - c)^2 A / sum A) | Hz | 0 |
/// | flux | sqrt sum max(0, rise of A / sum A)^2 | 1 | 0 |
/// | rolloff85 | lowest f with 85 % of sum A below | Hz | 0 |
/// | flatness_db | geometric over arithmetic mean of max(P, 1e-10) | dB | 0 |
/// | alpha_ratio | power 50-1,000 Hz over power 1-5 kHz | dB | 0 |
/// | mod_4hz | RMS of the 2-8 Hz part of the 10 ms envelope over its mean | 1 | 0 |
///
/// An unvoiced second takes the stimulus' median f0 and is flagged in `isFilled`; a stimulus without any voiced second
/// has f0_st 0 throughout, flagged. A last second with fewer than half of its samples is left out. Never NaN.
///
/// - Parameters:
///   - source: 16 kHz mono sound; read once from its present start, in pieces of about ten seconds.
///   - progress: called with the seconds done, now and then.
public func lld12(_ source: some SampleSource, progress: (Int) -> Void = { _ in }) throws -> SecondFeatures {
  precondition(source.rateHz == 16_000, "lld12 is defined at 16 kHz: resample first")
  let seconds = binCount(durationSeconds: Double(source.sampleCount) / 16_000)
  var descriptors = SecondDescriptors(seconds: seconds)
  let blockSeconds = 10
  var second = 0
  while second < seconds {
    let end = min(seconds, second + blockSeconds)
    try descriptors.add(source, from: second, to: end)
    second = end
    progress(second)
  }
  return descriptors.finish()
}

/// Sums of frame values by second.
private struct SecondDescriptors: ~Copyable {
  let seconds: Int
  private var spectral = SpectralDescriptors()
  private var pitch = PitchDescriptors()
  private var spectralMeans: BinMeans
  private var harmonicityMeans: BinMeans
  private var voiced: [[Float]]
  private var envelope: [Double] = []
  private var spectralFrame = 0
  private var pitchFrame = 0
  private var spectralRows = [Double](repeating: 0, count: SpectralDescriptors.batch * SpectralDescriptors.count)
  private var semitones = [Double](repeating: 0, count: PitchDescriptors.batch)
  private var harmonicity = [Double](repeating: 0, count: PitchDescriptors.batch)

  init(seconds: Int) {
    self.seconds = seconds
    spectralMeans = BinMeans(binCount: seconds, columns: SpectralDescriptors.count)
    harmonicityMeans = BinMeans(binCount: seconds, columns: 1)
    voiced = [[Float]](repeating: [], count: seconds)
    envelope.reserveCapacity(seconds * 100)
  }

  /// Adds the frames that start before the end of a block of seconds (each frame once, in order).
  mutating func add(_ source: some SampleSource, from first: Int, to last: Int) throws {
    let total = source.sampleCount
    let limit = last == seconds ? total : last * 16_000
    let start = min(spectralFrame, pitchFrame) * 160
    let end = min(total, limit + PitchDescriptors.frame.length)
    let x = try source.samples(start..<end)
    addEnvelope(x, offset: start, from: first * 16_000, to: min(limit, total))
    addSpectral(x, offset: start, until: min(limit, total), total: total)
    addPitch(x, offset: start, until: min(limit, total), total: total)
  }

  private mutating func addEnvelope(_ x: [Float], offset: Int, from first: Int, to last: Int) {
    var position = first
    while position + 160 <= last {
      var sum = 0.0
      for i in (position - offset)..<(position - offset + 160) { sum += Double(x[i] * x[i]) }
      envelope.append((sum / 160).squareRoot())
      position += 160
    }
  }

  private mutating func addSpectral(_ x: [Float], offset: Int, until limit: Int, total: Int) {
    let grid = SpectralDescriptors.frame
    let end = min(grid.count(samples: total), (limit + grid.hop - 1) / grid.hop)
    while spectralFrame < end {
      let count = min(SpectralDescriptors.batch, end - spectralFrame)
      let from = spectralFrame * grid.hop - offset
      let piece = Array(x[from..<(from + (count - 1) * grid.hop + grid.length)])
      spectral.compute(piece, frames: count, into: &spectralRows)
      for i in 0..<count {
        let second = grid.bin(spectralFrame + i, rateHz: 16_000)
        if second < seconds { spectralMeans.add(spectralRows, row: i, to: second) }
      }
      spectralFrame += count
    }
  }

  private mutating func addPitch(_ x: [Float], offset: Int, until limit: Int, total: Int) {
    let grid = PitchDescriptors.frame
    let end = min(grid.count(samples: total), (limit + grid.hop - 1) / grid.hop)
    while pitchFrame < end {
      let count = min(PitchDescriptors.batch, end - pitchFrame)
      let from = pitchFrame * grid.hop - offset
      let piece = Array(x[from..<(from + (count - 1) * grid.hop + grid.length)])
      pitch.compute(piece, frames: count, semitones: &semitones, harmonicity: &harmonicity)
      for i in 0..<count {
        let second = grid.bin(pitchFrame + i, rateHz: 16_000)
        guard second < seconds else { continue }
        harmonicityMeans.add(harmonicity, row: i, to: second)
        if !semitones[i].isNaN { voiced[second].append(Float(semitones[i])) }
      }
      pitchFrame += count
    }
  }

  consuming func finish() -> SecondFeatures {
    let spectralRows = spectralMeans.means()
    let harmonicity = harmonicityMeans.means()
    let modulation = Modulation.perSecond(envelope, seconds: seconds)
    let medians = voiced.map(Self.median)
    let fill = Self.median(medians.filter { !$0.isNaN })
    var rows: [Float] = []
    rows.reserveCapacity(seconds * 12)
    for second in 0..<seconds {
      let s = (0..<SpectralDescriptors.count).map { item -> Float in
        let value = spectralRows[second * SpectralDescriptors.count + item]
        return value.isNaN ? 0 : Float(value)
      }
      let f0 = medians[second].isNaN ? (fill.isNaN ? 0 : fill) : medians[second]
      let hnr = harmonicity[second].isNaN ? -30 : Float(harmonicity[second])
      rows += [s[0], s[1], f0, hnr, s[2], s[3], s[4], s[5], s[6], s[7], s[8], Float(modulation[second])]
    }
    return SecondFeatures(
      names: lld12Names, units: lld12Units, seconds: seconds, rows: rows, isFilled: medians.map(\.isNaN))
  }

  /// The median; NaN of nothing.
  private static func median(_ values: [Float]) -> Float {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
