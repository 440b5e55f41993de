import FourierTransform
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

/// Pitch and harmonicity of 64 ms frames: both from one autocorrelation, computed by FFT.
///
/// Frame m covers samples `[160 m, 160 m + 1024)` at 16 kHz, mean removed. With `r(t) = sum_j x_j x_(j + t)` over the
/// overlap of frame and shifted frame, and `E_0(t)`, `E_1(t)` the energies of the two overlapping parts:
/// the difference function of YIN is `d(t) = (E_0 + E_1 - 2 r) / (1024 - t)` (de Cheveigne & Kawahara 2002), and the
/// normalised correlation of harmonicity is `r / sqrt(E_0 E_1)` (Boersma 1993, the cross-correlation form of Praat).
struct PitchDescriptors: ~Copyable {
  static let rateHz = 16_000.0
  static let frame = FrameGrid(length: 1_024, hop: 160)
  /// Periods of 1,000 to 55 Hz.
  static let minimumLag = 16
  static let maximumLag = 291
  /// Lags kept beyond the range for interpolation: 1,024 + 320 samples fill the transform exactly.
  static let keptLag = 320
  static let transformLength = 1_344
  static let batch = 64
  static let troughThreshold = 0.1

  private var transform = FrameFourierTransform(length: transformLength, frames: batch)
  private var correlation = [Float](repeating: 0, count: batch * (keptLag + 1))
  private var means = [Float](repeating: 0, count: batch)
  private var squares: [Double] = []
  private var sums: [Double] = []
  private var normalised = [Double](repeating: 0, count: keptLag + 1)
  private var difference = [Double](repeating: 0, count: keptLag + 1)
  private let interpolation = SincTable()

  /// Computes `frames` frames of `x`, `hop` apart from `start` on: f0 in semitones above 27.5 Hz (NaN where unvoiced) and
  /// harmonics-to-noise ratio in dB.
  mutating func compute(
    _ x: [Float], start: Int, hop: Int = frame.hop, frames: Int, semitones: inout [Double], harmonicity: inout [Double]
  ) {
    let length = Self.frame.length
    var done = 0
    while done < frames {
      let count = min(Self.batch, frames - done)
      let from = start + done * hop
      transform.autocorrelationOfFrames(
        x, start: from, hop: hop, count: count, window: length, maximumLag: Self.keptLag,
        into: &correlation, means: &means)
      prepareSums(x, from: from, count: (count - 1) * hop + length)
      for frame in 0..<count {
        guard normalise(frame, hop: hop) else {
          semitones[done + frame] = .nan
          harmonicity[done + frame] = -30
          continue
        }
        semitones[done + frame] = period().map { 12 * log2(Self.rateHz / $0 / 27.5) } ?? .nan
        let r = min(max(peak(), 1e-3), 0.9999)
        harmonicity[done + frame] = 10 * log10(r / (1 - r))
      }
      done += count
    }
  }

  /// Running sums of the samples and their squares, so that the energy of any stretch is a difference.
  private mutating func prepareSums(_ x: [Float], from start: Int, count: Int) {
    if squares.count < count + 1 {
      squares = [Double](repeating: 0, count: count + 1)
      sums = squares
    }
    var (square, sum) = (0.0, 0.0)
    for i in 0..<count {
      let value = Double(x[start + i])
      square += value * value
      sum += value
      squares[i + 1] = square
      sums[i + 1] = sum
    }
  }

  /// Fills `normalised` and `difference` of a frame; false for one with a level below -100 dBFS.
  private mutating func normalise(_ frame: Int, hop: Int) -> Bool {
    let length = Self.frame.length
    let (start, end) = (frame * hop, frame * hop + length)
    let mean = Double(means[frame])
    let offset = frame * (Self.keptLag + 1)
    let energy = squares[end] - squares[start] - mean * mean * Double(length)
    guard energy > 1e-10 * Double(length) else { return false }
    for lag in 0...Self.keptLag {
      let n = Double(length - lag)
      let head = squares[end - lag] - squares[start] - 2 * mean * (sums[end - lag] - sums[start]) + n * mean * mean
      let tail = squares[end] - squares[start + lag] - 2 * mean * (sums[end] - sums[start + lag]) + n * mean * mean
      let r = Double(correlation[offset + lag])
      normalised[lag] = head > 0 && tail > 0 ? r / (head * tail).squareRoot() : 0
      difference[lag] = max(0, head + tail - 2 * r) / n
    }
    return true
  }

  /// YIN: the first trough of the cumulative mean normalised difference below the threshold, refined by a parabola.
  private func period() -> Double? {
    var sum = 0.0
    var (before, current) = (0.0, 0.0)
    // `next` runs one lag ahead of the candidate `current`.
    for lag in 1...(Self.maximumLag + 1) {
      sum += difference[lag]
      let next = sum > 0 ? difference[lag] * Double(lag) / sum : 1
      let candidate = lag - 1
      if candidate >= Self.minimumLag, current < Self.troughThreshold, current <= next,
        current < before || candidate == Self.minimumLag
      {
        let curvature = before + next - 2 * current
        let shift = curvature > 0 ? (before - next) / (2 * curvature) : 0
        return Double(candidate) + (abs(shift) < 1 ? shift : 0)
      }
      (before, current) = (current, next)
    }
    return nil
  }

  /// The highest local maximum of the normalised correlation in the lag range, interpolated; 0 without one.
  private func peak() -> Double {
    var (best, lagOfBest) = (0.0, 0)
    for lag in Self.minimumLag...Self.maximumLag {
      let value = normalised[lag]
      if value > best, value >= normalised[lag - 1], value >= normalised[lag + 1] { (best, lagOfBest) = (value, lag) }
    }
    return lagOfBest == 0 ? 0 : max(best, interpolation.peak(normalised, near: lagOfBest))
  }
}

/// Band-limited interpolation of an even sequence at eighths of a sample: a sinc under a Hann window of +-28 samples.
struct SincTable {
  private static let reach = 28
  private static let parts = 8
  /// `[offset -4...4][tap]`.
  private let taps: [[Double]]

  init() {
    taps = (-4...4).map { part in
      let fraction = Double(part) / Double(Self.parts)
      return (-Self.reach...Self.reach).map { tap in
        let t = Double(tap) - fraction
        if t == 0 { return 1 }
        let hann = 0.5 + 0.5 * cos(Double.pi * t / (Double(Self.reach) + 1))
        return sin(Double.pi * t) / (Double.pi * t) * hann
      }
    }
  }

  /// The largest interpolated value within half a sample of `lag`.
  func peak(_ x: [Double], near lag: Int) -> Double {
    let values = taps.map { weights -> Double in
      var sum = 0.0
      for i in weights.indices { sum += weights[i] * x[abs(lag + i - Self.reach)] }
      return sum
    }
    var best = 0
    for i in values.indices where values[i] > values[best] { best = i }
    guard best > 0, best < values.count - 1 else { return values[best] }
    let (a, b, c) = (values[best - 1], values[best], values[best + 1])
    let curvature = a + c - 2 * b
    return curvature < 0 ? b - (a - c) * (a - c) / (8 * curvature) : b
  }
}

/// f0 of every 64 ms frame (10 ms hop, no padding) of 16 kHz sound, semitones above 27.5 Hz; NaN where unvoiced.
///
/// The frames of `lld12`, at their native rate; frame m is centred at `(160 m + 512) / 16000` s.
public func pitchTrack(_ x: [Float]) -> [Double] {
  var descriptors = PitchDescriptors()
  let total = PitchDescriptors.frame.count(samples: x.count)
  var (semitones, harmonicity) = ([Double](repeating: 0, count: total), [Double](repeating: 0, count: total))
  descriptors.compute(x, start: 0, frames: total, semitones: &semitones, harmonicity: &harmonicity)
  return semitones
}
