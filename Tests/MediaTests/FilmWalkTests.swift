import ByteSource
import Containers
import Diagnostics
import Foundation
import Importing
import Media
import Testing

/// Films that were joined, cut, recorded live or lost stretches inside.
@Suite struct FilmWalkTests {
  private func extent(_ bytes: [UInt8]) throws -> DeclaredExtent {
    try #require(try ContainerWalk.extent(of: ByteSource(bytes, path: "x", truncation: .mediaLengthDiffers)))
  }

  private func importing(_ name: String, _ bytes: [UInt8], allowShort: Bool = false) throws -> ImportBatch {
    try withTemporaryFile(name, Data(bytes)) { path in
      var options = MediaOptions.unset
      options.allowShort = allowShort
      return importMedia(files: [path], kind: .audio, options: options, common: CommonOptions(dataset: "d"))
    }
  }

  private func seconds(_ batch: ImportBatch) -> Double? { batch.records(of: StimulusRecord.self).first?.durationS }
  private func errors(_ batch: ImportBatch) -> [ErrorCode] {
    batch.diagnostics.filter { $0.severity == .error }.map(\.code)
  }

  private static let films = [
    ("film_index_first.mp4", 5.0), ("film_index_last.mp4", 5), ("pings.m4a", 5), ("late_sound.mp4", 5.5),
    ("picture_ends_early.mp4", 4), ("two_languages.mkv", 3), ("pings.webm", 5),
  ]

  private static let pairs = films.indices.map { (films[$0], films[($0 + 1) % 5]) }

  /// `cat a b`: both lengths are named, and only the first can be had.
  @Test(arguments: pairs) func aFilmBehindAFilmIsRefused(_ first: (String, Double), _ second: (String, Double)) throws {
    let (a, b) = (try FilmBytes.of(first.0), try FilmBytes.of(second.0))
    guard first.0.hasSuffix("v") || first.0.hasSuffix("m") else {
      return try expectFollower(first, second, a, b)
    }
    // Matroska is followed by Matroska.
    try expectFollower(first, ("two_languages.mkv", 3), a, try FilmBytes.of("two_languages.mkv"))
  }

  private func expectFollower(
    _ first: (String, Double), _ second: (String, Double), _ a: [UInt8], _ b: [UInt8]
  ) throws {
    let follower = try #require(try extent(a + b).follower)
    #expect(follower.start == a.count)
    #expect(follower.firstSeconds.map { abs($0 - first.1) < 0.2 } == true, "\(follower)")
    #expect(follower.seconds.map { abs($0 - second.1) < 0.2 } == true, "\(follower)")
    let refused = try importing(first.0, a + b)
    #expect(errors(refused) == [.mediaLengthDiffers], "\(refused.diagnostics)")
    let words = refused.diagnostics.first { $0.severity == .error }?.reason
    #expect(words?.contains("behind the film of") == true && words?.contains("from byte \(a.count) on") == true)
    let whole = try importing(first.0, a)
    let accepted = try importing(first.0, a + b, allowShort: true)
    #expect(!accepted.hasErrors, "\(accepted.diagnostics)")
    // Of Matroska decoders read on.
    if ["mp4", "m4a"].contains(where: first.0.hasSuffix) { #expect(seconds(accepted) == seconds(whole)) }
    #expect(accepted.diagnostics.contains { $0.code == .mediaLengthDiffers && $0.severity == .warning })
    // The beginning of another one, too.
    #expect(try extent(a + b.prefix(b.count / 2)).follower != nil || extent(a + b.prefix(b.count / 2)).missingBytes > 0)
  }

  @Test func filmsInFragmentsMayRepeatTheirIndex() throws {
    let (start, piece) = (FilmBytes.box("ftyp", Array("isom".utf8)), FilmBytes.box("moof", [1, 2, 3]))
    let data = FilmBytes.box("mdat", [UInt8](repeating: 7, count: 100))
    let fragments = start + FilmBytes.index(0) + piece + data
    #expect(try extent(fragments + fragments).follower == nil)
    #expect(try extent(fragments + start + FilmBytes.index(5) + data).follower?.seconds == 5)
    let whole = start + FilmBytes.index(7) + data
    let twice = try #require(try extent(whole + whole).follower)
    #expect(twice.start == whole.count && twice.seconds == 7 && twice.firstSeconds == 7)
    // What is no fragment was one.
    #expect(try extent(fragments + [UInt8](repeating: 3, count: 64)).missingEnd != nil)
    #expect(try extent(whole + [UInt8](repeating: 3, count: 64)).trailingBytes == 64)
  }

  private static let tailed = ["film_index_first.mp4", "pings.m4a", "pings.webm", "two_languages.mkv", "pings.ogg"]

  /// Bytes that no part of a format are a remark, zeros not even that; tags of music programs are no box.
  @Test(arguments: tailed) func otherBytesBehindAFilmAreARemark(_ name: String) throws {
    let bytes = try FilmBytes.of(name)
    let tag = Array("TAGA name".utf8) + [UInt8](repeating: 65, count: 119)
    var noise = FilmBytes.Noise(seed: 5)
    for tail in [tag, [0xff] + noise.bytes(40), [0xfe, 0xfe] + noise.bytes(5_000)] {
      #expect(try extent(bytes + tail).trailingBytes == tail.count)
      let (batch, whole) = (try importing(name, bytes + tail), try importing(name, bytes))
      #expect(!batch.hasErrors && seconds(batch) == seconds(whole), "\(batch.diagnostics)")
      #expect(batch.diagnostics.filter { $0.code == .mediaBytesBehind }.map(\.severity) == [.note])
    }
    for count in [1, 7, 4_096, 200_000] {
      let padded = try extent(bytes + [UInt8](repeating: 0, count: count))
      #expect(padded.trailingBytes == 0 && padded.missingEnd == nil && padded.missingBytes == 0)
    }
  }

  private static let liveFilms = ["pings.webm", "two_languages.mkv"].flatMap { name in [(name, true), (name, false)] }

  @Test(arguments: liveFilms) func liveMatroskaIsWholeOrCut(_ name: String, _ openClusters: Bool) throws {
    let film = try FilmBytes.of(name)
    let (live, clusters) = FilmBytes.live(film, openClusters: openClusters)
    let whole = try extent(live)
    #expect(whole.missingBytes == 0 && whole.missingEnd == nil && whole.losses == [] && whole.follower == nil)
    #expect(whole.declaredBytes == nil && whole.trailingBytes == 0)
    let (batch, stored) = (try importing(name, live), try importing(name, film))
    #expect(!batch.hasErrors && seconds(batch) == seconds(stored), "\(batch.diagnostics)")
    // Cut anywhere: only between two elements nothing tells.
    var silent = 0
    for end in stride(from: clusters[0] + 20, to: live.count, by: 37) {
      let cut = try extent(Array(live.prefix(end)))
      if cut.missingBytes == 0, cut.missingEnd == nil { silent += 1 }
    }
    #expect(silent * 10 < (live.count - clusters[0]) / 37, "\(silent)")
    let half = try importing(name, Array(live.prefix(live.count / 2 + 1)))
    #expect(half.hasErrors, "\(half.diagnostics)")
    #expect(try extent(live + live).follower?.start == live.count)
  }

  /// Clusters of a second that are zeros: as many seconds are lost.
  @Test(arguments: [true, false]) func aHoleInLiveMatroskaIsALossInSeconds(_ openClusters: Bool) throws {
    let (live, clusters) = FilmBytes.live(try FilmBytes.of("two_languages.mkv"), openClusters: openClusters)
    #expect(clusters.count > 0)
    var tail = live
    for i in live.count * 2 / 3..<live.count { tail[i] = 0 }
    let ended = try extent(tail)
    #expect(ended.missingEnd != nil || ended.missingBytes > 0 || !ended.losses.isEmpty)
    #expect(try importing("x.mkv", tail).hasErrors)
    // Before the first cluster nothing tells how much was there.
    let hole = [UInt8](repeating: 0, count: 5_000)
    let found = try extent(Array(live.prefix(clusters[0])) + hole + live[clusters[0]...])
    #expect(found.losses.map(\.seconds) == [nil] && found.missingEnd == nil, "\(found)")
  }

  @Test(arguments: [true, false], [1, 2, 5]) func aHoleOfClustersIsAsLongAsTheyWere(
    _ openClusters: Bool, _ count: Int
  ) throws {
    let (film, starts) = FilmBytes.clusters(20, openClusters: openClusters)
    #expect(try extent(film).losses == [] && extent(film).missingEnd == nil && extent(film).missingBytes == 0)
    for first in [3, 9, 12] {
      var zeroed = film
      for i in starts[first]..<starts[first + count] { zeroed[i] = 0 }
      let found = try extent(zeroed)
      // The last block before it lasts a tenth of a second.
      #expect(found.losses.count == 1 && abs(found.lostSeconds - Double(count) - 0.1) < 0.01, "\(found.losses)")
      #expect(found.losses.first?.startS.map { abs($0 - Double(first) + 0.1) < 0.01 } == true)
    }
  }

  private static let streams = ["pings.ts", "sound_ends_early.ts", "sound_begins_late.ts"]

  @Test(arguments: streams, [188, 192, 204]) func transportStreamsAreWholeInAnyLayout(_ name: String, _ stride: Int)
    throws
  {
    let bytes = FilmBytes.packets(try FilmBytes.of(name), stride: stride)
    let whole = try extent(bytes)
    #expect(whole.format == "MPEG-TS" && whole.missingBytes == 0 && whole.missingEnd == nil, "\(whole)")
    #expect(whole.losses == [], "\(whole.losses)")
    let cut = try extent(Array(bytes.prefix(bytes.count / 2 / stride * stride + 70)))
    #expect(cut.missingBytes > 0)
  }

  /// Packets that are missing, damaged or zeros, at any place: said in seconds, never "decoding failed".
  @Test(arguments: streams) func holesInTransportStreamsAreLossesInSeconds(_ name: String) throws {
    let bytes = try FilmBytes.of(name)
    let count = bytes.count / 188
    var noise = FilmBytes.Noise(seed: name.utf8.count)
    var heard = 0
    for length in [1, 3, count / 4] {
      for _ in 0..<6 {
        let first = 3 + noise.next() % (count - 3 - length)
        let hole = first * 188..<(first + length) * 188
        var zeroed = bytes
        for i in hole { zeroed[i] = 0 }
        let without = Array(bytes[..<hole.lowerBound] + bytes[hole.upperBound...])
        for changed in [zeroed, without] {
          let batch = try importing(name, changed)
          #expect(!errors(batch).contains(.mediaDecodingFailed), "\(batch.diagnostics)")
          let found = try extent(changed)
          // Of one stream all but its tables is sound.
          guard name == "pings.ts", length > 3 else { continue }
          heard += 1
          let end = found.missingEnd != nil || found.missingBytes > 0
          #expect(end || found.losses.contains { ($0.seconds ?? 1) > 0.3 }, "\(first): \(found)")
          #expect(batch.hasErrors, "\(first): \(batch.diagnostics)")
        }
      }
    }
    #expect(heard == (name == "pings.ts" ? 12 : 0))
  }

  @Test func partsOfOneStreamThatAreJoinedLoseNothing() throws {
    let bytes = try FilmBytes.of("pings.ts")
    // Numbers begin anew at a unit's first packet, as in segments of a playlist.
    var renumbered = bytes
    let starts = stride(from: 0, to: bytes.count, by: 188).filter {
      bytes[$0 + 1] & 0x40 != 0 && bytes[$0 + 1] & 0x1f == 1 && bytes[$0 + 2] == 0
    }
    #expect(starts.count > 4)
    for start in stride(from: starts[2], to: bytes.count, by: 188) {
      renumbered[start + 3] = renumbered[start + 3] & 0xf0 | (renumbered[start + 3] + 5) & 0x0f
    }
    #expect(try extent(renumbered).losses == [])
    let beginning = try extent(Array(bytes.dropFirst(50)))
    #expect(beginning.losses.first?.seconds == nil && beginning.losses.count >= 1)
    #expect(try errors(importing("x.ts", Array(bytes.dropFirst(50)))).contains(.mediaDamaged))
  }

  @Test func pagesOfAStreamWithoutARateAreLostForAnUnknownTime() throws {
    let head = Array("unknown!".utf8) + [UInt8](repeating: 0, count: 56)
    func page(_ number: Int, _ flags: Int = 0) -> [UInt8] {
      FilmBytes.page(serial: 9, number: number, granule: number, flags: flags, content: number == 0 ? head : [1, 2, 3])
    }
    let sound = try FilmBytes.of("pings.ogg")
    let second = try #require(sound.dropFirst(4).firstRange(of: Array("OggS".utf8))).lowerBound
    func film(_ pages: [UInt8]) -> [UInt8] { page(0, 2) + sound[..<second] + pages + sound[second...] }
    let whole = film(page(1) + page(2) + page(3, 4))
    #expect(try extent(whole).losses == [] && extent(whole).missingEnd == nil)
    let lost = film(page(1) + page(3, 4))
    let found = try extent(lost)
    #expect(found.losses.map(\.seconds) == [nil] && found.losses.first?.startS == nil)
    let batch = try importing("x.ogg", lost)
    #expect(errors(batch).contains(.mediaDamaged), "\(batch.diagnostics)")
    #expect(batch.diagnostics.contains { $0.reason.contains("nothing tells how much") })
    #expect(try !importing("x.ogg", lost, allowShort: true).hasErrors)
    // A stream whose first pages are gone.
    let headless = try extent(page(2) + page(3, 4) + sound)
    #expect(headless.losses.map(\.seconds) == [nil])
  }

  /// The last page of a sound has none behind it that would tell.
  @Test func aDamagedLastPageIsALoss() throws {
    let bytes = try FilmBytes.of("pings.ogg")
    var changed = bytes
    changed[bytes.count - 9] ^= 1
    let found = try extent(changed)
    #expect(found.losses.count == 1 && found.lostSeconds > 0.1, "\(found.losses)")
    #expect(try importing("x.ogg", changed).hasErrors)
    // Lengths that a damaged page says are anything: the next page stands where it stands.
    let marks = bytes.indices.dropLast(4).filter { Array(bytes[$0..<$0 + 4]) == Array("OggS".utf8) }
    var lengths = bytes
    lengths[marks[marks.count / 2] + 27] ^= 0x40
    #expect(try extent(lengths).losses.map(\.reason) == ["1 pages missing or damaged"])
  }

  /// A stream may follow another in one file; both are whole.
  @Test func aChainOfStreamsIsWhole() throws {
    let bytes = try FilmBytes.of("pings.ogg")
    let chain = try extent(bytes + bytes)
    #expect(chain.losses == [] && chain.missingEnd == nil && chain.trailingBytes == 0 && chain.linkCount == 2)
    #expect(try extent(bytes + bytes.prefix(bytes.count - 100)).missingBytes > 0)
    let one = try #require(importing("x.ogg", bytes).records(of: StimulusRecord.self).first)
    for count in [2, 3] {
      let batch = try importing("x.ogg", Array([[UInt8]](repeating: bytes, count: count).joined()))
      #expect(!batch.hasErrors && batch.diagnostics.map(\.code) == [.mediaJoined], "\(batch.diagnostics)")
      let record = try #require(batch.records(of: StimulusRecord.self).first)
      // Each keeps its place: what the codec does not give out of a later one's beginning is silence.
      let rate = try #require(record.streams.first?.rateHz)
      let samples = try #require(one.audioSampleCount)
      let lead = try #require(one.audioStartOffsetS) * rate
      #expect(record.audioSampleCount == count * samples + (count - 1) * Int(lead.rounded()))
      #expect(record.streams.first?.durationS == record.durationS)
    }
  }

  /// Of streams of other kinds decoders read the first alone.
  @Test(arguments: ["unknown!", "OpusHead"]) func anotherKindBehindASoundIsRefused(_ codec: String) throws {
    let bytes = try FilmBytes.of("pings.ogg")
    let head = Array(codec.utf8) + [1, 1, 56, 1] + [UInt8](repeating: 0, count: 52)
    let other =
      FilmBytes.page(serial: 9, number: 0, granule: 0, flags: 2, content: head)
      + FilmBytes.page(serial: 9, number: 1, granule: 96_312, flags: 4, content: [1, 2, 3])
    let found = try #require(extent(bytes + other).follower)
    #expect(found.start == bytes.count && found.seconds == (codec == "OpusHead" ? 2 : nil))
    #expect(try errors(importing("x.ogg", bytes + other)).contains(.mediaLengthDiffers))
  }
}
