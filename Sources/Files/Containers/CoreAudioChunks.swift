import ByteSource

/// CAF: chunks with sizes of 64 bits, of which the samples' may be -1, to the end of the file.
///
/// Source: Apple, *Core Audio Format Specification 1.0*.
enum CoreAudioChunks {
  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var extent = DeclaredExtent("CAF", presentBytes: source.count)
    extent.declaredBytes = source.count
    // nil: to the end of the file.
    var data: (start: Int, size: Int?)?
    var position = 8
    while position + 12 <= source.count {
      let name = try source.name(at: position)
      let size = Int(try source.integer(at: position + 4, Int64.self, order: .big, "a size"))
      let start = position + 12
      if name == "desc", start + 32 <= source.count {
        let packetBytes = try source.size(at: start + 16, bytes: 4, .big)
        let packetFrames = try source.size(at: start + 20, bytes: 4, .big)
        let rateHz = try source.float64(at: start, order: .big, "the sampling rate")
        if packetFrames > 0, packetBytes > 0, rateHz > 0, rateHz.isFinite {
          extent.bytesPerSecond = Double(packetBytes) * rateHz / Double(packetFrames)
        }
      }
      // Before the samples stands a count of edits.
      if name == "data" { data = (start + 4, size == -1 ? nil : max(0, size - 4)) }
      // Another file may have been joined to the first.
      guard size >= 0, name != "caff", name.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else { break }
      position = start.adding(size)
    }
    guard let data else { return extent }
    note(data.start, data.size, end: position, source, &extent)
    if extent.declaredBytes != nil, position < source.count, try !source.isZero(from: position) {
      extent.undeclaredBytes = source.count - position
    }
    return extent
  }

  private static func note(
    _ start: Int, _ size: Int?, end: Int, _ source: ByteSource, _ extent: inout DeclaredExtent
  ) {
    let there = max(0, source.count - start)
    // What follows a sound of no samples is chunks, to the end.
    let isUncounted = size == nil && extent.bytesPerSecond != nil
    extent.isLeftOpen = isUncounted || size == 0 && there > 0 && end != source.count
    let declared = extent.isLeftOpen ? nil : size
    extent.declaredBytes = declared.map { max(source.count, start.adding($0)) }
    extent.seconds = extent.bytesPerSecond.map { Double(declared ?? there) / $0 }
  }
}
