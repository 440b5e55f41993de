import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Glibc
import LinearAlgebra
import Synchronization
import Work

/// What a worker process says to its coordinator: one JSON object a line.
enum WorkerMessage: Sendable, Equatable {
  /// The process has started and takes units.
  case ready
  case progress(String, Double)
  case finished(String)

  var line: String {
    switch self {
    case .ready: JSONValue.object(["ready": true]).canonical
    case .progress(let key, let share): JSONValue.object(["unit": .string(key), "progress": .number(share)]).canonical
    case .finished(let key): JSONValue.object(["unit": .string(key), "finished": true]).canonical
    }
  }

  init?(line: some StringProtocol) {
    guard line.hasPrefix("{"), let json = try? JSONValue(parsing: String(line)) else { return nil }
    if json["ready"]?.boolValue == true {
      self = .ready
      return
    }
    guard let key = json["unit"]?.stringValue else { return nil }
    if json["finished"]?.boolValue == true {
      self = .finished(key)
    } else if let share = json["progress"]?.doubleValue {
      self = .progress(key, share)
    } else {
      return nil
    }
  }
}

extension UnitWorker {
  /// The body of `evoke work`: takes unit keys line by line from standard input until `end`, computes each and says so
  /// on standard output. Sets BLAS to `limits.threads`.
  ///
  /// When standard input ends without `end`, the coordinator has died and so does this process, at once.
  public static func serve(
    _ spool: Spool, steps: [any WorkStep], _ limits: WorkerLimits, libraries: [String: String] = [:]
  ) throws {
    BLASThreads.set(limits.threads)
    let worker = UnitWorker(steps: steps, limits, libraries: libraries)
    let keys = KeyQueue()
    Thread.detachNewThread {
      while let line = readLine() {
        if line == "end" { return keys.close() }
        keys.push(line)
      }
      _exit(ExitStatus.temporary.rawValue)
    }
    say(.ready)
    while let key = keys.next() {
      try worker.compute(key, in: spool, progress: throttled(key))
      say(.finished(key))
    }
  }

  /// The body of `evoke work --task KEY` and `--index N`: one task, for batch systems.
  ///
  /// - Returns: whether the unit succeeded.
  public static func serve(
    _ spool: Spool, key: String, steps: [any WorkStep], _ limits: WorkerLimits, libraries: [String: String] = [:]
  ) throws -> Bool {
    BLASThreads.set(limits.threads)
    let worker = UnitWorker(steps: steps, limits, libraries: libraries)
    return try worker.compute(key, in: spool, progress: throttled(key))
  }

  /// The key of the N-th unit of the plan, from 0.
  public static func key(at index: Int, in spool: Spool) throws -> String {
    let keys = String(decoding: try Files.read(spool.order), as: UTF8.self).split(separator: "\n")
    guard keys.indices.contains(index) else {
      throw EvokeError(
        .unknownName, "task \(index)", reason: "the plan has \(keys.count) units", remedy: "give an index from 0")
    }
    return String(keys[index])
  }

  private static func throttled(_ key: String) -> @Sendable (Double) -> Void {
    let throttle = Throttle()
    return { share in
      if share.isFinite, throttle.passes() { say(.progress(key, share)) }
    }
  }

  private static func say(_ message: WorkerMessage) {
    // A coordinator that is gone ends this process by standard input; nothing is to be done about its ears.
    try? FileHandle.standardOutput.write(contentsOf: Data((message.line + "\n").utf8))
  }
}

/// Lets five messages a second pass.
private final class Throttle: Sendable {
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  func passes() -> Bool {
    let now = ContinuousClock.now
    return last.withLock { last in
      if let before = last, now - before < .milliseconds(200) { return false }
      last = now
      return true
    }
  }
}

/// Keys between the thread that reads them and the one that computes.
private final class KeyQueue: @unchecked Sendable {
  // Sendable: the condition guards both members.
  private let condition = NSCondition()
  private var keys: [String] = []
  private var isClosed = false

  func push(_ key: String) {
    condition.withLock {
      keys.append(key)
      condition.signal()
    }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.signal()
    }
  }

  func next() -> String? {
    condition.withLock {
      while keys.isEmpty, !isClosed { condition.wait() }
      return keys.isEmpty ? nil : keys.removeFirst()
    }
  }
}
