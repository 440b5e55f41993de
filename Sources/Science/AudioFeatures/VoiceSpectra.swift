import FourierTransform

#if canImport(Glibc)
  import Glibc
#endif

/// Power spectra and autocorrelations of 60 ms Gaussian frames, the common ground of all voiced descriptors.
///
/// Frame m covers samples `[160 m, 160 m + 960)` at 16 kHz under `w(t) = exp(-(t / 0.4)^2 / 2)`, t from -1 to 1; FFT 1,280
/// (bins of 12.5 Hz). The normalised autocorrelation is that of the windowed frame over the window's (Boersma 1993):
/// `r(lag) = r_xw(lag) / r_xw(0) * r_w(0) / r_w(lag)`, of the power from 50 Hz up, which removes offset and rumble.
struct VoiceSpectra: ~Copyable {
  static let length = 960
  static let hop = 160
  static let transformLength = 1_280
  static let bins = 641
  static let binHz = 12.5
  /// Lags 0 to 320: the longest period (55 Hz) is 291 samples, the rest serves interpolation.
  static let lags = 321
  private static let batch = 32
  /// The first bin that counts for the autocorrelation.
  private static let firstBin = 4

  private var transform = FrameFourierTransform(length: transformLength, frames: batch)
  private let window: [Float]
  /// `r_w(0) / r_w(lag)`.
  private let correction: [Float]
  private var power = [Float](repeating: 0, count: batch * bins)
  private var spectrum = [Float](repeating: 0, count: batch * bins * 2)
  private var correlation = [Float](repeating: 0, count: batch * transformLength)

  init() {
    let w = (0..<Self.length).map { i -> Double in
      let t = (2 * Double(i) - Double(Self.length - 1)) / (0.4 * Double(Self.length - 1))
      return exp(-t * t / 2)
    }
    window = w.map(Float.init)
    let own = (0..<Self.lags).map { lag in (0..<(Self.length - lag)).reduce(0.0) { $0 + w[$1] * w[$1 + lag] } }
    correction = own.map { Float(own[0] / $0) }
  }

  /// Spectra `[frames, 641]` and normalised autocorrelations `[frames, 321]` (all 0 for frames without power) of
  /// `frames` frames of `x` from sample `start` on.
  mutating func compute(
    _ x: [Float], start: Int, frames: Int, spectra: inout [Float], correlations: inout [Float]
  ) {
    for first in stride(from: 0, to: frames, by: Self.batch) {
      let count = min(Self.batch, frames - first)
      transform.powerOfFrames(
        x, start: start + first * Self.hop, hop: Self.hop, count: count, window: window, into: &power)
      for i in 0..<(count * Self.bins) {
        spectra[first * Self.bins + i] = power[i]
        spectrum[2 * i] = power[i]
      }
      for frame in 0..<count {
        for k in 0..<Self.firstBin { spectrum[2 * (frame * Self.bins + k)] = 0 }
      }
      transform.inverse(spectrum, into: &correlation)
      for frame in 0..<count {
        let (from, to) = (frame * Self.transformLength, (first + frame) * Self.lags)
        let energy = correlation[from]
        let scale = energy > 1e-9 ? 1 / energy : 0
        for lag in 0..<Self.lags { correlations[to + lag] = correlation[from + lag] * scale * correction[lag] }
      }
    }
  }
}

/// Band-limited interpolation of float32 sequences at eighths of a sample: a sinc under a Hann window of +-28 samples.
struct FloatSincTable {
  private static let reach = 28
  private static let parts = 8
  private static let width = 2 * reach + 1
  /// `[offset -4...4][tap]`.
  private let taps: [Float]

  init() {
    taps = (-4...4).flatMap { part in
      let fraction = Double(part) / Double(Self.parts)
      return (-Self.reach...Self.reach).map { tap -> Float in
        let t = Double(tap) - fraction
        if t == 0 { return 1 }
        let hann = 0.5 + 0.5 * cos(Double.pi * t / (Double(Self.reach) + 1))
        return Float(sin(Double.pi * t) / (Double.pi * t) * hann)
      }
    }
  }

  /// Position and height of the largest interpolated value within half a sample of `lag` of the even sequence that
  /// starts at `offset`.
  func peak(_ x: [Float], offset: Int, near lag: Int) -> (position: Double, height: Double) {
    var values = [Double](repeating: 0, count: 9)
    for part in 0..<9 {
      var sum: Float = 0
      for i in 0..<Self.width { sum += taps[part * Self.width + i] * x[offset + abs(lag + i - Self.reach)] }
      values[part] = Double(sum)
    }
    var best = 0
    for i in values.indices where values[i] > values[best] { best = i }
    let position = Double(lag) + Double(best - 4) / Double(Self.parts)
    guard best > 0, best < 8 else { return (position, values[best]) }
    let (a, b, c) = (values[best - 1], values[best], values[best + 1])
    let curvature = a + c - 2 * b
    guard curvature < 0 else { return (position, b) }
    let shift = (a - c) / (2 * curvature)
    return (position + shift / Double(Self.parts), b - (a - c) * (a - c) / (8 * curvature))
  }
}
