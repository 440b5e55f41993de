import Diagnostics
import FileSystem
import Warehouse
import Work

/// How units get computed: by worker processes, or in this process.
public enum WorkerLaunch: Sendable {
  /// `executable arguments... --spool DIR --threads T`, which must call `UnitWorker.serve`.
  case processes(executable: String, arguments: [String])
  /// One unit after another in this process; a step that crashes takes the run with it.
  case inProcess

  /// This program with the verb `work`.
  public static var itself: WorkerLaunch { .processes(executable: "/proc/self/exe", arguments: ["work"]) }
}

/// How a plan is run.
public struct RunOptions: Sendable {
  /// Worker processes; 0 computes in this process.
  public var workers: Int
  /// Whether units are started after one has failed.
  public var keepGoing: Bool
  /// Whether units that failed in an earlier execution are tried again.
  public var retryFailed: Bool
  /// Computes only units that failed in an earlier execution, and those that need them; others stay planned.
  public var onlyFailed: Bool
  public var launch: WorkerLaunch
  /// Library name to version, for the environment row of this process.
  public var libraries: [String: String]
  /// No unit is started with fewer bytes free than this on the warehouse's disk.
  public var freeBytesFloor: Int
  /// Memory that each worker may use; nil: no limit.
  public var memoryBytes: Int?
  /// Units to compute even though they are done; other bits become rows of `divergence`.
  public var again: Set<String>

  public init(
    workers: Int = 1, keepGoing: Bool = true, retryFailed: Bool = true, onlyFailed: Bool = false,
    launch: WorkerLaunch = .itself,
    libraries: [String: String] = [:], freeBytesFloor: Int = 32 << 20, again: Set<String> = []
  ) {
    precondition(workers >= 0)
    self.workers = workers
    self.keepGoing = keepGoing
    self.retryFailed = retryFailed
    self.onlyFailed = onlyFailed
    self.launch = workers == 0 ? .inProcess : launch
    self.libraries = libraries
    self.freeBytesFloor = freeBytesFloor
    self.again = again
  }

  /// Threads of each worker: as OPENBLAS_NUM_THREADS says, else the cores shared out, at least one. Results do not depend on
  /// them.
  public var threads: Int { Machine.threadsAskedFor ?? max(1, Machine.coreCount / max(1, workers)) }
}

/// A unit that failed in this execution or before.
public struct UnitFailure: Sendable {
  public let key: String
  public let label: String
  /// Of its error; nil for one that failed before this execution.
  public let code: String?
  /// The object and the reason.
  public let message: String
  /// What to do; nil for one that failed before this execution, as the catalog keeps the message only.
  public let remedy: String?

  init(key: String, label: String, _ failure: UnitResult.Failure) {
    (self.key, self.label) = (key, label)
    (code, message, remedy) = (failure.code.id, failure.message, failure.remedy)
  }

  init(key: String, label: String, before message: String) {
    (self.key, self.label, self.message) = (key, label, message)
    (code, remedy) = (nil, nil)
  }
}

/// What a run did.
public struct RunOutcome: Sendable {
  public let runID: String
  /// Of the expanded plan: the same on every machine.
  public let planSHA256: String
  /// Over the results of all units; nil while one is missing.
  public var rootSHA256: String?
  /// Stored by this execution, also what an interrupted one had left finished.
  public var computed = 0
  /// Done before.
  public var cached = 0
  public var notApplicable = 0
  /// Recomputed with the same bits, because their array files were missing or damaged, which are in their places again.
  public var restored = 0
  /// Recomputed with other bits than stored.
  public var diverged = 0
  public var failures: [UnitFailure] = []
  /// Labels of units that wait for one that failed or was not reached.
  public var waiting: [String] = []
  /// The signal that ended the run early: 2 or 15.
  public var signal: Int32?

  init(runID: String, planSHA256: String) { (self.runID, self.planSHA256) = (runID, planSHA256) }

  /// Whether everything that applies is stored.
  public var isComplete: Bool { failures.isEmpty && waiting.isEmpty && signal == nil }

  /// Throws `E-EXE-001` (exit 75) with every failed unit, where there is one.
  public func check() throws {
    guard let first = failures.first else { return }
    let rest = waiting.isEmpty ? "" : "; \(waiting.count) more wait for what failed"
    let all = "evoke query unit_status shows each one's message; remove the cause and run the same command again"
    throw EvokeError(
      .unitsFailed, "\(failures.count) in run \(runID)", reason: "\(first.label): \(first.message)\(rest)",
      remedy: [first.remedy, all].compactMap { $0 }.joined(separator: "; "))
  }
}

extension Warehouse {
  /// Registers the plan and computes what is missing; see `Coordinator` for the order of things.
  ///
  /// Failed units do not throw; they are in the outcome (`outcome.check()` throws for them).
  /// - Parameter progress: called on this thread.
  /// - Throws: `E-WH-008` when the disk is full, `E-EXE-006` when workers do not start; everything stored stays.
  public func run(
    _ plan: Plan, steps: [any WorkStep], options: RunOptions = RunOptions(),
    progress: (RunProgress) -> Void = { _ in }
  ) throws -> RunOutcome {
    try register(plan, steps: steps)
    var coordinator = try Coordinator(
      plan.units, outcome: RunOutcome(runID: plan.runID, planSHA256: plan.sha256), in: self, steps: steps,
      options: options)
    var outcome = try coordinator.run(progress)
    try noteStamps()
    outcome.rootSHA256 = try recordRoot(of: plan.runID)
    return outcome
  }
}
