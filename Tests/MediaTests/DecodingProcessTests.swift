import Diagnostics
import Foundation
import MediaDecoding
import MediaLibraries
import Testing

/// Every sound and film of the fixtures.
private let media: [String] = {
  let endings: Set = ["wav", "flac", "mp3", "m4a", "ogg", "opus", "mp4", "mkv", "webm", "mov", "avi", "ts", "aiff"]
  let folder = fixture("", "") + "/"
  let files = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
  return files.filter { endings.contains(($0 as NSString).pathExtension) }.map { folder + $0 }.sorted()
}()

@Suite struct DecodingProcessTests {
  @Test func `the files that are compared are there and most of them open`() throws {
    let opened = try media.filter { path in
      do { return try SoundDecoding(path: path).channels > 0 } catch is EvokeError { return false }
    }
    #expect(media.count > 20 && opened.count > media.count / 2, "\(opened.count) of \(media.count)")
  }

  private func all(_ next: () throws -> AudioBlock?) rethrows -> [[Float]] {
    var channels: [[Float]] = []
    while let block = try next() {
      if channels.isEmpty {
        channels = block.channels
      } else {
        for c in channels.indices { channels[c] += block.channels[c] }
      }
    }
    return channels
  }

  @Test(arguments: media)
  func `sound from the other process is what this one decodes, bit by bit`(path: String) throws {
    let here: SoundDecoding
    do { here = try SoundDecoding(path: path) } catch let error as EvokeError {
      #expect(code { _ = try AudioDecoder(path: path) } == error.code.id)
      return
    }
    let there = try AudioDecoder(path: path)
    #expect(there.probe == here.probe && there.stream == here.stream && there.report == here.report)
    #expect(try all(there.next) == all(here.next))
    #expect(there.report == here.report)
  }

  @Test(
    arguments: media.filter { ["mp4", "mkv", "webm", "mov", "avi", "ts"].contains(($0 as NSString).pathExtension) })
  func `pictures from the other process are what this one decodes`(path: String) throws {
    let here: PictureDecoding
    do { here = try PictureDecoding(path: path, width: 160, threads: 1) } catch let error as EvokeError {
      #expect(code { _ = try VideoDecoder(path: path, width: 160, threads: 1) } == error.code.id)
      return
    }
    let there = try VideoDecoder(path: path, width: 160, threads: 1)
    #expect(there.probe == here.probe && there.stream == here.stream)
    while let frame = try here.next() {
      let other = try #require(try there.next())
      #expect(other.rgb == frame.rgb && other.seconds == frame.seconds)
    }
    #expect(try there.next() == nil)
    #expect(there.report == here.report)
  }

  @Test func `a process that is ended costs its file and no other`() throws {
    let process = try DecodingProcess.take()
    kill(process.identifier, SIGKILL)
    let path = fixture("pings.flac")
    let error = #expect(throws: EvokeError.self) { let _: MediaProbe = try process.ask(.probe(path: path), of: path) }
    #expect(error?.code == .mediaDecoderBroke && error?.object == path)
    #expect(error?.reason.contains("signal 9") == true)
    process.release()
    #expect(try probeMedia(path).streams.count == 1)
  }

  @Test func `one that hangs is given up`() throws {
    let process = try DecodingProcess.take(patience: .milliseconds(200))
    kill(process.identifier, SIGSTOP)
    let path = fixture("pings.flac")
    let error = #expect(throws: EvokeError.self) { let _: MediaProbe = try process.ask(.probe(path: path), of: path) }
    #expect(error?.code == .mediaDecoderBroke && error?.reason.contains("did not answer") == true)
    #expect(kill(process.identifier, 0) == -1)
  }

  @Test func `one that ends within a file says so`() throws {
    let stream = try AudioDecoder(path: fixture("pings.flac"))
    #expect(try stream.next() != nil)
    let before = try DecodingProcess.take()
    before.release()
    #expect(try decodeAll(fixture("pings.flac")).mono.isEmpty == false)
  }

  @Test func `one is prepared, and want of descriptors for another is no fault of the installation`() throws {
    // Those that wait for work need no descriptor.
    var taken = try (0..<3).map { _ in try DecodingProcess.take() }
    DecodingProcess.prepare()
    DecodingProcess.prepare()
    var limits = rlimit()
    try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
    var none = rlimit(rlim_cur: 0, rlim_max: limits.rlim_max)
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none) == 0)
    let prepared = Result { try DecodingProcess.take() }
    let error = #expect(throws: EvokeError.self) { _ = try DecodingProcess.take() }
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
    #expect(error?.code == .writeFailed && error?.code.exit == .inputOutput, "\(error as Any)")
    #expect(error?.remedy.contains("ulimit -n") == true)
    taken.append(try prepared.get())
    #expect(Set(taken.map(\.identifier)).count == 4)
    for process in taken { process.release() }
  }

  @Test func `it is confined and limited`() throws {
    let process = try DecodingProcess.take()
    defer { process.release() }
    let versions: MediaLibraryVersions = try process.ask(.versions, of: "versions")
    let folder = "/proc/\(process.identifier)"
    let status = try String(contentsOfFile: folder + "/status", encoding: .utf8)
    let mode = status.split(separator: "\n").first { $0.hasPrefix("Seccomp:") }?.split(separator: "\t").last
    #expect((mode == "2") == versions.isConfined)
    let limits = try String(contentsOfFile: folder + "/limits", encoding: .utf8)
    func limit(_ name: String) -> Substring? {
      limits.split(separator: "\n").first { $0.hasPrefix(name) }?.dropFirst(name.count)
        .split(separator: " ").first
    }
    #expect(limit("Max address space") == "4294967296")
    #expect(limit("Max file size") == "0" && limit("Max core file size") == "0" && limit("Max open files") == "64")
  }

  @Test func `messages come back as they were`() throws {
    func back<Value: WireValue & Equatable>(_ value: Value) throws {
      var reader = WireReader(Array(WireWriter.message(value).dropFirst(8)))
      #expect(try reader.take() as Value == value)
      #expect(reader.left == 0)
    }
    for request: DecodingRequest in [
      .versions, .probe(path: "é/a b"), .sound(path: "", stream: nil), .sound(path: "x", stream: 3),
      .picture(path: "x", width: 320, threads: 2), .next(half: 1), .close,
      .contents(path: "x.h5"), .moreContents,
    ] { try back(request) }
    for path in media {
      guard let decoder = try? AudioDecoder(path: path) else { continue }
      while try decoder.next() != nil {}
      try back(decoder.probe)
      try back(decoder.report)
      var batch = DecodedBatch()
      (batch.counts, batch.seconds, batch.end) = ([1, 2], [0.5, -1], decoder.report)
      try back(batch)
    }
  }

  @Test func `a message gone wrong is refused and nothing else`() throws {
    var generator = SystemRandomNumberGenerator()
    let batch = {
      var batch = DecodedBatch(); batch.counts = [1, 2, 3]; batch.end = DecodingReport(); return batch
    }()
    let whole = Array(WireWriter.message(batch).dropFirst(8))
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      bytes.removeLast(Int.random(in: 0...8, using: &generator))
      var reader = WireReader(bytes)
      _ = try? reader.take() as DecodingReply<DecodedBatch>
      reader = WireReader(bytes)
      _ = try? reader.take() as DecodingReply<OpenedSound>
    }
  }
}
