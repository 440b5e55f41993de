import ByteSource
import Compression
import ContentIdentity
import Diagnostics
import ZipArchive

/// A member with what its bytes are known by; large ones are read in pieces, never whole.
package struct ArchiveMember {
  package let name: String
  package let content: ByteSource
  let sha256: String
  let crc: UInt32

  /// Reads the bytes once.
  package init(_ name: String, _ content: ByteSource) throws {
    (self.name, self.content) = (name, content)
    var hash = SHA256()
    var sum: UInt32 = 0
    for range in Self.pieces(content.count) {
      let bytes = try content.bytes(range, name)
      hash.update(bytes)
      sum = CRC32.checksum(bytes, after: sum)
    }
    (sha256, crc) = (hash.hex(), sum)
  }

  init(_ name: String, text: String) throws {
    try self.init(name, ByteSource(Array(text.utf8), path: name, truncation: .notAnArchive))
  }

  init(_ name: String, file path: String) throws {
    try self.init(name, ByteSource(reading: path, truncation: .notAnArchive))
  }

  package var layout: ZipLayout.Member { ZipLayout.Member(name: name, size: content.count, crc: crc) }
  package var entry: ArchiveManifest.Member { ArchiveManifest.Member(name: name, bytes: content.count, sha256: sha256) }

  /// Ranges of 4 MiB.
  static func pieces(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: 1 << 22).map { $0..<min(count, $0 + 1 << 22) }
  }
}
