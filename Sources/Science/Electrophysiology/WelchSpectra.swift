import FourierTransform
import SignalProcessing

/// Welch's power spectra of several channels, from stretches of one length.
///
/// `P_k = c / (m f Σ w²) Σ_stretches |Σ_t w_t (x_t - x̄) exp(-2πi k t / n)|²` with a periodic Hann window w, m stretches, the
/// rate f, and c = 2 but for the last bin of an even length, where it is 1. The unit is the channel's squared per Hz.
/// A stretch with a missing (NaN) sample is left out for that channel. Source: Welch 1967.
public struct WelchSpectra: ~Copyable {
  /// Hz of the bins, the first above 0.
  public let frequencies: [Double]
  private let rateHz: Double
  private let window: [Double]
  private var transform: RealFourierTransform
  private var sums: [[Double]]
  private var counts: [Int]

  /// `length`: samples of a stretch.
  public init(length: Int, channelCount: Int, rateHz: Double) {
    precondition(length > 1 && channelCount > 0 && rateHz > 0, "stretches of nothing")
    transform = RealFourierTransform(length: length, columns: channelCount)
    window = hannWindow(length: length)
    self.rateHz = rateHz
    frequencies = (1..<transform.binCount).map { Double($0) * rateHz / Double(length) }
    sums = Array(repeating: Array(repeating: 0, count: transform.binCount), count: channelCount)
    counts = Array(repeating: 0, count: channelCount)
  }

  /// Adds a stretch `[length, channels]`.
  public mutating func add(_ stretch: [Float]) {
    let (length, channels) = (transform.length, transform.columns)
    precondition(stretch.count == length * channels, "a stretch of another length")
    var samples = stretch.map(Double.init)
    var means = [Double](repeating: 0, count: channels)
    for i in samples.indices { means[i % channels] += samples[i] / Double(length) }
    for i in samples.indices {
      let mean = means[i % channels]
      samples[i] = mean.isNaN ? 0 : (samples[i] - mean) * window[i / channels]
    }
    let spectrum = transform.forward(samples)
    for c in 0..<channels where !means[c].isNaN {
      counts[c] += 1
      for bin in 0..<transform.binCount { sums[c][bin] += spectrum.power(bin, c) }
    }
  }

  /// The density of every channel at `frequencies`; empty for a channel without a whole stretch.
  public func densities() -> [[Double]] {
    let energy = window.reduce(0) { $0 + $1 * $1 }
    let last = transform.length % 2 == 0 ? transform.binCount - 1 : transform.binCount
    return sums.indices.map { c in
      guard counts[c] > 0 else { return [] }
      let scale = 1 / (Double(counts[c]) * energy * rateHz)
      return (1..<transform.binCount).map { sums[c][$0] * scale * ($0 == last ? 1 : 2) }
    }
  }
}
