import ByteSource

/// MPEG transport streams: packets of 188 bytes (192 with a stamp before, 204 with a checksum behind), numbered by
/// stream; what a stream carries is itself packed, with a time and for sound a length.
///
/// Nothing declares how long the film is, but what is missing inside tells by the numbers, the lengths and the times;
/// and a file that ends inside a packet was cut.
///
/// Source: ISO/IEC 13818-1, *Generic coding of moving pictures and associated audio: systems*.
struct TransportPackets {
  /// How packets stand in a file.
  struct Layout: Equatable {
    /// Bytes from one packet to the next.
    let stride: Int
    /// Where the first one begins.
    let first: Int

    /// By four marks in a row, which may stand behind a hole; nil for another format.
    init?(_ head: [UInt8]) {
      for (stride, lead) in [(188, 0), (192, 4), (204, 0)] {
        func isRow(_ place: Int) -> Bool {
          (0..<4).allSatisfy { head.count > place + $0 * stride && head[place + $0 * stride] == TransportPackets.mark }
        }
        let places = [lead] + (0..<stride).filter { $0 != lead }
        let begins = head.count > lead && head[lead] == TransportPackets.mark
        guard let found = places.first(where: isRow) ?? (begins && head.indices.contains(where: isRow) ? lead : nil)
        else { continue }
        (self.stride, first) = (stride, found)
        return
      }
      return nil
    }

    /// Whether the file begins with a packet.
    var isWhole: Bool { first == (stride == 192 ? 4 : 0) }

    /// Bytes in which `init` looks.
    static let head = 1 << 16
  }

  private static let mark: UInt8 = 0x47
  private static let packetBytes = 188

  /// A stream of the film.
  private struct Stream {
    var counter: UInt8
    /// Of the unit that is being collected: whether it is sound, its time, its declared and its present bytes.
    var isSound = false
    var timeS: Double?
    var declared: Int?
    var present = 0
    /// Whether anything of it is missing.
    var isDamaged = false
    /// From one unit to the next, where nothing was missing.
    var usualS: Double?

    /// Of the bytes of the unit; all of them where it declares none.
    var missingShare: Double { declared.map { Double(max(0, $0 - present)) / Double($0) } ?? 1 }
  }

  private let source: ByteSource
  private let layout: Layout
  private var extent: DeclaredExtent
  private var streams: [Int: Stream] = [:]
  /// Losses by stream of sound, and of pictures.
  private var losses: (sound: [DeclaredExtent.Loss], picture: [DeclaredExtent.Loss]) = ([], [])

  static func extent(_ source: ByteSource, _ layout: Layout) throws -> DeclaredExtent {
    var walk = TransportPackets(source, layout)
    try walk.run()
    return walk.extent
  }

  private init(_ source: ByteSource, _ layout: Layout) {
    (self.source, self.layout) = (source, layout)
    extent = DeclaredExtent("MPEG-TS", presentBytes: source.count)
  }

  private mutating func run() throws {
    var window = ByteWindow(source)
    if !layout.isWhole {
      losses.sound.append(DeclaredExtent.Loss(startS: 0, seconds: nil, reason: "it begins inside a packet"))
    }
    var position = layout.first
    while position < source.count {
      let packet = try window.bytes(at: position, Self.packetBytes)
      guard packet.first == Self.mark else {
        for name in streams.keys { streams[name]?.isDamaged = true }
        // Before the first units nothing tells what was there.
        if streams.values.allSatisfy({ $0.timeS == nil }) {
          losses.sound.append(DeclaredExtent.Loss(startS: nil, seconds: nil, reason: "packets missing or damaged"))
        }
        guard let next = try next(from: position, &window) else { break }
        position = next
        continue
      }
      guard packet.count == Self.packetBytes else {
        extent.declaredBytes = position + Self.packetBytes
        break
      }
      take(Array(packet))
      position += layout.stride
    }
    if position < source.count, extent.declaredBytes == nil {
      extent.missingEnd = "from byte \(position) on it holds no packets of a film"
    }
    for name in streams.keys.sorted() { finish(name) }
    func sorted(_ losses: [DeclaredExtent.Loss]) -> [DeclaredExtent.Loss] {
      losses.sorted { ($0.startS ?? -.infinity) < ($1.startS ?? -.infinity) }
    }
    (extent.losses, extent.pictureLosses) = (sorted(losses.sound), sorted(losses.picture))
  }

  /// Where packets go on: three marks in a row, or as many as the end leaves room for.
  private func next(from position: Int, _ window: inout ByteWindow) throws -> Int? {
    var place = position + 1
    while let found = try window.place(of: [Self.mark], from: place) {
      let next = try window.bytes(at: found + layout.stride, 1).first
      let second = try window.bytes(at: found + 2 * layout.stride, 1).first
      if next == Self.mark, second == Self.mark || second == nil { return found }
      place = found + 1
    }
    return nil
  }

  private mutating func take(_ packet: [UInt8]) {
    let name = Int(packet[1] & 0x1f) << 8 | Int(packet[2])
    // 8191: filling.
    guard name != 0x1fff else { return }
    let (hasField, hasContent) = (packet[3] & 0x20 != 0, packet[3] & 0x10 != 0)
    let fieldBytes = hasField ? 1 + Int(packet[4]) : 0
    guard 4 + fieldBytes <= packet.count else { return }
    // Only packets with content are numbered; one may be sent twice, and a source may begin to count anew.
    guard hasContent else { return }
    let counter = packet[3] & 0x0f
    let startsAnew = fieldBytes > 1 && packet[5] & 0x80 != 0
    if let last = streams[name]?.counter {
      if counter == last, !startsAnew { return }
      if counter != (last + 1) & 0x0f, !startsAnew { streams[name]?.isDamaged = true }
    }
    streams[name, default: Stream(counter: counter)].counter = counter
    if packet[1] & 0x80 != 0 { streams[name]?.isDamaged = true }
    take(content: packet.dropFirst(4 + fieldBytes), begins: packet[1] & 0x40 != 0, of: name)
  }

  private mutating func take(content: ArraySlice<UInt8>, begins: Bool, of name: Int) {
    guard begins else {
      streams[name]?.present += content.count
      return
    }
    let head = Array(content.prefix(19))
    // Tables are no streams.
    guard head.count >= 9, head.starts(with: [0, 0, 1]), head[3] >= 0xbd, ![0xbe, 0xbf].contains(head[3]) else {
      return
    }
    let times = [(0x80, 9), (0x40, 14)].filter { head.count >= $1 + 5 && Int(head[7]) & $0 != 0 }
    // Pictures are stamped in the order in which they are shown, and decoded in that of their last stamp.
    let timeS = times.last.map { Self.seconds(head[$0.1..<$0.1 + 5]) }
    endUnit(of: name, nextS: timeS)
    let length = Int(head[4]) << 8 | Int(head[5])
    guard var stream = streams[name] else { return }
    stream.isSound = !(0xe0...0xef).contains(head[3])
    stream.timeS = timeS ?? stream.timeS
    stream.declared = length > 0 ? length + 6 : nil
    stream.present = content.count
    streams[name] = stream
  }

  /// 33 bits at 90 kHz, with marks between.
  private static func seconds(_ bytes: ArraySlice<UInt8>) -> Double {
    let bits = bytes.map(UInt64.init)
    let high = ((bits[0] >> 1) & 7) << 30
    let middle = bits[1] << 22 | (bits[2] >> 1) << 15
    let ticks = high | middle | bits[3] << 7 | bits[4] >> 1
    return Double(ticks) / 90_000
  }

  /// Compares the unit that ends with what it declares, and notes what is missing of it and behind it.
  private mutating func endUnit(of name: Int, nextS: Double?) {
    guard var stream = streams[name] else { return }
    defer { streams[name] = stream }
    let isMissing = stream.missingShare > 0
    if stream.declared != nil, isMissing { stream.isDamaged = true }
    guard let beginS = stream.timeS, let nextS, nextS > beginS else {
      if stream.isDamaged, stream.timeS != nil || nextS != nil { note(nil, from: stream.timeS ?? nextS, stream) }
      stream.isDamaged = false
      return
    }
    let spanS = nextS - beginS
    guard stream.isDamaged else {
      stream.usualS = spanS
      return
    }
    stream.isDamaged = false
    let usualS = min(spanS, stream.usualS ?? spanS)
    // Numbers begin anew where parts of one stream were joined: nothing is missing there.
    if !isMissing, spanS < 1.5 * usualS { return }
    note(spanS - usualS + usualS * stream.missingShare, from: beginS, stream)
  }

  /// At the end of the file.
  private mutating func finish(_ name: Int) {
    guard let stream = streams[name], stream.timeS != nil || stream.declared != nil else { return }
    // Behind a hole nobody knows how many units are missing.
    if stream.isDamaged { return note(nil, from: stream.timeS, stream) }
    guard stream.isSound, stream.declared != nil, stream.missingShare > 0 else { return }
    extent.missingEnd = extent.missingEnd ?? "it ends inside a unit of its sound"
  }

  private mutating func note(_ seconds: Double?, from startS: Double?, _ stream: Stream) {
    let loss = DeclaredExtent.Loss(startS: startS, seconds: seconds, reason: "packets missing or damaged")
    if stream.isSound { losses.sound.append(loss) } else { losses.picture.append(loss) }
  }
}
