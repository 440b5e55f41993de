import ByteSource

/// AIFF and AIFF-C: the count of samples and the bytes they stand in are declared apart.
///
/// Source: Apple, *Audio Interchange File Format AIFF-C*, 1991.
enum AIFFChunks {
  private struct Format {
    let channels: Int
    let frames: Int
    let frameBytes: Int
    let rateHz: Double
    /// Compressed sound has frames of its own.
    let isPlain: Bool
  }

  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var extent = DeclaredExtent("AIFF", presentBytes: source.count)
    var format: Format?
    var data: (start: Int, size: Int)?
    var position = 12
    while position + 8 <= source.count {
      let name = try source.name(at: position)
      let size = try source.size(at: position + 4, bytes: 4, .big)
      let start = position + 8
      if name == "COMM", size >= 18, start + 18 <= source.count { format = try self.format(source, start, size) }
      if name == "SSND", start + 8 <= source.count {
        // Eight bytes say where in the chunk the samples begin.
        data = (start + 8, max(0, size - 8))
        if size <= 8 { break }
      }
      position = start.adding(size).adding(size & 1)
    }
    guard let data else {
      let whole = try source.size(at: 4, bytes: 4, .big)
      extent.declaredBytes = max(whole.adding(8), source.count)
      return extent
    }
    let isOpen = try data.size == 0 && source.endOfChunks(from: data.start, .big) < source.count
    extent.isLeftOpen = isOpen
    extent.declaredBytes = isOpen ? nil : data.start.adding(data.size)
    if !isOpen { extent.undeclaredBytes = try source.undeclaredBytes(behind: data.start.adding(data.size), .big) }
    guard let format, format.isPlain, format.frameBytes > 0, format.rateHz > 0 else { return extent }
    note(format, data.start, isOpen ? source.count - data.start : data.size, &extent)
    return extent
  }

  /// The count of samples beside the size of their chunk: the larger is what was meant to be there.
  private static func note(_ format: Format, _ start: Int, _ size: Int, _ extent: inout DeclaredExtent) {
    let counted = format.frames * format.frameBytes
    extent.bytesPerSecond = Double(format.frameBytes) * format.rateHz
    extent.seconds = Double(max(format.frames, size / format.frameBytes)) / format.rateHz
    if let declared = extent.declaredBytes { extent.declaredBytes = max(declared, start.adding(counted)) }
  }

  private static func format(_ source: ByteSource, _ start: Int, _ size: Int) throws -> Format {
    func half(_ offset: Int) throws -> Int {
      Int(try source.integer(at: start + offset, UInt16.self, order: .big, "the sound's format"))
    }
    let kind = size >= 22 && start + 22 <= source.count ? try source.name(at: start + 18) : "NONE"
    let (channels, bits) = (try half(0), try half(6))
    let plain = ["NONE", "sowt", "twos", "raw ", "in24", "in32", "fl32", "FL32", "fl64", "FL64"]
    // 80 bits: sign and exponent, then the mantissa with its leading one.
    let mantissa = try source.integer(at: start + 10, UInt64.self, order: .big, "the sampling rate")
    let exponent = (try half(8) & 0x7fff) - 16_383 - 63
    return Format(
      channels: channels, frames: try source.size(at: start + 2, bytes: 4, .big),
      frameBytes: channels * ((bits + 7) / 8),
      rateHz: Double(sign: .plus, exponent: exponent, significand: Double(mantissa)), isPlain: plain.contains(kind))
  }
}
