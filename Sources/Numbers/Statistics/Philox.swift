#if canImport(Glibc)
  import Glibc
#endif

/// The counter-based generator Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
public enum Philox {
  /// Ten rounds on a 128-bit counter under a 64-bit key.
  public static func block(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c, k) = (counter, key)
    for round in 0..<10 {
      if round > 0 { k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85) }
      let a = UInt64(0xD251_1F53) * UInt64(c.0)
      let b = UInt64(0xCD9E_8D57) * UInt64(c.2)
      c = (
        UInt32(truncatingIfNeeded: b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
      )
    }
    return c
  }
}

/// The random numbers of one draw for one purpose and one stimulus or subject.
///
/// They depend on (seed, purpose, key, draw) only, never on the order of execution, the unit, layer, target or worker, so
/// one draw is the same in a whole family. The Philox key is a 64-bit FNV-1a hash of seed, purpose and
/// key; the counter is (block, draw).
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// What the rows of a run record as the generator.
  public static let algorithm = "philox4x32-10/fnv1a64"

  private let key: (UInt32, UInt32)
  private let draw: UInt64
  private var blockIndex: UInt64 = 0
  private var pending: UInt64 = 0
  private var hasPending = false
  private var pendingNormal = Double.nan

  public init(seed: UInt64, purpose: String, key: String = "", draw: Int = 0) {
    precondition(draw >= 0, "draws count from 0")
    var hash = StableHash()
    hash.combine(seed)
    hash.combine(purpose)
    hash.combine(key)
    let value = hash.finalized
    self.key = (UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
    self.draw = UInt64(draw)
  }

  public mutating func next() -> UInt64 {
    if hasPending {
      hasPending = false
      return pending
    }
    let words = Philox.block(
      counter: (
        UInt32(truncatingIfNeeded: blockIndex), UInt32(truncatingIfNeeded: blockIndex >> 32),
        UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: draw >> 32)
      ), key: key)
    blockIndex += 1
    pending = UInt64(words.2) | UInt64(words.3) << 32
    hasPending = true
    return UInt64(words.0) | UInt64(words.1) << 32
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal (Box and Muller).
  public mutating func normal() -> Double {
    if !pendingNormal.isNaN {
      defer { pendingNormal = .nan }
      return pendingNormal
    }
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    pendingNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// Uniform in 0..<bound, without modulo bias.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "no integer below zero")
    let range = UInt64(bound)
    let limit = UInt64.max - (UInt64.max % range + 1) % range
    while true {
      let value = next()
      if value <= limit { return Int(value % range) }
    }
  }

  /// A uniform permutation of 0..<count (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1)) }
    return order
  }
}

/// A 64-bit hash that is the same on every platform and in every version: FNV-1a with a final mix (splitmix64).
public struct StableHash: Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  /// Adds eight bytes, low first.
  public mutating func combine(_ value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
  }

  /// Adds UTF-8 bytes and their count, so that ("ab", "c") differs from ("a", "bc").
  public mutating func combine(_ text: String) {
    for byte in text.utf8 { add(byte) }
    combine(UInt64(text.utf8.count))
  }

  /// Adds the bit patterns of numbers (one step per number).
  public mutating func combine(_ numbers: [Double]) {
    for number in numbers { state = (state ^ number.bitPattern) &* 0x0000_0100_0000_01B3 &+ (state >> 29) }
    combine(UInt64(numbers.count))
  }

  private mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  public var finalized: UInt64 {
    var z = state &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
