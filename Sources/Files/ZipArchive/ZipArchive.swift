import ByteSource
import Compression
import Diagnostics

/// The directory of a ZIP file whose records are stored, not compressed, as PyTorch and NumPy write them (APPNOTE 6.3,
/// with ZIP64).
///
/// Read here rather than by a library, because records are read by their place in the file, one at a time, within
/// checked bounds and against their CRC-32; what is compressed is refused, so that nothing can unpack without end.
package struct ZipArchive: Sendable {
  /// One record: where its bytes are and their CRC-32.
  package struct Record: Sendable, Equatable {
    package let bytes: Range<Int>
    package let crc: UInt32
  }

  package let file: ByteSource
  /// Records by name.
  package private(set) var records: [String: Record] = [:]

  /// Reads the directory at the end of the file and the place of every record.
  ///
  /// Throws E-WGT-003 where the file was cut off, E-PTH-002 where it is damaged and E-PTH-004 for compressed or
  /// encrypted records.
  package init(_ file: ByteSource) throws {
    self.file = file
    let (start, size, count) = try Self.directory(file)
    var fields = ByteCursor(try file.loaded(start..<start + size, "its directory"))
    for _ in 0..<count {
      let (name, record) = try Self.entry(&fields, file)
      guard records.updateValue(record, forKey: name) == nil else {
        throw Self.damaged(file, "it has two records named \(name)")
      }
    }
  }

  /// The bytes of a record, after checking them against its CRC-32 (E-PTH-003).
  package func read(_ name: String) throws -> [UInt8] {
    guard let record = records[name] else { throw Self.damaged(file, "it has no record \(name)") }
    let bytes = try file.bytes(record.bytes, name)
    guard CRC32.checksum(bytes) == record.crc else {
      throw EvokeError(
        .recordCorrupt, "\(file.path): \(name)", reason: "its bytes do not have the CRC-32 the file gives for them",
        remedy: "fetch the file again")
    }
    return bytes
  }

  /// Start, size and entry count of the central directory.
  private static func directory(_ file: ByteSource) throws -> (start: Int, size: Int, count: Int) {
    let tailStart = max(0, file.count - 65_557)
    let tail = try file.bytes(tailStart..<file.count, "its end")
    guard let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: { isMark(tail, $0, 0x0605_4b50) })
    else {
      throw truncated(file, "it begins as a ZIP file but has no directory at its end")
    }
    let what = "the end of its directory"
    var fields = try ByteCursor(file, tailStart + end + 10..<file.count, what)
    var (count, size, start) = (try fields.size(2, what), try fields.size(4, what), try fields.size(4, what))
    if end >= 20, isMark(tail, end - 20, 0x0706_4b50) {
      var locator = try ByteCursor(file, tailStart + end - 12..<tailStart + end, what)
      let place = try locator.size(8, what)
      guard place <= file.count - 56 else {
        throw damaged(file, "its ZIP64 directory is misplaced")
      }
      var wide = ByteCursor(try file.loaded(place..<place + 56, "its ZIP64 directory"))
      guard try wide.integer(UInt32.self, what) == 0x0606_4b50 else {
        throw damaged(file, "its ZIP64 directory has no mark")
      }
      try wide.skip(28, what)
      (count, size, start) = (try wide.size(8, what), try wide.size(8, what), try wide.size(8, what))
    }
    guard start <= file.count, size <= file.count - start, count <= size / 46 else {
      throw truncated(file, "its directory does not lie within the file")
    }
    return (start, size, count)
  }

  private static func isMark(_ bytes: [UInt8], _ at: Int, _ mark: UInt32) -> Bool {
    (0..<4).allSatisfy { bytes[at + $0] == UInt8(truncatingIfNeeded: mark >> (8 * UInt32($0))) }
  }

  private static func entry(_ fields: inout ByteCursor, _ file: ByteSource) throws -> (String, Record) {
    let what = "an entry of its directory"
    guard try fields.integer(UInt32.self, what) == 0x0201_4b50 else {
      throw damaged(file, "its directory has an entry without mark")
    }
    try fields.skip(4, what)
    let (flags, method) = (try fields.size(2, what), try fields.size(2, what))
    try fields.skip(4, what)
    let crc = try fields.integer(UInt32.self, what)
    var (packed, size) = (try fields.size(4, what), try fields.size(4, what))
    let lengths = try (0..<3).map { _ in try fields.size(2, what) }
    try fields.skip(8, what)
    var offset = try fields.size(4, what)
    let name = try fields.text(lengths[0], "a record's name")
    var extra = try ByteCursor(fields.source, fields.range(lengths[1], what), what)
    try fields.skip(lengths[2], what)
    while extra.remaining >= 4 {
      let (kind, length) = (try extra.size(2, what), try extra.size(2, what))
      var field = try ByteCursor(extra.source, extra.range(length, what), what)
      guard kind == 1 else { continue }
      if size == 0xffff_ffff { size = try field.size(8, what) }
      if packed == 0xffff_ffff { packed = try field.size(8, what) }
      if offset == 0xffff_ffff { offset = try field.size(8, what) }
    }
    guard method == 0, flags & 1 == 0, packed == size else {
      throw EvokeError(
        .recordCompressed, "\(file.path): \(name)",
        reason: flags & 1 == 1 ? "it is encrypted" : "it is compressed (method \(method))",
        remedy: "save the model again with torch.save, which stores its records uncompressed")
    }
    return (name, Record(bytes: try place(offset, size, name, file), crc: crc))
  }

  /// The bytes of a record behind its local header.
  private static func place(_ offset: Int, _ size: Int, _ name: String, _ file: ByteSource) throws -> Range<Int> {
    guard offset <= file.count - 30 else { throw truncated(file, "\(name) lies behind its end") }
    var local = ByteCursor(try file.loaded(offset..<offset + 30, name))
    guard try local.integer(UInt32.self, name) == 0x0403_4b50 else {
      throw damaged(file, "the place its directory gives for \(name) has no record")
    }
    try local.skip(22, name)
    let start = offset + 30 + (try local.size(2, name)) + (try local.size(2, name))
    guard start <= file.count, size <= file.count - start else {
      throw truncated(file, "\(name) ends behind its end")
    }
    return start..<start + size
  }

  private static func damaged(_ file: ByteSource, _ reason: String) -> EvokeError {
    EvokeError(
      .pickleBad, file.path, reason: reason, remedy: "fetch the file again, or save its weights again as safetensors")
  }

  private static func truncated(_ file: ByteSource, _ reason: String) -> EvokeError {
    EvokeError(file.truncation, file.path, reason: reason, remedy: file.remedy)
  }
}
