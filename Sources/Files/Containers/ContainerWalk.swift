import ByteSource
import Diagnostics

/// The walkers of all containers, known by the first bytes.
package enum ContainerWalk {
  /// What the file declares by its structure; nil for a format without a walker.
  ///
  /// Headers are followed by position. Ogg pages and FLAC frames carry checksums, packets of transport streams numbers: all
  /// of them are read, in pieces.
  /// - Throws: `mediaDamaged` where the structure itself ends inside a header, `fileUnreadable`.
  package static func extent(of path: String) throws -> DeclaredExtent? {
    try extent(of: ByteSource(reading: path, truncation: .mediaLengthDiffers))
  }

  package static func extent(of source: ByteSource) throws -> DeclaredExtent? {
    if let extent = try chunks(of: source) { return extent }
    let head = try source.head(16)
    func begins(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: Array(text.utf8)) }
    if begins("OggS") { return try OggPages.extent(source) }
    if begins("fLaC") { return try FLACFrames.extent(source) }
    if begins("caff") { return try CoreAudioChunks.extent(source) }
    if begins(".snd") { return try SunAudioHeader.extent(source) }
    if head.starts(with: WaveSixtyFour.riff) { return try WaveSixtyFour.extent(source) }
    if head.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) { return try MatroskaSegment.extent(source) }
    if ISOBoxes.firstNames.contains(where: { begins($0, at: 4) }) { return try ISOBoxes.extent(source) }
    if let layout = TransportPackets.Layout(try source.head(TransportPackets.Layout.head)) {
      return try TransportPackets.extent(source, layout)
    }
    return nil
  }

  /// Of RIFF and AIFF files, whose headers are read by position: cheap, whatever their length.
  package static func chunks(of source: ByteSource) throws -> DeclaredExtent? {
    let head = try source.head(12)
    guard head.count == 12 else { return nil }
    switch String(decoding: head.prefix(4), as: UTF8.self) {
    case "RIFF", "RF64", "BW64", "RIFX": return try RIFFChunks.extent(source)
    case "FORM" where ["AIFF", "AIFC"].contains(String(decoding: head[8..<12], as: UTF8.self)):
      return try AIFFChunks.extent(source)
    default: return nil
    }
  }
}

extension ByteSource {
  /// An unsigned number of 4 or 8 bytes; a number beyond `Int` becomes its largest.
  func size(at offset: Int, bytes: Int, _ order: ByteOrder) throws -> Int {
    guard bytes == 8 else { return Int(try integer(at: offset, UInt32.self, order: order, "a size")) }
    return Int(clamping: try integer(at: offset, UInt64.self, order: order, "a size"))
  }

  func name(at offset: Int) throws -> String {
    String(decoding: try bytes(at: offset, count: 4, "a chunk's name"), as: UTF8.self)
  }

  /// Whether all bytes from an offset to the end are zero, as disks and recorders pad.
  func isZero(from offset: Int) throws -> Bool {
    for start in stride(from: offset, to: count, by: 1 << 20) {
      let piece = try bytes(start..<min(count, start + 1 << 20), "what follows the samples")
      guard piece.allSatisfy({ $0 == 0 }) else { return false }
    }
    return true
  }

  /// Where a chain of chunks (a name of 4 printable letters, a size, content) that begins at an offset stops being one: at
  /// another file, too, which was joined to the first.
  func endOfChunks(from offset: Int, _ order: ByteOrder) throws -> Int {
    var position = offset
    while position + 8 <= count {
      let name = try bytes(at: position, count: 4, "a chunk's name")
      let size = try size(at: position + 4, bytes: 4, order)
      let isFile = ["RIFF", "RIFX", "RF64", "BW64", "FORM"].contains { name == Array($0.utf8) }
      guard name.allSatisfy({ (0x20...0x7e).contains($0) }), !isFile, size <= count - position - 8 else { break }
      position += 8 + size + (size & 1)
    }
    return min(position, count)
  }

  /// Bytes behind the samples that are neither chunks nor padding. Some writers leave out the byte that makes a size even.
  func undeclaredBytes(behind end: Int, _ order: ByteOrder) throws -> Int {
    guard end < count else { return 0 }
    let chained = try [end, end + (end & 1)].map { try endOfChunks(from: $0, order) }
    let position = chained.reduce(end, max)
    return try isZero(from: position) ? 0 : count - position
  }
}

extension Int {
  /// Without overflow, since sizes of damaged headers are anything.
  package func multiplied(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  /// Without overflow.
  package func adding(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
