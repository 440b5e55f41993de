import Diagnostics
import Foundation

/// Where units are computed. Used by the coordinator's thread only.
protocol WorkerPool: AnyObject {
  /// Whether another unit can be taken.
  var isFree: Bool { get }
  /// Takes a unit whose task stands in the spool.
  func submit(_ key: String) throws
  /// The unit that the worker had when it ended, and what its process said; the worker is replaced.
  func replace(_ worker: Int) throws -> (unit: String?, message: String)
  /// Notes that a worker has started or finished its unit.
  func release(_ worker: Int)
  /// Lets all workers end; one that still computes, because the run was given up, is stopped.
  func end()
}

/// Computes in this process, one unit at a time.
final class InProcessPool: WorkerPool {
  private let worker: UnitWorker
  private let spool: Spool
  private let queue: EventQueue
  private var isBusy = false

  init(_ worker: UnitWorker, _ spool: Spool, _ queue: EventQueue) {
    self.worker = worker
    self.spool = spool
    self.queue = queue
  }

  var isFree: Bool { !isBusy }

  func submit(_ key: String) throws {
    isBusy = true
    let queue = self.queue
    try worker.compute(key, in: spool) { queue.push(.progress(unit: key, share: $0)) }
    queue.push(.finished(worker: 0, unit: key))
  }

  func release(_ worker: Int) { isBusy = false }
  func replace(_ worker: Int) -> (unit: String?, message: String) { (nil, "") }
  func end() {}
}

/// Worker processes that take unit keys on standard input and speak JSON lines on standard output.
final class ProcessPool: WorkerPool {
  private struct Worker {
    let process: Process
    let input: FileHandle
    var unit: String?
    var isReady = false
  }

  private let executable: String
  private let arguments: [String]
  private let spool: Spool
  private let queue: EventQueue
  private var workers: [Int: Worker] = [:]
  private var started = 0
  /// Processes that ended in a row without having had a unit.
  private var idleDeaths = 0

  init(
    _ executable: String, _ arguments: [String], count: Int, limits: WorkerLimits, spool: Spool, queue: EventQueue
  ) throws {
    self.executable = executable
    self.arguments =
      arguments + ["--spool", spool.directory, "--threads", String(limits.threads)]
      + (limits.memoryBytes.map { ["--mem", String($0)] } ?? [])
    self.spool = spool
    self.queue = queue
    for _ in 0..<count { try start() }
  }

  var isFree: Bool { workers.values.contains { $0.isReady && $0.unit == nil } }

  func submit(_ key: String) throws {
    guard let id = workers.filter({ $0.value.isReady && $0.value.unit == nil }).keys.min() else {
      preconditionFailure("no free worker")
    }
    workers[id]?.unit = key
    // A worker that is gone is noticed when its output ends; its unit is then tried again.
    try? workers[id]?.input.write(contentsOf: Data((key + "\n").utf8))
  }

  func release(_ worker: Int) {
    if workers[worker]?.unit != nil { idleDeaths = 0 }
    workers[worker]?.unit = nil
    workers[worker]?.isReady = true
  }

  func replace(_ worker: Int) throws -> (unit: String?, message: String) {
    guard let ended = workers.removeValue(forKey: worker) else { return (nil, "") }
    try? ended.input.close()
    ended.process.waitUntilExit()
    let how =
      ended.process.terminationReason == .uncaughtSignal
      ? "signal \(ended.process.terminationStatus)" : "exit status \(ended.process.terminationStatus)"
    let said = spool.lastWords(worker)
    let message = "the worker ended by \(how)" + (said.isEmpty ? "" : ": \(said)")
    if ended.unit == nil {
      idleDeaths += 1
      if idleDeaths > 3 {
        throw EvokeError(
          .workersUnavailable, executable, reason: message, remedy: "run evoke doctor; check that the program can start"
        )
      }
    }
    try start()
    return (ended.unit, message)
  }

  func end() {
    for worker in workers.values {
      if worker.unit != nil { worker.process.terminate() }
      try? worker.input.write(contentsOf: Data("end\n".utf8))
      try? worker.input.close()
    }
    for worker in workers.values { worker.process.waitUntilExit() }
    workers = [:]
  }

  private func start() throws {
    started += 1
    let id = started
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.resolved(executable))
    process.arguments = arguments
    process.environment = Self.environment()
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    _ = FileManager.default.createFile(atPath: spool.log(id), contents: nil)
    if let log = FileHandle(forWritingAtPath: spool.log(id)) { process.standardError = log }
    do {
      try process.run()
    } catch {
      throw EvokeError(
        .workersUnavailable, executable, reason: error.localizedDescription, remedy: "check that the program can start")
    }
    workers[id] = Worker(process: process, input: input.fileHandleForWriting)
    listen(to: output.fileHandleForReading, id)
  }

  private func listen(to output: FileHandle, _ id: Int) {
    let queue = self.queue
    Thread.detachNewThread {
      var rest = Data()
      while true {
        // Not read(upToCount:), which waits until it has that much.
        let data = output.availableData
        if data.isEmpty { break }
        rest.append(data)
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
          rest = Data(rest[rest.index(after: end)...])
          switch WorkerMessage(line: line) {
          case .ready: queue.push(.ready(worker: id))
          case .progress(let unit, let share): queue.push(.progress(unit: unit, share: share))
          case .finished(let unit): queue.push(.finished(worker: id, unit: unit))
          case nil: break
          }
        }
      }
      queue.push(.ended(worker: id))
    }
  }

  /// `/proc/self/exe` must name this program, not the one that is being started.
  private static func resolved(_ path: String) -> String {
    path == "/proc/self/exe" ? (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? path : path
  }

  /// Workers do not share the coordinator's crash point; EVOKE_WORKER_CRASH_AT is theirs.
  private static func environment() -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["EVOKE_CRASH_AT"] = environment.removeValue(forKey: "EVOKE_WORKER_CRASH_AT")
    return environment
  }
}
