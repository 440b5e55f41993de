import Diagnostics
import Glibc
import HDF5File
import MediaDecoding
import SoundFiles

/// What the process that decodes does: it answers on its channel until that closes.
public struct DecodingService {
  /// What is open.
  private enum Open {
    case sound(SoundDecoding)
    case picture(PictureDecoding)
    case contents(HDF5Rehearsal)
  }

  private static let picturesAtOnce = 8
  private static let soundBytesAtOnce = 1 << 20

  private let channel: DecodingChannel
  private var open: Open?
  /// A block that did not fit whole into the last half, and where its rest begins.
  private var rest: (block: AudioBlock, from: Int)?

  /// Serves until nobody asks any more.
  public static func run() -> Never {
    guard let channel = DecodingChannel() else { exit(70) }
    var service = DecodingService(channel: channel)
    while let request = channel.receive(), service.answer(request) {}
    exit(0)
  }

  private init(channel: DecodingChannel) { self.channel = channel }

  /// Whether somebody took the answer.
  private mutating func answer(_ request: DecodingRequest) -> Bool {
    switch request {
    case .versions: reply { try $0.versions() }
    case .probe(let path): reply { _ in try probe(path) }
    case .sound(let path, let stream): reply { try $0.openSound(path, stream) }
    case .picture(let path, let width, let threads): reply { try $0.openPicture(path, width: width, threads: threads) }
    case .next(let half): reply { $0.batch(half) }
    case .close: reply { $0.close() }
    case .contents(let path): reply { try $0.openContents(path) }
    case .moreContents: reply { $0.readContents() }
    }
  }

  private mutating func reply<Value: WireValue>(_ body: (inout DecodingService) throws -> Value) -> Bool {
    do {
      return channel.send(DecodingReply.value(try body(&self)))
    } catch let error as EvokeError {
      return channel.send(DecodingReply<Value>.failure(error))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private func versions() throws -> MediaLibraryVersions {
    MediaLibraryVersions(
      ffmpeg: FFmpegLibrary.version, sndfile: SoundLibrary.version, isConfined: channel.isConfined)
  }

  private mutating func openSound(_ path: String, _ stream: Int?) throws -> OpenedSound {
    close()
    let sound = try SoundDecoding(path: path, stream: stream)
    open = .sound(sound)
    return OpenedSound(
      probe: sound.probe, stream: sound.stream, rateHz: sound.rateHz, channels: sound.channels, report: sound.report)
  }

  private mutating func openPicture(_ path: String, width: Int, threads: Int) throws -> OpenedPicture {
    close()
    let picture = try PictureDecoding(path: path, width: width, threads: threads)
    guard picture.roomBytes <= DecodingProcess.halfBytes else {
      throw EvokeError(
        .mediaDecodingFailed, path, reason: "pictures of \(picture.width) x \(picture.height) are too large",
        remedy: "convert the film to a smaller picture")
    }
    open = .picture(picture)
    return OpenedPicture(
      probe: picture.probe, stream: picture.stream, width: picture.width, height: picture.height)
  }

  private mutating func openContents(_ path: String) throws -> Bool {
    close()
    open = .contents(try HDF5Rehearsal(path))
    return true
  }

  private mutating func readContents() -> Bool {
    guard case .contents(var contents) = open else { preconditionFailure("no contents are open") }
    let goesOn = contents.advance()
    open = goesOn ? .contents(contents) : nil
    return goesOn
  }

  @discardableResult
  private mutating func close() -> Bool {
    (open, rest) = (nil, nil)
    return true
  }

  private mutating func batch(_ half: Int) -> DecodedBatch {
    var batch = DecodedBatch()
    do {
      switch open {
      case .sound(let sound): try fill(&batch, from: sound, half)
      case .picture(let picture): try fill(&batch, from: picture, half)
      case .contents, nil: preconditionFailure("no sound or picture is open")
      }
    } catch let error as EvokeError {
      batch.failure = error
    } catch {
      preconditionFailure("\(error)")
    }
    return batch
  }

  /// Blocks as they come, until there is enough for an answer.
  private mutating func fill(_ batch: inout DecodedBatch, from sound: SoundDecoding, _ half: Int) throws {
    let (size, enough) = (4 * sound.channels, Self.soundBytesAtOnce)
    var used = 0
    while used < enough {
      guard let (block, start) = try rest ?? sound.next().map({ ($0, 0) }) else {
        batch.end = sound.report
        return
      }
      let count = min(block.count - start, (DecodingProcess.halfBytes - used) / size)
      rest = start + count < block.count ? (block, start + count) : nil
      for (channel, samples) in block.channels.enumerated() {
        self.channel.write(samples[start..<start + count], half: half, at: used + 4 * count * channel)
      }
      if count > 0 { batch.counts.append(count) }
      guard rest == nil else { return }
      used += count * size
    }
  }

  /// A few pictures at a time: whoever waits need not wait long, and messages stay rare.
  private func fill(_ batch: inout DecodedBatch, from picture: PictureDecoding, _ half: Int) throws {
    let (size, room) = (3 * picture.width * picture.height, picture.roomBytes)
    for position in 0..<min(Self.picturesAtOnce, (DecodingProcess.halfBytes - room) / size + 1) {
      let seconds = unsafe try channel.write(half: half, at: position * size, count: room) {
        unsafe try picture.next(into: $0)
      }
      guard let seconds else {
        batch.end = picture.report
        return
      }
      batch.counts.append(1)
      batch.seconds.append(seconds)
    }
  }
}
