/// Checksums of pages and frames: the remainder of the bits, highest first, by a polynomial; nothing inverted.
struct CyclicChecksum: Sendable {
  /// Of the bytes by the polynomial's width, at most 32 bits, in the highest bits of the number.
  private let table: [UInt32]

  /// x^32 + ... of Ogg.
  static let ogg = CyclicChecksum(polynomial: 0x04c1_1db7)
  /// x^16 + x^15 + x^2 + 1 of a FLAC frame.
  static let frame = CyclicChecksum(polynomial: 0x8005 << 16)
  /// x^8 + x^2 + x + 1 of a FLAC frame's header.
  static let frameHeader = CyclicChecksum(polynomial: 0x07 << 24)

  private init(polynomial: UInt32) {
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte) << 24) { value, _ in value >> 31 == 1 ? value << 1 ^ polynomial : value << 1 }
    }
  }

  /// The checksum after one more byte.
  func next(_ checksum: UInt32, _ byte: UInt8) -> UInt32 {
    checksum << 8 ^ table[Int(UInt8(truncatingIfNeeded: checksum >> 24) ^ byte)]
  }

  func of(_ bytes: some Sequence<UInt8>, after checksum: UInt32 = 0) -> UInt32 { bytes.reduce(checksum, next) }
}
