import ByteSource

/// Small reads one after another in a file, which is opened once for many of them.
struct ByteWindow {
  let source: ByteSource
  private var bytes: [UInt8] = []
  private var start = 0

  static let length = 1 << 16

  init(_ source: ByteSource) { self.source = source }

  var count: Int { source.count }

  /// Up to `count` bytes, at most `length`, from an offset; fewer at the end.
  mutating func bytes(at offset: Int, _ count: Int) throws -> ArraySlice<UInt8> {
    precondition(count <= Self.length, "more than a window")
    let end = min(source.count, offset + count)
    guard offset < end else { return [] }
    if offset < start || end > start + bytes.count {
      bytes = try source.bytes(offset..<min(source.count, offset + Self.length), "a container")
      start = offset
    }
    return bytes[offset - start..<end - start]
  }

  /// Where a mark of a few bytes stands next; nil where it does not.
  mutating func place(of mark: [UInt8], from offset: Int) throws -> Int? {
    var offset = offset
    while offset < source.count {
      let piece = try bytes(at: offset, Self.length)
      if let found = piece.firstRange(of: mark) { return offset + found.lowerBound - piece.startIndex }
      guard piece.count == Self.length else { return nil }
      offset += piece.count - mark.count + 1
    }
    return nil
  }
}
