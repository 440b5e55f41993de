import Diagnostics
import MediaDecoding
import SignalProcessing

/// The pictures of a film file, area-averaged to 320 pixels width, on the clock of its sound.
///
/// One value is used by one thread.
public final class FilmSource: PictureSource {
  /// Container time of stimulus second 0.
  public let startSeconds: Double
  public let framesPerSecond: Double
  public var report: DecodingReport { decoder.report }
  private let decoder: VideoDecoder

  /// Opens the film. `audioStartSeconds` is `WaveformSource.startSeconds` (the import's audio start offset); nil takes
  /// the start of the default audio stream, and the first picture's time where there is no sound.
  public init(path: String, audioStartSeconds: Double? = nil, width: Int = 320, threads: Int = 2) throws {
    decoder = try VideoDecoder(path: path, width: width, threads: threads)
    guard let framesPerSecond = decoder.stream.framesPerSecond else {
      throw EvokeError(
        .mediaDecodingFailed, "\(path) stream \(decoder.stream.index)", reason: "its frame rate is not known",
        remedy: "put the film into MP4 or MKV with its frame rate")
    }
    self.framesPerSecond = framesPerSecond
    if let audioStartSeconds {
      startSeconds = audioStartSeconds
    } else if decoder.probe.chosenAudio != nil {
      startSeconds = try AudioDecoder(path: path).report.clockStartSeconds
    } else {
      // A raw stream without stamps begins with its clock.
      startSeconds = decoder.stream.startSeconds ?? 0
    }
  }

  public func next() throws -> Picture? {
    guard let frame = try decoder.next() else { return nil }
    return Picture(seconds: frame.seconds - startSeconds, width: frame.width, height: frame.height, rgb: frame.rgb)
  }
}
