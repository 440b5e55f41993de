import CCrypto

/// A running SHA-256 (libcrypto).
@safe public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    unsafe self.context = context
    let started = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(started == 1, "libcrypto has no SHA-256")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1)
  }

  public mutating func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

  /// Adds the UTF-8 bytes of a text.
  public mutating func update(_ text: String) { update(Array(text.utf8)) }

  /// Adds numbers as little-endian float64.
  public mutating func update(_ numbers: [Double]) { unsafe numbers.withUnsafeBytes { unsafe update($0) } }

  /// Adds numbers as little-endian float32, every NaN as the canonical quiet NaN.
  public mutating func updateCanonical(_ numbers: [Float]) {
    if numbers.contains(where: \.isNaN) {
      let canonical = numbers.map { $0.isNaN ? Float(bitPattern: 0x7fc0_0000) : $0 }
      unsafe canonical.withUnsafeBytes { unsafe update($0) }
    } else {
      unsafe numbers.withUnsafeBytes { unsafe update($0) }
    }
  }

  /// The digest of what was added since the last one was taken; it begins anew.
  public mutating func take() -> SHA256Digest {
    var words = SIMD4<UInt64>.zero
    let ended = unsafe withUnsafeMutableBytes(of: &words) {
      unsafe EVP_DigestFinal_ex(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
    }
    let restarted = unsafe EVP_DigestInit_ex(context, nil, nil)
    precondition(ended == 1 && restarted == 1)
    for place in 0..<4 { words[place] = UInt64(bigEndian: words[place]) }
    return SHA256Digest(words: words)
  }

  /// The digest as 64 lower-case hex digits.
  public consuming func hex() -> String { take().hex }

  /// The hex digest of one text.
  public static func hex(of text: String) -> String {
    var hash = SHA256()
    hash.update(text)
    return hash.hex()
  }

  /// The hex digest of bytes.
  public static func hex(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hex()
  }
}
