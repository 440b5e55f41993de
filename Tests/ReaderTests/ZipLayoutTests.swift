import ByteSource
import Compression
import Foundation
import Testing
import ZipArchive

/// What stands around stored members is what readers of ZIP files look for.
@Suite struct ZipLayoutTests {
  private func file(_ layout: ZipLayout, _ contents: [[UInt8]]) -> [UInt8] {
    zip(layout.members, contents).flatMap { ZipLayout.head($0) + $1 } + layout.directory
  }

  @Test func `members come back by name`() throws {
    let contents: [String: [UInt8]] = ["a.txt": Array("one".utf8), "b/é.txt": [], "c": [0, 255, 10]]
    let names = contents.keys.sorted()
    let layout = ZipLayout(
      names.map {
        ZipLayout.Member(
          name: $0, size: contents[$0, default: []].count, crc: CRC32.checksum(contents[$0, default: []]))
      })
    let bytes = file(layout, names.map { contents[$0, default: []] })
    let archive = try ZipArchive(ByteSource(bytes, path: "made", truncation: .notAnArchive))
    for name in names { #expect(try archive.read(name) == contents[name]) }
    #expect(layout.end + layout.directory.count == bytes.count)
  }

  @Test func `a checksum in parts is that of the whole`() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let first = CRC32.checksum(Array(bytes[..<300]))
    #expect(CRC32.checksum(Array(bytes[300...]), after: first) == CRC32.checksum(bytes))
    #expect(CRC32.checksum([], after: first) == first && CRC32.checksum([]) == 0)
  }

  @Test func `places beyond 4 GiB are told`() throws {
    let path = NSTemporaryDirectory() + "evoke-wide-\(UUID().uuidString).zip"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let members = [
      ZipLayout.Member(name: "wide", size: 5 << 30, crc: 7), ZipLayout.Member(name: "z", size: 2, crc: 9),
    ]
    let layout = ZipLayout(members)
    #expect(FileManager.default.createFile(atPath: path, contents: Data(ZipLayout.head(members[0]))))
    // A hole: nothing of it lies on the disk.
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: UInt64(layout.offsets[1]))
    try handle.seekToEnd()
    try handle.write(contentsOf: ZipLayout.head(members[1]) + [1, 2] + layout.directory)
    try handle.close()
    let archive = try ZipArchive(ByteSource(reading: path, truncation: .notAnArchive))
    #expect(archive.records["wide"]?.bytes.count == 5 << 30 && archive.records["wide"]?.crc == 7)
    let range = try #require(archive.records["z"]?.bytes)
    #expect(try archive.file.bytes(range, "z") == [1, 2])
  }
}
