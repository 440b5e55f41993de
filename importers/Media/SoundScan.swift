import ContentIdentity
import Diagnostics
import MediaDecoding
import Resampling

/// What one pass over a file's sound finds.
struct SoundScan {
  let decoder: AudioDecoder
  /// Samples at 16 kHz: `ceil(N * 16000 / native rate)`.
  let sampleCount: Int
  /// SHA-256 of the 16 kHz mono float32 little-endian samples.
  let sha256: String
  /// Root mean square of those samples; 0 for digital silence.
  let rms: Double

  /// Decodes a stream to its end in bounded memory; `progress` gets the seconds decoded.
  init(path: String, stream: Int?, progress: (Double) -> Void) throws {
    decoder = try AudioDecoder(path: path, stream: stream)
    var resampler = try StreamResampler(fromHz: decoder.rateHz, toHz: 16_000)
    var hash = SHA256()
    var (power, count, reported) = (0.0, 0, 0)
    func add(_ samples: [Float]) {
      hash.updateCanonical(samples)
      for value in samples { power += Double(value) * Double(value) }
      count += samples.count
    }
    while let block = try decoder.nextMono() {
      add(try resampler.process(block))
      if count / 160_000 > reported {
        reported = count / 160_000
        progress(Double(count) / 16_000)
      }
    }
    add(try resampler.finish())
    sampleCount = count
    sha256 = hash.hex()
    rms = count == 0 ? 0 : (power / Double(count)).squareRoot()
  }
}
