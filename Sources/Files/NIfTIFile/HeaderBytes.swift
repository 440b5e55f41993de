/// The bytes of a header being written, by offset in their byte order.
struct HeaderBytes {
  private(set) var bytes: [UInt8]
  private let isBigEndian: Bool

  init(count: Int, isBigEndian: Bool) {
    bytes = [UInt8](repeating: 0, count: count)
    self.isBigEndian = isBigEndian
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
