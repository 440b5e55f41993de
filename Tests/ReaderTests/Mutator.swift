/// Changes bytes the way crafted files differ from real ones: sizes and counts beyond all bounds, parts cut out, doubled
/// and moved, numbers that no field holds.
struct Mutator {
  private var numbers: SeededNumbers
  /// Bytes a mutant may have.
  private let most: Int

  init(seed: UInt64, most: Int = 1 << 20) {
    numbers = SeededNumbers(seed: seed)
    self.most = most
  }

  private static let words: [UInt64] = [
    0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
    0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffff, 0x7ff0_0000_0000_0000, 0x7ff8_0000_0000_0001,
  ]
  private static let texts = [
    "-9223372036854775808", "9223372036854775807", "99999999999999999999", "1e300", "-1e300", "1e-300", "nan", "0",
    "-1",
    "[[[[[[[[", "((((((((", "<a><a><a>", "{\"a\":", "\u{1b}[2J", "../../x", "/dev/zero", "\0", ",,,,", "\n\n", "*a",
  ].map { Array($0.utf8) }

  mutating func below(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &numbers) }

  /// One to four changes, two of three among the first bytes, which describe the rest.
  mutating func mutant(of bytes: [UInt8], head: Int) -> [UInt8] {
    var mutant = bytes
    for _ in 0...below(4) {
      let end = below(3) == 0 ? mutant.count : min(head, mutant.count)
      change(&mutant, at: below(end))
    }
    return mutant.count > most ? Array(mutant.prefix(most)) : mutant
  }

  private mutating func change(_ bytes: inout [UInt8], at place: Int) {
    guard !bytes.isEmpty else { return bytes.append(UInt8(truncatingIfNeeded: numbers.next())) }
    switch below(9) {
    case 0: bytes[place] ^= 1 << UInt8(below(8))
    case 1: bytes[place] = UInt8(truncatingIfNeeded: numbers.next())
    case 2, 3: overwrite(&bytes, at: place)
    case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(64)))
    case 5:
      let part = bytes[place..<min(bytes.count, place + 1 + below(256))]
      bytes.insert(contentsOf: part, at: below(bytes.count))
    case 6: bytes.insert(contentsOf: Self.texts[below(Self.texts.count)], at: place)
    case 7: replaceNumber(&bytes, from: place)
    default:
      // The same few bytes again and again: what nests, nests deep.
      let part = Array(bytes[place..<min(bytes.count, place + 1 + below(8))])
      bytes.insert(contentsOf: Array(repeating: part, count: 1 << below(14)).joined(), at: place)
    }
  }

  /// A number of 1, 2, 4 or 8 bytes in either order.
  private mutating func overwrite(_ bytes: inout [UInt8], at place: Int) {
    let width = 1 << below(4)
    let word = Self.words[below(Self.words.count)]
    let isBig = below(2) == 0
    for byte in 0..<width where place + byte < bytes.count {
      bytes[place + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * (isBig ? width - 1 - byte : byte)))
    }
  }

  /// The next run of decimal digits becomes another number.
  private mutating func replaceNumber(_ bytes: inout [UInt8], from place: Int) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Self.texts[below(9)])
  }
}
