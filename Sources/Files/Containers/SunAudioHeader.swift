import ByteSource

/// AU (`.snd`): one header, whose size of the samples may be unknown.
enum SunAudioHeader {
  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var extent = DeclaredExtent("AU", presentBytes: source.count)
    let fields = try (1..<6).map { try source.size(at: 4 * $0, bytes: 4, .big) }
    let (start, size, encoding, rateHz, channels) = (fields[0], fields[1], fields[2], fields[3], fields[4])
    let there = max(0, source.count - start)
    extent.isLeftOpen = size == 0 && there > 0
    let isOpen = extent.isLeftOpen || size == 0xffff_ffff
    extent.declaredBytes = isOpen ? nil : start.adding(size)
    if !isOpen, start.adding(size) < source.count {
      extent.undeclaredBytes = try source.isZero(from: start + size) ? 0 : source.count - start - size
    }
    // µ-law, 8, 16, 24, 32 bits, float32, float64; A-law.
    guard let width = [1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1][encoding], channels > 0, rateHz > 0 else {
      return extent
    }
    extent.bytesPerSecond = Double(width * channels * rateHz)
    extent.seconds = Double((isOpen ? there : size) / (width * channels)) / Double(rateHz)
    return extent
  }
}
