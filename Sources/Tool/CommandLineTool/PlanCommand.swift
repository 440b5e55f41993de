import ArgumentParser
import ContentIdentity
import Diagnostics
import Encoding
import Execution
import FileSystem
import Kinds
import StudyFiles
import TableText
import Warehouse
import Work

/// `evoke plan STUDY`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows the units of a study, with a reason for each, and what its fits can find; computes nothing.")

  @Argument(help: "Study file (YAML).") var study: String
  @Flag(help: "List cached units too.") var all = false
  @Flag(help: "Say how long it will take and how much memory and disk, kind by kind.") var estimate = false
  @Option(name: .shortAndLong, help: "Worker processes the estimate is for.") var jobs = 1
  @OptionGroup var reportable: ReportableOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.withWarehouse(.reading) { warehouse in
      let plan = try StudyFile.plan(study, in: warehouse)
      let reasons = try warehouse.reasons(for: plan)
      if estimate {
        let found = try WorkOptions.estimate(plan, reasons, in: warehouse, workers: max(1, jobs))
        return try Self.show(found, in: warehouse, global)
      }
      let survey = try DesignSurvey(plan, steps: Steps.all, in: warehouse)
      let designs = try (0..<survey.count).map(survey.design)
      if global.json {
        try Output.line(StrictCoder.write(PlanDocument(plan, reasons, designs)).canonical)
        return try reportable.check(survey, designs)
      }
      for unit in reasons.units where all || unit.kind != .cached {
        try Output.line("\(unit.key.prefix(12))  \(unit.text)  \(unit.label)")
      }
      let counts = UnitReason.Kind.allCases.compactMap { kind in reasons.counts[kind].map { "\($0) \(kind.rawValue)" } }
      try Output.line("run \(plan.runID): \(plan.units.count) units: \(counts.joined(separator: ", "))")
      if !designs.isEmpty { try Output.write("\n" + TableFormat.table.text(DesignText.table(designs))) }
      for note in plan.notes + DesignText.notes(designs) { global.note("note: \(note)") }
      try reportable.check(survey, designs)
    }
  }

  /// Prints an estimate.
  static func show(_ estimate: PlanEstimate, in warehouse: Warehouse, _ global: GlobalOptions) throws {
    if global.json {
      let body = EstimateText.json(estimate)
      guard case .object(var members) = body else { return }
      members["schema"] = "evoke.estimate/1"
      return try Output.line(JSONValue.object(members).canonical)
    }
    if !estimate.units.isEmpty { try Output.write(TableFormat.table.text(EstimateText.table(estimate))) }
    try Output.line(EstimateText.summary(estimate, freeBytes: Files.freeBytes(at: warehouse.directory)))
  }
}

/// A study file on disk.
enum StudyFile {
  static func plan(_ path: String, in warehouse: Warehouse) throws -> Plan {
    try StudyKinds.all.plan(try read(path), in: warehouse)
  }

  static func read(_ path: String) throws -> StudyDefinition {
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    return try StudyDefinition(parsing: text, file: path, grammar: StudyKinds.all.grammar)
  }
}
