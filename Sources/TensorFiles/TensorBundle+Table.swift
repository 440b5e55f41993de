import Diagnostics

/// A sorted table of keys and values as LevelDB writes it: blocks of prefix-compressed entries, each block followed by
/// its compression and masked CRC32C, and a footer that places the index block.
public struct SortedTable: Sendable {
  public struct Row: Sendable {
    public let key: [UInt8]
    public let value: [UInt8]
  }

  /// Every entry, in key order.
  public let rows: [Row]

  private static let magic: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]
  private static let footerLength = 48

  /// Reads a whole table; `path` names it in errors (E-TFB-002, E-TFB-003).
  public init(_ file: [UInt8], path: String) throws {
    guard file.count >= Self.footerLength, Array(file.suffix(8)) == Self.magic else {
      throw TensorBundle.bad(path, "it does not end as a sorted table does; it is cut off or of another format")
    }
    var footer = ByteCursor(file, path, from: file.count - Self.footerLength)
    // The index of metadata blocks, which nothing here needs.
    _ = (try footer.varint(), try footer.varint())
    let index = try Self.block(file, try footer.varint(), try footer.varint(), path)
    var rows: [Row] = []
    for entry in try Self.entries(index, path) {
      var handle = ByteCursor(entry.value, path)
      rows += try Self.entries(try Self.block(file, try handle.varint(), try handle.varint(), path), path)
    }
    for (a, b) in zip(rows, rows.dropFirst()) where !a.key.lexicographicallyPrecedes(b.key) {
      throw TensorBundle.bad(path, "its keys are not in order")
    }
    self.rows = rows
  }

  private static func block(_ file: [UInt8], _ offset: Int, _ size: Int, _ path: String) throws -> [UInt8] {
    guard offset >= 0, size >= 0, offset <= file.count, size <= file.count - offset - 5 else {
      throw TensorBundle.bad(path, "a block lies behind its end")
    }
    let covered = Array(file[offset..<offset + size + 1])
    let stored = (0..<4).reduce(UInt32(0)) { $0 | UInt32(file[offset + size + 1 + $1]) << (8 * UInt32($1)) }
    guard CRC32C.masked(covered) == stored else {
      throw EvokeError(
        .bundleChecksumWrong, path, reason: "the CRC32C of the block at byte \(offset) does not match",
        remedy: "the file is damaged: fetch it again")
    }
    let content = Array(covered.dropLast())
    switch covered[size] {
    case 0: return content
    case 1: return try Snappy.decompress(content, path)
    default: throw TensorBundle.bad(path, "a block is compressed by an unknown method (\(covered[size]))")
    }
  }

  private static func entries(_ block: [UInt8], _ path: String) throws -> [Row] {
    guard block.count >= 4 else { throw TensorBundle.bad(path, "a block is too short") }
    var tail = ByteCursor(block, path, from: block.count - 4)
    let restarts = Int(try tail.fixed32())
    guard restarts <= (block.count - 4) / 4 else { throw TensorBundle.bad(path, "a block's restarts do not fit") }
    let end = block.count - 4 - 4 * restarts
    var cursor = ByteCursor(Array(block[0..<end]), path)
    var rows: [Row] = []
    var last: [UInt8] = []
    while !cursor.isAtEnd {
      let (shared, rest, length) = (try cursor.varint(), try cursor.varint(), try cursor.varint())
      guard shared <= last.count else { throw TensorBundle.bad(path, "an entry shares more than its predecessor has") }
      last = Array(last[0..<shared]) + (try cursor.bytes(rest))
      rows.append(Row(key: last, value: try cursor.bytes(length)))
    }
    return rows
  }
}

/// Reads little-endian numbers and varints one after the other; running over the end is an error of the file.
struct ByteCursor {
  private let data: [UInt8]
  private let path: String
  private var at: Int

  init(_ data: [UInt8], _ path: String, from: Int = 0) {
    self.data = data
    self.path = path
    at = from
  }

  var isAtEnd: Bool { at >= data.count }

  mutating func varint() throws -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard at < data.count else { break }
      let byte = data[at]
      at += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 {
        guard let number = Int(exactly: value) else { break }
        return number
      }
    }
    throw TensorBundle.bad(path, "a number in it is cut off or too large")
  }

  mutating func bytes(_ count: Int) throws -> [UInt8] {
    guard count >= 0, count <= data.count - at else { throw TensorBundle.bad(path, "an entry runs over its end") }
    defer { at += count }
    return Array(data[at..<at + count])
  }

  mutating func fixed32() throws -> UInt32 {
    try bytes(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  }
}

/// The fields of one protocol-buffer message.
struct ProtocolBuffer {
  private enum Field {
    case integer(Int)
    case fixed32(UInt32)
    case message([UInt8])
  }

  private var fields: [(number: Int, value: Field)] = []

  init(_ bytes: [UInt8], _ path: String) throws {
    var cursor = ByteCursor(bytes, path)
    while !cursor.isAtEnd {
      let tag = try cursor.varint()
      switch tag & 7 {
      case 0: fields.append((tag >> 3, .integer(try cursor.varint())))
      case 1: _ = try cursor.bytes(8)
      case 2: fields.append((tag >> 3, .message(try cursor.bytes(try cursor.varint()))))
      case 5: fields.append((tag >> 3, .fixed32(try cursor.fixed32())))
      default: throw TensorBundle.bad(path, "an entry is not a protocol-buffer message")
      }
    }
  }

  /// The last value of an integer field, nil where it is absent (its default, zero).
  func integer(_ number: Int) -> Int? {
    for field in fields.reversed() where field.number == number {
      if case .integer(let value) = field.value { return value }
    }
    return nil
  }

  func fixed32(_ number: Int) -> UInt32? {
    for field in fields.reversed() where field.number == number {
      if case .fixed32(let value) = field.value { return value }
    }
    return nil
  }

  func messages(_ number: Int) -> [[UInt8]] {
    fields.compactMap { field in
      if field.number == number, case .message(let value) = field.value { value } else { nil }
    }
  }
}
