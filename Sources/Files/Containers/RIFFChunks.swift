import ByteSource

/// WAV and its relatives of 64 bits (RF64, BW64), AVI and other RIFF files: what their chunks declare.
///
/// Source: IBM & Microsoft, *Multimedia Programming Interface and Data Specifications 1.0*; EBU Tech 3306 (RF64).
enum RIFFChunks {
  /// What programs that write to a pipe leave as a size: 0 and all ones (most), SoX, arecord.
  private static func standsForUnknown(_ size: Int) -> Bool {
    size == 0 || size >= 0xffff_ff00 || [0x7fff_f000, 0x7fff_ffff, 0x8000_0000].contains(size)
  }

  private struct Format {
    let tag: Int
    let rateHz: Int
    let bytesPerSecond: Int
    let blockBytes: Int

    /// Integers, floats, A-law and µ-law: a block is one sample of every channel.
    var isPlain: Bool { [1, 3, 6, 7, 0xfffe].contains(tag) && blockBytes > 0 && rateHz > 0 }
  }

  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    let order: ByteOrder = try source.name(at: 0) == "RIFX" ? .big : .little
    let isWave = try source.name(at: 8) == "WAVE"
    var extent = DeclaredExtent("RIFF", presentBytes: source.count)
    var format: Format?
    var longData: Int?
    var position = 12
    while position + 8 <= source.count {
      let name = try source.name(at: position)
      let size = try source.size(at: position + 4, bytes: 4, order)
      let start = position + 8
      if name == "ds64", size >= 24, start + 24 <= source.count {
        longData = try source.size(at: start + 8, bytes: 8, order)
      }
      if name == "fmt ", size >= 16, start + 16 <= source.count { format = try self.format(source, start, order) }
      if isWave, name == "data" {
        let declared = size == 0xffff_ffff ? longData ?? size : size
        try note(data: declared, at: start, format, order, source, &extent)
        return extent
      }
      position = start.adding(size).adding(size & 1)
    }
    // No samples at all, or a film: the whole says how long it is. Sloppy writers count the first 8 bytes in.
    let whole = try source.size(at: 4, bytes: 4, order)
    extent.declaredBytes = standsForUnknown(whole) || whole <= source.count ? source.count : whole.adding(8)
    return extent
  }

  private static func format(_ source: ByteSource, _ start: Int, _ order: ByteOrder) throws -> Format {
    func half(_ offset: Int) throws -> Int {
      Int(try source.integer(at: start + offset, UInt16.self, order: order, "the sound's format"))
    }
    return Format(
      tag: try half(0), rateHz: try source.size(at: start + 4, bytes: 4, order),
      bytesPerSecond: try source.size(at: start + 8, bytes: 4, order), blockBytes: try half(12))
  }

  /// Bytes from a second chunk of samples on, which no reader reads.
  private static func furtherData(behind end: Int, _ order: ByteOrder, _ source: ByteSource) throws -> Int {
    var position = end
    while position.adding(8) <= source.count {
      if try source.name(at: position) == "data" { return source.count - position }
      let size = try source.size(at: position + 4, bytes: 4, order)
      position = position.adding(8).adding(size).adding(size & 1)
    }
    return 0
  }

  private static func note(
    data size: Int, at start: Int, _ format: Format?, _ order: ByteOrder, _ source: ByteSource,
    _ extent: inout DeclaredExtent
  ) throws {
    let there = source.count - start
    if let format {
      extent.bytesPerSecond = Double(format.isPlain ? format.blockBytes * format.rateHz : format.bytesPerSecond)
    }
    // A sound of no samples may be followed by other chunks.
    let isEmpty = try size == 0 && source.endOfChunks(from: start, order) == source.count
    let isOpen = standsForUnknown(size) && size != there && !isEmpty
    if isOpen {
      extent.isLeftOpen = true
    } else {
      extent.declaredBytes = start.adding(size)
      extent.undeclaredBytes = max(
        try source.undeclaredBytes(behind: start.adding(size), order),
        try furtherData(behind: start.adding(size).adding(size & 1), order, source))
    }
    guard let format, format.isPlain else { return }
    extent.seconds = Double((isOpen ? there : size) / format.blockBytes) / Double(format.rateHz)
  }
}
