import ArgumentParser
import ContentIdentity
import Diagnostics
import Execution
import Kinds
import Warehouse
import Work

/// `evoke run STUDY`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Computes what a study lacks; commits each unit as it ends; resumable.")

  @Argument(help: "Study file (YAML).") var study: String
  @OptionGroup var work: WorkOptions
  @OptionGroup var reportable: ReportableOptions
  @Flag(inversion: .prefixedNo, help: "Go on with other units after one failed.") var keepGoing = true
  @Option(help: "local (slurm is not in this version).") var executor = "local"
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard executor == "local" else { throw ValidationError("--executor \(executor) is not in this version: use local") }
  }

  func run() throws {
    try global.withWarehouse(.writing("run")) { warehouse in
      let plan = try StudyFile.plan(study, in: warehouse)
      for note in plan.notes { global.note("note: \(note)") }
      try reportable.check(plan, in: warehouse)
      try Self.execute(plan, in: warehouse, work, keepGoing: keepGoing, global: global)
    }
  }

  /// Runs a plan with progress, prints what was done and throws when units failed.
  static func execute(
    _ plan: Plan, in warehouse: Warehouse, _ work: WorkOptions, keepGoing: Bool, onlyFailed: Bool = false,
    global: GlobalOptions
  ) throws {
    let printer = ProgressPrinter(isTerminal: Output.isTerminal, isQuiet: global.quiet || global.json) {
      Output.terminal($0)
    }
    var options = try work.run(plan, in: warehouse, keepGoing: keepGoing)
    options.onlyFailed = onlyFailed
    if options.workers < work.jobs { global.note("--mem has room for \(options.workers) of \(work.jobs) workers") }
    let outcome = try warehouse.run(plan, steps: Steps.all, options: options) { printer.show($0) }
    let rows = try ReportableRows(outcome.runID, in: warehouse)
    let calibration = try CalibrationRates(outcome.runID, in: warehouse)
    if global.json {
      try Output.line(
        JSONValue.object([
          "schema": "evoke.run/1", "run_id": .string(outcome.runID), "study": .string(plan.studyName),
          "plan_sha256": .string(outcome.planSHA256), "root_sha256": outcome.rootSHA256.map { .string($0) } ?? .null,
          "computed": .int(outcome.computed), "cached": .int(outcome.cached),
          "not_applicable": .int(outcome.notApplicable), "diverged": .int(outcome.diverged),
          "restored": .int(outcome.restored),
          "failed": .int(outcome.failures.count), "waiting": .int(outcome.waiting.count), "rows": rows.json,
          "calibration": StrictCoder.write(calibration.document),
        ]).canonical)
    } else {
      global.note(
        "run \(outcome.runID) of \(plan.studyName): \(outcome.computed) computed, \(outcome.cached) cached, "
          + "\(outcome.notApplicable) not applicable, \(outcome.failures.count) failed"
          + (outcome.restored == 0 ? "" : ", \(outcome.restored) of damaged or missing arrays restored")
          + (outcome.diverged == 0 ? "" : ", \(outcome.diverged) diverged (evoke query divergence_log)")
          + (outcome.waiting.isEmpty ? "" : ", \(outcome.waiting.count) waiting"))
      global.note("plan \(outcome.planSHA256)")
      if let root = outcome.rootSHA256 { global.note("root \(root)") }
      if let sentence = rows.sentence { global.note("note: \(sentence)") }
      for sentence in calibration.sentences { global.note("note: \(sentence)") }
    }
    if let signal = outcome.signal { throw ExitCode(128 + signal) }
    try outcome.check()
  }
}

/// `evoke work`: what `run` starts.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Computes frozen units: keys line by line from standard input, or one --task.")

  @Option(help: "Spool folder of a run.") var spool: String
  @Option(help: "BLAS threads.") var threads = 1
  @Option(help: ArgumentHelp("Memory a unit may need; one that needs more fails.", valueName: "size"))
  var mem: MemorySize?
  @Option(help: "Unit key.") var task: String?
  @Option(help: "Position of the unit in the spool, from 0.") var index: Int?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let folder = Spool(spool)
    let limits = WorkerLimits(threads: threads, memoryBytes: mem?.bytes)
    let libraries = try Libraries.versions()
    guard let key = try task ?? index.map({ try UnitWorker.key(at: $0, in: folder) }) else {
      return try UnitWorker.serve(folder, steps: Steps.all, limits, libraries: libraries)
    }
    let isDone = try UnitWorker.serve(folder, key: key, steps: Steps.all, limits, libraries: libraries)
    if !isDone { throw ExitCode(ExitStatus.temporary.rawValue) }
  }
}

/// `evoke retry --failed STUDY`
struct RetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Computes the failed units of a study again, and those that need them.")

  @Argument(help: "Study file (YAML).") var study: String
  @Flag(help: "Failed units (the only kind there is).") var failed = false
  @OptionGroup var work: WorkOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.withWarehouse(.writing("retry")) { warehouse in
      let plan = try StudyFile.plan(study, in: warehouse)
      try RunCommand.execute(plan, in: warehouse, work, keepGoing: true, onlyFailed: true, global: global)
    }
  }
}
