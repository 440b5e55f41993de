import FourierTransform
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

/// The descriptors of frames that need no pitch.
///
/// Frame m covers samples `[hop m, hop m + length)` at 16 kHz, periodic Hann window, zeros up to the transform's length;
/// `P_k = |X_k|^2`, `A_k = sqrt P_k`, `f_k = 16000 k / transform length`. Results are written in the order of `count`
/// values per frame.
struct SpectralDescriptors: ~Copyable {
  let frame: FrameGrid
  /// Frames per batch: bounds memory to about 1 MB.
  static let batch = 128
  /// rms_db, loudness, zcr, centroid, spread, flux, rolloff85, flatness_db, alpha_ratio.
  static let count = 9

  private let bins: Int
  private let binHz: Double
  private var transform: FrameFourierTransform
  private let window: [Float]
  private var power: [Float]
  private let loudness: LoudnessBands
  private var energies: [Float]
  private var amplitude: [Double]
  /// The last frame's amplitudes divided by their sum; all zero for silence.
  private var previous: [Double]
  private var hasPrevious = false

  init(frame: FrameGrid, transformLength: Int) {
    self.frame = frame
    bins = transformLength / 2 + 1
    binHz = 16_000 / Double(transformLength)
    transform = FrameFourierTransform(length: transformLength, frames: Self.batch)
    window = hannWindow(length: frame.length).map(Float.init)
    power = [Float](repeating: 0, count: Self.batch * bins)
    loudness = LoudnessBands(bins: bins, binHz: binHz)
    energies = [Float](repeating: 0, count: loudness.mel.count)
    amplitude = [Double](repeating: 0, count: bins)
    previous = amplitude
  }

  /// Forgets the frames so far.
  mutating func restart() { hasPrevious = false }

  /// Computes `frames` frames of `x` from `start` on; the flux of the first frame after `restart` is NaN.
  mutating func compute(_ x: [Float], start: Int, frames: Int, into rows: inout [Double]) {
    transform.powerOfFrames(x, start: start, hop: frame.hop, count: frames, window: window, into: &power)
    for m in 0..<frames {
      let row = m * Self.count
      let (level, crossings) = levelAndCrossings(x, at: start + m * frame.hop)
      rows[row] = level
      loudness.mel.energies(power, at: m * bins, into: &energies)
      rows[row + 1] = loudness.loudness(energies)
      rows[row + 2] = crossings
      spectrum(at: m * bins, into: &rows, row: row)
    }
  }

  /// `20 log10 max(rms, 1e-5)` and sign changes / length, where 0 counts as positive.
  private func levelAndCrossings(_ x: [Float], at start: Int) -> (Double, Double) {
    var (sum, crossings) = (0.0, 0)
    var wasNegative = x[start] < 0
    for i in start..<(start + frame.length) {
      let value = x[i]
      sum += Double(value * value)
      let isNegative = value < 0
      crossings += isNegative != wasNegative ? 1 : 0
      wasNegative = isNegative
    }
    let n = Double(frame.length)
    return (20 * log10(max((sum / n).squareRoot(), 1e-5)), Double(crossings) / n)
  }

  private mutating func spectrum(at start: Int, into rows: inout [Double], row: Int) {
    var (total, first, second, energy, logarithm) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var product = 1.0
    for k in 0..<bins {
      let p = Double(power[start + k])
      let a = p.squareRoot()
      amplitude[k] = a
      let f = Double(k) * binHz
      total += a
      first += f * a
      second += f * f * a
      let floored = max(p, 1e-10)
      energy += floored
      product *= floored
      // One logarithm for eight bins: the product stays far inside the range of float64.
      if k & 7 == 7 {
        logarithm += log(product)
        product = 1
      }
    }
    logarithm += log(product)
    let centroid = total > 0 ? first / total : 0
    rows[row + 3] = centroid
    rows[row + 4] = total > 0 ? max(0, second / total - centroid * centroid).squareRoot() : 0
    rows[row + 5] = flux(total: total)
    rows[row + 6] = rolloff(total: total)
    let flatness = 10 / log(10) * (logarithm / Double(bins) - log(energy / Double(bins)))
    // The geometric mean of equal values, as in silence, is theirs but for rounding.
    rows[row + 7] = flatness > -1e-9 ? 0 : flatness
    rows[row + 8] = alphaRatio(at: start)
  }

  /// `sqrt sum_k max(0, a_k(m) - a_k(m - 1))^2` of amplitudes that sum to one.
  private mutating func flux(total: Double) -> Double {
    let scale = total > 0 ? 1 / total : 0
    var sum = 0.0
    for k in 0..<bins {
      let a = amplitude[k] * scale
      let rise = max(0, a - previous[k])
      sum += rise * rise
      previous[k] = a
    }
    defer { hasPrevious = true }
    return hasPrevious ? sum.squareRoot() : .nan
  }

  /// The smallest frequency below which 85 % of the amplitude lies.
  private func rolloff(total: Double) -> Double {
    guard total > 0 else { return 0 }
    var cumulative = 0.0
    for k in 0..<bins {
      cumulative += amplitude[k]
      if cumulative >= 0.85 * total { return Double(k) * binHz }
    }
    return Double(bins - 1) * binHz
  }

  /// Power from 50 Hz to below 1 kHz over power from 1 to 5 kHz, dB.
  private func alphaRatio(at start: Int) -> Double {
    var (low, high) = (1e-10, 1e-10)
    for k in Int((50 / binHz).rounded(.up))..<Int(1_000 / binHz) { low += Double(power[start + k]) }
    for k in Int(1_000 / binHz)...Int(5_000 / binHz) { high += Double(power[start + k]) }
    return 10 * log10(low / high)
  }
}

/// Loudness of a frame: 26 mel bands from 20 to 8,000 Hz (HTK), equal-loudness weight, cube-root-like compression:
/// `sum_b (E_b q(f_b))^0.33`, `q(f) = (w^2 + 56.8e6) w^4 / ((w^2 + 6.3e6)^2 (w^2 + 0.38e9))`, w = 2 pi f (Hermansky 1990).
struct LoudnessBands {
  let mel: MelBands
  private let equalLoudness: [Float]

  init(bins: Int, binHz: Double) {
    mel = MelBands(count: 26, lowHz: 20, highHz: 8_000, scale: .htk, bins: bins, binHz: binHz)
    equalLoudness = mel.centres.map { Float(Self.equalLoudness($0)) }
  }

  static func equalLoudness(_ hz: Double) -> Double {
    let w2 = (2 * Double.pi * hz) * (2 * Double.pi * hz)
    return (w2 + 56.8e6) * w2 * w2 / ((w2 + 6.3e6) * (w2 + 6.3e6) * (w2 + 0.38e9))
  }

  /// Loudness of the bands' energies.
  func loudness(_ energies: [Float]) -> Double {
    var sum: Float = 0
    for b in 0..<mel.count { sum += powf(energies[b] * equalLoudness[b], 0.33) }
    return Double(sum)
  }
}
