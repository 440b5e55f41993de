import Dispatch
import FileSystem
import Glibc

/// Turns SIGINT and SIGTERM into events while it lives: the first one is reported, the second ends the process.
///
/// Ending at once is safe: whatever is not committed is absent.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]

  init(_ queue: EventQueue) {
    // A worker that died closes its pipe; writing to it must be an error and no signal.
    _ = signal(SIGPIPE, SIG_IGN)
    let counter = Counter()
    sources = [SIGINT, SIGTERM].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if counter.next() > 1 {
          PrivateFolder.removeAll()
          _exit(128 + number)
        }
        queue.push(.signal(number))
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    _ = signal(SIGINT, SIG_DFL)
    _ = signal(SIGTERM, SIG_DFL)
  }

  private final class Counter: @unchecked Sendable {
    // Sendable: the handlers run on a queue that may be concurrent; the lock guards the count.
    private let lock = DispatchQueue(label: "evoke.interrupts")
    private var count = 0

    func next() -> Int {
      lock.sync {
        count += 1
        return count
      }
    }
  }
}
