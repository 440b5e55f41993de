/// The types of data elements (MAT-File Format, table 1-1).
enum ElementType: UInt32 {
  case int8 = 1
  case uint8 = 2
  case int16 = 3
  case uint16 = 4
  case int32 = 5
  case uint32 = 6
  case single = 7
  case double = 9
  case int64 = 12
  case uint64 = 13
  case matrix = 14
  case compressed = 15
  case utf8 = 16
  case utf16 = 17
  case utf32 = 18

  /// Bytes of one number; nil for containers.
  var size: Int? {
    switch self {
    case .int8, .uint8, .utf8: 1
    case .int16, .uint16, .utf16: 2
    case .int32, .uint32, .single, .utf32: 4
    case .double, .int64, .uint64: 8
    case .matrix, .compressed: nil
    }
  }
}

/// Bytes in a file's byte order.
struct Bytes {
  let bytes: [UInt8]
  let isBigEndian: Bool

  init(_ bytes: [UInt8], isBigEndian: Bool) {
    self.bytes = bytes
    self.isBigEndian = isBigEndian
  }

  var count: Int { bytes.count }

  /// The 32-bit number at an offset; 0 beyond the end.
  func number(at offset: Int) -> UInt32 {
    guard offset >= 0, offset + 4 <= bytes.count else { return 0 }
    return integers(offset..<(offset + 4), UInt32.self)[0]
  }

  /// Whole numbers that fill a range.
  func integers<Value: FixedWidthInteger>(_ range: Range<Int>, _ type: Value.Type) -> [Value] {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range outside the element")
    let size = MemoryLayout<Value>.size
    return unsafe bytes.withUnsafeBytes { raw in
      (0..<(range.count / size)).map { index in
        let value = unsafe raw.loadUnaligned(fromByteOffset: range.lowerBound + index * size, as: Value.self)
        return isBigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
      }
    }
  }

  /// Numbers that fill a range, as float64; nil where a 64-bit number is beyond 2^53.
  func doubles(_ range: Range<Int>, _ type: ElementType) -> [Double]? {
    switch type {
    case .double: return integers(range, UInt64.self).map { Double(bitPattern: $0) }
    case .single: return integers(range, UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .int8: return integers(range, Int8.self).map(Double.init)
    case .uint8, .utf8: return integers(range, UInt8.self).map(Double.init)
    case .int16: return integers(range, Int16.self).map(Double.init)
    case .uint16, .utf16: return integers(range, UInt16.self).map(Double.init)
    case .int32: return integers(range, Int32.self).map(Double.init)
    case .uint32, .utf32: return integers(range, UInt32.self).map(Double.init)
    case .int64:
      let exact = integers(range, Int64.self)
      return exact.allSatisfy { $0.magnitude <= 1 << 53 } ? exact.map(Double.init) : nil
    case .uint64:
      let exact = integers(range, UInt64.self)
      return exact.allSatisfy { $0 <= 1 << 53 } ? exact.map(Double.init) : nil
    case .matrix, .compressed: preconditionFailure("a container holds no numbers")
    }
  }

  /// The characters of text stored in a range.
  func scalars(_ range: Range<Int>, _ type: ElementType) -> [Unicode.Scalar]? {
    switch type {
    case .int8, .uint8: integers(range, UInt8.self).map { Unicode.Scalar($0) }
    case .utf8: Array(String(decoding: bytes[range], as: UTF8.self).unicodeScalars)
    case .uint16, .utf16: Array(String(decoding: integers(range, UInt16.self), as: UTF16.self).unicodeScalars)
    case .utf32, .uint32: integers(range, UInt32.self).map { Unicode.Scalar($0) ?? "\u{FFFD}" }
    default: nil
    }
  }
}
