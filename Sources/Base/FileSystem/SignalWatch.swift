import Glibc
import Synchronization

/// Signals of this process, handed over while it lives. When the last watch of a signal goes, it is again whose it was before.
public final class SignalWatch: Sendable {
  private let key: Int

  /// - Parameters:
  ///   - signals: each is handed over, in a thread of its own, and does nothing else.
  ///   - ignored: these do nothing meanwhile.
  public convenience init(
    _ signals: [Int32], ignoring ignored: [Int32] = [], _ receive: @escaping @Sendable (Int32) -> Void
  ) {
    self.init(Watch(signals: Set(signals), ignored: Set(ignored), yields: false, receive: receive))
  }

  /// - Parameter signals: each that would end the process comes here first, unless another watch has it.
  public convenience init(ending signals: [Int32], _ receive: @escaping @Sendable (Int32) -> Void) {
    self.init(Watch(signals: Set(signals), ignored: [], yields: true, receive: receive))
  }

  private init(_ watch: Watch) {
    _ = Self.ends
    _ = Self.thread
    key = Self.watches.withLock { $0.enter(watch) }
  }

  deinit { Self.watches.withLock { $0.leave(key) } }

  private struct Watch {
    let signals: Set<Int32>
    let ignored: Set<Int32>
    /// Has a signal only where nobody else has.
    let yields: Bool
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
      count += 1
      all[count] = watch
      for number in watch.ignored.union(watch.signals) { settle(number) }
      return count
    }

    mutating func leave(_ key: Int) {
      guard let watch = all.removeValue(forKey: key) else { return }
      for number in watch.ignored.union(watch.signals) { settle(number) }
    }

    /// Gives a signal to the watches that are there, or back.
    private mutating func settle(_ number: Int32) {
      let first = all.values.filter { !$0.yields && ($0.signals.contains(number) || $0.ignored.contains(number)) }
      let last = all.values.contains { $0.yields && $0.signals.contains(number) }
      guard last || !first.isEmpty else {
        if let earlier = before.removeValue(forKey: number) { _ = signal(number, earlier.handler) }
        return
      }
      let isIgnored = !first.isEmpty && first.allSatisfy { $0.ignored.contains(number) }
      let other = signal(number, isIgnored ? SIG_IGN : SignalWatch.handler)
      let earlier = before[number, default: Disposition(handler: other)]
      before[number] = earlier
      // Nothing stands for the system's own handling: whoever yields has no other.
      if first.isEmpty, earlier.handler != nil {
        _ = signal(number, earlier.handler)
        before[number] = nil
      }
    }

    /// Those that a signal is for; none where it came as the last watch went.
    func receivers(of number: Int32) -> [@Sendable (Int32) -> Void] {
      let first = all.values.filter { !$0.yields && $0.signals.contains(number) }
      return (first.isEmpty ? all.values.filter { $0.yields && $0.signals.contains(number) } : first).map(\.receive)
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
