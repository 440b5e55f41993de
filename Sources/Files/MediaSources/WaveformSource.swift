import Diagnostics
import MediaDecoding
import Resampling
import SignalProcessing

/// The sound of a media file as mono float32 at one rate, decoded while it is read.
///
/// `x = resample(mean over channels(decoded), to rateHz)`, sample 0 being the first decoded sample of the stream; the
/// length is `ceil(N * rateHz / native rate)`. Memory holds one request and one decoded block, whatever the film's
/// length; `rewind` opens the file again. One value is used by one thread.
public final class WaveformSource: SampleSource {
  public let path: String
  public let audioStream: Int?
  public let targetHz: Int
  public let sampleCount: Int
  /// Seconds from the container's clock zero to sample 0.
  public let startSeconds: Double

  public var rateHz: Double { Double(targetHz) }

  private var decoder: AudioDecoder
  private var resampler: StreamResampler
  private var buffer: [Float] = []
  private var bufferStart = 0
  private var hasEnded = false

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - audioStream: index of the stream in the container; nil takes the default one.
  ///   - rateHz: the rate wanted; 16 kHz is what speech encoders and `lld12` take, a model says its own.
  ///   - sampleCount: the number of samples at that rate if it is known (`sampleCount(native:nativeHz:rateHz:)` of an
  ///     import); nil decodes the file once to count. A file that then gives another number throws.
  public init(path: String, audioStream: Int? = nil, rateHz: Int = 16_000, sampleCount: Int? = nil) throws {
    self.path = path
    self.audioStream = audioStream
    targetHz = rateHz
    self.sampleCount = try sampleCount ?? Self.count(path: path, audioStream: audioStream, rateHz: rateHz)
    let decoder = try AudioDecoder(path: path, stream: audioStream)
    self.decoder = decoder
    startSeconds = decoder.report.clockStartSeconds
    resampler = try StreamResampler(fromHz: decoder.rateHz, toHz: rateHz)
  }

  /// Samples at `rateHz` of a sound with `native` samples per channel at `nativeHz`.
  public static func sampleCount(native: Int, nativeHz: Int, rateHz: Int = 16_000) -> Int {
    StreamResampler.outputCount(native, fromHz: nativeHz, toHz: rateHz)
  }

  static func count(path: String, audioStream: Int?, rateHz: Int) throws -> Int {
    let decoder = try AudioDecoder(path: path, stream: audioStream)
    while try decoder.next() != nil {}
    return sampleCount(native: decoder.report.decodedCount, nativeHz: decoder.rateHz, rateHz: rateHz)
  }

  public func samples(_ range: Range<Int>) throws -> [Float] {
    precondition(range.lowerBound >= bufferStart, "a range before one already read: rewind first")
    precondition(range.upperBound <= sampleCount, "a range beyond the end")
    drop(before: range.lowerBound)
    while bufferStart + buffer.count < range.upperBound {
      guard !hasEnded else { throw lengthChanged(bufferStart + buffer.count) }
      try pull()
      drop(before: range.lowerBound)
    }
    if range.upperBound == sampleCount { try expectEnd() }
    return Array(buffer[(range.lowerBound - bufferStart)..<(range.upperBound - bufferStart)])
  }

  public func rewind() throws {
    decoder = try AudioDecoder(path: path, stream: audioStream)
    resampler = try StreamResampler(fromHz: decoder.rateHz, toHz: targetHz)
    buffer = []
    bufferStart = 0
    hasEnded = false
  }

  private func drop(before start: Int) {
    let count = min(buffer.count, start - bufferStart)
    // Moving the rest down costs its length: wait until half of the buffer goes.
    guard count > 0, count * 2 >= buffer.count else { return }
    buffer.removeFirst(count)
    bufferStart += count
  }

  private func pull() throws {
    if let block = try decoder.nextMono() {
      buffer += try resampler.process(block)
    } else {
      buffer += try resampler.finish()
      hasEnded = true
    }
  }

  private func expectEnd() throws {
    while !hasEnded { try pull() }
    let count = bufferStart + buffer.count
    guard count == sampleCount else { throw lengthChanged(count) }
  }

  private func lengthChanged(_ count: Int) -> EvokeError {
    Self.lengthChanged(path, expected: sampleCount, rateHz: targetHz, found: count)
  }

  static func lengthChanged(_ path: String, expected: Int, rateHz: Int, found: Int) -> EvokeError {
    EvokeError(
      .mediaLengthDiffers, path, reason: "\(expected) samples at \(rateHz) Hz were expected, \(found) decoded",
      remedy: "the file changed since its import, or another decoder reads it: import it again")
  }
}
