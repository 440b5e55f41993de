/// Small whole numbers in Parquet's hybrid of run lengths and packed bits: definition levels and places in a dictionary.
///
/// A run of at least eight equal values is a varint of twice its length and the value in whole bytes. Between such runs
/// values are packed in groups of eight, lowest bits first, after a varint of twice the number of groups plus one; the
/// last group is filled up with zeros.
///
/// Source: Apache Parquet, `Encodings.md`, "RLE/bit-packing hybrid".
enum HybridRuns {
  /// - Parameter width: bits of a value, 0 to 32; 0 where every value is 0.
  static func encoded(_ values: [UInt32], width: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var packed: Range<Int> = 0..<0
    var at = 0
    while at < values.count {
      var end = at + 1
      while end < values.count, values[end] == values[at] { end += 1 }
      if end - at >= 8 {
        append(packed: values[packed], width, to: &bytes)
        ThriftStructure.append(varint: UInt64(end - at) << 1, to: &bytes)
        for shift in stride(from: 0, to: width, by: 8) { bytes.append(UInt8(truncatingIfNeeded: values[at] >> shift)) }
        packed = end..<end
        at = end
      } else {
        at = min(at + 8, values.count)
        packed = packed.lowerBound..<at
      }
    }
    append(packed: values[packed], width, to: &bytes)
    return bytes
  }

  /// Bits that the numbers below `count` need.
  static func width(below count: Int) -> Int { count > 1 ? Int.bitWidth - (count - 1).leadingZeroBitCount : 0 }

  private static func append(packed values: ArraySlice<UInt32>, _ width: Int, to bytes: inout [UInt8]) {
    guard !values.isEmpty else { return }
    let groups = (values.count + 7) / 8
    ThriftStructure.append(varint: UInt64(groups) << 1 | 1, to: &bytes)
    let end = bytes.count + groups * width
    var (held, bits): (UInt64, Int) = (0, 0)
    for value in values {
      held |= UInt64(value) << UInt64(bits)
      bits += width
      while bits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: held))
        held >>= 8
        bits -= 8
      }
    }
    if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: held)) }
    bytes += [UInt8](repeating: 0, count: end - bytes.count)
  }
}
