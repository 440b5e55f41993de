import CZlib

/// CRC-32 with the reflected polynomial 0xEDB88320 (ISO 3309), as gzip and ZIP state it.
package enum CRC32 {
  /// - Parameter before: of the bytes that come before these.
  package static func checksum(_ bytes: [UInt8], after before: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      // Of no bytes at no place zlib gives the start of a new sum.
      guard let start = buffer.baseAddress else { return before }
      return UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(before), start, buffer.count))
    }
  }
}
