import FourierTransform
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

/// The descriptors of 25 ms frames that need no pitch.
///
/// Frame m covers samples `[160 m, 160 m + 400)` at 16 kHz, periodic Hann, FFT 512, `P_k = |X_k|^2`, `A_k = sqrt P_k`,
/// `f_k = 31.25 k`. Results are written in the order of `count` values per frame.
struct SpectralDescriptors: ~Copyable {
  static let frame = FrameGrid(length: 400, hop: 160)
  static let transformLength = 512
  static let bins = 257
  static let binHz = 31.25
  /// Frames per batch: bounds memory to about 1 MB.
  static let batch = 128
  /// rms_db, loudness, zcr, centroid, spread, flux, rolloff85, flatness_db, alpha_ratio.
  static let count = 9

  private var transform = FrameFourierTransform(length: transformLength, frames: batch)
  private let window = hannWindow(length: 400).map(Float.init)
  private var power = [Float](repeating: 0, count: batch * bins)
  private let loudness = LoudnessBands()
  private var amplitude = [Double](repeating: 0, count: bins)
  /// The last frame's amplitudes divided by their sum; all zero for silence.
  private var previous = [Double](repeating: 0, count: bins)
  private var hasPrevious = false

  /// Forgets the frames so far.
  mutating func restart() { hasPrevious = false }

  /// Computes `frames` frames of `x` from `start` on; the flux of the first frame after `restart` is NaN.
  mutating func compute(_ x: [Float], start: Int, frames: Int, into rows: inout [Double]) {
    transform.powerOfFrames(x, start: start, hop: Self.frame.hop, count: frames, window: window, into: &power)
    for frame in 0..<frames {
      let row = frame * Self.count
      let (level, crossings) = Self.levelAndCrossings(x, at: start + frame * Self.frame.hop)
      rows[row] = level
      rows[row + 1] = loudness.loudness(power, at: frame * Self.bins)
      rows[row + 2] = crossings
      spectrum(at: frame * Self.bins, into: &rows, row: row)
    }
  }

  /// `20 log10 max(rms, 1e-5)` and sign changes / 400, where 0 counts as positive.
  private static func levelAndCrossings(_ x: [Float], at start: Int) -> (Double, Double) {
    var (sum, crossings) = (0.0, 0)
    var wasNegative = x[start] < 0
    for i in start..<(start + 400) {
      let value = x[i]
      sum += Double(value * value)
      let isNegative = value < 0
      crossings += isNegative != wasNegative ? 1 : 0
      wasNegative = isNegative
    }
    return (20 * log10(max((sum / 400).squareRoot(), 1e-5)), Double(crossings) / 400)
  }

  private mutating func spectrum(at start: Int, into rows: inout [Double], row: Int) {
    var (total, first, second, energy, logarithm) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var product = 1.0
    for k in 0..<Self.bins {
      let p = Double(power[start + k])
      let a = p.squareRoot()
      amplitude[k] = a
      let f = Double(k) * Self.binHz
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
    let flatness = 10 / log(10) * (logarithm / Double(Self.bins) - log(energy / Double(Self.bins)))
    // The geometric mean of equal values, as in silence, is theirs but for rounding.
    rows[row + 7] = flatness > -1e-9 ? 0 : flatness
    rows[row + 8] = alphaRatio(at: start)
  }

  /// `sqrt sum_k max(0, a_k(m) - a_k(m - 1))^2` of amplitudes that sum to one.
  private mutating func flux(total: Double) -> Double {
    let scale = total > 0 ? 1 / total : 0
    var sum = 0.0
    for k in 0..<Self.bins {
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
    for k in 0..<Self.bins {
      cumulative += amplitude[k]
      if cumulative >= 0.85 * total { return Double(k) * Self.binHz }
    }
    return Double(Self.bins - 1) * Self.binHz
  }

  /// Power from 50 Hz to below 1 kHz over power from 1 to 5 kHz, dB.
  private func alphaRatio(at start: Int) -> Double {
    var (low, high) = (1e-10, 1e-10)
    for k in 2..<32 { low += Double(power[start + k]) }
    for k in 32...160 { high += Double(power[start + k]) }
    return 10 * log10(low / high)
  }
}

/// Loudness of a frame: 26 mel bands from 20 to 8,000 Hz (HTK), equal-loudness weight, cube-root-like compression:
/// `sum_b (E_b q(f_b))^0.33`, `q(f) = (w^2 + 56.8e6) w^4 / ((w^2 + 6.3e6)^2 (w^2 + 0.38e9))`, w = 2 pi f (Hermansky 1990).
struct LoudnessBands {
  private struct Band {
    var first: Int
    var weights: [Double]
    var equalLoudness: Double
  }
  private let bands: [Band]

  init(count: Int = 26, lowHz: Double = 20, highHz: Double = 8_000) {
    func mel(_ hz: Double) -> Double { 2_595 * log10(1 + hz / 700) }
    func hz(_ mel: Double) -> Double { 700 * (pow(10, mel / 2_595) - 1) }
    let (low, high) = (mel(lowHz), mel(highHz))
    let edges = (0...(count + 1)).map { low + (high - low) * Double($0) / Double(count + 1) }
    bands = (0..<count).map { b in
      // Triangles are straight over mel, as in HTK.
      let weights = (0..<SpectralDescriptors.bins).map { k -> Double in
        let m = mel(Double(k) * SpectralDescriptors.binHz)
        return max(
          0, min((m - edges[b]) / (edges[b + 1] - edges[b]), (edges[b + 2] - m) / (edges[b + 2] - edges[b + 1])))
      }
      let first = weights.firstIndex { $0 > 0 } ?? 0
      let last = weights.lastIndex { $0 > 0 } ?? 0
      return Band(
        first: first, weights: Array(weights[first...last]), equalLoudness: Self.equalLoudness(hz(edges[b + 1])))
    }
  }

  static func equalLoudness(_ hz: Double) -> Double {
    let w2 = (2 * Double.pi * hz) * (2 * Double.pi * hz)
    return (w2 + 56.8e6) * w2 * w2 / ((w2 + 6.3e6) * (w2 + 6.3e6) * (w2 + 0.38e9))
  }

  func loudness(_ power: [Float], at start: Int) -> Double {
    var sum = 0.0
    for band in bands {
      var energy = 0.0
      let offset = start + band.first
      for i in band.weights.indices { energy += band.weights[i] * Double(power[offset + i]) }
      sum += pow(energy * band.equalLoudness, 0.33)
    }
    return sum
  }
}
