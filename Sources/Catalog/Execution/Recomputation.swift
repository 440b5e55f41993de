import Diagnostics
import FileSystem
import Warehouse
import Work

/// Computes units that are done once more, each from the inputs that are stored, and compares; nothing of the warehouse is
/// changed.
public struct Recomputation {
  /// How what a unit computes compares with what is stored.
  public enum Verdict: Sendable, Equatable {
    case bitwise
    /// Arrays to 1e-4 of their largest value (at least 1), numbers of rows to 1e-6 of theirs (at least 1e-6); all else equal.
    case tolerance
    /// Numbers of rows differ by more, and nothing that they conclude does: p and q lie on the same side of .05, effects and
    /// intervals on the same side of 0, peaks and their places are where they were; texts, counts and flags are equal, and with
    /// them what may be reported. Only of units that conclude something.
    case conclusion
    case different(String)
    case failed(String)
    /// An array or source that it reads is not there.
    case absent
    /// What it was computed of is known by its hash alone, as it names people whom an archive keeps back.
    case withheld
    /// It was computed by a recipe that this program does not have.
    case recipe(OtherRecipe)
  }

  public struct Outcome: Sendable {
    public let key: String
    public let label: String
    public let verdict: Verdict
    /// Rows with numbers beyond the tolerance, of a unit whose conclusions are the same.
    public let revisions: [RowRevision]
  }

  private let steps: [any WorkStep]
  private let options: RunOptions

  /// - Parameter options: workers, threads and memory, as for a run.
  public init(steps: [any WorkStep], options: RunOptions) { (self.steps, self.options) = (steps, options) }

  /// Every unit that is done, in the order of keys.
  public func outcomes(
    in warehouse: Warehouse, progress: (Double, String) -> Void = { _, _ in }
  ) throws -> [Outcome] {
    let done = try DoneUnits(in: warehouse)
    let scratch = try PrivateFolder("verify")
    defer { scratch.remove() }
    let spool = try Spool.make(in: scratch.path, run: "verify")
    var bench = try Bench(done, warehouse, spool, steps: steps, options)
    return try bench.run(progress)
  }
}

/// The units at work.
private struct Bench {
  private let done: DoneUnits
  private let warehouse: Warehouse
  private let spool: Spool
  private let steps: [any WorkStep]
  private let freezer: TaskFreezer
  private let withheld: Set<String>
  private let queue = EventQueue()
  private let pool: any WorkerPool
  private var waiting: [String]
  private var running: Set<String> = []
  private var verdicts: [String: Recomputation.Verdict] = [:]
  private var revisions: [String: [RowRevision]] = [:]

  init(
    _ done: DoneUnits, _ warehouse: Warehouse, _ spool: Spool, steps: [any WorkStep], _ options: RunOptions
  ) throws {
    (self.done, self.warehouse, self.spool, self.steps) = (done, warehouse, spool, steps)
    freezer = TaskFreezer(warehouse)
    withheld = try warehouse.read { try $0.withheldRecipes(of: UnitRow.table) }
    waiting = done.keys.reversed()
    switch options.launch {
    case .inProcess:
      let limits = WorkerLimits(memoryBytes: options.memoryBytes)
      pool = InProcessPool(UnitWorker(steps: steps, limits, libraries: options.libraries), spool, queue)
    case .processes(let executable, let arguments):
      let limits = WorkerLimits(threads: options.threads, memoryBytes: options.memoryBytes)
      pool = try ProcessPool(
        executable, arguments, count: max(1, min(options.workers, waiting.count)), limits: limits, spool: spool,
        queue: queue)
    }
  }

  mutating func run(_ progress: (Double, String) -> Void) throws -> [Recomputation.Outcome] {
    defer { pool.end() }
    let total = Double(max(1, waiting.count))
    while !waiting.isEmpty || !running.isEmpty {
      while pool.isFree, let key = waiting.popLast() { try dispatch(key) }
      progress(Double(verdicts.count) / total, running.first.flatMap(done.label) ?? "units")
      if !running.isEmpty {
        try handle(queue.next(waiting: 1))
      } else if !pool.isFree {
        try handle(queue.next(waiting: 1))
      }
    }
    return verdicts.sorted { $0.key < $1.key }.map { key, verdict in
      Recomputation.Outcome(
        key: key, label: done.label(of: key) ?? key, verdict: verdict,
        revisions: verdict == .conclusion ? revisions[key, default: []] : [])
    }
  }

  private mutating func dispatch(_ key: String) throws {
    guard !withheld.contains(key) else {
      verdicts[key] = .withheld
      return
    }
    do {
      let task = try freezer.task(for: done.unit(key))
      guard task.arrays.allSatisfy({ Files.exists($0.reference.file) }),
        task.sources.allSatisfy({ Files.kind(of: $0.path) != nil })
      else {
        verdicts[key] = .absent
        return
      }
      if let recipe = try OtherRecipe(of: task, computedBy: done.program(of: key), among: steps) {
        verdicts[key] = .recipe(recipe)
        return
      }
      try task.freeze(in: spool)
    } catch let error as EvokeError where error.code == .inputMissing {
      verdicts[key] = .failed("\(error.object): \(error.reason)")
      return
    }
    running.insert(key)
    try pool.submit(key)
  }

  private mutating func handle(_ event: WorkerEvent?) throws {
    switch event {
    case nil, .progress, .signal: return
    case .ready(let worker): pool.release(worker)
    case .finished(let worker, let key):
      pool.release(worker)
      guard running.remove(key) != nil else { return }
      verdicts[key] = try verdict(key)
      spool.clear(key)
    case .ended(let worker):
      let (key, message) = try pool.replace(worker)
      guard let key, running.remove(key) != nil else { return }
      verdicts[key] = .failed("its worker ended: \(message)")
      spool.clear(key)
    }
  }

  private mutating func verdict(_ key: String) throws -> Recomputation.Verdict {
    let result: UnitResult
    do { result = try UnitResult.read(key, in: spool) } catch let error as EvokeError { return .failed(error.reason) }
    if let failure = result.failure { return .failed(failure.message) }
    let stored = try warehouse.read { try $0.unitStates([key])[key]?.resultSHA256 }
    guard stored != result.sha256 else { return .bitwise }
    let comparison = try ResultComparison(of: result, in: spool, with: warehouse)
    revisions[key] = comparison.revisions
    return comparison.verdict
  }
}
