/// The head of a `.npy` file of little-endian float32 in row-major order, format version 1.0; the values follow it.
///
/// Source: NumPy Enhancement Proposal 1 (`numpy/lib/format.py`).
package enum NumPyHeader {
  package static func bytes(shape: [Int]) -> [UInt8] {
    let lengths = shape.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(lengths)), }"
    // Signature, version and length are ten bytes; values begin at a multiple of 64.
    let padding = 63 - (10 + text.utf8.count) % 64
    text += String(repeating: " ", count: padding) + "\n"
    let length = UInt16(text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
