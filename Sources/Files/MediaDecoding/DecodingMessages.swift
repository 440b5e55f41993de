import Diagnostics

/// What the process that decodes is asked for. It has one thing open at a time: what is opened next closes it.
package enum DecodingRequest: Equatable {
  /// What libraries it decodes with.
  case versions
  /// What a file holds, without decoding it.
  case probe(path: String)
  case sound(path: String, stream: Int?)
  case picture(path: String, width: Int, threads: Int)
  /// The next blocks or pictures, into one half of the shared memory.
  case next(half: Int)
  case close
  /// Reads what an HDF5 file holds, in steps; answers whether there is more.
  case contents(path: String)
  case moreContents
}

/// What it answers, or why it cannot.
package enum DecodingReply<Value: WireValue> {
  case value(Value)
  case failure(EvokeError)
}

/// Sound that was opened.
package struct OpenedSound: Equatable {
  package let probe: MediaProbe
  package let stream: MediaStream
  package let rateHz: Int
  package let channels: Int
  package let report: DecodingReport

  package init(probe: MediaProbe, stream: MediaStream, rateHz: Int, channels: Int, report: DecodingReport) {
    (self.probe, self.stream, self.rateHz, self.channels) = (probe, stream, rateHz, channels)
    self.report = report
  }
}

/// A picture stream that was opened.
package struct OpenedPicture: Equatable {
  package let probe: MediaProbe
  package let stream: MediaStream
  package let width: Int
  package let height: Int

  package init(probe: MediaProbe, stream: MediaStream, width: Int, height: Int) {
    (self.probe, self.stream, self.width, self.height) = (probe, stream, width, height)
  }
}

/// What stands in one half of the shared memory: blocks of sound (`[channels][count]` float32, one after another) or
/// pictures (`[height, width, 3]` bytes each).
package struct DecodedBatch: Equatable {
  /// Samples per channel of each block; 1 for each picture.
  package var counts: [Int] = []
  /// Container time of each picture; empty for sound.
  package var seconds: [Double] = []
  /// What decoding found, once there is nothing more.
  package var end: DecodingReport?
  /// Why nothing follows.
  package var failure: EvokeError?

  package init() {}

  package static func == (a: DecodedBatch, b: DecodedBatch) -> Bool {
    a.counts == b.counts && a.seconds == b.seconds && a.end == b.end
      && a.failure?.description == b.failure?.description
  }
}

/// The libraries of the process that decodes.
public struct MediaLibraryVersions: Sendable, Equatable {
  public let ffmpeg: String
  public let sndfile: String
  /// Whether the kernel confines the process: it writes no file and starts no program.
  public let isConfined: Bool

  package init(ffmpeg: String, sndfile: String, isConfined: Bool) {
    (self.ffmpeg, self.sndfile, self.isConfined) = (ffmpeg, sndfile, isConfined)
  }
}

extension DecodingRequest: WireValue {
  package init(from reader: inout WireReader) throws {
    switch try reader.take() as Int {
    case 0: self = .versions
    case 1: self = .probe(path: try reader.take())
    case 2: self = .sound(path: try reader.take(), stream: try reader.take())
    case 3: self = .picture(path: try reader.take(), width: try reader.take(), threads: try reader.take())
    case 4: self = .next(half: try reader.take())
    case 5: self = .close
    case 6: self = .contents(path: try reader.take())
    case 7: self = .moreContents
    default: throw WireFault()
    }
  }

  package func write(to writer: inout WireWriter) {
    switch self {
    case .versions: writer.put(0)
    case .probe(let path): writer.put(1, path)
    case .sound(let path, let stream): writer.put(2, path, stream)
    case .picture(let path, let width, let threads): writer.put(3, path, width, threads)
    case .next(let half): writer.put(4, half)
    case .close: writer.put(5)
    case .contents(let path): writer.put(6, path)
    case .moreContents: writer.put(7)
    }
  }
}

extension DecodingReply: WireValue {
  package init(from reader: inout WireReader) throws {
    self = try reader.take() ? .value(try reader.take()) : .failure(try reader.take())
  }

  package func write(to writer: inout WireWriter) {
    switch self {
    case .value(let value): writer.put(true, value)
    case .failure(let error): writer.put(false, error)
    }
  }
}

extension EvokeError: WireValue {
  package init(from reader: inout WireReader) throws {
    guard let code = ErrorCode.named(try reader.take()) else { throw WireFault() }
    self.init(code, try reader.take(), reason: try reader.take(), remedy: try reader.take())
  }

  package func write(to writer: inout WireWriter) { writer.put(code.id, object, reason, remedy) }
}

extension OpenedSound: WireValue {
  package init(from reader: inout WireReader) throws {
    self.init(
      probe: try reader.take(), stream: try reader.take(), rateHz: try reader.take(), channels: try reader.take(),
      report: try reader.take())
    guard (1...1 << 30).contains(rateHz), (1...1 << 16).contains(channels) else { throw WireFault() }
  }

  package func write(to writer: inout WireWriter) { writer.put(probe, stream, rateHz, channels, report) }
}

extension OpenedPicture: WireValue {
  package init(from reader: inout WireReader) throws {
    self.init(
      probe: try reader.take(), stream: try reader.take(), width: try reader.take(), height: try reader.take())
    guard (1...1 << 20).contains(width), (1...1 << 20).contains(height) else { throw WireFault() }
  }

  package func write(to writer: inout WireWriter) { writer.put(probe, stream, width, height) }
}

extension DecodedBatch: WireValue {
  package init(from reader: inout WireReader) throws {
    counts = try reader.take()
    seconds = try reader.take()
    end = try reader.take()
    failure = try reader.take()
  }

  package func write(to writer: inout WireWriter) { writer.put(counts, seconds, end, failure) }
}

extension MediaLibraryVersions: WireValue {
  package init(from reader: inout WireReader) throws {
    self.init(ffmpeg: try reader.take(), sndfile: try reader.take(), isConfined: try reader.take())
  }

  package func write(to writer: inout WireWriter) { writer.put(ffmpeg, sndfile, isConfined) }
}

extension MediaProbe: WireValue {
  package init(from reader: inout WireReader) throws {
    self.init(
      path: try reader.take(), format: try reader.take(), durationSeconds: try reader.take(),
      streams: try reader.take())
  }

  package func write(to writer: inout WireWriter) { writer.put(path, format, durationSeconds, streams) }
}

extension MediaStream: WireValue {
  package init(from reader: inout WireReader) throws {
    let index: Int = try reader.take()
    guard let kind = Kind(rawValue: try reader.take()) else { throw WireFault() }
    self.init(index: index, kind: kind, codec: try reader.take())
    language = try reader.take()
    rateHz = try reader.take()
    channels = try reader.take()
    width = try reader.take()
    height = try reader.take()
    framesPerSecond = try reader.take()
    quarterTurns = try reader.take()
    pixelAspect = try reader.take()
    startSeconds = try reader.take()
    durationSeconds = try reader.take()
    primingSamples = try reader.take()
    isDefault = try reader.take()
    isAttachedPicture = try reader.take()
  }

  package func write(to writer: inout WireWriter) {
    writer.put(index, kind.rawValue, codec, language, rateHz, channels, width, height, framesPerSecond)
    writer.put(quarterTurns, pixelAspect, startSeconds, durationSeconds, primingSamples, isDefault, isAttachedPicture)
  }
}

extension DecodingReport: WireValue {
  package init(from reader: inout WireReader) throws {
    self.init()
    decodedCount = try reader.take()
    startSeconds = try reader.take()
    primingSamples = try reader.take()
    damagedPackets = try reader.take()
    firstDamageSeconds = try reader.take()
    filledSeconds = try reader.take()
    let (first, last): ([Int], [Int]) = (try reader.take(), try reader.take())
    guard first.count == last.count, zip(first, last).allSatisfy({ $0 <= $1 }) else { throw WireFault() }
    zeroRuns = zip(first, last).map { $0..<$1 }
    overlapSeconds = try reader.take()
    joinCount = try reader.take()
    lastPacketEndSeconds = try reader.take()
    let (streams, ends): ([Int], [Double]) = (try reader.take(), try reader.take())
    packetEndSeconds = Dictionary(zip(streams, ends), uniquingKeysWith: { max($0, $1) })
  }

  package func write(to writer: inout WireWriter) {
    writer.put(decodedCount, startSeconds, primingSamples, damagedPackets, firstDamageSeconds, filledSeconds)
    writer.put(zeroRuns.map(\.lowerBound), zeroRuns.map(\.upperBound), overlapSeconds, joinCount, lastPacketEndSeconds)
    let ends = packetEndSeconds.sorted { $0.key < $1.key }
    writer.put(ends.map(\.key), ends.map(\.value))
  }
}
