import ByteSource

/// MP4, MOV and M4A: boxes at the top of the file, each with its size; 0 reaches to the end.
///
/// Source: ISO/IEC 14496-12, *ISO base media file format*.
enum ISOBoxes {
  /// Names of the boxes a file begins with.
  static let firstNames = ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp"]

  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var extent = DeclaredExtent("MP4", presentBytes: source.count, declaredBytes: source.count)
    var position = 0
    while position + 8 <= source.count {
      // What follows the last box in some files (zeros, tags of other programs) has no name.
      let name = try source.bytes(at: position + 4, count: 4, "a box' name")
      guard name.allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0xa9 }) else { break }
      var size = try source.size(at: position, bytes: 4, .big)
      if size == 1 {
        guard position + 16 <= source.count else { break }
        size = try source.size(at: position + 8, bytes: 8, .big)
      }
      guard size >= 8 else { break }
      position = position.adding(size)
    }
    extent.declaredBytes = max(source.count, position)
    return extent
  }
}
