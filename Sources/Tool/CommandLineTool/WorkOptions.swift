import ArgumentParser
import ContentIdentity
import Diagnostics
import Execution
import FileSystem
import Kinds
import Warehouse
import Work

/// Options of every verb that computes.
struct WorkOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Worker processes.") var jobs = 1
  @Option(
    help: ArgumentHelp(
      "Memory for all workers together, for example 2G: fewer of them start, or none when one unit needs more.",
      valueName: "size"))
  var mem: MemorySize?

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs takes 1 or more") }
  }

  /// How a plan is run: as many workers as asked for and as the memory has room for.
  ///
  /// - Throws: `E-FEA-001` when one unit alone needs more.
  func run(_ plan: Plan, in warehouse: Warehouse, keepGoing: Bool) throws -> RunOptions {
    var options = RunOptions(workers: jobs, keepGoing: keepGoing, libraries: try Libraries.versions())
    guard let mem else { return options }
    let reasons = try warehouse.reasons(for: plan)
    let estimate = try Self.estimate(plan, reasons, in: warehouse, workers: jobs)
    let coordinator = Machine.peakBytes
    let room = mem.bytes - coordinator
    let known = estimate.units.compactMap { unit in unit.memoryBytes.map { (unit: unit, bytes: $0) } }
    if let (largest, need) = known.max(by: { $0.bytes < $1.bytes }) {
      guard need <= room else {
        let label = plan.units.first { $0.key == largest.key }?.label ?? largest.kind
        throw EvokeError(
          .memoryTooSmall, label,
          reason: "it needs about \(MemorySize.text(need)), the program that runs it "
            + "\(MemorySize.text(coordinator)); --mem is \(MemorySize.text(mem.bytes))",
          remedy: "give at least --mem \(((need + coordinator) >> 24 + 1) << 4)M")
      }
      options.workers = min(jobs, max(1, room / max(1, need)))
    }
    options.memoryBytes = room / options.workers
    return options
  }

  /// What the units that a run would compute are expected to cost.
  static func estimate(_ plan: Plan, _ reasons: PlanReasons, in warehouse: Warehouse, workers: Int) throws
    -> PlanEstimate
  {
    let wanted = reasons.units.filter { $0.kind != .cached && $0.kind != .notApplicable }.map(\.key)
    var estimator = try CostEstimator(
      warehouse: warehouse, steps: Steps.all, threads: RunOptions(workers: workers).threads)
    return try estimator.estimate(plan, units: Set(wanted), workers: workers)
  }
}

/// How an estimate is shown.
enum EstimateText {
  static func table(_ estimate: PlanEstimate) -> SQLTable {
    let columns = ["what", "units", "time", "memory", "disk", "basis"]
    let rows = estimate.kinds.map { kind, units in
      let seconds = units.compactMap(\.seconds)
      return SQLRow(
        columns: columns,
        values: [
          .text(kind), .int(units.count),
          .text(seconds.isEmpty ? "?" : ProgressPrinter.time(seconds.reduce(0, +))),
          .text(units.compactMap(\.memoryBytes).max().map(MemorySize.text) ?? "?"),
          .text(MemorySize.text(units.reduce(0) { $0 + $1.diskBytes })),
          .text(Set(units.map(\.basis.rawValue)).sorted().joined(separator: ", ")),
        ])
    }
    return SQLTable(columns: columns, rows: rows)
  }

  static func summary(_ estimate: PlanEstimate, freeBytes: Int?) -> String {
    let time = ProgressPrinter.time(estimate.seconds)
    let free = freeBytes.map { " of \(MemorySize.text($0)) free" } ?? ""
    let units = "\(estimate.units.count) unit\(estimate.units.count == 1 ? "" : "s") to compute"
    // A sum over nothing is no estimate.
    if estimate.unknown > 0, estimate.unknown == estimate.units.count {
      return units + ", none of a kind that was computed here before: how long they take is not known"
    }
    let known = estimate.unknown == 0 ? "" : "; nothing is known yet of \(estimate.unknown) of them"
    return units + "\(known): about \(time) with \(estimate.workers) "
      + "worker\(estimate.workers == 1 ? "" : "s") of \(estimate.threads) thread\(estimate.threads == 1 ? "" : "s"), "
      + "\(MemorySize.text(estimate.memoryBytes)) of memory each, "
      + "\(MemorySize.text(estimate.diskBytes)) of disk\(free) before compression"
  }

  static func json(_ estimate: PlanEstimate) -> JSONValue {
    [
      "seconds": .number(estimate.seconds), "workers": .int(estimate.workers), "threads": .int(estimate.threads),
      "memory_bytes": .int(estimate.memoryBytes), "disk_bytes": .int(estimate.diskBytes),
      "unknown_units": .int(estimate.unknown),
      "units": .array(
        estimate.units.map {
          [
            "key": .string($0.key), "what": .string($0.kind), "basis": .string($0.basis.rawValue),
            "seconds": $0.seconds.map { .number($0) } ?? .null,
            "memory_bytes": $0.memoryBytes.map { .int($0) } ?? .null,
            "disk_bytes": .int($0.diskBytes),
          ]
        }),
    ]
  }
}
