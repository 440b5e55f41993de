import CFFmpeg
import Diagnostics
import MediaDecoding
import SoundFiles

/// The decoding of one sound stream, in this process; `AudioDecoder` is what others use.
package final class SoundDecoding {
  package let probe: MediaProbe
  /// The stream that is decoded.
  package let stream: MediaStream
  /// Rate and channels of the decoded sound (a codec may decode to another rate than its container declares).
  package let rateHz: Int
  package let channels: Int
  /// Complete once `next` has returned nil.
  package private(set) var report = DecodingReport()

  private var source: Source
  private var first: AudioBlock?

  /// Opens a file. `stream` is the index of an audio stream in the container; nil takes the first flagged default, else
  /// the one with the lowest index.
  package init(path: String, stream index: Int? = nil) throws {
    let head = try FileHead(path: path)
    if let file = try SoundFile.open(path: path, head: head) {
      probe = file.probe()
      stream = try Self.choose(probe, index)
      rateHz = file.rateHz
      channels = file.channels
      source = .soundFile(SoundFileBox(file))
      report.startSeconds = 0
      return
    }
    let reader = try FormatReader(path: path, head: head)
    let probe = reader.probe()
    guard probe.streams.contains(where: { $0.kind == .audio || $0.kind == .video }) else {
      throw FormatReader.notMedia(path)
    }
    let stream = try Self.choose(probe, index)
    let container = try ContainerAudio(reader, stream: stream)
    var report = DecodingReport()
    guard let first = try container.next(&report) else {
      throw EvokeError(
        .mediaEmpty, path, reason: "no sample of audio stream \(stream.index) could be decoded",
        remedy: "the file is empty or cut short: copy or download it again")
    }
    self.probe = probe
    self.stream = stream
    self.report = report
    self.first = first
    rateHz = container.rateHz
    channels = first.channels.count
    source = .container(container)
  }

  /// The next samples of every channel; nil at the end.
  package func next() throws -> AudioBlock? {
    var block: AudioBlock?
    if let first {
      block = first
      self.first = nil
    } else {
      switch source {
      case .soundFile(let box): block = box.read(&report)
      case .container(let container): block = try container.next(&report)
      }
    }
    guard let block, block.count > 0 else { return nil }
    guard block.channels.allSatisfy({ channel in channel.allSatisfy { $0.isFinite } }) else {
      throw EvokeError(
        .mediaNotFinite, probe.path,
        reason: "NaN or infinity within the \(block.count) samples after sample \(report.decodedCount)",
        remedy: "rewrite the file from its source")
    }
    report.decodedCount += block.count
    return block
  }

  private static func choose(_ probe: MediaProbe, _ index: Int?) throws -> MediaStream {
    let audio = probe.streams.filter { $0.kind == .audio }
    guard let preferred = probe.chosenAudio else {
      throw EvokeError(
        .mediaNoAudio, probe.path,
        reason: "its streams are: "
          + probe.streams.map { "\($0.index) \($0.kind.rawValue) (\($0.codec))" }.joined(separator: ", "),
        remedy: "give a file with sound; a silent film gives visual features only")
    }
    guard let index else { return preferred }
    guard let stream = audio.first(where: { $0.index == index }) else {
      let list = audio.map {
        let channels = $0.channels.map { "\($0) channels" } ?? "number of channels not told"
        return "\($0.index) (\($0.codec), \(channels), \($0.language ?? "no language"))"
      }
      throw EvokeError(
        .mediaNoSuchStream, "\(probe.path) stream \(index)",
        reason: "its audio streams are " + list.joined(separator: ", "),
        remedy: "give one of these indices to --audio-stream")
    }
    return stream
  }

  private enum Source {
    case soundFile(SoundFileBox)
    case container(ContainerAudio)
  }
}

/// A class around the owner, because an enum case of a class cannot hold it yet.
private final class SoundFileBox {
  private var file: SoundFile
  private var zeros: Range<Int>?
  init(_ file: consuming SoundFile) { self.file = file }

  func read(_ report: inout DecodingReport) -> AudioBlock? {
    let block = file.read(65_536)
    if file.isDamaged, report.damagedPackets == 0 {
      report.damagedPackets = 1
      report.firstDamageSeconds = Double(report.decodedCount + block.count) / Double(file.rateHz)
    }
    noteZeros(block, &report)
    return block.count == 0 ? nil : block
  }

  /// Runs of zeros go on over blocks; at the end the last one is closed.
  private func noteZeros(_ block: AudioBlock, _ report: inout DecodingReport) {
    for n in 0..<block.count {
      let place = report.decodedCount + n
      if block.channels.allSatisfy({ $0[n] == 0 }) {
        zeros = (zeros?.lowerBound ?? place)..<place + 1
      } else {
        closeZeros(&report)
      }
    }
    if block.count == 0 { closeZeros(&report) }
  }

  private func closeZeros(_ report: inout DecodingReport) {
    guard let run = zeros else { return }
    zeros = nil
    if run.count * 100 >= file.rateHz { report.zeroRuns.append(run) }
  }
}

extension FormatReader {
  static func notMedia(_ path: String) -> EvokeError {
    EvokeError(
      .mediaUnknownFormat, path, reason: "the file has neither sound nor picture",
      remedy: "give a film or sound file: MP4, MKV, WebM, MOV, AVI, MP3, M4A, OGG, WAV, FLAC")
  }
}

/// Demuxing and decoding of one audio stream.
private final class ContainerAudio {
  private let reader: FormatReader
  private let decoder: StreamDecoder
  private let index: Int
  private(set) var rateHz = 0
  private var channels = 0
  /// Samples given out, silence included; with `start` it says which stamp comes next.
  private var given = 0
  private var start: Double?
  private var lastSeconds = -Double.infinity
  private var pending: AudioBlock?

  init(_ reader: consuming FormatReader, stream: MediaStream) throws {
    index = stream.index
    decoder = try StreamDecoder.open(reader, stream: stream.index, threads: 1)
    // Without a declared length of its own the stream is judged by where the whole file ends.
    if stream.durationSeconds != nil { reader.select(only: stream.index) }
    self.reader = reader
  }

  func next(_ report: inout DecodingReport) throws -> AudioBlock? {
    if let block = pending {
      pending = nil
      given += block.count
      return block
    }
    while true {
      switch try decoder.receive() {
      case .frame:
        if decoder.frameIsDamaged { note(&report, decoder.frameSeconds) }
        if let block = try take(&report) { return block }
      case .damaged: note(&report, nil)
      case .end: return nil
      case .needsInput: try feed(&report)
      }
    }
  }

  private func feed(_ report: inout DecodingReport) throws {
    guard try reader.read() else {
      _ = try unsafe decoder.send(nil)
      return
    }
    if let end = reader.packetEndSeconds {
      report.lastPacketEndSeconds = max(report.lastPacketEndSeconds, end)
      let stream = reader.packetStream
      report.packetEndSeconds[stream] = report.packetEndSeconds[stream].map { max($0, end) } ?? end
    }
    guard reader.packetStream == index else { return }
    report.primingSamples += reader.packetSkippedSamples
    if reader.packetIsDamaged { note(&report, reader.packetStartSeconds) }
    if try unsafe decoder.send(reader.packet) == .damaged { note(&report, reader.packetStartSeconds) }
  }

  private func note(_ report: inout DecodingReport, _ time: Double?) {
    report.damagedPackets += 1
    if report.firstDamageSeconds == nil { report.firstDamageSeconds = time ?? start.map { $0 + elapsed } }
  }

  private var elapsed: Double { rateHz > 0 ? Double(given) / Double(rateHz) : 0 }

  /// The received frame, after silence where stamps left a gap before it.
  private func take(_ report: inout DecodingReport) throws -> AudioBlock? {
    let rate = unsafe Int(decoder.frame.pointee.sample_rate)
    guard let block = decoder.audioBlock(), block.count > 0 else { return nil }
    if rateHz == 0 {
      rateHz = rate
      channels = block.channels.count
      start = decoder.frameSeconds
      report.startSeconds = start
    }
    guard rate == rateHz, block.channels.count == channels else {
      throw EvokeError(
        .mediaFormatChanges, reader.path,
        reason: "\(channels) channels at \(rateHz) Hz become \(block.channels.count) at \(rate) Hz after \(elapsed) s",
        remedy: "convert the file to one format first")
    }
    let missing = missing(before: decoder.frameSeconds, &report)
    if missing > 0 {
      pending = block
      given += missing
      return .silence(channels: channels, count: missing)
    }
    let kept = missing < 0 ? AudioBlock(channels: block.channels.map { Array($0.dropFirst(-missing)) }) : block
    given += kept.count
    return kept.count > 0 ? kept : nil
  }

  /// Samples of silence that keep a frame at its time; negative: samples of it before its sound's beginning.
  private func missing(before time: Double?, _ report: inout DecodingReport) -> Int {
    guard let start, let time else { return 0 }
    // Where another sound of the file follows, its clock begins anew, near 0 as its codec needs samples to start with.
    let isJoin = reader.isOgg && time < lastSeconds && abs(time) < 0.5
    lastSeconds = time
    if isJoin {
      report.joinCount += 1
      self.start = -elapsed
      return Int((time * Double(rateHz)).rounded())
    }
    let gap = time - start - elapsed
    if gap < -0.1 { report.overlapSeconds = max(report.overlapSeconds, -gap) }
    guard gap > 0.1, gap < 3_600 else { return 0 }
    let count = Int((gap * Double(rateHz)).rounded())
    report.filledSeconds += Double(count) / Double(rateHz)
    return count
  }
}
