/// The bytes of a header, read and written by offset in its byte order.
struct HeaderBytes {
  private(set) var bytes: [UInt8]
  let isBigEndian: Bool

  init(_ bytes: [UInt8], isBigEndian: Bool) {
    self.bytes = bytes
    self.isBigEndian = isBigEndian
  }

  func integer<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Int {
    let value = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    return Int(isBigEndian ? Value(bigEndian: value) : Value(littleEndian: value))
  }

  func single(_ offset: Int) -> Double {
    Double(Float(bitPattern: UInt32(truncatingIfNeeded: integer(offset, UInt32.self))))
  }

  func double(_ offset: Int) -> Double {
    Double(bitPattern: UInt64(bitPattern: Int64(integer(offset, Int64.self))))
  }

  /// Text up to the first zero byte.
  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
  }

  mutating func set<Value: FixedWidthInteger>(_ offset: Int, _ value: Value) {
    let size = Value.bitWidth / 8
    for i in 0..<size {
      bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * (isBigEndian ? size - 1 - i : i)))
    }
  }

  mutating func setSingle(_ offset: Int, _ value: Double) { set(offset, Float(value).bitPattern) }

  mutating func setDouble(_ offset: Int, _ value: Double) { set(offset, value.bitPattern) }

  /// Text cut to whole characters that fit.
  mutating func set(_ range: Range<Int>, _ text: String) {
    var room = range.count
    var position = range.lowerBound
    for character in text {
      let encoded = Array(String(character).utf8)
      if encoded.count > room { break }
      for byte in encoded {
        bytes[position] = byte
        position += 1
      }
      room -= encoded.count
    }
  }
}
