import ByteSource

/// A sorted string table (LevelDB's layout, which TensorFlow's V1 checkpoints have): keys and values in checked blocks.
///
/// A block is a run of entries (shared key length, new key length, value length as varints; new key bytes; value) with
/// restart offsets behind them, one byte of compression kind and a masked CRC-32C. The last 48 bytes of the file place
/// the block that lists all others. Read here, because TensorFlow's own reader comes with all of TensorFlow; blocks are
/// read by their place and checked.
struct SortedTable {
  /// Why a file is no such table, or a damaged one.
  struct Damage: Error { let reason: String }

  /// Place and length of a block's content.
  struct Block: Sendable, Equatable {
    let offset: Int
    let size: Int
  }

  static let footerSize = 48
  private static let magic: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]

  /// The block that lists the data blocks, from the last 48 bytes of a file.
  static func indexBlock(_ file: ByteSource) throws -> Block {
    guard file.count >= footerSize else { throw Damage(reason: "it is too short") }
    let footer = try file.loaded(file.count - footerSize..<file.count, "the footer")
    guard try footer.bytes(footerSize - 8..<footerSize, "its mark") == magic else {
      throw Damage(reason: "it does not end like a table: it is cut off, or it is no checkpoint of this kind")
    }
    var cursor = try MessageCursor(footer, 0..<footerSize - 8)
    _ = try block(&cursor, file.count)
    return try block(&cursor, file.count)
  }

  /// A block's place as two varints.
  static func block(_ cursor: inout MessageCursor, _ fileSize: Int) throws -> Block {
    let offset = try cursor.varint()
    let size = try cursor.varint()
    guard offset <= UInt64(fileSize), size <= UInt64(fileSize), Int(offset) + Int(size) + 5 <= fileSize else {
      throw Damage(reason: "it lists a block behind its end")
    }
    return Block(offset: Int(offset), size: Int(size))
  }

  /// The content of a block with its 5 bytes of trailer, checked against its CRC.
  static func read(_ block: Block, _ file: ByteSource) throws -> ByteSource {
    let whole = try file.loaded(block.offset..<block.offset + block.size + 5, "a block")
    let stated = try whole.integer(at: block.size + 1, UInt32.self, "a block's checksum")
    let bytes = try whole.bytes(0..<block.size + 1, "a block")
    let sum = CRC32C.checksum(bytes, bytes.indices)
    guard stated == (sum >> 15 | sum << 17) &+ 0xa282_ead8 else {
      throw Damage(reason: "the block at byte \(block.offset) does not have the checksum it states")
    }
    guard bytes[block.size] == 0 else {
      throw Damage(reason: "the block at byte \(block.offset) is compressed, which checkpoints are not")
    }
    return try whole.part(0..<block.size, "a block")
  }

  /// The entries of a block: whole keys, and where their values lie in it.
  static func entries(_ block: ByteSource) throws -> [(key: [UInt8], value: Range<Int>)] {
    guard block.count >= 4 else { throw Damage(reason: "the block at byte \(block.position(0)) has no end") }
    let restarts = Int(try block.integer(at: block.count - 4, UInt32.self, "a block's restarts"))
    let end = block.count - 4 - 4 * restarts
    guard end >= 0 else { throw Damage(reason: "the block at byte \(block.position(0)) has no room for its entries") }
    var cursor = try MessageCursor(block, 0..<end)
    var entries: [(key: [UInt8], value: Range<Int>)] = []
    var key: [UInt8] = []
    while !cursor.isAtEnd {
      let shared = try cursor.length()
      let fresh = try cursor.length()
      let size = try cursor.length()
      guard shared <= key.count else { throw Damage(reason: "a key continues one that is shorter") }
      key = Array(key[..<shared]) + (try block.bytes(cursor.skip(fresh), "a key"))
      entries.append((key, try cursor.skip(size)))
    }
    return entries
  }
}

/// Reads varints and fields of Protocol Buffers out of a part of a source.
struct MessageCursor {
  private var bytes: ByteCursor

  init(_ source: ByteSource, _ range: Range<Int>) throws { bytes = try ByteCursor(source, range, "a message") }

  /// Over a whole source.
  init(_ source: ByteSource) { bytes = ByteCursor(source) }

  var isAtEnd: Bool { bytes.isAtEnd }

  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try bytes.byte("a number")
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw SortedTable.Damage(reason: "a number is too long")
  }

  /// A varint that is a count of bytes inside the range.
  mutating func length() throws -> Int {
    let value = try varint()
    guard value <= UInt64(bytes.end) else { throw SortedTable.Damage(reason: "a length goes beyond its block") }
    return Int(value)
  }

  mutating func skip(_ count: Int) throws -> Range<Int> { try bytes.range(count, "a field") }

  /// The next field of a message: its number, and its value as a number or a range of bytes.
  mutating func field() throws -> (number: Int, value: UInt64, range: Range<Int>) {
    let tag = try varint()
    let number = Int(truncatingIfNeeded: tag >> 3)
    switch tag & 7 {
    case 0:
      let value = try varint()
      return (number, value, bytes.position..<bytes.position)
    case 1: return (number, 0, try skip(8))
    case 2:
      let count = try length()
      return (number, 0, try skip(count))
    case 5: return (number, 0, try skip(4))
    default: throw SortedTable.Damage(reason: "a message has a field of an unknown kind")
    }
  }

  /// The fields of a message by number; the last one of a number counts.
  static func message(_ source: ByteSource, _ range: Range<Int>) throws -> [Int: (value: UInt64, range: Range<Int>)] {
    var cursor = try MessageCursor(source, range)
    var fields: [Int: (value: UInt64, range: Range<Int>)] = [:]
    while !cursor.isAtEnd {
      let field = try cursor.field()
      fields[field.number] = (field.value, field.range)
    }
    return fields
  }
}

/// CRC-32C (Castagnoli), eight bytes at a time.
enum CRC32C {
  private static let tables: [[UInt32]] = {
    var first = [UInt32](repeating: 0, count: 256)
    for index in 0..<256 {
      first[index] = (0..<8).reduce(UInt32(index)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1
      }
    }
    var tables = [first]
    for _ in 1..<8 { tables.append(tables[tables.count - 1].map { first[Int($0 & 0xff)] ^ $0 >> 8 }) }
    return tables
  }()

  static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    let flat = tables.flatMap { $0 }
    var crc = ~UInt32(0)
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
      var word = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
      word |= UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
      let low = crc ^ word
      crc =
        flat[1792 + Int(low & 0xff)] ^ flat[1536 + Int(low >> 8 & 0xff)] ^ flat[1280 + Int(low >> 16 & 0xff)]
        ^ flat[1024 + Int(low >> 24)] ^ flat[768 + Int(bytes[at + 4])] ^ flat[512 + Int(bytes[at + 5])]
        ^ flat[256 + Int(bytes[at + 6])] ^ flat[Int(bytes[at + 7])]
      at += 8
    }
    while at < range.upperBound {
      crc = flat[Int((crc ^ UInt32(bytes[at])) & 0xff)] ^ crc >> 8
      at += 1
    }
    return ~crc
  }
}
