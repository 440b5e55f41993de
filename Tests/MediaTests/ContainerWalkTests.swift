import ByteSource
import Containers
import Foundation
import Testing

/// A container, written whole or with another size of its samples.
struct WrittenContainer: Sendable, CustomTestStringConvertible {
  let name: String
  /// Bytes before the first sample.
  let header: Int
  let isSizeOfChunk: Bool
  let write: @Sendable (_ sound: [[Int16]], _ size: Int?) -> [UInt8]

  var testDescription: String { name }

  static let all = [
    WrittenContainer(name: "wav", header: 44, isSizeOfChunk: true) { SoundFiles.wav($0, size: $1) },
    WrittenContainer(name: "bext.wav", header: 44 + 8 + 602, isSizeOfChunk: true) {
      SoundFiles.wav($0, before: SoundFiles.chunk("bext", [UInt8](repeating: 7, count: 602)), size: $1)
    },
    WrittenContainer(name: "rf64.wav", header: 80, isSizeOfChunk: true) { SoundFiles.rf64($0, size: $1) },
    WrittenContainer(name: "w64", header: 104, isSizeOfChunk: false) { SoundFiles.wave64($0, size: $1) },
    WrittenContainer(name: "aiff", header: 54, isSizeOfChunk: false) { SoundFiles.aiff($0, size: $1) },
    WrittenContainer(name: "caf", header: 68, isSizeOfChunk: false) { SoundFiles.coreAudio($0, size: $1) },
    WrittenContainer(name: "au", header: 24, isSizeOfChunk: true) { SoundFiles.sunAudio($0, size: $1) },
  ]
}

@Suite struct ContainerWalkTests {
  private let sound = SoundFiles.tone(0.5, gains: [0.5, 0.25])
  /// Bytes of a second of two channels.
  private let perSecond = 32_000

  private func extent(_ bytes: [UInt8]) throws -> DeclaredExtent {
    try #require(try ContainerWalk.extent(of: ByteSource(bytes, path: "x", truncation: .mediaLengthDiffers)))
  }

  private func walk(_ bytes: [UInt8]) throws -> DeclaredExtent? {
    try ContainerWalk.extent(of: ByteSource(bytes, path: "x", truncation: .mediaLengthDiffers))
  }

  @Test(arguments: WrittenContainer.all) func aWholeFileIsAsLongAsItSays(_ container: WrittenContainer) throws {
    let bytes = container.write(sound, nil)
    #expect(bytes.count == container.header + 16_000)
    let whole = try extent(bytes)
    #expect(whole.missingBytes == 0 && whole.undeclaredBytes == 0 && !whole.isLeftOpen && whole.losses == [])
    #expect(whole.seconds == 0.5 && whole.missingEnd == nil)
    #expect(whole.bytesPerSecond == Double(perSecond))
  }

  @Test(arguments: WrittenContainer.all) func everyCutIsMissingBytes(_ container: WrittenContainer) throws {
    let bytes = container.write(sound, nil)
    for cut in [1, 2, 77, 8_000, 15_999, 16_000] {
      let short = try extent(Array(bytes.dropLast(cut)))
      #expect(short.missingBytes == cut && short.seconds == 0.5, "\(cut)")
    }
    // Inside the header: said, or refused; never a crash, never a whole file.
    for count in 12..<container.header {
      let short = try? walk(Array(bytes.prefix(count)))
      #expect(short?.seconds == nil || (short?.missingBytes ?? 0) > 0, "\(count)")
    }
  }

  @Test(arguments: WrittenContainer.all) func aSizeOfZeroIsLeftOpen(_ container: WrittenContainer) throws {
    let open = try extent(container.write(sound, 0))
    #expect(open.isLeftOpen && open.missingBytes == 0 && open.declaredBytes == nil)
    #expect(open.seconds.map { abs($0 - 0.5) < 1e-3 } == true)
  }

  @Test(arguments: WrittenContainer.all) func samplesBehindTheDeclaredOnesAreCounted(
    _ container: WrittenContainer
  ) throws {
    // A tone of 0.1 s is declared, or its chunk with what counts as its header.
    let size = 3_200 + (container.name == "w64" ? 24 : container.name == "aiff" ? 8 : container.name == "caf" ? 4 : 0)
    let long = try extent(container.write(sound, size))
    if container.name == "aiff" {
      // COMM still says what there is.
      #expect(long.seconds == 0.5)
    } else {
      #expect(long.seconds == 0.1)
    }
    #expect(abs(long.undeclaredBytes - 12_800) < 64, "\(long.undeclaredBytes)")
  }

  /// Two files joined by `cat`: a decoder reads the first one only.
  @Test(arguments: WrittenContainer.all) func anotherFileBehindTheFirstIsSound(_ container: WrittenContainer) throws {
    let bytes = container.write(sound, nil)
    #expect(try extent(bytes + bytes).undeclaredBytes == bytes.count)
  }

  @Test func whatFollowsTheLastFrameOfFLAC() throws {
    let bytes = [UInt8](try content("pings.flac"))
    #expect(try extent(bytes + bytes).undeclaredBytes == bytes.count)
    #expect(try extent(bytes + [7, 7, 7, 7, 7, 7]).undeclaredBytes == 6)
    for after in [[UInt8](repeating: 0, count: 300_000), Array("TAG".utf8) + [UInt8](repeating: 65, count: 125)] {
      let padded = try extent(bytes + after)
      #expect(padded.undeclaredBytes == 0 && padded.losses == [] && padded.missingEnd == nil)
    }
  }

  @Test func chunksAndPaddingBehindTheSamplesAreNoSamples() throws {
    let list = SoundFiles.chunk("LIST", Array("INFOISFT".utf8) + SoundFiles.number(4, 4) + Array("abcd".utf8))
    for after in [list, list + list, [UInt8](repeating: 0, count: 4_096), list + [0, 0, 0]] {
      #expect(try extent(SoundFiles.wav(sound, after: after)).undeclaredBytes == 0)
    }
    // A sound of no samples that is followed by chunks is empty, not open.
    let empty = try extent(SoundFiles.wav([[]], size: 0, after: list))
    #expect(!empty.isLeftOpen && empty.seconds == 0)
    let odd = try extent(SoundFiles.wav(sound, size: 15_999, after: []))
    #expect(odd.undeclaredBytes == 0)
  }

  @Test func sizesThatPipesLeaveAreOpen() throws {
    for size in [0xffff_ffff, 0x7fff_f000, 0x8000_0000, 0x7fff_ffff] {
      let open = try extent(SoundFiles.wav(sound, size: size))
      #expect(open.isLeftOpen && open.seconds == 0.5, "\(size)")
    }
    let open = try extent(SoundFiles.coreAudio(sound, size: -1))
    #expect(open.isLeftOpen && open.seconds == 0.5)
  }

  @Test func framesThatCOMMAndSSNDCountDifferently() throws {
    let fewer = try extent(SoundFiles.aiff(sound, frames: 1_000))
    #expect(fewer.seconds == 0.5 && fewer.missingBytes == 0)
    let more = try extent(SoundFiles.aiff(sound, frames: 8_000))
    #expect(more.seconds == 1 && more.missingBytes == 16_000)
  }

  /// The sound files of the fixtures, whole, cut at any byte and with any byte changed.
  @Test(arguments: ["pings.ogg", "pings.flac", "pings.webm", "pings.m4a", "film_index_last.mp4", "two_languages.mkv"])
  func containersOfOtherProgramsAreWhole(_ name: String) throws {
    let bytes = [UInt8](try content(name))
    let whole = try extent(bytes)
    #expect(whole.missingBytes == 0 && whole.missingEnd == nil && whole.losses == [] && !whole.isLeftOpen)
    for part in [0.3, 0.5, 0.77, 0.999] {
      let short = try extent(Array(bytes.prefix(Int(Double(bytes.count) * part))))
      #expect(short.missingBytes > 0 || short.missingEnd != nil || name == "pings.flac", "\(part)")
    }
    // Whatever is changed, the walk ends, and says something or nothing.
    for (index, place) in stride(from: 4, to: bytes.count, by: max(1, bytes.count / 97)).enumerated() {
      var changed = bytes
      changed[place] ^= UInt8(1 << (index & 7))
      _ = try? walk(changed)
    }
  }

  /// Every byte of a frame or page counts: one changed bit is a loss there, and not longer than two of them.
  @Test(arguments: ["pings.ogg", "pings.flac"]) func oneBitIsALossWhereItStands(_ name: String) throws {
    let bytes = [UInt8](try content(name))
    let start = name == "pings.ogg" ? bytes.count / 2 : 10_000
    for place in stride(from: start, to: bytes.count * 3 / 4, by: bytes.count / 23) {
      var changed = bytes
      changed[place] ^= 4
      let damaged = try extent(changed)
      #expect(damaged.losses.count == 1, "\(place): \(damaged.losses)")
      #expect(damaged.lostSeconds > 0.001 && damaged.lostSeconds < 2.1, "\(damaged.lostSeconds)")
    }
  }

  @Test func aPageThatIsMissingIsALoss() throws {
    let bytes = [UInt8](try content("pings.ogg"))
    let marks = bytes.indices.dropLast(4).filter { Array(bytes[$0..<$0 + 4]) == Array("OggS".utf8) }
    #expect(marks.count > 4)
    let middle = marks.count / 2
    let without = Array(bytes[..<marks[middle]] + bytes[marks[middle + 1]...])
    #expect(try extent(without).losses.count == 1)
    // Up to the last page all are whole, and none is marked as the last.
    let ended = try extent(Array(bytes[..<marks[marks.count - 1]]))
    #expect(ended.missingEnd != nil && ended.missingBytes == 0)
  }
}
