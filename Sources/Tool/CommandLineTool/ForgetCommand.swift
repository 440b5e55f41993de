import ArgumentParser
import ContentIdentity
import Upkeep
import Warehouse

/// `evoke forget IMPORT`
struct ForgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Takes an import out of the warehouse, with its arrays.",
    discussion: "Refused while results depend on it, unless --cascade takes them too. Source files are never touched.")

  @Argument(help: "Its source path, its key's first digits, or an array, stimulus, model, atlas or filters it brought.")
  var `import`: String

  @Flag(help: "Forget the results computed from it too.")
  var cascade = false

  @Flag(help: "Say what would go.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let outcome = try global.withWarehouse(dryRun ? .reading : .writing("forget")) {
      try Forgetting.forget(`import`, in: $0, cascade: cascade || dryRun, dryRun: dryRun)
    }
    if global.json {
      let document: JSONValue = [
        "schema": "evoke.forget/1", "verb": .string(outcome.verb),
        "dataset": outcome.dataset.map { .string($0) } ?? .null,
        "source": outcome.source.map { .string($0) } ?? .null, "units": .array(outcome.units.map { .string($0) }),
        "files": .array(outcome.files.map { .string($0) }), "dry_run": .bool(dryRun),
      ]
      try Output.line(document.canonical)
      return
    }
    let word = dryRun ? "would forget" : "forgot"
    let what = outcome.verb + (outcome.source.map { " of \($0)" } ?? "")
    try Output.line("\(word) \(what)" + (outcome.dataset.map { " (dataset \($0))" } ?? ""))
    for unit in outcome.units { try Output.line("  results of \(unit)") }
    for file in outcome.files { try Output.line("  \(file)") }
  }
}
