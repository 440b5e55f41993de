import ByteSource

/// Ogg (Vorbis, Opus, FLAC, Theora): a chain of numbered pages with checksums, each stream's first and last one marked.
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
    let codec: Codec
    /// Place in `links`.
    let link: Int
    var lastNumber: UInt32
    var lastGranule: Int64 = 0
    /// The first that counts anything.
    var firstGranule: Int64?
    var hasEnd = false
    /// Pages that are missing or damaged since the last intact one.
    var lostPages = 0
    /// The same of those whose checksum is wrong, with the last one's granule.
    var damagedPages = 0
    var damagedGranule: Int64 = -1

    func seconds(_ granule: Int64) -> Double? { codec.rateHz.map { Double(granule) / $0 } }

    /// Length of its sound; nil for pictures and text, and where it was recorded from its middle on, so that its first
    /// page does not begin near 0.
    var lastsS: Double? {
      guard let first = firstGranule.flatMap(seconds), first < 10 else { return nil }
      return seconds(lastGranule - codec.skipped)
    }
  }

  /// What a stream's first packet says.
  private struct Codec {
    let name: String
    /// Granules of a second; nil for pictures and text, whose granules are no count.
    var rateHz: Double?
    /// Granules before its first sample.
    var skipped: Int64 = 0
  }

  /// Streams that begin together; others may follow when they have ended.
  private struct Link {
    let start: Int
    /// Codecs and lengths of its streams.
    var streams: [(codec: String, lastsS: Double?)] = []

    var lastsS: Double? { streams.lazy.compactMap(\.lastsS).first }
  }

  private struct Page {
    let flags: UInt8
    let granule: Int64
    let serial: UInt32
    let number: UInt32
    /// Whether its checksum is that of its bytes.
    let isIntact: Bool
    let start: Int
    let content: Range<Int>

    var isFirst: Bool { flags & 2 != 0 }
    var isLast: Bool { flags & 4 != 0 }
  }

  private let source: ByteSource
  private var extent: DeclaredExtent
  private var streams: [UInt32: Stream] = [:]
  private var order: [UInt32] = []
  private var links: [Link] = []
  /// Whether a page behind the first ones of the last link was met.
  private var hasContent = false

  private init(source: ByteSource) {
    self.source = source
    extent = DeclaredExtent("Ogg", presentBytes: source.count)
  }

  private mutating func run() throws {
    var (position, end) = (0, 0)
    while let start = try nextPage(from: position) {
      position = start + 4
      guard let content = try content(ofPageAt: start) else { continue }
      guard content.upperBound <= source.count else {
        // Of a damaged page the lengths may be wrong: then others follow.
        if try nextPage(from: position) != nil { continue }
        extent.declaredBytes = content.upperBound
        break
      }
      let page = try page(start, content)
      try take(page)
      if page.isIntact { position = content.upperBound }
      if streams[page.serial] != nil { end = content.upperBound }
    }
    for serial in order { finish(serial) }
    judgeLinks()
    if extent.declaredBytes == nil, extent.missingEnd == nil, end < source.count, try !source.isZero(from: end) {
      extent.trailingBytes = source.count - end
    }
  }

  /// Where the content of a page lies by its own lengths; nil where no page can be.
  private func content(ofPageAt position: Int) throws -> Range<Int>? {
    guard position + Self.header <= source.count,
      try source.integer(at: position + 4, UInt8.self, "a page") == 0
    else { return nil }
    let count = Int(try source.integer(at: position + 26, UInt8.self, "a page"))
    guard position + Self.header + count <= source.count else { return nil }
    let lengths = try source.bytes(at: position + Self.header, count: count, "a page")
    let start = position + Self.header + count
    return start..<lengths.reduce(start) { $0 + Int($1) }
  }

  /// Streams of one codec, one after another, are one sound; of others decoders read the first alone.
  private mutating func judgeLinks() {
    guard links.count > 1 else { return }
    extent.linkCount = links.count
    let codecs = links.map { $0.streams.map(\.codec) }
    guard codecs.allSatisfy({ $0.count == 1 && $0 == codecs[0] }) else {
      extent.follower = DeclaredExtent.Follower(
        start: links[1].start, seconds: links[1].lastsS, firstSeconds: links[0].lastsS)
      return
    }
    let lengths = links.compactMap(\.lastsS)
    if lengths.count == links.count { extent.seconds = lengths.reduce(0, +) }
  }

  private mutating func finish(_ serial: UInt32) {
    guard let stream = streams[serial] else { return }
    links[stream.link].streams.append((stream.codec.name, stream.lastsS))
    if !stream.hasEnd { extent.missingEnd = "no page is marked as the last one of its stream" }
    guard stream.lostPages + stream.damagedPages > 0 else { return }
    // A damaged number is any number.
    let seconds =
      stream.damagedGranule > stream.lastGranule ? stream.seconds(stream.damagedGranule - stream.lastGranule) : nil
    lose(stream, stream.lostPages + stream.damagedPages, seconds.flatMap { $0 < 60 ? $0 : nil })
  }

  private func isPage(at position: Int) throws -> Bool {
    try source.bytes(position..<min(source.count, position + 4), "a page") == Array("OggS".utf8)
  }

  private func nextPage(from position: Int) throws -> Int? {
    if position < source.count, try isPage(at: position) { return position }
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
      isIntact: CyclicChecksum.ogg.of(bytes) == stated, start: position, content: content)
  }

  private mutating func take(_ page: Page) throws {
    guard page.isIntact else { return take(damaged: page) }
    defer { if !page.isFirst { hasContent = true } }
    guard var stream = streams[page.serial], !page.isFirst else { return try begin(page) }
    stream.lostPages += Int(min(page.number &- stream.lastNumber &- 1, 1 << 20))
    stream.lastNumber = page.number
    stream.hasEnd = page.isLast
    (stream.damagedPages, stream.damagedGranule) = (0, -1)
    if page.granule >= 0 {
      note(page, &stream)
      stream.lastGranule = page.granule
      if page.granule > 0 { stream.firstGranule = stream.firstGranule ?? page.granule }
    }
    streams[page.serial] = stream
  }

  /// A damaged page may have any serial number: what is missing tells at the next intact page of its stream.
  private mutating func take(damaged page: Page) {
    guard var stream = streams[page.serial] else { return }
    stream.hasEnd = page.isLast
    stream.damagedPages += 1
    stream.damagedGranule = page.granule
    streams[page.serial] = stream
  }

  /// A stream begins, where another has ended or beside it; without the mark of a first page its beginning is lost.
  private mutating func begin(_ page: Page) throws {
    if streams[page.serial] != nil { finish(page.serial) } else { order.append(page.serial) }
    if links.isEmpty || page.isFirst && hasContent {
      links.append(Link(start: page.start))
      hasContent = false
    }
    var stream = Stream(codec: try codec(of: page), link: links.count - 1, lastNumber: page.number)
    stream.hasEnd = page.isLast
    stream.lastGranule = max(0, page.granule)
    if !page.isFirst { lose(stream, Int(page.number), nil) }
    streams[page.serial] = stream
  }

  /// Of the time since the last page each missing page gets an equal share.
  private mutating func note(_ page: Page, _ stream: inout Stream) {
    guard stream.lostPages > 0 else { return }
    let share = Double(stream.lostPages) / Double(stream.lostPages + 1)
    lose(stream, stream.lostPages, stream.seconds(page.granule - stream.lastGranule).map { max(0, $0 * share) })
    stream.lostPages = 0
  }

  private mutating func lose(_ stream: Stream, _ pages: Int, _ seconds: Double?) {
    extent.losses.append(
      DeclaredExtent.Loss(
        startS: stream.seconds(stream.lastGranule), seconds: seconds, reason: "\(pages) pages missing or damaged"))
  }

  private func codec(of page: Page) throws -> Codec {
    let head = try source.bytes(
      page.content.lowerBound..<min(page.content.upperBound, page.content.lowerBound + 64), "")
    func begins(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: Array(text.utf8)) }
    func number(_ offset: Int) -> Double? {
      guard head.count >= offset + 4 else { return nil }
      let value = (0..<4).reduce(0) { $0 | Int(head[offset + $1]) << (8 * $1) }
      return value > 0 ? Double(value) : nil
    }
    if begins("vorbis", at: 1) { return Codec(name: "vorbis", rateHz: number(12)) }
    if begins("OpusHead") {
      let skipped = head.count >= 12 ? Int64(head[10]) | Int64(head[11]) << 8 : 0
      return Codec(name: "opus", rateHz: 48_000, skipped: skipped)
    }
    if begins("Speex   ") { return Codec(name: "speex", rateHz: number(36)) }
    guard begins("FLAC", at: 1) else { return Codec(name: String(decoding: head.prefix(8), as: UTF8.self)) }
    guard head.count >= 30 else { return Codec(name: "flac") }
    // A FLAC stream's rate: 20 bits of its STREAMINFO, which follows 17 bytes of the mapping.
    let rate = Int(head[27]) << 12 | Int(head[28]) << 4 | Int(head[29]) >> 4
    return Codec(name: "flac", rateHz: rate > 0 ? Double(rate) : nil)
  }
}
