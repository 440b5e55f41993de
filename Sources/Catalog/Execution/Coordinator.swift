import Diagnostics
import FileSystem
import LinearAlgebra
import Warehouse
import Work

/// One execution of a plan: hands ready units to workers, collects what they leave, records the rest.
///
/// A unit is ready when every unit it needs is done. One that needs a failed unit stays planned and says so. The order
/// of work does not enter results, and neither does the number of workers.
struct Coordinator {
  private enum Place: Equatable { case waiting, running, done, failed, notApplicable, notAsked }

  private let planned: [WorkUnit]
  private let runID: String
  private let warehouse: Warehouse
  private let steps: [any WorkStep]
  private let options: RunOptions
  private let queue = EventQueue()
  private let units: [String: WorkUnit]
  private let dependents: [String: [String]]
  private var places: [String: Place] = [:]
  /// Prerequisites that are not done yet, by unit.
  private var missing: [String: Int] = [:]
  /// Waiting units without missing prerequisites, in plan order, next one last.
  private var ready: [String] = []
  private var positions: [String: Int] = [:]
  /// Running units and the share of each that is done.
  private var shares: [String: Double] = [:]
  /// Units an interrupted execution had begun, and the share of each that it had done once that is known.
  private var inherited: [String: Double?] = [:]
  private var hasDied: Set<String> = []
  /// Units that are computed though they are done: because that was asked for, or their arrays are missing or damaged.
  private var again: Set<String> = []
  private var outcome: RunOutcome
  private var progress: RunProgress
  private let begin = ContinuousClock.now

  init(
    _ planned: [WorkUnit], outcome: RunOutcome, in warehouse: Warehouse, steps: [any WorkStep], options: RunOptions
  ) throws {
    self.planned = planned
    self.outcome = outcome
    runID = outcome.runID
    self.warehouse = warehouse
    self.steps = steps
    self.options = options
    units = Dictionary(planned.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let keys = planned.map(\.key)
    let states = try warehouse.read { try $0.unitStates(keys) }
    again = options.again.union(try warehouse.damage(of: keys).keys)
    var dependents: [String: [String]] = [:]
    for (position, unit) in planned.enumerated() where positions[unit.key] == nil {
      positions[unit.key] = position
      let known = states[unit.key]
      places[unit.key] = Self.place(known, unit, options, isAgain: again.contains(unit.key))
      if places[unit.key] == .failed {
        self.outcome.failures.append(UnitFailure(key: unit.key, label: unit.label, before: known?.message ?? ""))
      }
      for key in Set(unit.prerequisites) { dependents[key, default: []].append(unit.key) }
    }
    self.dependents = dependents
    if options.onlyFailed {
      Self.narrow(&places, to: states.filter { $0.value.state == "failed" }.map(\.key), dependents)
    }
    self.outcome.cached = places.values.count { $0 == .done }
    self.outcome.notApplicable = places.values.count { $0 == .notApplicable }
    progress = RunProgress(
      event: .started, total: places.values.count { $0 == .waiting }, done: 0, failed: 0, running: [], seconds: 0)
  }

  private static func place(
    _ known: UnitState?, _ unit: WorkUnit, _ options: RunOptions, isAgain: Bool
  ) -> Place {
    if unit.notApplicable != nil { return .notApplicable }
    switch known?.state {
    case "done": return isAgain ? .waiting : .done
    case "failed": return options.retryFailed ? .waiting : .failed
    default: return .waiting
    }
  }

  /// Leaves of the waiting units those that failed before and those that need them.
  private static func narrow(
    _ places: inout [String: Place], to failed: [String], _ dependents: [String: [String]]
  ) {
    var wanted = Set(failed)
    var next = failed
    while let key = next.popLast() {
      for dependent in dependents[key] ?? [] where wanted.insert(dependent).inserted { next.append(dependent) }
    }
    for (key, place) in places where place == .waiting && !wanted.contains(key) { places[key] = .notAsked }
  }

  /// Computes what is missing.
  mutating func run(_ report: (RunProgress) -> Void) throws -> RunOutcome {
    guard places.values.contains(.waiting) else {
      sweepOnly()
      return outcome
    }
    try checkSpace()
    let spool = try Spool.make(in: warehouse.directory, run: runID)
    defer { spool.remove() }
    let collector = try start()
    try takeLeftovers(collector, except: spool)
    arrange()
    if !ready.isEmpty { try work(spool, collector, report) }
    try explainWaiting()
    tell(.ended, report)
    return outcome
  }

  /// Nothing is to be computed; what an interrupted execution left is of no use.
  private func sweepOnly() {
    for spool in Spool.leftovers(in: warehouse.directory) { spool.remove() }
  }

  private func checkSpace() throws {
    guard let free = Files.freeBytes(at: warehouse.directory), free < options.freeBytesFloor else { return }
    throw EvokeError(
      .diskFull, warehouse.directory,
      reason: "\(free >> 20) MB are free, \(options.freeBytesFloor >> 20) MB are needed",
      remedy: "free space on this disk and run the command again")
  }

  /// Records the start of this execution.
  private func start() throws -> Collector {
    let environment = WorkerEnvironment(
      blasKernel: BLASThreads.kernel, threads: options.threads, libraries: options.libraries)
    let execution = try warehouse.write { connection in
      let number = try connection.nextExecution(run: runID).map(\.execution).first ?? 1
      try connection.insert(
        ExecutionRow(
          runID: runID, execution: number, environmentID: try environment.identify(connection),
          workers: options.workers, startedAt: Machine.now))
      return number
    }
    let tables = Dictionary(steps.map { ($0.name, $0.tables) }, uniquingKeysWith: { first, _ in first })
    return Collector(warehouse: warehouse, runID: runID, execution: execution, tables: tables)
  }

  /// Takes in what interrupted executions had finished, and removes the rest.
  private mutating func takeLeftovers(_ collector: Collector, except own: Spool) throws {
    for spool in Spool.leftovers(in: warehouse.directory) where spool.directory != own.directory {
      for key in spool.resultKeys.sorted(by: { (positions[$0] ?? .max) < (positions[$1] ?? .max) }) {
        guard let unit = units[key], places[key] == .waiting, !again.contains(key),
          let result = try? UnitResult.read(key, in: spool), result.failure == nil,
          case .stored = try collector.collect(unit, from: spool).verdict
        else { continue }
        places[key] = .done
        outcome.computed += 1
        progress.done += 1
      }
      spool.remove()
    }
  }

  /// Counts what each waiting unit still needs.
  private mutating func arrange() {
    for (key, place) in places where place == .waiting {
      let needs = Set(units[key]?.prerequisites ?? [])
      missing[key] = needs.count { places[$0] != .done }
      if missing[key] == 0 { ready.append(key) }
    }
    sortReady()
  }

  private mutating func sortReady() { ready.sort { (positions[$0] ?? 0) > (positions[$1] ?? 0) } }

  private var runningCount: Int { shares.count }
  private var isStopping: Bool { outcome.signal != nil || (!options.keepGoing && progress.failed > 0) }

  private mutating func work(_ spool: Spool, _ collector: Collector, _ report: (RunProgress) -> Void) throws {
    try Files.write(planned.map { $0.key + "\n" }.joined(), to: spool.order)
    let interrupts = Interrupts(queue)
    defer { withExtendedLifetime(interrupts) {} }
    let pool = try makePool(spool)
    defer { pool.end() }
    let freezer = TaskFreezer(warehouse)
    tell(.started, report)
    while true {
      while pool.isFree, !isStopping, let key = ready.popLast(), let unit = units[key] {
        try checkSpace()
        try dispatch(unit, to: pool, spool: spool, freezer: freezer, collector: collector, report: report)
      }
      guard runningCount > 0 || (!ready.isEmpty && !isStopping) else { return }
      try handle(queue.next(waiting: 1), pool: pool, spool: spool, collector: collector, report: report)
    }
  }

  private func makePool(_ spool: Spool) throws -> any WorkerPool {
    switch options.launch {
    case .inProcess:
      InProcessPool(
        UnitWorker(steps: steps, WorkerLimits(memoryBytes: options.memoryBytes), libraries: options.libraries), spool,
        queue)
    case .processes(let executable, let arguments):
      try ProcessPool(
        executable, arguments, count: max(1, min(options.workers, progress.total - progress.done)),
        limits: WorkerLimits(threads: options.threads, memoryBytes: options.memoryBytes), spool: spool, queue: queue)
    }
  }

  private mutating func dispatch(
    _ unit: WorkUnit, to pool: any WorkerPool, spool: Spool, freezer: TaskFreezer, collector: Collector,
    report: (RunProgress) -> Void
  ) throws {
    do {
      try freezer.task(for: unit).freeze(in: spool)
    } catch let error as EvokeError where error.code == .inputMissing {
      return settle(unit, try collector.fail(unit, UnitResult.Failure(error)), nil, report)
    }
    places[unit.key] = .running
    shares[unit.key] = 0
    if Files.exists(spool.partial(unit.key)) { inherited[unit.key] = .some(nil) }
    try pool.submit(unit.key)
  }

  private mutating func handle(
    _ event: WorkerEvent?, pool: any WorkerPool, spool: Spool, collector: Collector,
    report: (RunProgress) -> Void
  ) throws {
    switch event {
    case nil: tell(.tick, report)
    case .ready(let worker): pool.release(worker)
    case .progress(let key, let share):
      if places[key] == .running { shares[key] = share }
      if case .some(nil) = inherited[key] {
        inherited[key] = share
        progress.inherited += share
      }
      tell(.tick, report)
    case .finished(let worker, let key):
      pool.release(worker)
      guard let unit = units[key], places[key] == .running else { return }
      let (verdict, seconds) = try collector.collect(unit, from: spool)
      settle(unit, verdict, seconds, report)
    case .ended(let worker):
      let (key, message) = try pool.replace(worker)
      guard let key, let unit = units[key], places[key] == .running else { return }
      try bury(unit, message: message, spool: spool, collector: collector, report: report)
    case .signal(let number):
      outcome.signal = number
      tell(.interrupted, report)
    }
  }

  /// A worker died with this unit: it is tried once more.
  private mutating func bury(
    _ unit: WorkUnit, message: String, spool: Spool, collector: Collector, report: (RunProgress) -> Void
  ) throws {
    spool.clear(unit.key)
    let failure = UnitResult.Failure(
      .workerEnded, reason: message, remedy: "give fewer workers (-j), so that each has more memory; else report this")
    if hasDied.insert(unit.key).inserted {
      try collector.note(unit, failure)
      places[unit.key] = .waiting
      shares[unit.key] = nil
      ready.append(unit.key)
      sortReady()
    } else {
      settle(unit, try collector.fail(unit, failure), nil, report)
    }
  }

  private mutating func settle(
    _ unit: WorkUnit, _ verdict: Collector.Verdict, _ seconds: Double?, _ report: (RunProgress) -> Void
  ) {
    shares[unit.key] = nil
    switch verdict {
    case .stored, .unchanged, .restored, .diverged, .replaced:
      places[unit.key] = .done
      progress.done += 1
      outcome.computed += 1
      if verdict.isOtherwise { outcome.diverged += 1 }
      if verdict == .restored { outcome.restored += 1 }
      if verdict == .replaced { reopen(beyond: unit.key) }
      let before = ready.count
      for key in dependents[unit.key] ?? [] {
        missing[key, default: 0] -= 1
        if missing[key] == 0, places[key] == .waiting { ready.append(key) }
      }
      if ready.count > before { sortReady() }
      let state = verdict.isOtherwise ? "diverged" : "done"
      tell(.unit(label: unit.label, state: state, seconds: seconds, failure: nil), report)
    case .failed(let failure):
      places[unit.key] = .failed
      progress.failed += 1
      let shown = UnitFailure(key: unit.key, label: unit.label, failure)
      outcome.failures.append(shown)
      tell(.unit(label: unit.label, state: "failed", seconds: seconds, failure: shown), report)
    }
  }

  /// What was computed from a unit whose result was replaced waits again.
  private mutating func reopen(beyond key: String) {
    var reopened: Set<String> = []
    var next = dependents[key] ?? []
    while let dependent = next.popLast() {
      guard places[dependent] == .done else { continue }
      places[dependent] = .waiting
      reopened.insert(dependent)
      next += dependents[dependent] ?? []
    }
    for dependent in reopened {
      missing[dependent] = Set(units[dependent]?.prerequisites ?? []).count { places[$0] != .done }
    }
    // The unit itself is counted off by whoever settles it.
    for dependent in dependents[key] ?? [] where reopened.contains(dependent) { missing[dependent, default: 0] += 1 }
    outcome.cached -= reopened.count
    progress.total += reopened.count
  }

  /// Says of each unit that was not reached what it waits for.
  private mutating func explainWaiting() throws {
    let waiting = planned.filter { places[$0.key] == .waiting }
    outcome.waiting = waiting.map(\.label)
    let reasons = waiting.compactMap { unit -> (String, String)? in
      let needed = unit.prerequisites.first { places[$0] != .done }
      guard let needed else { return nil }
      let label = units[needed]?.label ?? "a unit outside this plan"
      let state =
        switch places[needed] {
        case .failed: "which failed"
        case .notApplicable: "which is not applicable"
        default: "which is not done"
        }
      return (unit.key, "needs \(label), \(state)")
    }
    guard !reasons.isEmpty else { return }
    try warehouse.write { connection in
      for (key, reason) in reasons { try connection.unitWaits(reason: reason, unit: key) }
    }
  }

  private mutating func tell(_ event: RunProgress.Event, _ report: (RunProgress) -> Void) {
    let took = ContinuousClock.now - begin
    progress.event = event
    progress.seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
    progress.running = shares.sorted { (positions[$0.key] ?? 0) < (positions[$1.key] ?? 0) }
      .map { (units[$0.key]?.label ?? $0.key, $0.value) }
    report(progress)
  }
}
