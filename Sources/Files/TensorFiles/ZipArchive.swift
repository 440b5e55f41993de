import Compression
import Diagnostics

/// The directory of a ZIP file whose records are stored, not compressed, as PyTorch writes them (APPNOTE 6.3, with ZIP64).
struct ZipArchive {
  /// One record: where its bytes are and their CRC-32.
  struct Record: Sendable, Equatable {
    let bytes: Range<Int>
    let crc: UInt32
  }

  /// Records by name.
  private(set) var records: [String: Record] = [:]

  /// Reads the directory at the end of the file and the place of every record.
  ///
  /// Throws E-WGT-003 where the file was cut off, E-PTH-002 where it is damaged and E-PTH-004 for compressed or
  /// encrypted records.
  init(_ reader: WeightsReader) throws {
    let (start, size, count) = try Self.directory(reader)
    var fields = ByteFields(try reader.read(start..<start + size, "its directory"), reader.path)
    for _ in 0..<count {
      let (name, record) = try Self.entry(&fields, reader)
      guard records.updateValue(record, forKey: name) == nil else {
        throw PyTorchFile.damaged(reader.path, "it has two records named \(name)")
      }
    }
  }

  /// The bytes of a record, after checking them against its CRC-32 (E-PTH-003).
  func read(_ name: String, _ reader: WeightsReader) throws -> [UInt8] {
    guard let record = records[name] else { throw PyTorchFile.damaged(reader.path, "it has no record \(name)") }
    let bytes = try reader.read(record.bytes, name)
    guard CRC32.checksum(bytes) == record.crc else {
      throw EvokeError(
        .recordCorrupt, "\(reader.path): \(name)", reason: "its bytes do not have the CRC-32 the file gives for them",
        remedy: "fetch the file again")
    }
    return bytes
  }

  /// Start, size and entry count of the central directory.
  private static func directory(_ reader: WeightsReader) throws -> (start: Int, size: Int, count: Int) {
    let tailStart = max(0, reader.size - 65_557)
    let tail = try reader.read(tailStart..<reader.size, "its end")
    guard let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: { isMark(tail, $0, 0x0605_4b50) })
    else {
      throw TensorFile.truncated(reader.path, "it begins as a ZIP file but has no directory at its end")
    }
    var fields = ByteFields(Array(tail[(end + 10)...]), reader.path)
    var (count, size, start) = (try fields.take(2), try fields.take(4), try fields.take(4))
    if end >= 20, isMark(tail, end - 20, 0x0706_4b50) {
      var locator = ByteFields(Array(tail[(end - 12)..<end]), reader.path)
      let place = try locator.take(8)
      guard place <= reader.size - 56 else {
        throw PyTorchFile.damaged(reader.path, "its ZIP64 directory is misplaced")
      }
      var wide = ByteFields(try reader.read(place..<place + 56, "its ZIP64 directory"), reader.path)
      guard try wide.take(4) == 0x0606_4b50 else {
        throw PyTorchFile.damaged(reader.path, "its ZIP64 directory has no mark")
      }
      wide.skip(28)
      (count, size, start) = (try wide.take(8), try wide.take(8), try wide.take(8))
    }
    guard start <= reader.size, size <= reader.size - start, count <= size / 46 else {
      throw TensorFile.truncated(reader.path, "its directory does not lie within the file")
    }
    return (start, size, count)
  }

  private static func isMark(_ bytes: [UInt8], _ at: Int, _ mark: UInt32) -> Bool {
    (0..<4).allSatisfy { bytes[at + $0] == UInt8(truncatingIfNeeded: mark >> (8 * UInt32($0))) }
  }

  private static func entry(_ fields: inout ByteFields, _ reader: WeightsReader) throws -> (String, Record) {
    guard try fields.take(4) == 0x0201_4b50 else {
      throw PyTorchFile.damaged(reader.path, "its directory has an entry without mark")
    }
    fields.skip(4)
    let (flags, method) = (try fields.take(2), try fields.take(2))
    fields.skip(4)
    let crc = UInt32(truncatingIfNeeded: try fields.take(4))
    var (packed, size) = (try fields.take(4), try fields.take(4))
    let (nameLength, extraLength, commentLength) = (try fields.take(2), try fields.take(2), try fields.take(2))
    fields.skip(8)
    var offset = try fields.take(4)
    let name = String(decoding: try fields.bytes(nameLength), as: UTF8.self)
    var extra = ByteFields(try fields.bytes(extraLength), reader.path)
    fields.skip(commentLength)
    while extra.remaining >= 4 {
      let (kind, length) = (try extra.take(2), try extra.take(2))
      var field = ByteFields(try extra.bytes(length), reader.path)
      guard kind == 1 else { continue }
      if size == 0xffff_ffff { size = try field.take(8) }
      if packed == 0xffff_ffff { packed = try field.take(8) }
      if offset == 0xffff_ffff { offset = try field.take(8) }
    }
    guard method == 0, flags & 1 == 0, packed == size else {
      throw EvokeError(
        .recordCompressed, "\(reader.path): \(name)",
        reason: flags & 1 == 1 ? "it is encrypted" : "it is compressed (method \(method))",
        remedy: "save the model again with torch.save, which stores its records uncompressed")
    }
    return (name, Record(bytes: try place(offset, size, name, reader), crc: crc))
  }

  /// The bytes of a record behind its local header.
  private static func place(_ offset: Int, _ size: Int, _ name: String, _ reader: WeightsReader) throws -> Range<Int> {
    guard offset <= reader.size - 30 else { throw TensorFile.truncated(reader.path, "\(name) lies behind its end") }
    var local = ByteFields(try reader.read(offset..<offset + 30, name), reader.path)
    guard try local.take(4) == 0x0403_4b50 else {
      throw PyTorchFile.damaged(reader.path, "the place its directory gives for \(name) has no record")
    }
    local.skip(22)
    let start = offset + 30 + (try local.take(2)) + (try local.take(2))
    guard start <= reader.size, size <= reader.size - start else {
      throw TensorFile.truncated(reader.path, "\(name) ends behind its end")
    }
    return start..<start + size
  }
}

/// Little-endian fields read one after the other.
struct ByteFields {
  private let all: [UInt8]
  private let path: String
  private(set) var at = 0

  init(_ bytes: [UInt8], _ path: String) {
    all = bytes
    self.path = path
  }

  var remaining: Int { all.count - at }

  mutating func skip(_ count: Int) { at += count }

  /// An unsigned number of up to 8 bytes; those beyond Int.max / 2, which no file has, are damage.
  mutating func take(_ width: Int) throws -> Int {
    let value = try bytes(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard value <= UInt64(Int.max / 2) else { throw PyTorchFile.damaged(path, "it gives a size of \(value) bytes") }
    return Int(value)
  }

  mutating func bytes(_ count: Int) throws -> [UInt8] {
    guard count <= remaining else { throw TensorFile.truncated(path, "a field ends behind its last byte") }
    defer { at += count }
    return Array(all[at..<at + count])
  }
}
