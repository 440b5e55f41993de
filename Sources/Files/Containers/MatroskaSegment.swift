import ByteSource

/// Matroska and WebM: the segment that holds everything says its size, or that it is unknown.
///
/// Source: RFC 8794 (EBML), RFC 9559 (Matroska).
enum MatroskaSegment {
  private static let segment: UInt64 = 0x1853_8067

  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var extent = DeclaredExtent("Matroska", presentBytes: source.count, declaredBytes: source.count)
    var position = 0
    while position < source.count {
      guard let name = try number(source, position, keepsMark: true),
        let size = try number(source, position + name.width, keepsMark: false)
      else { break }
      let start = position + name.width + size.width
      let isUnknown = size.value == UInt64(1) << UInt64(7 * size.width) - 1
      if isUnknown {
        extent.declaredBytes = nil
        break
      }
      position = start.adding(Int(clamping: size.value))
      if name.value == segment {
        extent.declaredBytes = max(position, 0)
        break
      }
    }
    return extent
  }

  /// A number whose first bits say how many bytes it has.
  private static func number(
    _ source: ByteSource, _ offset: Int, keepsMark: Bool
  ) throws -> (value: UInt64, width: Int)? {
    guard offset < source.count else { return nil }
    let first = try source.integer(at: offset, UInt8.self, "an element")
    let width = first.leadingZeroBitCount + 1
    guard width <= 8, offset + width <= source.count else { return nil }
    var value = UInt64(keepsMark ? first : first & (0x7f >> UInt8(width - 1)))
    for byte in try source.bytes(at: offset + 1, count: width - 1, "an element") { value = value << 8 | UInt64(byte) }
    return (value, width)
  }
}
