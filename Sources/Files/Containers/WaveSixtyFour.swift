import ByteSource

/// Sony Wave64: chunks named by 16 bytes, sizes of 64 bits that count their own header, in steps of 8 bytes.
enum WaveSixtyFour {
  static let riff: [UInt8] = [
    0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0x00, 0x00,
  ]
  private static let header = 24

  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var extent = DeclaredExtent("Wave64", presentBytes: source.count)
    var blockBytes = 0
    var rateHz = 0
    var position = 40
    while position + header <= source.count {
      let name = try source.name(at: position)
      let size = try source.size(at: position + 16, bytes: 8, .little)
      let start = position + header
      if name == "fmt ", start + 16 <= source.count {
        rateHz = try source.size(at: start + 4, bytes: 4, .little)
        blockBytes = Int(try source.integer(at: start + 12, UInt16.self, "the size of a sample"))
      }
      if name == "data" {
        let declared = size - header
        let isOpen = declared <= 0 && source.count > start
        extent.isLeftOpen = isOpen
        extent.declaredBytes = isOpen ? nil : start.adding(declared)
        if !isOpen { extent.undeclaredBytes = try undeclared(source, behind: start.adding((declared + 7) & ~7)) }
        guard blockBytes > 0, rateHz > 0 else { return extent }
        extent.bytesPerSecond = Double(blockBytes * rateHz)
        extent.seconds = Double((isOpen ? source.count - start : declared) / blockBytes) / Double(rateHz)
        return extent
      }
      guard size >= header else { break }
      position = position.adding((size.adding(7)) & ~7)
    }
    extent.declaredBytes = max(source.count, try source.size(at: 16, bytes: 8, .little))
    return extent
  }

  /// Chunks may follow the samples; another file that was joined to them is none.
  private static func undeclared(_ source: ByteSource, behind end: Int) throws -> Int {
    var position = end
    while position.adding(header) <= source.count {
      let size = try source.size(at: position + 16, bytes: 8, .little)
      guard size >= header, size <= source.count - position, try source.name(at: position) != "riff" else { break }
      position = position + (size + 7) & ~7
    }
    guard position < source.count else { return 0 }
    return try source.isZero(from: position) ? 0 : source.count - position
  }
}
