import ContentIdentity
import Diagnostics
import MediaDecoding
import MediaSources
import Resampling
import SignalProcessing

/// What one pass over a file's sound finds.
struct SoundScan {
  let decoder: AudioDecoder
  /// Samples at 16 kHz: `ceil(N * 16000 / native rate)`.
  let sampleCount: Int
  /// SHA-256 of the 16 kHz mono float32 little-endian samples.
  let sha256: String
  /// Root mean square of those samples; 0 for digital silence.
  let rms: Double
  /// What the channels are before they are mixed.
  let survey: SoundSurvey

  /// Decodes a stream to its end in bounded memory; `progress` gets the seconds decoded.
  init(path: String, stream: Int?, progress: (Double) -> Void) throws {
    decoder = try AudioDecoder(path: path, stream: stream)
    var resampler = try StreamResampler(fromHz: decoder.rateHz, toHz: 16_000)
    var measure = Measure()
    var survey = SoundSurvey(rateHz: decoder.rateHz)
    var reported = 0
    while let block = try decoder.next() {
      let (left, right) = StereoSource.mix(block.channels)
      survey.add(block.channels, left: left, right: right)
      measure.add(try resampler.process(block.mono))
      if measure.count / 160_000 > reported {
        reported = measure.count / 160_000
        progress(Double(measure.count) / 16_000)
      }
    }
    measure.add(try resampler.finish())
    survey.finish()
    self.survey = survey
    sampleCount = measure.count
    rms = measure.count == 0 ? 0 : (measure.power / Double(measure.count)).squareRoot()
    sha256 = measure.digest()
  }

  /// Digest and power of samples as they come.
  private struct Measure: ~Copyable {
    private var hash = SHA256()
    private(set) var power = 0.0
    private(set) var count = 0

    mutating func add(_ samples: [Float]) {
      hash.updateCanonical(samples)
      for value in samples { power += Double(value) * Double(value) }
      count += samples.count
    }

    consuming func digest() -> String { hash.hex() }
  }
}
