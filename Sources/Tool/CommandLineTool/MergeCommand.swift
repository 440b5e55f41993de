import Archive
import ArgumentParser
import ContentIdentity
import Diagnostics
import Names
import Upkeep
import Warehouse

/// `evoke merge OTHER`
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Brings everything of another warehouse that this one lacks.",
    discussion: """
      Imports are the same by name, bytes and options, units by their keys: what both have stays as it is here. A unit with \
      another result there becomes rows of divergence_log. The strictest consent holds. Names that stand for other bytes \
      are refused, all of them at once. The other warehouse is only read; merging it twice brings nothing more.
      """)

  @Argument(help: "Folder of the other warehouse.") var other: String

  @Option(
    help: ArgumentHelp("A study or frozen result of the other by a new name; repeatable.", valueName: "old=new"))
  var rename: [String] = []

  @Flag(help: "Say what would come; write nothing.") var dryRun = false

  @OptionGroup var global: GlobalOptions

  private func names() throws -> [String: String] {
    var names: [String: String] = [:]
    for text in rename {
      let given = try Assignment(text, as: "--rename OLD=NEW")
      names[given.name] = try Name(given.value, of: "new name").text
    }
    return names
  }

  func run() throws {
    let names = try names()
    guard !ArchiveFile.stands(at: other) else {
      throw EvokeError(
        .archiveReadOnly, other, reason: "it is an archive, and merge reads folders",
        remedy: "make a warehouse of it: evoke archive extract \(ShellText.quoted(other)) DIR; then evoke merge DIR")
    }
    let line = ProgressLine(quiet: global.quiet || global.json)
    let (outcome, directory) = try global.withWarehouse(.writing("merge")) { warehouse in
      (
        try Merge.bring(other, into: warehouse, names: names, dryRun: dryRun) { line.show($0, $1) },
        warehouse.directory
      )
    }
    line.clear()
    if global.json { return try Output.line(json(outcome, directory).canonical) }
    for note in outcome.notes { global.note(note) }
    guard !outcome.isNothing else { return try Output.line("nothing to do: \(directory) has all of \(other)") }
    let kinds = outcome.counts.sorted { $0.key < $1.key }.map { "\($1) \($0)\($1 == 1 ? "" : "s")" }
    let what = kinds + ["\(outcome.arrays) arrays (\(outcome.arrayBytes) bytes)"]
    try Output.line("\(dryRun ? "would bring" : "brought") into \(directory): \(what.joined(separator: ", "))")
    if outcome.restored > 0 { try Output.line("  \(outcome.restored) that had been forgotten here came again") }
    for unit in outcome.divergent { try Output.line("  other bits there, ours stay: \(unit)") }
    for unit in outcome.leftOut {
      try Output.line("  left there, as its rows are not all there or what it read has other bits here: \(unit)")
    }
  }

  private func json(_ outcome: Merge.Outcome, _ directory: String) -> JSONValue {
    [
      "schema": "evoke.merge/1", "warehouse": .string(directory), "other": .string(other), "dry_run": .bool(dryRun),
      "brought": .object(outcome.counts.mapValues { .int($0) }), "arrays": .int(outcome.arrays),
      "array_bytes": .int(outcome.arrayBytes), "restored": .int(outcome.restored),
      "divergent": .array(outcome.divergent.map { .string($0) }),
      "left_out": .array(outcome.leftOut.map { .string($0) }), "notes": .array(outcome.notes.map { .string($0) }),
    ]
  }
}
