import CSandbox

/// The end of the process that decodes: the socket and the memory that it was started with.
@safe package struct DecodingChannel {
  private let memory: UnsafeMutableRawPointer
  /// Whether the kernel confines the process: it writes no file and starts no program.
  package let isConfined: Bool

  /// Takes up the socket and the memory and gives up everything else: the process may have 4 GB of addresses and 64 open
  /// files, and only the calls that `csandbox_confine` lets through. Nil where it was not started as one that decodes.
  package init?() {
    guard let memory = unsafe csandbox_map(Int32(csandbox_memory), 2 * DecodingProcess.halfBytes),
      csandbox_limit(4 << 30, 64) == 0
    else { return nil }
    unsafe self.memory = memory
    isConfined = csandbox_confine() == 0
  }

  /// The next request; nil when there will be none.
  package func receive() -> DecodingRequest? {
    guard let head = receive(8) else { return nil }
    var reader = WireReader(head)
    guard let count = try? reader.take() as Int, (0...1 << 20).contains(count), let body = receive(count) else {
      return nil
    }
    reader = WireReader(body)
    return try? reader.take() as DecodingRequest
  }

  private func receive(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return unsafe csandbox_receive(Int32(csandbox_socket), &bytes, count, -1) == 0 ? bytes : nil
  }

  /// Answers; false where nobody listens any more.
  package func send(_ reply: some WireValue) -> Bool {
    let bytes = WireWriter.message(reply)
    return unsafe csandbox_send(Int32(csandbox_socket), bytes, bytes.count) == 0
  }

  /// Lets `body` write bytes of one half, from one on.
  package func write<Result>(
    half: Int, at byte: Int, count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    precondition(
      (half == 0 || half == 1) && byte >= 0 && count >= 0 && byte + count <= DecodingProcess.halfBytes,
      "outside the shared memory")
    let place = unsafe memory.advanced(by: half * DecodingProcess.halfBytes + byte)
    return try unsafe body(UnsafeMutableRawBufferPointer(start: place, count: count))
  }

  /// Writes values of one half, from a byte on.
  package func write<Value: BitwiseCopyable>(_ values: ArraySlice<Value>, half: Int, at byte: Int) {
    unsafe values.withUnsafeBytes { source in
      unsafe write(half: half, at: byte, count: source.count) { unsafe $0.copyMemory(from: source) }
    }
  }
}
