import Glibc
import Synchronization

/// The private folders of this process that are there. SIGHUP, SIGINT and SIGTERM remove them and then end the process as they
/// do, where they are neither ignored nor somebody else's.
enum PrivateFolders {
  private static let paths = Mutex<Set<String>>([])

  static var open: Set<String> { paths.withLock { $0 } }

  static func enter(_ path: String) {
    paths.withLock { _ = $0.insert(path) }
    takeSignals()
  }

  /// Answers the signals that nobody else does, while there are folders.
  static func takeSignals() {
    guard !open.isEmpty else { return }
    _ = watch
    for number in [SIGHUP, SIGINT, SIGTERM] {
      // Nothing stands for the system's own handling.
      if let other = signal(number, handler) { _ = signal(number, other) }
    }
  }

  static func leave(_ path: String) { paths.withLock { _ = $0.remove(path) } }

  /// What a signal is written into and read from: a handler may do no more than write. -1 where there is none.
  private static let ends: (reading: Int32, writing: Int32) = {
    var ends: [Int32] = [-1, -1]
    _ = unsafe pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }()

  private static let handler: @convention(c) (Int32) -> Void = { number in
    var byte = UInt8(truncatingIfNeeded: number)
    let before = errno
    _ = unsafe write(ends.writing, &byte, 1)
    errno = before
  }

  /// Waits for a signal, in a thread of its own.
  private static let watch: Void = {
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { _ in
        var byte: UInt8 = 0
        guard unsafe read(PrivateFolders.ends.reading, &byte, 1) == 1 else { return nil }
        PrivateFolder.removeAll()
        _ = signal(Int32(byte), SIG_DFL)
        kill(getpid(), Int32(byte))
        return nil
      }, nil)
    if status == 0 { pthread_detach(thread) }
  }()
}
