/// The sound of one stream of a film or sound file, decoded from its start in blocks of bounded size.
///
/// Encoder delay and edit lists are honoured: the first sample given is the first one a player would play, and
/// `report.startSeconds` is its place on the container's clock. Missing stretches of more than 0.1 s between stamps
/// become silence, so that time does not shift. It is decoded in a process of its own (`DecodingProcess`). One value is
/// used by one thread.
public final class AudioDecoder {
  public let probe: MediaProbe
  /// The stream that is decoded.
  public let stream: MediaStream
  /// Rate and channels of the decoded sound (a codec may decode to another rate than its container declares).
  public let rateHz: Int
  public let channels: Int
  /// Complete once `next` has returned nil.
  public private(set) var report: DecodingReport

  private let decoded: DecodedStream

  /// Opens a file. `stream` is the index of an audio stream in the container; nil takes the first flagged default, else
  /// the one with the lowest index.
  ///
  /// - Throws: what is wrong with the file; `E-MED-031` where decoding it breaks down.
  public init(path: String, stream index: Int? = nil) throws {
    decoded = try DecodedStream(path)
    let opened: OpenedSound = try decoded.open(.sound(path: path, stream: index))
    (probe, stream, rateHz, channels) = (opened.probe, opened.stream, opened.rateHz, opened.channels)
    report = opened.report
  }

  /// The next samples of every channel; nil at the end.
  public func next() throws -> AudioBlock? {
    let block = try decoded.advance(size: 4 * channels) { process, half, place, batch, index in
      let count = batch.counts[index]
      return AudioBlock(
        channels: (0..<channels).map { process.floats(half: half, from: place / 4 + $0 * count, count: count) })
    }
    guard let block else {
      if let end = decoded.end { report = end }
      return nil
    }
    report.decodedCount += block.count
    return block
  }

  /// The mean of the channels of the next samples; nil at the end.
  public func nextMono() throws -> [Float]? { try next()?.mono }
}

/// Sound of every channel: `[channels][count]`, full scale 1.
public struct AudioBlock: Sendable, Equatable {
  public let channels: [[Float]]

  package init(channels: [[Float]]) { self.channels = channels }

  public var count: Int { channels.first?.count ?? 0 }

  /// The arithmetic mean of the channels. FFmpeg's own downmix would weight them.
  public var mono: [Float] {
    guard channels.count > 1 else { return channels.first ?? [] }
    var sum = channels[0]
    for channel in channels.dropFirst() {
      for i in sum.indices { sum[i] += channel[i] }
    }
    let scale = 1 / Float(channels.count)
    for i in sum.indices { sum[i] *= scale }
    return sum
  }
}
