import FileSystem
import Foundation
import Synchronization
import Testing

/// Whose a signal is while it is watched, and afterwards.
@Suite(.serialized) struct SignalWatchTests {
  /// Signals that came to the one who stood there before.
  private static let before = Atomic<Int>(0)

  private final class Received: Sendable {
    private let numbers = Mutex<[Int32]>([])
    var count: Int { numbers.withLock { $0.count } }
    func note(_ number: Int32) { numbers.withLock { $0.append(number) } }
  }

  private func comes(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 where !condition() { usleep(10_000) }
    return condition()
  }

  @Test func `a signal is handed over while it is watched, and then again whose it was`() {
    _ = signal(SIGUSR1) { _ in SignalWatchTests.before.add(1, ordering: .relaxed) }
    defer { _ = signal(SIGUSR1, SIG_IGN) }
    func stood() -> Int { Self.before.load(ordering: .relaxed) }
    let (one, other) = (Received(), Received())
    var first: SignalWatch? = SignalWatch([SIGUSR1]) { one.note($0) }
    var second: SignalWatch? = SignalWatch([SIGUSR1]) { other.note($0) }
    kill(getpid(), SIGUSR1)
    #expect(comes { one.count == 1 && other.count == 1 })
    // The first goes before the second.
    withExtendedLifetime(first) {}
    first = nil
    kill(getpid(), SIGUSR1)
    #expect(comes { other.count == 2 } && one.count == 1 && stood() == 0)
    withExtendedLifetime(second) {}
    second = nil
    kill(getpid(), SIGUSR1)
    #expect(comes { stood() == 1 } && one.count == 1 && other.count == 2)
  }

  @Test func `what is ignored meanwhile is not afterwards`() {
    _ = signal(SIGUSR2) { _ in SignalWatchTests.before.add(10, ordering: .relaxed) }
    defer { _ = signal(SIGUSR2, SIG_IGN) }
    let earlier = Self.before.load(ordering: .relaxed)
    var watch: SignalWatch? = SignalWatch([], ignoring: [SIGUSR2]) { _ in }
    kill(getpid(), SIGUSR2)
    withExtendedLifetime(watch) {}
    watch = nil
    kill(getpid(), SIGUSR2)
    #expect(comes { Self.before.load(ordering: .relaxed) == earlier + 10 })
  }

  @Test func `a signal that would end the process comes to whoever tidies up, unless somebody else has it`() {
    _ = signal(SIGALRM, SIG_DFL)
    let (last, first) = (Received(), Received())
    var ending: SignalWatch? = SignalWatch(ending: [SIGALRM]) { last.note($0) }
    kill(getpid(), SIGALRM)
    #expect(comes { last.count == 1 })
    var watch: SignalWatch? = SignalWatch([SIGALRM]) { first.note($0) }
    kill(getpid(), SIGALRM)
    #expect(comes { first.count == 1 } && last.count == 1)
    withExtendedLifetime(watch) {}
    watch = SignalWatch([], ignoring: [SIGALRM]) { _ in }
    kill(getpid(), SIGALRM)
    withExtendedLifetime(watch) {}
    watch = nil
    kill(getpid(), SIGALRM)
    #expect(comes { last.count == 2 } && first.count == 1)
    withExtendedLifetime(ending) {}
    ending = nil
    #expect(signal(SIGALRM, SIG_IGN) == nil)
    // What is ignored, or somebody else's, does not end the process and stays theirs.
    ending = SignalWatch(ending: [SIGALRM]) { last.note($0) }
    kill(getpid(), SIGALRM)
    withExtendedLifetime(ending) {}
    ending = nil
    #expect(signal(SIGALRM, SIG_DFL) != nil && last.count == 2)
  }
}
