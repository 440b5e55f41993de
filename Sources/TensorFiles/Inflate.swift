/// Decompresses deflate streams (RFC 1951).
///
/// Codes are looked up in one table of 2^15 entries per block, whatever their length: weights are a few large blocks.
struct Inflate {
  /// Why a stream cannot be decompressed.
  struct Damage: Error { let reason: String }

  private let input: [UInt8]
  private var at: Int
  private var bits: UInt64 = 0
  private var bitCount = 0
  private var output: [UInt8] = []
  private let limit: Int

  /// The decompressed bytes of the stream that begins at `start`, and the index behind its end.
  ///
  /// Throws `Damage` for an invalid or cut stream, and for one that grows beyond `limit` bytes.
  static func inflate(_ input: [UInt8], from start: Int, limit: Int) throws -> (bytes: [UInt8], end: Int) {
    var stream = Inflate(input: input, at: start, limit: limit)
    try stream.run()
    return (stream.output, stream.at - stream.bitCount / 8)
  }

  private init(input: [UInt8], at: Int, limit: Int) {
    self.input = input
    self.at = at
    self.limit = limit
  }

  private mutating func run() throws {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try stored()
      case 1: try block(Self.fixedLengths, Self.fixedDistances)
      case 2:
        let (lengths, distances) = try dynamicCodes()
        try block(lengths, distances)
      default: throw Damage(reason: "a block of an unknown kind")
      }
    }
  }

  /// Makes at least `count` (≤ 32) bits available; past the end of the input they are zero.
  private mutating func fill(_ count: Int) throws {
    while bitCount < count {
      // A code may be looked up with more bits than are left; more than a whole look-up beyond the end is damage.
      guard at < input.count + 8 else { throw Damage(reason: "the stream ends early") }
      if at < input.count { bits |= UInt64(input[at]) << UInt64(bitCount) }
      at += 1
      bitCount += 8
    }
  }

  private mutating func take(_ count: Int) throws -> Int {
    if count == 0 { return 0 }
    try fill(count)
    let value = Int(bits & (1 << UInt64(count) - 1))
    bits >>= UInt64(count)
    bitCount -= count
    guard at - bitCount / 8 <= input.count else { throw Damage(reason: "the stream ends early") }
    return value
  }

  private mutating func stored() throws {
    let spare = bitCount % 8
    _ = try take(spare)
    let length = try take(16)
    let check = try take(16)
    guard length == ~check & 0xffff else { throw Damage(reason: "a stored block's length is damaged") }
    at -= bitCount / 8
    bits = 0
    bitCount = 0
    guard at + length <= input.count else { throw Damage(reason: "the stream ends early") }
    try room(length)
    output += input[at..<at + length]
    at += length
  }

  private func room(_ count: Int) throws {
    guard output.count + count <= limit else { throw Damage(reason: "it grows beyond \(limit) bytes") }
  }

  private mutating func symbol(_ code: Code) throws -> Int {
    try fill(15)
    let entry = Int(code.table[Int(bits & 0x7fff)])
    let length = entry & 15
    guard length > 0 else { throw Damage(reason: "a code that its table does not have") }
    bits >>= UInt64(length)
    bitCount -= length
    return entry >> 4
  }

  private mutating func block(_ lengths: Code, _ distances: Code) throws {
    while true {
      let value = try symbol(lengths)
      if value < 256 {
        try room(1)
        output.append(UInt8(value))
      } else if value == 256 {
        guard at - bitCount / 8 <= input.count else { throw Damage(reason: "the stream ends early") }
        return
      } else {
        guard value < 286 else { throw Damage(reason: "a length that does not exist") }
        let length = Self.lengthBase[value - 257] + (try take(Self.lengthExtra[value - 257]))
        let far = try symbol(distances)
        guard far < 30 else { throw Damage(reason: "a distance that does not exist") }
        let distance = Self.distanceBase[far] + (try take(Self.distanceExtra[far]))
        guard distance <= output.count else { throw Damage(reason: "a distance before the start") }
        try room(length)
        for _ in 0..<length { output.append(output[output.count - distance]) }
      }
    }
  }

  private mutating func dynamicCodes() throws -> (lengths: Code, distances: Code) {
    let lengthCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let codeCount = try take(4) + 4
    var order = [Int](repeating: 0, count: 19)
    for i in 0..<codeCount { order[Self.codeOrder[i]] = try take(3) }
    let code = try Code(order)
    var sizes: [Int] = []
    while sizes.count < lengthCount + distanceCount {
      switch try symbol(code) {
      case 16:
        guard let last = sizes.last else { throw Damage(reason: "a repeat without a value before it") }
        sizes += [Int](repeating: last, count: try take(2) + 3)
      case 17: sizes += [Int](repeating: 0, count: try take(3) + 3)
      case 18: sizes += [Int](repeating: 0, count: try take(7) + 11)
      case let size: sizes.append(size)
      }
    }
    guard sizes.count == lengthCount + distanceCount else { throw Damage(reason: "too many code lengths") }
    return (try Code(Array(sizes[..<lengthCount])), try Code(Array(sizes[lengthCount...])))
  }
}

extension Inflate {
  /// A canonical prefix code: entry `symbol << 4 | length` for every 15-bit look-ahead, 0 where there is no code.
  private struct Code {
    let table: [UInt16]

    init(_ lengths: [Int]) throws {
      var counts = [Int](repeating: 0, count: 16)
      for length in lengths where length > 0 { counts[length] += 1 }
      var next = [Int](repeating: 0, count: 16)
      var code = 0
      for length in 1...15 {
        code = (code + (length == 1 ? 0 : counts[length - 1])) << 1
        next[length] = code
      }
      guard (1...15).reduce(0, { $0 + counts[$1] << (15 - $1) }) <= 1 << 15 else {
        throw Damage(reason: "more codes than fit")
      }
      var table = [UInt16](repeating: 0, count: 1 << 15)
      for (symbol, length) in lengths.enumerated() where length > 0 {
        // Codes are sent with their highest bit first, everything else with its lowest.
        let reversed = Int(UInt16(next[length]).bitReversed >> UInt16(16 - length))
        next[length] += 1
        for entry in stride(from: reversed, to: 1 << 15, by: 1 << length) {
          table[entry] = UInt16(symbol << 4 | length)
        }
      }
      self.table = table
    }

    /// For the two constant tables, which are complete.
    init(constant lengths: [Int]) {
      self = (try? Code(lengths)) ?? Code(empty: ())
    }

    private init(empty: Void) { table = [UInt16](repeating: 0, count: 1 << 15) }
  }

  private static let fixedLengths = Code(
    constant: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
      + [Int](repeating: 8, count: 8))
  private static let fixedDistances = Code(constant: [Int](repeating: 5, count: 32))
  private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthBase = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthExtra = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBase = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
  ]
  private static let distanceExtra = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
  ]
}

extension UInt16 {
  /// The bits in the opposite order.
  fileprivate var bitReversed: UInt16 {
    var value = self
    var result: UInt16 = 0
    for _ in 0..<16 {
      result = result << 1 | value & 1
      value >>= 1
    }
    return result
  }
}

/// gzip files (RFC 1952).
enum Gzip {
  /// Whether bytes begin like a gzip file.
  static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1f, 0x8b, 8]) }

  /// The content of all members of a gzip file, each checked against its CRC and length.
  ///
  /// Throws `Inflate.Damage`; a content beyond 16 GB is refused.
  static func content(_ bytes: [UInt8]) throws -> [UInt8] {
    var content: [UInt8] = []
    var at = 0
    while at < bytes.count {
      at = try header(bytes, at)
      let (part, end) = try Inflate.inflate(bytes, from: at, limit: 1 << 34)
      guard end + 8 <= bytes.count else { throw Inflate.Damage(reason: "the checksum at its end is missing") }
      guard word(bytes, end) == CRC32.checksum(part) else {
        throw Inflate.Damage(reason: "its content does not have the checksum it states")
      }
      guard word(bytes, end + 4) == UInt32(truncatingIfNeeded: part.count) else {
        throw Inflate.Damage(reason: "its content does not have the length it states")
      }
      if content.isEmpty { content = part } else { content += part }
      at = end + 8
    }
    return content
  }

  /// The index behind a member's header.
  private static func header(_ bytes: [UInt8], _ start: Int) throws -> Int {
    guard start + 18 <= bytes.count else { throw Inflate.Damage(reason: "it ends inside a header") }
    guard isGzip(bytes[start...]) else { throw Inflate.Damage(reason: "something that is not gzip follows") }
    let flags = bytes[start + 3]
    var at = start + 10
    if flags & 4 != 0 { at += 2 + Int(bytes[at]) + Int(bytes[at + 1]) << 8 }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      guard at < bytes.count, let end = bytes[at...].firstIndex(of: 0) else {
        throw Inflate.Damage(reason: "it ends inside a header")
      }
      at = end + 1
    }
    if flags & 2 != 0 { at += 2 }
    guard at <= bytes.count else { throw Inflate.Damage(reason: "it ends inside a header") }
    return at
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
  }
}
