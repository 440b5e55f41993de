import FourierTransform
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

/// The ten descriptors of `egemaps25` that every frame has, from 20 ms frames.
///
/// Frame m covers samples `[160 m, 160 m + 320)` from `start`, Hamming window, FFT 512, `P_k = |X_k|^2`.
struct SpectralBalance: ~Copyable {
  static let frame = FrameGrid(length: 320, hop: 160)
  /// loudness, alpha_ratio, hammarberg_index, slope_0_500, slope_500_1500, spectral_flux, mfcc1 to mfcc4.
  static let count = 10
  private static let batch = 128
  private static let bins = 257
  private static let binHz = 31.25
  private static let floor: Float = 1e-10

  private var transform = FrameFourierTransform(length: 512, frames: batch)
  private let window: [Float]
  private var power = [Float](repeating: 0, count: batch * bins)
  private var bands = LoudnessBands(bins: bins, binHz: binHz)
  private let cosines: CosineTransform
  private var energies: [Float]
  private var amplitudes = [Float](repeating: 0, count: bins)
  private var hasPrevious = false

  init() {
    let length = Double(Self.frame.length)
    window = (0..<Self.frame.length).map { Float(0.54 - 0.46 * cos(2 * Double.pi * Double($0) / (length - 1))) }
    let n = bands.mel.count
    energies = [Float](repeating: 0, count: n)
    cosines = CosineTransform(inputs: n, coefficients: 1...4) { i in
      (2 / Double(n)).squareRoot() * (1 + 11 * sin(Double.pi * Double(i) / 22))
    }
  }

  /// Computes frames of `x` from sample `start` on into rows of `width` values; the first flux is NaN.
  mutating func compute(_ x: [Float], start: Int, frames: Int, into rows: inout [Float], width: Int) {
    hasPrevious = false
    for first in stride(from: 0, to: frames, by: Self.batch) {
      let count = min(Self.batch, frames - first)
      transform.powerOfFrames(
        x, start: start + first * Self.frame.hop, hop: Self.frame.hop, count: count, window: window, into: &power)
      for i in 0..<count { describe(at: i * Self.bins, into: &rows, row: (first + i) * width) }
    }
  }

  private mutating func describe(at start: Int, into rows: inout [Float], row: Int) {
    bands.mel.energies(power, at: start, into: &energies)
    rows[row] = Float(bands.loudness(energies))
    rows[row + 1] = alphaRatio(start)
    rows[row + 2] = hammarbergIndex(start)
    rows[row + 3] = slope(start, 0...16)
    rows[row + 4] = slope(start, 16...48)
    rows[row + 5] = flux(start)
    for b in energies.indices { energies[b] = logf(max(energies[b], Self.floor)) }
    cosines.transform(energies, into: &rows, at: row + 6)
  }

  /// Power of 1 to 5 kHz over power of 50 Hz to 1 kHz, dB.
  private func alphaRatio(_ start: Int) -> Float {
    var (low, high) = (Self.floor, Self.floor)
    for k in 2..<32 { low += power[start + k] }
    for k in 32...160 { high += power[start + k] }
    return 10 * log10f(high / low)
  }

  /// Strongest bin below 2 kHz over the strongest from 2 to 5 kHz, dB.
  private func hammarbergIndex(_ start: Int) -> Float {
    var (low, high) = (Self.floor, Self.floor)
    for k in 0..<64 { low = max(low, power[start + k]) }
    for k in 64...160 { high = max(high, power[start + k]) }
    return 10 * log10f(low / high)
  }

  /// Slope of the regression of level on frequency over bins, dB/Hz.
  private func slope(_ start: Int, _ bins: ClosedRange<Int>) -> Float {
    let n = Float(bins.count)
    let middle = Float(bins.lowerBound + bins.upperBound) / 2
    var sum: Float = 0
    let origin = 10 * log10f(max(power[start + bins.lowerBound], Self.floor))
    for k in bins { sum += (Float(k) - middle) * (10 * log10f(max(power[start + k], Self.floor)) - origin) }
    return sum / (n * (n * n - 1) / 12) / Float(Self.binHz)
  }

  /// Root of the summed squared changes of amplitude since the frame before.
  private mutating func flux(_ start: Int) -> Float {
    var sum: Float = 0
    for k in 0..<Self.bins {
      let a = power[start + k].squareRoot()
      let change = a - amplitudes[k]
      sum += change * change
      amplitudes[k] = a
    }
    defer { hasPrevious = true }
    return hasPrevious ? sum.squareRoot() : .nan
  }
}
