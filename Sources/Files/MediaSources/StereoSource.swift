import Diagnostics
import MediaDecoding
import Resampling

/// The sound of a media file as two channels at one rate, decoded while it is read.
///
/// Mono is given twice; two channels are given as they are; 5.1 and 7.1 (in FFmpeg's order: left, right, centre, LFE,
/// surrounds) are mixed as in ITU-R BS.775, `L = (l + (c + ls [+ lb]) / √2) / (1 + 2 [3] / √2)`, without the LFE
/// channel and scaled so that nothing clips. Other layouts are refused: which of their channels is where is not known.
/// Sample 0, length (`ceil(N * rateHz / native rate)`) and memory are those of `WaveformSource`. One value is used by
/// one thread.
public final class StereoSource {
  public let path: String
  public let audioStream: Int?
  public let rateHz: Int
  public let sampleCount: Int
  /// Channels of the file before mixing.
  public let nativeChannels: Int

  private var decoder: AudioDecoder
  private var resamplers: ResamplerPair
  private var buffers: [[Float]] = [[], []]
  private var bufferStart = 0
  private var hasEnded = false

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - audioStream: index of the stream in the container; nil takes the default one.
  ///   - rateHz: the rate wanted; 44.1 kHz is what separation takes.
  ///   - sampleCount: the number of samples at that rate if it is known (`WaveformSource.sampleCount`); nil decodes the
  ///     file once to count. A file that then gives another number throws E-MED-007.
  /// - Throws: what decoding throws, and E-MED-018 for 3, 4, 5, 7 or more than 8 channels.
  public init(path: String, audioStream: Int? = nil, rateHz: Int = 44_100, sampleCount: Int? = nil) throws {
    self.path = path
    self.audioStream = audioStream
    self.rateHz = rateHz
    self.sampleCount =
      try sampleCount ?? WaveformSource.count(path: path, audioStream: audioStream, rateHz: rateHz)
    decoder = try AudioDecoder(path: path, stream: audioStream)
    nativeChannels = decoder.channels
    guard [1, 2, 6, 8].contains(nativeChannels) else {
      throw EvokeError(
        .mediaLayoutUnknown, path, reason: "\(nativeChannels) channels, and it is not known which is left and right",
        remedy: "convert the sound to mono, stereo, 5.1 or 7.1 first")
    }
    resamplers = try ResamplerPair(fromHz: decoder.rateHz, toHz: rateHz)
  }

  /// The samples of both channels of a range inside `0..<sampleCount`; starts must not decrease until `rewind`.
  public func samples(_ range: Range<Int>) throws -> (left: [Float], right: [Float]) {
    precondition(range.lowerBound >= bufferStart, "a range before one already read: rewind first")
    precondition(range.upperBound <= sampleCount, "a range beyond the end")
    drop(before: range.lowerBound)
    while bufferStart + buffers[0].count < range.upperBound {
      guard !hasEnded else { throw lengthChanged(bufferStart + buffers[0].count) }
      try pull()
      drop(before: range.lowerBound)
    }
    if range.upperBound == sampleCount { try expectEnd() }
    let place = (range.lowerBound - bufferStart)..<(range.upperBound - bufferStart)
    return (Array(buffers[0][place]), Array(buffers[1][place]))
  }

  /// Starts again at sample 0.
  public func rewind() throws {
    decoder = try AudioDecoder(path: path, stream: audioStream)
    resamplers = try ResamplerPair(fromHz: decoder.rateHz, toHz: rateHz)
    buffers = [[], []]
    bufferStart = 0
    hasEnded = false
  }

  private func drop(before start: Int) {
    let count = min(buffers[0].count, start - bufferStart)
    guard count > 0, count * 2 >= buffers[0].count else { return }
    for i in 0..<2 { buffers[i].removeFirst(count) }
    bufferStart += count
  }

  private func pull() throws {
    let added: (left: [Float], right: [Float])
    if let block = try decoder.next() {
      added = try resamplers.process(Self.mix(block.channels))
    } else {
      added = try resamplers.finish()
      hasEnded = true
    }
    buffers[0] += added.left
    buffers[1] += added.right
  }

  private func expectEnd() throws {
    while !hasEnded { try pull() }
    let count = bufferStart + buffers[0].count
    guard count == sampleCount else { throw lengthChanged(count) }
  }

  private func lengthChanged(_ count: Int) -> EvokeError {
    WaveformSource.lengthChanged(path, expected: sampleCount, rateHz: rateHz, found: count)
  }

  /// Two channels of any number; of three and more without a known layout front left and right are the first two.
  package static func mix(_ channels: [[Float]]) -> (left: [Float], right: [Float]) {
    if channels.count < 3 { return (channels[0], channels[channels.count - 1]) }
    let part = Float(0.5).squareRoot()
    let surrounds = (channels.count - 4) / 2
    let scale = 1 / (1 + Float(1 + surrounds) * part)
    func side(_ side: Int) -> [Float] {
      let rear = (0..<surrounds).map { 4 + side + 2 * $0 }
      return channels[side].indices.map { i in
        let behind = rear.reduce(channels[2][i]) { $0 + channels[$1][i] }
        return scale * (channels[side][i] + part * behind)
      }
    }
    return (side(0), side(1))
  }
}

/// One resampler for each channel; a class, because an optional or array cannot hold them.
private final class ResamplerPair {
  private var left: StreamResampler
  private var right: StreamResampler

  init(fromHz: Int, toHz: Int) throws {
    left = try StreamResampler(fromHz: fromHz, toHz: toHz)
    right = try StreamResampler(fromHz: fromHz, toHz: toHz)
  }

  func process(_ block: (left: [Float], right: [Float])) throws -> (left: [Float], right: [Float]) {
    (try left.process(block.left), try right.process(block.right))
  }

  func finish() throws -> (left: [Float], right: [Float]) { (try left.finish(), try right.finish()) }
}
