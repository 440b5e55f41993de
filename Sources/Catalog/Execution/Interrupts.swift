import FileSystem
import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into events while it lives: the first one is reported, the second ends the process. After it they
/// are whose they were before.
///
/// Ending at once is safe: whatever is not committed is absent.
final class Interrupts {
  private let watch: SignalWatch

  init(_ queue: EventQueue) {
    let counter = Counter()
    // A worker that died closes its pipe; writing to it must be an error and no signal.
    watch = SignalWatch([SIGINT, SIGTERM], ignoring: [SIGPIPE]) { number in
      if counter.next() > 1 {
        PrivateFolder.removeAll()
        _exit(128 + number)
      }
      queue.push(.signal(number))
    }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }
}
