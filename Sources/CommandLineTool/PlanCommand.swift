import ArgumentParser
import ContentIdentity
import Diagnostics
import Execution
import FileSystem
import Plans
import Studies
import Warehouse

/// `evoke plan STUDY`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Shows the units of a study, with a reason for each; computes nothing.")

  @Argument(help: "Study file (YAML).") var study: String
  @Flag(help: "List cached units too.") var all = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.withWarehouse(.reading) { warehouse in
      let plan = try StudyFile.plan(study, in: warehouse)
      let reasons = try warehouse.reasons(for: plan)
      if global.json { return try Output.line(Self.json(plan, reasons).canonical) }
      for unit in reasons.units where all || unit.kind != .cached {
        try Output.line("\(unit.key.prefix(12))  \(unit.text)  \(unit.label)")
      }
      let counts = UnitReason.Kind.allCases.compactMap { kind in reasons.counts[kind].map { "\($0) \(kind.rawValue)" } }
      try Output.line("run \(plan.runID): \(plan.units.count) units: \(counts.joined(separator: ", "))")
      for note in plan.notes { global.note("note: \(note)") }
    }
  }

  private static func json(_ plan: Plan, _ reasons: PlanReasons) -> JSONValue {
    [
      "schema": "evoke.plan/1", "run_id": .string(plan.runID), "study": .string(plan.studyName),
      "units": .array(
        reasons.units.map {
          [
            "key": .string($0.key), "step": .string($0.step), "label": .string($0.label),
            "reason": .string($0.kind.rawValue), "detail": .string($0.detail),
          ]
        }), "notes": .array(plan.notes.map { .string($0) }),
    ]
  }
}

/// A study file on disk.
enum StudyFile {
  static func plan(_ path: String, in warehouse: Warehouse) throws -> Plan {
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    return try Studies.plan(try StudyDefinition(parsing: text, file: path), in: warehouse)
  }
}
