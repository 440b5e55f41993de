import Foundation

/// What the coordinator waits for.
enum WorkerEvent: Sendable, Equatable {
  case ready(worker: Int)
  case progress(unit: String, share: Double)
  case finished(worker: Int, unit: String)
  /// The process's output ended: it has exited or was killed.
  case ended(worker: Int)
  case signal(Int32)
}

/// Events from reader threads and signal handlers to the coordinator's thread, in order of arrival.
final class EventQueue: @unchecked Sendable {
  // Sendable: the condition guards the events.
  private let condition = NSCondition()
  private var events: [WorkerEvent] = []

  func push(_ event: WorkerEvent) {
    condition.withLock {
      events.append(event)
      condition.signal()
    }
  }

  /// The next event, or nil after `seconds` without one.
  func next(waiting seconds: Double) -> WorkerEvent? {
    condition.withLock {
      let deadline = Date().addingTimeInterval(seconds)
      while events.isEmpty, condition.wait(until: deadline) {}
      return events.isEmpty ? nil : events.removeFirst()
    }
  }
}
