import ArgumentParser
import Comparison
import Execution
import Kinds
import Names
import Vocabulary
import Warehouse

/// `evoke family define NAME --where SQL`
struct FamilyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "family", abstract: "Corrects scores over another family than their studies declared.",
    subcommands: [FamilyDefine.self])

  @OptionGroup var global: GlobalOptions
}

struct FamilyDefine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "define", abstract: "Corrects the scores that a condition chooses, from their stored null draws.",
    discussion: """
      The condition speaks of the view `family_cell`, which has a row for each score of the newest runs: evoke family \
      define language --where "region_group = 'language' AND quantity = 'r'". Nothing is fitted and nothing drawn: p_max is \
      the studentised maximum statistic and q_bh Benjamini and Hochberg's q over these cells. Chosen scores must be of one \
      quantity, kind of target, null, number of draws and seed. The family is stored as a unit of its own, with its \
      condition, members and hash, beside those of studies in the view `correction`, and as study family-NAME in runs and \
      archives; --dry-run, and an archive (-C FILE), print it and store nothing.
      """)

  @Argument(help: "Name of the family.") var name: String
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("What would stand after WHERE of a SELECT from family_cell.", valueName: "sql"))
  var condition: String
  @Option(help: ArgumentHelp("Corrections: max, bh or both.", valueName: "words")) var correction = "max,bh"
  @Flag(help: "Take the place of a family of this name that chose otherwise.") var replace = false
  @Flag(help: "Print the corrected p values; store nothing.") var dryRun = false
  @OptionGroup var limiting: LimitOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  private static let corrections: [Correction] = [.max, .bh]

  private func words() throws -> [Correction] {
    let words = correction.split(separator: ",").map(String.init)
    let known = Self.corrections.filter { words.contains($0.rawValue) }
    guard !words.isEmpty, known.count == words.count else {
      throw ValidationError("--correction is max, bh or max,bh.")
    }
    return known
  }

  func validate() throws { _ = try words() }

  func run() throws {
    let isKept = try !dryRun && !global.readsArchive()
    let name = try Name(name, of: "family")
    let corrections = try words()
    let (table, size) = try global.withWarehouse(isKept ? .writing("family define") : .reading) { warehouse in
      let family = try DeclaredFamily(name, where: condition, corrections, limits: limiting.limits, in: warehouse)
      guard isKept else { return (try family.corrected(in: warehouse), family.size) }
      let plan = try family.plan(in: warehouse)
      try family.check(plan, replacing: replace, in: warehouse)
      let options = RunOptions(workers: 0, libraries: try Libraries.versions())
      try warehouse.run(plan, steps: Steps.all, options: options).check()
      return (try family.stored(by: plan, in: warehouse), family.size)
    }
    global.note("family \(name): \(size)" + (isKept ? "" : "; nothing is stored"))
    try Output.write(formatting.text(table, global))
  }
}
