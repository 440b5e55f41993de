import CZlib

/// The one owner of a zlib stream; the Adler-32 at its end is checked by zlib.
@safe package struct Inflater: ~Copyable {
  // On the heap, because zlib's state points back at it.
  private let stream: UnsafeMutablePointer<z_stream>
  package private(set) var hasEnded = false

  package init() {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe czlib_inflate_init(stream) == Z_OK else { preconditionFailure("out of memory") }
    unsafe self.stream = stream
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends what a piece of the stream decompresses to; false when it is damaged.
  package mutating func inflate(_ piece: [UInt8], into result: inout [UInt8], limit: Int) -> Bool {
    var piece = piece
    var room = [UInt8](repeating: 0, count: 1 << 16)
    return unsafe piece.withUnsafeMutableBufferPointer { input in
      unsafe room.withUnsafeMutableBufferPointer { output in
        unsafe stream.pointee.next_in = input.baseAddress
        unsafe stream.pointee.avail_in = UInt32(input.count)
        while result.count < limit {
          unsafe stream.pointee.next_out = output.baseAddress
          unsafe stream.pointee.avail_out = UInt32(output.count)
          let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
          let filled = unsafe output.count - Int(stream.pointee.avail_out)
          unsafe result.append(contentsOf: output.prefix(filled))
          if status == Z_STREAM_END {
            hasEnded = true
            return unsafe stream.pointee.avail_in == 0
          }
          guard status == Z_OK || status == Z_BUF_ERROR else { return false }
          if unsafe stream.pointee.avail_in == 0, filled < output.count { return true }
          if filled == 0 { return true }
        }
        return true
      }
    }
  }
}
