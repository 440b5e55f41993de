import ByteSource

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

  /// How one number stands; nil for containers.
  var number: NumberType? {
    switch self {
    case .int8: .int8
    case .uint8, .utf8: .uint8
    case .int16: .int16
    case .uint16, .utf16: .uint16
    case .int32: .int32
    case .uint32, .utf32: .uint32
    case .single: .float32
    case .double: .float64
    case .int64: .int64
    case .uint64: .uint64
    case .matrix, .compressed: nil
    }
  }

  /// Bytes of one number; nil for containers.
  var size: Int? { number?.width }
}

/// The contents of one matrix element, in its file's byte order.
struct ElementBytes {
  let source: ByteSource
  let order: ByteOrder

  var count: Int { source.count }

  /// The 32-bit number at an offset.
  func number(at offset: Int) throws -> UInt32 { try source.integer(at: offset, UInt32.self, order: order, "a number") }

  /// 32-bit whole numbers that fill a range.
  func integers(_ range: Range<Int>) throws -> [Int] {
    try source.integers(range, Int32.self, order: order, "whole numbers").map(Int.init)
  }

  /// Numbers that fill a range, as float64; nil where a 64-bit number is beyond 2^53.
  func doubles(_ range: Range<Int>, _ type: ElementType) throws -> [Double]? {
    guard let number = type.number else { preconditionFailure("a container holds no numbers") }
    let values = try source.doubles(range, number, order: order, "numbers")
    guard type == .int64 || type == .uint64 else { return values }
    let exact =
      type == .int64
      ? try source.integers(range, Int64.self, order: order, "numbers").allSatisfy { $0.magnitude <= 1 << 53 }
      : try source.integers(range, UInt64.self, order: order, "numbers").allSatisfy { $0 <= 1 << 53 }
    return exact ? values : nil
  }

  /// UTF-8 text that fills a range.
  func text(_ range: Range<Int>) throws -> String {
    String(decoding: try source.bytes(range, "text"), as: UTF8.self)
  }

  /// The characters of text stored in a range.
  func scalars(_ range: Range<Int>, _ type: ElementType) throws -> [Unicode.Scalar]? {
    switch type {
    case .int8, .uint8: try source.bytes(range, "text").map { Unicode.Scalar($0) }
    case .utf8: Array(try text(range).unicodeScalars)
    case .uint16, .utf16:
      Array(
        String(decoding: try source.integers(range, UInt16.self, order: order, "text"), as: UTF16.self).unicodeScalars)
    case .utf32, .uint32:
      try source.integers(range, UInt32.self, order: order, "text").map { Unicode.Scalar($0) ?? "\u{FFFD}" }
    default: nil
    }
  }
}
