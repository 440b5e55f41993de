import CSandbox
import Diagnostics
import FileSystem
import Glibc
import Synchronization

/// The process in which FFmpeg and libsndfile decode, so that a file which makes them crash, hang or ask for all memory
/// costs that file and nothing else.
///
/// The program `evoke-decode` stands beside `evoke`. It is confined (`Confinement`), serves one decoder after another,
/// and is replaced when it ended. Samples and pictures come through memory that both share, in two halves: while one is
/// read, the next batch is decoded into the other. One value is used by one thread at a time: it is handed on under a lock.
@safe package final class DecodingProcess: @unchecked Sendable {
  /// Bytes of one half of the shared memory.
  package static let halfBytes = 1 << 25
  /// Longest message.
  private static let longestMessage = 1 << 26

  private static let idle = Mutex<[DecodingProcess]>([])
  /// How many wait for the next file.
  private static let idleCount = 2

  /// Its number.
  package let identifier: pid_t
  /// After which it is given up when it does not answer.
  private var patience = Duration.seconds(20)
  private let socket: Int32
  private let memory: UnsafeMutableRawPointer
  /// Answers that nobody waits for any more.
  private var pending = 0
  private var hasEnded = false

  private init(program: String) throws {
    let shared = csandbox_make_memory(2 * Self.halfBytes)
    guard shared >= 0 else { throw Self.notStarted(program, errno, "no shared memory: ") }
    defer { close(shared) }
    guard let memory = unsafe csandbox_map(shared, 2 * Self.halfBytes) else {
      throw Self.notStarted(program, errno, "no shared memory: ")
    }
    var process: pid_t = 0
    let socket = unsafe csandbox_spawn(program, shared, &process)
    guard socket >= 0 else {
      let number = errno
      unsafe munmap(memory, 2 * Self.halfBytes)
      throw Self.notStarted(program, number)
    }
    (identifier, self.socket) = (process, socket)
    unsafe self.memory = memory
  }

  deinit {
    end()
    unsafe munmap(memory, 2 * Self.halfBytes)
  }

  /// One that waits for work, or a new one.
  ///
  /// - Throws: `E-MED-030` where it cannot be started, `writeFailed` for want of descriptors or memory.
  package static func take(patience: Duration = .seconds(20)) throws -> DecodingProcess {
    var found: DecodingProcess?
    while found == nil, let waiting = idle.withLock({ $0.popLast() }) {
      if waiting.drain() { found = waiting }
    }
    let process = try found ?? DecodingProcess(program: try Self.program())
    process.patience = patience
    return process
  }

  /// Starts one that will be needed, so that its libraries are loaded by then. Where that fails, whoever needs it says why.
  package static func prepare() {
    guard idle.withLock({ $0.isEmpty }) else { return }
    do {
      let process = try DecodingProcess(program: program())
      idle.withLock { $0.append(process) }
    } catch {}
  }

  /// Gives it back; what it still has open is closed.
  package func release() {
    guard !hasEnded, send(.close) else { return }
    pending += 1
    Self.idle.withLock { if $0.count < Self.idleCount { $0.append(self) } }
  }

  /// The answer to a request about a file.
  ///
  /// - Throws: what the process says of the file, `E-MED-031` where it ends or does not answer.
  package func ask<Value: WireValue>(_ request: DecodingRequest, of path: String) throws -> Value {
    try begin(request, of: path)
    return try answer(of: path)
  }

  /// Sends a request whose answer is fetched later.
  package func begin(_ request: DecodingRequest, of path: String) throws {
    guard send(request) else { throw fault(path, end()) }
    pending += 1
  }

  /// The next answer.
  package func answer<Value: WireValue>(of path: String) throws -> Value {
    switch receive() {
    case .message(let bytes):
      var reader = WireReader(bytes)
      guard let reply = try? reader.take() as DecodingReply<Value>, reader.left == 0 else {
        end()
        throw Self.broken(path, "it answered what is no answer")
      }
      switch reply {
      case .value(let value): return value
      case .failure(let error): throw error
      }
    case .gone: throw fault(path, end())
    case .late:
      end()
      throw Self.broken(path, "it did not answer for \(patience.components.seconds) s")
    }
  }

  /// Samples of one half, from a place on.
  package func floats(half: Int, from start: Int, count: Int) -> [Float] {
    precondition(start >= 0 && count >= 0 && (start + count) * 4 <= Self.halfBytes, "outside the shared memory")
    let place = unsafe memory.advanced(by: half * Self.halfBytes + start * 4)
    return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { unsafe memcpy(base, place, count * 4) }
      initialized = count
    }
  }

  /// Bytes of one half, from a place on.
  package func bytes(half: Int, from start: Int, count: Int) -> [UInt8] {
    precondition(start >= 0 && count >= 0 && start + count <= Self.halfBytes, "outside the shared memory")
    let place = unsafe memory.advanced(by: half * Self.halfBytes + start)
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { unsafe memcpy(base, place, count) }
      initialized = count
    }
  }

  /// Ends it because what it sent cannot be.
  package func giveUp(on path: String) -> EvokeError {
    end()
    return Self.broken(path, "it answered what is no answer")
  }

  private enum Received {
    case message([UInt8])
    case gone, late
  }

  private func send(_ request: DecodingRequest) -> Bool {
    guard !hasEnded else { return false }
    let bytes = WireWriter.message(request)
    return unsafe csandbox_send(socket, bytes, bytes.count) == 0
  }

  private var milliseconds: Int32 {
    Int32(clamping: patience.components.seconds * 1_000 + patience.components.attoseconds / 1_000_000_000_000_000)
  }

  private func receive() -> Received {
    guard !hasEnded else { return .gone }
    pending -= 1
    var head = [UInt8](repeating: 0, count: 8)
    switch unsafe csandbox_receive(socket, &head, 8, milliseconds) {
    case 0: break
    case -2: return .late
    default: return .gone
    }
    var reader = WireReader(head)
    guard let count = try? reader.take() as Int, (0...Self.longestMessage).contains(count) else { return .late }
    var body = [UInt8](repeating: 0, count: count)
    switch unsafe csandbox_receive(socket, &body, count, milliseconds) {
    case 0: return .message(body)
    case -2: return .late
    default: return .gone
    }
  }

  /// Takes in what nobody waited for; false where the process is of no use any more.
  private func drain() -> Bool {
    while pending > 0 {
      guard case .message = receive() else {
        end()
        return false
      }
    }
    return !hasEnded
  }

  /// Its status, as `waitpid` gives it; one that has not ended by itself is killed, as it keeps nothing.
  @discardableResult
  private func end() -> Int32 {
    guard !hasEnded else { return -1 }
    hasEnded = true
    close(socket)
    return csandbox_end(identifier)
  }

  private func fault(_ path: String, _ status: Int32) -> EvokeError {
    let signal = csandbox_signal(status)
    let reason = signal > 0 ? "it was ended by signal \(signal)" : "it ended with status \(csandbox_exit(status))"
    return Self.broken(path, reason)
  }

  private static func broken(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .mediaDecoderBroke, path, reason: reason,
      remedy: "convert the file to WAV, FLAC or MP4 with a program you trust, and import that")
  }

  /// What the system refused; want of descriptors, memory or processes is no fault of the installation.
  private static func notStarted(_ program: String, _ number: Int32, _ what: String = "") -> EvokeError {
    if let shortage = Files.shortage(number, opening: program) { return shortage }
    let reason = unsafe what + String(cString: strerror(number))
    guard number == EAGAIN else { return notStarted(program, reason) }
    return EvokeError(
      .mediaDecoderMissing, program, reason: reason,
      remedy: "end other programs or raise the limit (ulimit -u), and run the same command again")
  }

  private static func notStarted(_ program: String, _ reason: String) -> EvokeError {
    EvokeError(
      .mediaDecoderMissing, program, reason: reason,
      remedy: "install Evoke again: evoke-decode belongs beside evoke (make build makes both)")
  }

  /// Where the program stands: beside the one that runs, else beside the file that holds this code (tests).
  private static func program() throws -> String {
    var buffer = [CChar](repeating: 0, count: 4_097)
    let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let own = length > 0 ? String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    let image = unsafe csandbox_image(#dsohandle).map { unsafe String(cString: $0) }
    let beside = [own, image].compactMap { path -> String? in
      guard let path, path.hasPrefix("/"), let end = path.lastIndex(of: "/") else { return nil }
      return path[...end] + "evoke-decode"
    }
    guard let found = beside.first(where: { unsafe access($0, X_OK) == 0 }) else {
      throw notStarted(beside.first ?? "evoke-decode", "it is not there")
    }
    return found
  }
}

/// What Evoke decodes with.
///
/// - Throws: `E-MED-030`, `E-MED-031`.
public func mediaLibraryVersions() throws -> MediaLibraryVersions {
  let process = try DecodingProcess.take()
  defer { process.release() }
  return try process.ask(.versions, of: "the libraries' versions")
}
