import Diagnostics
import Execution
import Warehouse
import Work

/// Brings a warehouse back to what its catalog says: damaged array files into quarantine, from a backup or computed again.
public struct Repair: Sendable {
  /// What was, or would be, done about one thing.
  public struct Line: Sendable, Equatable {
    public enum Action: String, Sendable {
      case restored, computed, diverged, failed
      /// The import must be made again.
      case importAgain = "import again"
    }

    public let object: String
    public let problem: String
    public let action: Action
    public let detail: String
  }

  public private(set) var lines: [Line] = []
  /// What was done when damaged units were computed; nil where there were none.
  public private(set) var outcome: RunOutcome?

  /// Whether everything is as it was, or its divergence is on record.
  public var isComplete: Bool { !lines.contains { $0.action == .failed || $0.action == .importAgain } }

  /// - Parameters:
  ///   - backup: a warehouse from which whole files are taken first.
  ///   - dryRun: only says what would be done.
  public static func run(
    _ warehouse: Warehouse, steps: [any WorkStep], options: RunOptions, backup: String?, dryRun: Bool,
    looking: (Double, String) -> Void, progress: (RunProgress) -> Void
  ) throws -> Repair {
    var repair = Repair()
    var open: [Damage] = []
    for damage in try Damage.find(in: warehouse, progress: looking) {
      let place = dryRun ? nil : try damage.setAside(in: warehouse)
      if let backup, let source = try damage.whole(in: backup) {
        if !dryRun { try damage.restore(from: source, in: warehouse) }
        repair.add(damage, .restored, [place.map { "damaged one in \($0)" }, "from \(backup)"])
      } else {
        open.append(damage)
        repair.addImports(damage, place)
      }
    }
    try repair.compute(open, in: warehouse, steps, options, dryRun: dryRun, progress)
    return repair
  }

  private mutating func add(_ damage: Damage, _ action: Line.Action, _ details: [String?]) {
    lines.append(
      Line(
        object: damage.file, problem: damage.isMissing ? "missing" : "damaged", action: action,
        detail: details.compactMap { $0 }.joined(separator: "; ")))
  }

  private mutating func addImports(_ damage: Damage, _ place: String?) {
    for case .import(let verb, let key, let command) in damage.makers {
      add(
        damage, .importAgain,
        [
          place.map { "damaged one in \($0)" },
          command
            ?? "evoke \(verb) with the sources and options of import \(key.prefix(12)) (evoke why \(damage.arrays[0]))",
        ])
    }
  }

  private mutating func compute(
    _ damaged: [Damage], in warehouse: Warehouse, _ steps: [any WorkStep], _ options: RunOptions, dryRun: Bool,
    _ progress: (RunProgress) -> Void
  ) throws {
    var files: [String: Damage] = [:]
    for damage in damaged { for key in damage.makers.compactMap(\.unit) { files[key] = damage } }
    let changed = try ChangedInputs(in: warehouse).units
    let keys = Set(files.keys).union(changed.map(\.key))
    guard !keys.isEmpty else { return }
    let done = try DoneUnits(in: warehouse)
    let outcome = dryRun ? nil : try done.compute(keys, steps: steps, options: options, progress: progress)
    let states = try warehouse.read { connection in try keys.map { ($0, try connection.divergences(unit: $0).count) } }
    let diverged = Set(states.filter { $0.1 > 0 }.map(\.0))
    for key in keys.sorted() {
      let label = done.label(of: key).map { "\(key.prefix(12)) \($0)" } ?? key
      let problem =
        files[key].map { "\($0.file) is \($0.isMissing ? "missing" : "damaged")" } ?? "its inputs have other bits"
      let failure = outcome?.failures.first { $0.key == key }
      let isDone =
        dryRun || (failure == nil && outcome.map { !$0.waiting.contains(done.label(of: key) ?? key) } ?? false)
      lines.append(
        Line(
          object: label, problem: problem,
          action: !isDone ? .failed : diverged.contains(key) ? .diverged : files[key] == nil ? .computed : .restored,
          detail: failure.map(\.message) ?? (isDone ? "computed again" : "it waits for what failed")))
    }
    self.outcome = outcome
  }
}
