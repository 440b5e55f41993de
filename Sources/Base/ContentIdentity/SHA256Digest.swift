/// A SHA-256 as four big-endian words: ordered as its hex digits are.
public struct SHA256Digest: Hashable, Comparable, Sendable {
  public let words: SIMD4<UInt64>

  /// What nothing hashes to.
  public static let zero = SHA256Digest(words: .zero)

  init(words: SIMD4<UInt64>) { self.words = words }

  public static func < (a: SHA256Digest, b: SHA256Digest) -> Bool {
    for place in 0..<4 where a.words[place] != b.words[place] { return a.words[place] < b.words[place] }
    return false
  }

  /// One that `bytes` gave; nil for another number of bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var words = SIMD4<UInt64>.zero
    for (place, byte) in bytes.enumerated() { words[place / 8] = words[place / 8] << 8 | UInt64(byte) }
    self.words = words
  }

  /// The first 8 bytes.
  public var head: UInt64 { words[0] }

  /// Its 32 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Adds its 32 bytes to others.
  public func append(to bytes: inout [UInt8]) { for place in 0..<4 { bytes.append(bigEndian: words[place]) } }

  /// 64 lower-case hex digits.
  public var hex: String {
    (0..<4).map { place in
      let digits = String(words[place], radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

extension UInt64 {
  /// Its 8 bytes, the highest first.
  public var bigEndianBytes: [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}

extension [UInt8] {
  /// Adds the 8 bytes of a number, the highest first.
  public mutating func append(bigEndian word: UInt64) {
    unsafe Swift.withUnsafeBytes(of: word.bigEndian) { unsafe append(contentsOf: $0) }
  }
}

/// The root of a binary tree of hashes (RFC 6962, 2.1): of no leaf the SHA-256 of nothing, of one leaf
/// SHA-256(0x00, leaf), of n leaves SHA-256(0x01, root of the first k, root of the rest), k the largest power of two
/// below n.
public enum MerkleTree {
  public static func root(of leaves: [[UInt8]]) -> SHA256Digest {
    var sha256 = SHA256()
    return root(of: leaves[...], &sha256)
  }

  private static func root(of leaves: ArraySlice<[UInt8]>, _ sha256: inout SHA256) -> SHA256Digest {
    guard let first = leaves.first else { return sha256.take() }
    if leaves.count == 1 {
      sha256.update([0] + first)
      return sha256.take()
    }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let left = root(of: leaves.prefix(split), &sha256)
    let right = root(of: leaves.dropFirst(split), &sha256)
    sha256.update([1] + left.bytes + right.bytes)
    return sha256.take()
  }
}
