import ByteSource

/// Ogg (Vorbis, Opus, FLAC, Theora): a chain of numbered pages with checksums, each stream's last one marked.
///
/// Source: RFC 3533.
struct OggPages {
  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var walk = OggPages(source: source)
    try walk.run()
    return walk.extent
  }

  private static let header = 27

  /// A stream inside the file, by its serial number.
  private struct Stream {
    /// Granules of a second; nil for pictures and text, whose granules are no count.
    let rateHz: Double?
    var lastNumber: UInt32
    var lastGranule: Int64 = 0
    var hasEnd = false
    /// Pages that are missing or damaged since the last sound one.
    var lostPages = 0
  }

  private struct Page {
    let flags: UInt8
    let granule: Int64
    let serial: UInt32
    let number: UInt32
    let isSound: Bool
    let content: Range<Int>
  }

  private let source: ByteSource
  private var extent: DeclaredExtent
  private var streams: [UInt32: Stream] = [:]
  private var order: [UInt32] = []

  private init(source: ByteSource) {
    self.source = source
    extent = DeclaredExtent("Ogg", presentBytes: source.count)
  }

  private mutating func run() throws {
    var position = 0
    while position < source.count {
      guard try isPage(at: position) else {
        guard let next = try nextPage(from: position + 1) else { break }
        position = next
        continue
      }
      guard position + Self.header <= source.count else { break }
      let count = Int(try source.integer(at: position + 26, UInt8.self, "a page"))
      guard position + Self.header + count <= source.count else { break }
      let lengths = try source.bytes(at: position + Self.header, count: count, "a page")
      let end = lengths.reduce(position + Self.header + count) { $0 + Int($1) }
      guard end <= source.count else {
        extent.declaredBytes = end
        break
      }
      try take(page(position, position + Self.header + count..<end))
      position = end
    }
    for serial in order where streams[serial]?.hasEnd == false {
      extent.missingEnd = "no page is marked as the last one of its stream"
    }
  }

  private func isPage(at position: Int) throws -> Bool {
    try source.bytes(position..<min(source.count, position + 4), "a page") == Array("OggS".utf8)
  }

  private func nextPage(from position: Int) throws -> Int? {
    for start in stride(from: position, to: source.count, by: 1 << 16) {
      let piece = try source.bytes(start..<min(source.count, start + 3 + 1 << 16), "a page")
      let found = piece.indices.dropLast(3).first {
        piece[$0] == 0x4f && piece[$0 + 1] == 0x67 && piece[$0 + 2] == 0x67 && piece[$0 + 3] == 0x53
      }
      if let found { return start + found }
    }
    return nil
  }

  private func page(_ position: Int, _ content: Range<Int>) throws -> Page {
    var bytes = try source.bytes(position..<content.upperBound, "a page")
    let stated = try source.integer(at: position + 22, UInt32.self, "a page")
    for i in 22..<26 { bytes[i] = 0 }
    return Page(
      flags: bytes[5], granule: try source.integer(at: position + 6, Int64.self, "a page"),
      serial: try source.integer(at: position + 14, UInt32.self, "a page"),
      number: try source.integer(at: position + 18, UInt32.self, "a page"),
      isSound: CyclicChecksum.ogg.of(bytes) == stated, content: content)
  }

  private mutating func take(_ page: Page) throws {
    // A damaged page may have any serial number: what is missing tells at the next sound page of its stream.
    guard page.isSound else {
      if streams[page.serial] != nil { streams[page.serial]?.hasEnd = page.flags & 4 != 0 }
      return
    }
    guard var stream = streams[page.serial] else {
      order.append(page.serial)
      var stream = Stream(rateHz: try rate(of: page), lastNumber: page.number)
      stream.hasEnd = page.flags & 4 != 0
      stream.lastGranule = max(0, page.granule)
      streams[page.serial] = stream
      return
    }
    stream.lostPages += Int(min(page.number &- stream.lastNumber &- 1, 1 << 20))
    stream.lastNumber = page.number
    stream.hasEnd = page.flags & 4 != 0
    if page.granule >= 0 {
      note(page, &stream)
      stream.lastGranule = page.granule
    }
    streams[page.serial] = stream
  }

  /// Of the time since the last page each missing page gets an equal share.
  private mutating func note(_ page: Page, _ stream: inout Stream) {
    guard stream.lostPages > 0 else { return }
    let rate = stream.rateHz ?? .infinity
    let span = Double(page.granule - stream.lastGranule) / rate
    let share = Double(stream.lostPages) / Double(stream.lostPages + 1)
    extent.losses.append(
      DeclaredExtent.Loss(
        startS: Double(stream.lastGranule) / rate, seconds: max(0, span * share),
        reason: "\(stream.lostPages) pages missing or damaged"))
    stream.lostPages = 0
  }

  /// Granules per second by the stream's first packet.
  private func rate(of page: Page) throws -> Double? {
    let head = try source.bytes(
      page.content.lowerBound..<min(page.content.upperBound, page.content.lowerBound + 64), "")
    func begins(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: Array(text.utf8)) }
    func number(_ offset: Int) -> Double? {
      guard head.count >= offset + 4 else { return nil }
      let value = (0..<4).reduce(0) { $0 | Int(head[offset + $1]) << (8 * $1) }
      return value > 0 ? Double(value) : nil
    }
    if begins("vorbis", at: 1) { return number(12) }
    if begins("OpusHead") { return 48_000 }
    if begins("Speex   ") { return number(36) }
    // A FLAC stream's rate: 20 bits of its STREAMINFO, which follows 17 bytes of the mapping.
    guard begins("FLAC", at: 1), head.count >= 30 else { return nil }
    let rate = Int(head[27]) << 12 | Int(head[28]) << 4 | Int(head[29]) >> 4
    return rate > 0 ? Double(rate) : nil
  }
}
