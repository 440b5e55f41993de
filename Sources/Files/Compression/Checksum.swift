import CZlib

/// CRC-32 with the reflected polynomial 0xEDB88320 (ISO 3309), as gzip and ZIP state it.
package enum CRC32 {
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: unsafe crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}
