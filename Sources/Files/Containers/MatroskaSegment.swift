import ByteSource

/// Matroska and WebM: the segment that holds everything says its size, or (what is recorded or sent live) that it is
/// unknown; then its elements are followed, in clusters of unknown size block after block.
///
/// Source: RFC 8794 (EBML), RFC 9559 (Matroska).
struct MatroskaSegment {
  private enum Name {
    static let head: UInt64 = 0x1a45_dfa3
    static let segment: UInt64 = 0x1853_8067
    static let cluster: UInt64 = 0x1f43_b675
    static let info: UInt64 = 0x1549_a966
    static let timestamp: UInt64 = 0xe7
    static let simpleBlock: UInt64 = 0xa3
    static let blockGroup: UInt64 = 0xa0
    static let block: UInt64 = 0xa1
    /// Padding and checksums, which stand anywhere.
    static let anywhere: Set<UInt64> = [0xec, 0xbf]
    static let inSegment: Set<UInt64> = anywhere.union([
      cluster, info, 0x114d_9b74, 0x1654_ae6b, 0x1c53_bb6b, 0x1941_a469, 0x1043_a770, 0x1254_c367,
    ])
    static let inCluster: Set<UInt64> = anywhere.union([
      timestamp, simpleBlock, blockGroup, 0x5854, 0xa7, 0xab, 0xaf,
    ])
  }

  private struct Element {
    let name: UInt64
    let content: Int
    /// nil: unknown.
    let end: Int?
  }

  private var window: ByteWindow
  private var extent: DeclaredExtent
  private var clock = Clock()
  /// The info of the first segment.
  private var firstS: Double?

  /// Times of the segment that is being walked.
  private struct Clock {
    /// Of the last block met.
    var lastS: Double?
    var clusterS = 0.0
    /// Seconds of one step of a timestamp.
    var scaleS = 1e-3
  }

  static func extent(_ source: ByteSource) throws -> DeclaredExtent {
    var walk = MatroskaSegment(source)
    try walk.run()
    return walk.extent
  }

  private init(_ source: ByteSource) {
    window = ByteWindow(source)
    extent = DeclaredExtent("Matroska", presentBytes: source.count, declaredBytes: source.count)
  }

  private mutating func run() throws {
    var position = 0
    var hasSegment = false
    while position < window.count {
      guard let element = try element(at: position) else { break }
      if hasSegment, element.name == Name.head { return try note(follower: position) }
      guard !hasSegment || Name.anywhere.contains(element.name) else { break }
      if element.name == Name.segment {
        hasSegment = true
        firstS = try seconds(of: element)
        guard element.end != nil else { return try walk(from: element.content) }
      }
      guard let end = element.end else { break }
      position = end
      extent.declaredBytes = max(window.count, end)
    }
    if hasSegment, position < window.count, try !window.source.isZero(from: position) {
      extent.trailingBytes = window.count - position
    }
  }

  /// The elements of a segment of unknown size: up to the end of the file, or to another film.
  private mutating func walk(from start: Int) throws {
    extent.declaredBytes = nil
    var position = start
    var isInside = false
    while position < window.count {
      let found = try element(at: position)
      if found?.name == Name.head { return try note(follower: position) }
      guard let element = found, try isOne(element, isInside) else {
        guard let next = try skip(from: position) else { return }
        (position, isInside) = (next, false)
        continue
      }
      if Name.inSegment.contains(element.name), !Name.anywhere.contains(element.name) { isInside = false }
      if element.name == Name.info { clock.scaleS = try scale(of: element) }
      if let end = element.end {
        if element.name == Name.cluster { try readTimes(of: element, to: min(end, window.count)) }
        try take(element)
        position = end
      } else {
        // Of all elements only a cluster may leave its size open here.
        guard element.name == Name.cluster else { break }
        (position, isInside) = (element.content, true)
      }
    }
    if position != window.count { extent.declaredBytes = max(position, window.count) }
  }

  /// Whether an element can stand there: one of the format's own, or another program's that is followed by one.
  private mutating func isOne(_ element: Element, _ isInside: Bool) throws -> Bool {
    func isOwn(_ name: UInt64) -> Bool {
      Name.inSegment.contains(name) || isInside && Name.inCluster.contains(name)
    }
    if isOwn(element.name) { return true }
    guard let end = element.end, end < window.count, let next = try self.element(at: end) else { return false }
    return isOwn(next.name)
  }

  /// Notes the stretch up to the next cluster as lost; nil where none follows.
  private mutating func skip(from position: Int) throws -> Int? {
    let mark = [0x1f, 0x43, 0xb6, 0x75] as [UInt8]
    guard let next = try window.place(of: mark, from: position + 1), let cluster = try element(at: next) else {
      extent.missingEnd = "from byte \(position) on it holds no elements of a film or sound"
      return nil
    }
    let beforeS = clock.lastS
    try readTimes(of: cluster, to: min(cluster.content + 64, cluster.end ?? .max, window.count))
    extent.losses.append(
      DeclaredExtent.Loss(
        startS: beforeS, seconds: beforeS.map { max(0, clock.clusterS - $0) },
        reason: "bytes \(position) to \(next) hold no elements"))
    return next
  }

  /// The time of a cluster and of its last block.
  private mutating func readTimes(of cluster: Element, to end: Int) throws {
    var position = cluster.content
    while position < end, let element = try element(at: position), let next = element.end {
      try take(element)
      position = next
    }
  }

  /// Notes the time that an element of a cluster tells.
  private mutating func take(_ element: Element) throws {
    switch element.name {
    case Name.timestamp:
      let bytes = try window.bytes(at: element.content, min(8, (element.end ?? element.content) - element.content))
      clock.clusterS = Double(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) * clock.scaleS
    case Name.simpleBlock: try take(block: element.content)
    case Name.blockGroup:
      guard let block = try self.element(at: element.content), block.name == Name.block else { return }
      try take(block: block.content)
    default: break
    }
  }

  /// A block begins with its track's number, then its time from the cluster's, 16 bits.
  private mutating func take(block start: Int) throws {
    guard let track = try number(at: start, keepsMark: false) else { return }
    let bytes = try window.bytes(at: start + track.width, 2)
    guard bytes.count == 2 else { return }
    let step = Int16(bitPattern: bytes.reduce(UInt16(0)) { $0 << 8 | UInt16($1) })
    let time = clock.clusterS + Double(step) * clock.scaleS
    clock.lastS = max(clock.lastS ?? time, time)
  }

  private mutating func note(follower position: Int) throws {
    var next = position
    while let element = try element(at: next), element.name != Name.segment, let end = element.end { next = end }
    let segment = try element(at: next)
    extent.follower = DeclaredExtent.Follower(
      start: position, seconds: try segment.flatMap { $0.name == Name.segment ? try seconds(of: $0) : nil },
      firstSeconds: firstS ?? clock.lastS)
  }

  /// What a segment's info says of its length; nil where it says nothing.
  private mutating func seconds(of segment: Element) throws -> Double? {
    guard let info = try child(Name.info, of: segment), let length = try child(0x4489, of: info), let end = length.end
    else { return nil }
    let bytes = try window.bytes(at: length.content, min(8, end - length.content))
    let steps: Double
    switch bytes.count {
    case 4: steps = Double(Float(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) }))
    case 8: steps = Double(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    default: return nil
    }
    return steps.isFinite && steps > 0 ? steps * (try scale(of: info)) : nil
  }

  /// Nanoseconds of a step, a million where nothing is said, as seconds.
  private mutating func scale(of info: Element) throws -> Double {
    guard let scale = try child(0x2ad7_b1, of: info), let end = scale.end else { return 1e-3 }
    let bytes = try window.bytes(at: scale.content, min(8, end - scale.content))
    let nanoseconds = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return nanoseconds > 0 ? Double(nanoseconds) * 1e-9 : 1e-3
  }

  /// An element before the first cluster.
  private mutating func child(_ name: UInt64, of parent: Element) throws -> Element? {
    var position = parent.content
    while position < min(parent.end ?? .max, window.count), let element = try element(at: position),
      element.name != Name.cluster
    {
      if element.name == name { return element }
      guard let end = element.end else { return nil }
      position = end
    }
    return nil
  }

  private mutating func element(at position: Int) throws -> Element? {
    guard let name = try number(at: position, keepsMark: true), name.width <= 4,
      let size = try number(at: position + name.width, keepsMark: false)
    else { return nil }
    let content = position + name.width + size.width
    let isUnknown = size.value == UInt64(1) << UInt64(7 * size.width) - 1
    return Element(
      name: name.value, content: content, end: isUnknown ? nil : content.adding(Int(clamping: size.value)))
  }

  /// A number whose first bits say how many bytes it has.
  private mutating func number(at offset: Int, keepsMark: Bool) throws -> (value: UInt64, width: Int)? {
    let bytes = try window.bytes(at: offset, 8)
    guard let first = bytes.first else { return nil }
    let width = first.leadingZeroBitCount + 1
    guard width <= min(8, bytes.count) else { return nil }
    let value = UInt64(keepsMark ? first : first & UInt8(truncatingIfNeeded: 0x7f >> (width - 1)))
    return (bytes.dropFirst().prefix(width - 1).reduce(value) { $0 << 8 | UInt64($1) }, width)
  }
}
