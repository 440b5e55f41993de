import ArgumentParser
import ContentIdentity
import Diagnostics
import FileSystem
import Names
import Tables
import Warehouse

/// `evoke cohort define | list | show`
struct CohortCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort", abstract: "Names groups of subjects and stimuli that studies compare.",
    subcommands: [CohortDefine.self, CohortList.self, CohortShow.self])

  @OptionGroup var global: GlobalOptions
}

struct CohortDefine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "define", abstract: "Stores the subjects and stimuli that queries choose, under a name.")

  @Argument(help: "Name of the cohort.") var name: String
  @Option(help: "SELECT that returns subject_id, or subject and dataset; without it every subject.") var subjects:
    String?
  @Option(help: "SELECT that returns stimulus_id, or stimulus and dataset; without it every stimulus.")
  var stimuli: String?
  @Option(help: ArgumentHelp("Stop a query after so long.", valueName: "seconds")) var timeout = 10.0
  @Option(help: ArgumentHelp("Refuse more rows than that.", valueName: "n")) var maxRows = 1_000_000
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if !(timeout > 0 && timeout.isFinite) || maxRows < 1 {
      throw ValidationError("--timeout and --max-rows are positive.")
    }
    if subjects == nil, stimuli == nil { throw ValidationError("Give --subjects SQL, --stimuli SQL or both.") }
  }

  func run() throws {
    let outcome = try global.withWarehouse(.writing("cohort define")) {
      try Cohort(
        name: Name(name, of: "cohort").text, subjectSQL: subjects, stimulusSQL: stimuli,
        limits: QueryLimits(seconds: timeout, rows: maxRows)
      ).define(in: $0)
    }
    if global.json {
      return try Output.line(
        JSONValue.object([
          "schema": "evoke.cohort/1", "cohort": .string(name), "subjects": .int(outcome.subjectCount),
          "stimuli": .int(outcome.stimulusCount), "unchanged": .bool(outcome.isUnchanged),
        ]).canonical)
    }
    let counts = "\(outcome.subjectCount) subjects, \(outcome.stimulusCount) stimuli"
    global.note("cohort \(name): \(counts)\(outcome.isUnchanged ? "; unchanged" : "")")
  }
}

struct CohortList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the cohorts that were defined.")
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let table = try global.withWarehouse(.reading) { warehouse in
      try warehouse.read { try $0.table(.cohortList) }
    }
    try Output.write(formatting.text(table, global))
  }
}

struct CohortShow: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Lists the members of a cohort.")
  @Argument(help: "Name of the cohort.") var name: String
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let table = try global.withWarehouse(.reading) { warehouse in
      try warehouse.read { try $0.table(.cohortMembers, ["name": .text(name)]) }
    }
    guard !table.rows.isEmpty else {
      throw EvokeError(
        .unknownName, "cohort \(name)", reason: "no cohort of that name is defined",
        remedy: "evoke cohort list shows them; evoke cohort define \(name) ... makes it")
    }
    try Output.write(formatting.text(table, global))
  }
}
