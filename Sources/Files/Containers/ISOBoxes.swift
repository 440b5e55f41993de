import ByteSource

/// MP4, MOV and M4A: boxes at the top of the file, each with its size; 0 reaches to the end.
///
/// One box `moov` is the index of a film; a second one belongs to another film that was joined to the first, of which
/// readers know nothing. Films in fragments may repeat theirs, to the byte.
///
/// Source: ISO/IEC 14496-12, *ISO base media file format*.
struct ISOBoxes {
  /// Names of the boxes a file begins with.
  static let firstNames = ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp"]

  /// Names of all boxes at the top: what is cut inside another one is no box.
  private static let names = Set(
    firstNames + [
      "moof", "mfra", "sidx", "ssix", "prft", "uuid", "meta", "udta", "emsg", "pdin", "junk", "PICT", "cmov",
    ])

  private struct Box {
    let name: [UInt8]
    let content: Int
    let end: Int

    var isNamed: Bool { ISOBoxes.names.contains(String(decoding: name, as: UTF8.self)) }
  }

  private let source: ByteSource
  private var extent: DeclaredExtent
  /// Where the first film's index lies.
  private var index: Range<Int>?
  /// Where another film begins.
  private var second: Int?

  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var walk = ISOBoxes(source: source, extent: DeclaredExtent("MP4", presentBytes: source.count))
    try walk.run()
    return walk.extent
  }

  private init(source: ByteSource, extent: DeclaredExtent) { (self.source, self.extent) = (source, extent) }

  private mutating func run() throws {
    var position = 0
    while let box = try box(at: position, before: source.count) {
      // What is no box of a file's top may be anything, a cut one too.
      guard box.isNamed || box.end <= source.count else { break }
      if index != nil, second == nil, box.name == Array("ftyp".utf8) { second = position }
      if box.name == Array("moov".utf8), box.end <= source.count { try take(index: position..<box.end) }
      position = box.end
    }
    extent.declaredBytes = max(source.count, position)
    if let second, let index {
      extent.follower = DeclaredExtent.Follower(start: second, seconds: nil, firstSeconds: try seconds(of: index))
    }
    if extent.follower == nil, position < source.count { try note(behind: position) }
  }

  private mutating func take(index range: Range<Int>) throws {
    guard let first = index else {
      index = range
      return
    }
    guard extent.follower == nil else { return }
    if range.count == first.count, try isFragmented(first),
      try source.bytes(range, "an index") == source.bytes(first, "its index")
    {
      second = nil
      return
    }
    extent.follower = DeclaredExtent.Follower(
      start: second ?? range.lowerBound, seconds: try seconds(of: range), firstSeconds: try seconds(of: first))
    second = nil
  }

  /// Zeros are padding. A film whose index counts all of its samples needs nothing of what is no box; of one in fragments
  /// nobody knows what it was.
  private mutating func note(behind position: Int) throws {
    guard try !source.isZero(from: position) else { return }
    if let index, try isFragmented(index) {
      extent.missingEnd = "what begins at byte \(position) is no fragment"
    } else {
      extent.trailingBytes = source.count - position
    }
  }

  /// The box at an offset; nil where none can be: its name has letters, its size holds its own header.
  private func box(at position: Int, before end: Int) throws -> Box? {
    guard position + 8 <= end else { return nil }
    let name = try source.bytes(at: position + 4, count: 4, "a box' name")
    guard name.allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0xa9 }) else { return nil }
    let size = try source.size(at: position, bytes: 4, .big)
    if size == 0 { return Box(name: name, content: position + 8, end: end) }
    guard size == 1 else {
      return size >= 8 ? Box(name: name, content: position + 8, end: position.adding(size)) : nil
    }
    guard position + 16 <= end else { return nil }
    let long = try source.size(at: position + 8, bytes: 8, .big)
    return long >= 16 ? Box(name: name, content: position + 16, end: position.adding(long)) : nil
  }

  /// The content of a box inside an index.
  private func child(_ name: String, of index: Range<Int>) throws -> Range<Int>? {
    guard var position = try box(at: index.lowerBound, before: index.upperBound)?.content else { return nil }
    while let box = try box(at: position, before: index.upperBound), box.end <= index.upperBound {
      if box.name == Array(name.utf8) { return box.content..<box.end }
      position = box.end
    }
    return nil
  }

  private func isFragmented(_ index: Range<Int>) throws -> Bool { try child("mvex", of: index) != nil }

  /// How long an index says that its film is; nil where it says 0, as of fragments, or nothing.
  private func seconds(of index: Range<Int>) throws -> Double? {
    guard let header = try child("mvhd", of: index), header.count >= 20 else { return nil }
    let isLong = try source.integer(at: header.lowerBound, UInt8.self, "a film's header") == 1
    guard !isLong || header.count >= 32 else { return nil }
    let (start, width) = (header.lowerBound + (isLong ? 20 : 12), isLong ? 8 : 4)
    let scale = try source.size(at: start, bytes: 4, .big)
    let duration = try source.size(at: start + 4, bytes: width, .big)
    return scale > 0 && duration > 0 ? Double(duration) / Double(scale) : nil
  }
}
