import Glibc
import Synchronization

/// Signals of this process, handed over while it lives. When the last watch of a signal goes, it is again whose it was before.
public final class SignalWatch: Sendable {
  private let key: Int

  /// - Parameters:
  ///   - signals: each is handed over, in a thread of its own, and does nothing else.
  ///   - ignored: these do nothing meanwhile.
  public init(_ signals: [Int32], ignoring ignored: [Int32] = [], _ receive: @escaping @Sendable (Int32) -> Void) {
    _ = Self.ends
    _ = Self.thread
    let watch = Watch(signals: Set(signals), ignored: Set(ignored), receive: receive)
    key = Self.watches.withLock { $0.enter(watch) }
  }

  deinit {
    Self.watches.withLock { $0.leave(key) }
    // A private folder that was made meanwhile found its signals taken.
    PrivateFolders.takeSignals()
  }

  private struct Watch {
    let signals: Set<Int32>
    let ignored: Set<Int32>
    let receive: @Sendable (Int32) -> Void
  }

  /// What stood for a signal; nil: the system's own handling.
  private struct Disposition {
    let handler: (@convention(c) (Int32) -> Void)?
  }

  private struct Watches {
    private var all: [Int: Watch] = [:]
    private var count = 0
    /// Of each signal, before the first watch of it.
    private var before: [Int32: Disposition] = [:]

    mutating func enter(_ watch: Watch) -> Int {
      for number in watch.ignored { take(number, SIG_IGN) }
      for number in watch.signals { take(number, SignalWatch.handler) }
      count += 1
      all[count] = watch
      return count
    }

    private mutating func take(_ number: Int32, _ handler: (@convention(c) (Int32) -> Void)?) {
      guard before[number] == nil else { return }
      before[number] = Disposition(handler: signal(number, handler))
    }

    mutating func leave(_ key: Int) {
      all[key] = nil
      let taken = all.values.reduce(into: Set<Int32>()) { $0.formUnion($1.signals.union($1.ignored)) }
      for (number, disposition) in before where !taken.contains(number) {
        _ = signal(number, disposition.handler)
        before[number] = nil
      }
    }

    func receivers(of number: Int32) -> [@Sendable (Int32) -> Void] {
      all.values.filter { $0.signals.contains(number) }.map(\.receive)
    }
  }

  private static let watches = Mutex(Watches())

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

  /// Hands signals over.
  private static let thread: Void = {
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { _ in
        // Whoever started this process may block signals in every thread; here they come.
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_UNBLOCK, &all, nil)
        var byte: UInt8 = 0
        while unsafe read(SignalWatch.ends.reading, &byte, 1) == 1 {
          let number = Int32(byte)
          let receivers = SignalWatch.watches.withLock { $0.receivers(of: number) }
          for receive in receivers { receive(number) }
          // It came as the last watch went: whose it was before has it.
          if receivers.isEmpty { kill(getpid(), number) }
        }
        return nil
      }, nil)
    if status == 0 { pthread_detach(thread) }
  }()
}
