import FourierTransform
import LinearAlgebra
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

/// Triangular filters over the bins of a spectrum, equally spaced on a mel scale.
struct MelFilters: Sendable {
  /// How a frequency in Hz becomes mels.
  enum Scale: Sendable {
    /// Linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mels per factor 6.4): Slaney's Auditory Toolbox.
    case slaney
    /// 2595 log10(1 + f / 700), or 1127 ln(1 + f / 700), the same up to a factor that equal spacing cancels.
    case htk

    func mels(_ hertz: Double) -> Double {
      switch self {
      case .slaney: hertz < 1000 ? 3 * hertz / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
      case .htk: 1127 * log(1 + hertz / 700)
      }
    }

    func hertz(_ mels: Double) -> Double {
      switch self {
      case .slaney: mels < 15 ? 200 * mels / 3 : 1000 * exp((mels - 15) * log(6.4) / 27)
      case .htk: 700 * (exp(mels / 1127) - 1)
      }
    }
  }

  /// On which axis the sides of a triangle are straight, and how high it is.
  enum Shape: Sendable {
    /// Straight over Hz, area 1: height 2 / (upper - lower) per Hz (librosa with norm "slaney").
    case hertzOfEqualArea
    /// Straight over mels, height 1, nothing of bin 0 (the HTK convention).
    case melsOfEqualHeight
  }

  let bands: Int
  let bins: Int
  /// `[bands, bins]`.
  let weights: [Double]

  /// Filters of `bands` bands from `low` to `high` Hz over the `fftLength / 2 + 1` bins of a spectrum.
  init(
    bands: Int, fftLength: Int, rateHz: Double, low: Double, high: Double, scale: Scale, shape: Shape
  ) {
    let bins = fftLength / 2 + 1
    let first = scale.mels(low)
    let step = (scale.mels(high) - first) / Double(bands + 1)
    let edges = (0...bands + 1).map { first + Double($0) * step }
    let hertz = edges.map(scale.hertz)
    var weights = [Double](repeating: 0, count: bands * bins)
    for band in 0..<bands {
      for bin in 0..<bins {
        let frequency = Double(bin) * rateHz / Double(fftLength)
        let height: Double
        switch shape {
        case .hertzOfEqualArea:
          height =
            Self.triangle(frequency, hertz[band], hertz[band + 1], hertz[band + 2]) * 2
            / (hertz[band + 2] - hertz[band])
        case .melsOfEqualHeight:
          height =
            bin == 0 ? 0 : Self.triangle(scale.mels(frequency), edges[band], edges[band + 1], edges[band + 2])
        }
        weights[band * bins + bin] = height
      }
    }
    self.bands = bands
    self.bins = bins
    self.weights = weights
  }

  /// Filters as a weights file has them: `[bands, bins]`.
  init(bands: Int, bins: Int, weights: [Double]) {
    precondition(weights.count == bands * bins, "shapes differ")
    self.bands = bands
    self.bins = bins
    self.weights = weights
  }

  private static func triangle(_ x: Double, _ low: Double, _ centre: Double, _ high: Double) -> Double {
    max(0, min((x - low) / (centre - low), (high - x) / (high - centre)))
  }
}

/// The mel spectra of frames of a sound, in float64: far bands of a tone are 10⁻⁸ of its own and count after the
/// logarithm.
struct MelSpectrogram: ~Copyable {
  /// What the filters sum.
  enum Quantity: Sendable {
    /// Σ w |X|.
    case magnitude
    /// √(Σ w |X|²).
    case rootOfPower
    /// Σ w |X|².
    case power
  }

  let frames: Int
  let hop: Int
  private let window: [Double]
  private let filters: Matrix
  private let quantity: Quantity
  private var transform: RealFourierTransform
  private var spectrum: Spectrum
  private var signal: [Double]

  /// `frames` frames of a periodic Hann window of `windowLength` samples, followed by zeros up to `fftLength`.
  init(frames: Int, hop: Int, windowLength: Int, fftLength: Int, filters: MelFilters, quantity: Quantity) {
    precondition(windowLength <= fftLength && filters.bins == fftLength / 2 + 1, "shapes differ")
    self.frames = frames
    self.hop = hop
    self.quantity = quantity
    window = hannWindow(length: windowLength)
    self.filters = Matrix(rows: filters.bands, columns: filters.bins, values: filters.weights)
    transform = RealFourierTransform(length: fftLength, columns: frames)
    spectrum = Spectrum(binCount: fftLength / 2 + 1, columns: frames)
    signal = [Double](repeating: 0, count: fftLength * frames)
  }

  /// `[bands, frames]` of the frames that begin at `start`, `start + hop`, …; samples outside x are zero.
  mutating func apply(_ x: [Float], start: Int) -> [Double] {
    for (t, weight) in window.enumerated() {
      for f in 0..<frames {
        let at = start + f * hop + t
        signal[t * frames + f] = at >= 0 && at < x.count ? Double(x[at]) * weight : 0
      }
    }
    transform.forward(signal, into: &spectrum)
    var power = Matrix(rows: spectrum.binCount, columns: frames)
    for i in power.values.indices {
      let re = spectrum.interleaved[2 * i]
      let im = spectrum.interleaved[2 * i + 1]
      let square = re * re + im * im
      power.values[i] = quantity == .magnitude ? square.squareRoot() : square
    }
    let mel = filters.multiplied(by: power)
    return quantity == .rootOfPower ? mel.values.map { max(0, $0).squareRoot() } : mel.values
  }

  /// `[frames, bands]` of the same, each value as `level` makes it.
  mutating func image(_ x: [Float], start: Int, _ level: (Double) -> Double) -> [Float] {
    let mel = apply(x, start: start)
    let bands = filters.rows
    var image = [Float](repeating: 0, count: mel.count)
    for band in 0..<bands {
      for frame in 0..<frames { image[frame * bands + band] = Float(level(mel[band * frames + frame])) }
    }
    return image
  }
}
