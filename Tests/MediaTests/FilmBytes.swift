import Foundation

/// Films and sounds of the fixtures as other programs write, cut and join them.
enum FilmBytes {
  static func of(_ name: String) throws -> [UInt8] { [UInt8](try content(name)) }

  /// Numbers that look random and are the same in every run.
  struct Noise {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

    mutating func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(next() & 255) } }
  }

  static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
    SoundFiles.big(8 + content.count, 4) + Array(name.utf8) + content
  }

  /// The index of a film of `seconds`, or (0) of one in fragments.
  static func index(_ seconds: Int) -> [UInt8] {
    let header = SoundFiles.big(0, 12) + SoundFiles.big(1_000, 4) + SoundFiles.big(1_000 * seconds, 4)
    let fragments = seconds == 0 ? box("mvex", box("trex", SoundFiles.big(0, 24))) : []
    return box("moov", box("mvhd", header + SoundFiles.big(0, 80)) + fragments)
  }

  /// A Matroska file as it is sent live: the segment and (on request) its clusters say that their size is unknown, and
  /// there is no index; with the places of its clusters.
  static func live(_ bytes: [UInt8], openClusters: Bool) -> (bytes: [UInt8], clusters: [Int]) {
    var out = bytes
    var clusters: [Int] = []
    var position = element(bytes, at: 0).end
    let segment = element(bytes, at: position)
    open(&out, position, segment)
    position = segment.content
    while position < bytes.count {
      let part = element(bytes, at: position)
      if part.name == 0x1f43_b675 {
        clusters.append(position)
        if openClusters { open(&out, position, part) }
      }
      position = part.end
    }
    return (out, clusters)
  }

  private static func open(_ bytes: inout [UInt8], _ position: Int, _ part: (name: UInt64, content: Int, end: Int)) {
    let width = part.content - position - 4
    bytes[position + 4] = UInt8(0xff >> (width - 1))
    for i in 1..<width { bytes[position + 4 + i] = 0xff }
  }

  /// An element with a name of up to four bytes.
  private static func element(_ bytes: [UInt8], at position: Int) -> (name: UInt64, content: Int, end: Int) {
    let width = bytes[position].leadingZeroBitCount + 1
    let name = bytes[position..<position + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let start = position + width
    let sizeWidth = bytes[start].leadingZeroBitCount + 1
    let first = UInt64(bytes[start]) & (UInt64(0x7f) >> UInt64(sizeWidth - 1))
    let size = bytes[start + 1..<start + sizeWidth].reduce(first) { $0 << 8 | UInt64($1) }
    return (name, start + sizeWidth, start + sizeWidth + Int(size))
  }

  /// A live Matroska file of clusters of a second with a block every tenth, and where each of them begins.
  static func clusters(_ count: Int, openClusters: Bool) -> (bytes: [UInt8], starts: [Int]) {
    func sized(_ name: [UInt8], _ content: [UInt8]) -> [UInt8] {
      name + [0x10 | UInt8(content.count >> 24 & 0x0f)] + SoundFiles.big(content.count, 3) + content
    }
    let unknown: [UInt8] = [0x01] + [UInt8](repeating: 0xff, count: 7)
    var out = sized([0x1a, 0x45, 0xdf, 0xa3], sized([0x42, 0x82], Array("webm".utf8)))
    out += [0x18, 0x53, 0x80, 0x67] + unknown
    out += sized([0x15, 0x49, 0xa9, 0x66], sized([0x2a, 0xd7, 0xb1], SoundFiles.big(1_000_000, 3)))
    var starts: [Int] = []
    for second in 0..<count {
      starts.append(out.count)
      let blocks = (0..<10).flatMap { tenth in
        sized([0xa3], [0x81] + SoundFiles.big(100 * tenth, 2) + [0x80] + [UInt8](repeating: 5, count: 40))
      }
      let content = sized([0xe7], SoundFiles.big(1_000 * second, 4)) + blocks
      let name: [UInt8] = [0x1f, 0x43, 0xb6, 0x75]
      out += openClusters ? name + unknown + content : sized(name, content)
    }
    return (out, starts)
  }

  /// Packets of a transport stream as other recorders lay them out.
  static func packets(_ bytes: [UInt8], stride: Int) -> [UInt8] {
    Swift.stride(from: 0, to: bytes.count, by: 188).flatMap { start -> [UInt8] in
      let packet = Array(bytes[start..<start + 188])
      switch stride {
      case 192: return [1, 2, 3, 4] + packet
      case 204: return packet + [UInt8](repeating: 9, count: 16)
      default: return packet
      }
    }
  }

  /// A page of an Ogg stream with its checksum.
  static func page(
    serial: Int, number: Int, granule: Int, flags: Int = 0, content: [UInt8]
  ) -> [UInt8] {
    let lengths = [UInt8](repeating: 255, count: content.count / 255) + [UInt8(content.count % 255)]
    var page = Array("OggS".utf8) + [0, UInt8(flags)] + SoundFiles.number(granule, 8) + SoundFiles.number(serial, 4)
    page += SoundFiles.number(number, 4) + [0, 0, 0, 0, UInt8(lengths.count)] + lengths + content
    var checksum: UInt32 = 0
    for byte in page {
      checksum ^= UInt32(byte) << 24
      for _ in 0..<8 { checksum = checksum >> 31 == 1 ? checksum << 1 ^ 0x04c1_1db7 : checksum << 1 }
    }
    page.replaceSubrange(22..<26, with: SoundFiles.number(Int(checksum), 4))
    return page
  }
}
