import ByteSource

/// FLAC: STREAMINFO declares the samples, and every frame is numbered and carries a checksum.
///
/// A frame is sound if its checksum fits where the next one begins; samples that no sound frame holds are lost, whatever
/// a decoder puts in their place.
///
/// Source: RFC 9639.
struct FLACFrames {
  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var extent = DeclaredExtent("FLAC", presentBytes: source.count)
    guard let info = try StreamInfo(source) else { return extent }
    var walk = FLACFrames(source: source, info: info, position: info.firstFrame)
    try walk.run(&extent)
    if info.sampleCount > 0 { extent.seconds = Double(info.sampleCount) / info.rateHz }
    return extent
  }

  /// The first metadata block, and where the frames begin.
  private struct StreamInfo {
    let blockSize: Int
    let largestFrame: Int
    let rateHz: Double
    /// 0: not known.
    let sampleCount: Int
    let firstFrame: Int

    init?(_ source: ByteSource) throws {
      guard source.count >= 42 else { return nil }
      let bytes = try source.bytes(8..<42, "its STREAMINFO")
      func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 << 8 | Int($1) } }
      let rate = number(10..<13) >> 4
      let (channels, bits) = (Int(bytes[12] >> 1 & 7) + 1, Int(bytes[12] & 1) << 4 | Int(bytes[13] >> 4) + 1)
      guard rate > 0 else { return nil }
      (blockSize, rateHz, sampleCount) = (number(2..<4), Double(rate), number(13..<18) & 0xf_ffff_ffff)
      // As large as the samples themselves, where nothing is said; one bit more for a difference of channels.
      let stated = number(7..<10)
      largestFrame = stated > 0 ? stated : blockSize * channels * (bits + 1) / 8 + 64
      var position = 4
      while position + 4 <= source.count {
        let head = try source.bytes(at: position, count: 4, "a block of metadata")
        position = position + 4 + head[1...3].reduce(0) { $0 << 8 | Int($1) }
        if head[0] & 0x80 != 0 { break }
      }
      firstFrame = min(position, source.count)
    }
  }

  /// A frame's header.
  private struct Header {
    let firstSample: Int
    let sampleCount: Int
    let byteCount: Int
  }

  private static let longestHeader = 16

  private let source: ByteSource
  private let info: StreamInfo
  private var position: Int
  private var window: [UInt8] = []
  private var windowStart = 0
  /// The sample after the last one of sound frames.
  private var sample = 0

  private init(source: ByteSource, info: StreamInfo, position: Int) {
    (self.source, self.info, self.position) = (source, info, position)
  }

  private mutating func run(_ extent: inout DeclaredExtent) throws {
    var isAtEnd = position >= source.count
    while !isAtEnd {
      try fill()
      let start = position - windowStart
      if let header = header(at: start), header.firstSample >= sample, let end = try end(of: header, at: start) {
        if header.firstSample > sample { note(until: header.firstSample, &extent) }
        sample = header.firstSample + header.sampleCount
        position = windowStart + end
        isAtEnd = try position >= source.count || isLast(header) || isBehindFrames(end)
      } else {
        isAtEnd = try !skipToHeader()
        if isAtEnd { extent.missingEnd = "its last frame is not whole" }
      }
    }
    // The declared count of samples tells more.
    if info.sampleCount > 0 { extent.missingEnd = nil }
    guard position < source.count, info.sampleCount == 0 || sample >= info.sampleCount else { return }
    try fill()
    if !isTail(position - windowStart), try !source.isZero(from: position) {
      extent.undeclaredBytes = source.count - position
    }
  }

  /// Whether the declared count of samples ends with it.
  private func isLast(_ header: Header) -> Bool {
    info.sampleCount > 0 && header.firstSample + header.sampleCount >= info.sampleCount
  }

  private func note(until next: Int, _ extent: inout DeclaredExtent) {
    extent.losses.append(
      DeclaredExtent.Loss(
        startS: Double(sample) / info.rateHz, seconds: Double(next - sample) / info.rateHz,
        reason: "frames whose checksum is wrong"))
  }

  /// Keeps the longest frame and the header behind it in memory.
  private mutating func fill() throws {
    let needed = min(source.count, position + info.largestFrame + Self.longestHeader)
    guard position < windowStart || needed > windowStart + window.count else { return }
    let end = min(source.count, max(needed, position + 1 << 20))
    window = try source.bytes(position..<end, "its frames")
    windowStart = position
  }

  /// Where the frame at a place of the window ends: its checksum fits there, and another frame or nothing more follows.
  private func end(of header: Header, at start: Int) throws -> Int? {
    let last = min(window.count, start + info.largestFrame)
    var checksum: UInt32 = 0
    // A checksum fits by chance, too: what follows the last frame counts before what its place does not tell.
    var found: Int?
    for place in start..<last {
      checksum = CyclicChecksum.frame.next(checksum, window[place])
      let next = place + 1
      guard checksum == 0, next - start > header.byteCount + 2 else { continue }
      if windowStart + next == source.count || self.header(at: next) != nil { return next }
      if try isBehindFrames(next) { return next }
      if isLast(header) { found = next }
    }
    return found
  }

  /// Whether no frame can follow: tags, another file that was joined to this one, or padding.
  private func isBehindFrames(_ place: Int) throws -> Bool {
    let next = window.dropFirst(place).prefix(4)
    guard !isTail(place), !next.starts(with: Array("fLaC".utf8)) else { return true }
    return try next.allSatisfy { $0 == 0 } && source.isZero(from: windowStart + place)
  }

  /// Tags that other programs put behind the last frame.
  private func isTail(_ place: Int) -> Bool {
    let next = window.dropFirst(place).prefix(4)
    return ["TAG", "APET", "ID3", "LYRI"].contains { next.starts(with: Array($0.utf8)) }
  }

  /// Goes on at the next header behind the position whose samples come later; false where there is none.
  private mutating func skipToHeader() throws -> Bool {
    while position + 1 < source.count {
      position += 1
      try fill()
      for place in position - windowStart..<max(position - windowStart, window.count - Self.longestHeader) {
        guard window[place] == 0xff, let header = header(at: place), header.firstSample > sample else { continue }
        guard info.sampleCount == 0 || header.firstSample < info.sampleCount else { continue }
        position = windowStart + place
        return true
      }
      position = max(position, windowStart + window.count - Self.longestHeader)
    }
    return false
  }

  /// The header at a place of the window; nil where there is none, by its fields and checksum.
  private func header(at place: Int) -> Header? {
    guard place + 6 <= window.count, window[place] == 0xff, window[place + 1] & 0xfe == 0xf8 else { return nil }
    let (sizes, channels) = (window[place + 2], window[place + 3])
    guard sizes >> 4 != 0, sizes & 15 != 15, channels >> 4 < 11, channels & 1 == 0 else { return nil }
    var next = place + 4
    guard let number = codedNumber(&next) else { return nil }
    var count: Int
    switch sizes >> 4 {
    case 1: count = 192
    case 2...5: count = 576 << (Int(sizes >> 4) - 2)
    case 6, 7:
      let width = sizes >> 4 == 6 ? 1 : 2
      guard next + width <= window.count else { return nil }
      count = window[next..<next + width].reduce(0) { $0 << 8 | Int($1) } + 1
      next += width
    default: count = 256 << (Int(sizes >> 4) - 8)
    }
    if sizes & 15 >= 12 { next += sizes & 15 == 12 ? 1 : 2 }
    guard next < window.count, CyclicChecksum.frameHeader.of(window[place...next]) == 0 else { return nil }
    // Blocks of one length are numbered, others say their first sample.
    let isVariable = window[place + 1] & 1 == 1
    return Header(
      firstSample: isVariable ? number : number * info.blockSize, sampleCount: count, byteCount: next + 1 - place)
  }

  /// Up to 36 bits, coded as UTF-8 codes its characters.
  private func codedNumber(_ next: inout Int) -> Int? {
    let first = window[next]
    let ones = (~first).leadingZeroBitCount
    guard ones != 1, ones < 8, next + max(1, ones) <= window.count else { return nil }
    var value = ones == 0 ? Int(first) : Int(first) & (0x7f >> ones)
    for byte in window[next + 1..<next + max(1, ones)] {
      guard byte & 0xc0 == 0x80 else { return nil }
      value = value << 6 | Int(byte) & 0x3f
    }
    next += max(1, ones)
    return value
  }
}
