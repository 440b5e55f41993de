import Diagnostics

/// The Castagnoli CRC-32 and TensorFlow's masked form of it.
public enum CRC32C {
  /// tables[0] is the bytewise table, tables[k][b] the CRC of byte b followed by k zeros.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
      tables[byte] = value
    }
    for k in 1..<8 {
      for byte in 0..<256 {
        let value = tables[(k - 1) * 256 + byte]
        tables[k * 256 + byte] = value >> 8 ^ tables[Int(value & 0xff)]
      }
    }
    return tables
  }()

  /// The CRC-32C of bytes (RFC 3720: reflected, polynomial 0x1EDC6F41, all ones before and after).
  public static func of(_ bytes: [UInt8]) -> UInt32 {
    let tables = tables
    var crc = UInt32.max
    var at = 0
    while at + 8 <= bytes.count {
      let low =
        crc ^ (UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24)
      var next = tables[7 * 256 + Int(low & 0xff)] ^ tables[6 * 256 + Int(low >> 8 & 0xff)]
      next ^= tables[5 * 256 + Int(low >> 16 & 0xff)] ^ tables[4 * 256 + Int(low >> 24)]
      next ^= tables[3 * 256 + Int(bytes[at + 4])] ^ tables[2 * 256 + Int(bytes[at + 5])]
      next ^= tables[256 + Int(bytes[at + 6])] ^ tables[Int(bytes[at + 7])]
      crc = next
      at += 8
    }
    while at < bytes.count {
      crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[at])) & 0xff)]
      at += 1
    }
    return ~crc
  }

  /// The form that files store, so that a CRC of data with CRCs in it is no weaker: rotated by 15 bits plus a constant.
  public static func masked(_ bytes: [UInt8]) -> UInt32 {
    let crc = of(bytes)
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }
}

/// The raw Snappy format (github.com/google/snappy, format_description.txt).
enum Snappy {
  static func decompress(_ data: [UInt8], _ path: String) throws -> [UInt8] {
    var cursor = ByteCursor(data, path)
    let length = try cursor.varint()
    guard length <= 64 << 20 else { throw TensorBundle.bad(path, "a compressed block would have \(length) bytes") }
    var out: [UInt8] = []
    out.reserveCapacity(length)
    while !cursor.isAtEnd {
      let tag = Int(try cursor.bytes(1)[0])
      if tag & 3 == 0 {
        var count = tag >> 2
        if count >= 60 { count = try little(&cursor, count - 59) }
        out += try cursor.bytes(count + 1)
        continue
      }
      var (count, offset) = ((tag >> 2) + 1, 0)
      switch tag & 3 {
      case 1:
        count = (tag >> 2 & 7) + 4
        offset = (tag >> 5) << 8 | (try little(&cursor, 1))
      case 2: offset = try little(&cursor, 2)
      default: offset = try little(&cursor, 4)
      }
      guard offset > 0, offset <= out.count, out.count + count <= length else {
        throw TensorBundle.bad(path, "a compressed block refers to what is not there")
      }
      for _ in 0..<count { out.append(out[out.count - offset]) }
    }
    guard out.count == length else { throw TensorBundle.bad(path, "a compressed block has another length") }
    return out
  }

  private static func little(_ cursor: inout ByteCursor, _ count: Int) throws -> Int {
    try cursor.bytes(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
