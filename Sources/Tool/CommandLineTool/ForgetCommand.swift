import ArgumentParser
import ContentIdentity
import FrozenResults
import Upkeep
import Warehouse

/// `evoke forget IMPORT`
struct ForgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Takes an import out of the warehouse, with its arrays.",
    discussion: "Refused while results depend on it, unless --cascade takes them too. Source files are never touched.")

  @Argument(help: "Its source path, its key's first digits, or an array, stimulus, model, atlas or filters it brought.")
  var `import`: String?

  @Option(help: "A person who withdrew, in place of an import; with --everywhere.") var subject: String?
  @Flag(
    help: "Takes the person's recordings, ratings and all results that rest on them out, also of quarantine and spool.")
  var everywhere = false
  @Option(help: ArgumentHelp("A result that was frozen by query --materialize.", valueName: "label"))
  var materialized: String?
  @Option(help: "With --subject: of this dataset only.") var dataset: String?

  @Flag(help: "Forget the results computed from it too.")
  var cascade = false

  @Flag(help: "Say what would go.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard [`import`, subject, materialized].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("Name an import, or --subject NAME --everywhere, or --materialized LABEL.")
    }
    if materialized != nil, cascade { throw ValidationError("Nothing rests on a frozen result: no --cascade.") }
    if subject != nil, !everywhere || cascade {
      throw ValidationError("--subject goes with --everywhere: all that rests on the person goes too.")
    }
    if subject == nil, everywhere || dataset != nil {
      throw ValidationError("--everywhere and --dataset go with --subject.")
    }
  }

  func run() throws {
    if let subject { return try withdraw(subject) }
    if let materialized { return try forgetFrozen(materialized) }
    guard let `import` else { preconditionFailure("validate asks for one of them") }
    let outcome = try global.withWarehouse(.writing("forget")) {
      try Forgetting.forget(`import`, in: $0, cascade: cascade || dryRun, dryRun: dryRun)
    }
    if global.json {
      let document: JSONValue = [
        "schema": "evoke.forget/1", "verb": .string(outcome.verb),
        "dataset": outcome.dataset.map { .string($0) } ?? .null,
        "source": outcome.sources.first.map { .string($0) } ?? .null,
        "sources": .array(outcome.sources.map { .string($0) }), "units": .array(outcome.units.map { .string($0) }),
        "files": .array(outcome.files.map { .string($0) }), "dry_run": .bool(dryRun),
      ]
      try Output.line(document.canonical)
      return
    }
    let word = dryRun ? "would forget" : "forgot"
    let what = outcome.verb + (outcome.sources.isEmpty ? "" : " of \(outcome.sources.joined(separator: ", "))")
    try Output.line("\(word) \(what)" + (outcome.dataset.map { " (dataset \($0))" } ?? ""))
    for unit in outcome.units { try Output.line("  results of \(unit)") }
    for file in outcome.files { try Output.line("  \(file)") }
    if dryRun, !cascade, !outcome.units.isEmpty { global.note("it is refused without --cascade: results depend on it") }
  }

  private func forgetFrozen(_ label: String) throws {
    let count = try global.withWarehouse(dryRun ? .reading : .writing("forget")) {
      try FrozenResult.forget(label, in: $0, dryRun: dryRun)
    }
    if global.json {
      let document: JSONValue = [
        "schema": "evoke.forget/1", "materialized": .string(label), "row_count": .int(count), "dry_run": .bool(dryRun),
      ]
      return try Output.line(document.canonical)
    }
    try Output.line("\(dryRun ? "would forget" : "forgot") the frozen result \(label) (\(count) rows)")
  }

  private func withdraw(_ subject: String) throws {
    let outcome = try global.withWarehouse(.writing("forget")) {
      try Withdrawal.withdraw(subject, dataset: dataset, from: $0, dryRun: dryRun)
    }
    let lists = [
      ("datasets", outcome.datasets), ("arrays", outcome.arrays), ("units", outcome.units), ("runs", outcome.runs),
      ("files", outcome.files), ("kept", outcome.kept), ("materialized", outcome.frozen),
    ]
    if global.json {
      let members = lists.map { ($0, JSONValue.array($1.map { .string($0) })) }
      let document = JSONValue.object(
        [
          "schema": "evoke.withdrawal/1", "dry_run": .bool(dryRun),
        ].merging(members) { own, _ in own })
      return try Output.line(document.canonical)
    }
    try Output.line("\(dryRun ? "would take" : "took") \(subject) out of \(outcome.datasets.joined(separator: ", "))")
    for array in outcome.arrays { try Output.line("  \(array)") }
    for unit in outcome.units { try Output.line("  results of \(unit)") }
    for file in outcome.files + outcome.kept { try Output.line("  \(file)") }
    for label in outcome.frozen { try Output.line("  frozen result \(label)") }
    for run in outcome.runs { try Output.line("  affected: \(run); archives and papers made of it hold the person") }
    global.note("the source files are where they were; so are archives and copies of this warehouse")
  }
}
