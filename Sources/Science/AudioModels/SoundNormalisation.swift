import Diagnostics
import SignalProcessing

/// (x - mean) / √(variance + 1e-7) with the population moments of the whole sound, or nothing.
struct SoundNormalisation {
  private(set) var mean = 0.0
  private(set) var scale = 1.0
  let isOn: Bool

  /// Reads the sound once, in pieces, where it is on.
  init(_ source: any SampleSource, isOn: Bool) throws {
    self.isOn = isOn
    guard isOn else { return }
    try source.rewind()
    var count = 0.0
    var spread = 0.0
    let block = 1 << 16
    for first in stride(from: 0, to: source.sampleCount, by: block) {
      let samples = try source.samples(first..<min(first + block, source.sampleCount))
      try Self.checkFinite(samples, first)
      let n = Double(samples.count)
      let blockMean = samples.reduce(0.0) { $0 + Double($1) } / n
      let blockSpread = samples.reduce(0.0) { $0 + (Double($1) - blockMean) * (Double($1) - blockMean) }
      // Moments of two parts combine exactly (Chan et al. 1979).
      let shift = blockMean - mean
      spread += blockSpread + shift * shift * count * n / (count + n)
      mean += shift * n / (count + n)
      count += n
    }
    scale = 1 / (spread / count + 1e-7).squareRoot()
  }

  /// The normalised samples of a piece that begins at sample `first`.
  func apply(_ samples: [Float], first: Int) throws -> [Float] {
    if !isOn {
      try Self.checkFinite(samples, first)
      return samples
    }
    return samples.map { Float((Double($0) - mean) * scale) }
  }

  private static func checkFinite(_ samples: [Float], _ first: Int) throws {
    guard let bad = samples.firstIndex(where: { !$0.isFinite }) else { return }
    throw EvokeError(
      .soundNotFinite, "sample \(first + bad)", reason: "it is \(samples[bad])",
      remedy: "decode the sound again, or repair it")
  }
}
