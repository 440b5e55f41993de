import ContentIdentity
import FileSystem
import Plans
import Warehouse

extension Warehouse {
  /// Enters a plan in one transaction: its study, run, steps and units, each with its reason.
  ///
  /// The run becomes the current one of its study's name. Units that are done stay done, failed ones keep their message.
  /// A plan that stands as it is already is not written again.
  /// - Returns: the reasons as they were before.
  @discardableResult
  public func register(_ plan: Plan, steps: [any Step]) throws -> PlanReasons {
    let reasons = try reasons(for: plan)
    let found = try read { try $0.report("run_registered", ["run": .text(plan.runID)]).first }
    if let found, found.int("is_current") == 1, found.int("unit_count") == plan.units.count { return reasons }
    let summaries = Dictionary(steps.map { ($0.name, $0.summary) }, uniquingKeysWith: { first, _ in first })
    try write { connection in
      let study = try connection.enterRun(of: plan)
      try connection.makeCurrent(plan.runID, study: study, name: plan.studyName)
      for (position, (unit, reason)) in zip(plan.units, reasons.units).enumerated() {
        try connection.enter(unit, reason: reason, summary: summaries[unit.step] ?? "")
        try connection.insert(
          "run_unit",
          [("run_id", .text(plan.runID)), ("position", .int(position)), ("unit_key", .text(unit.key))],
          conflict: "OR IGNORE")
      }
    }
    return reasons
  }
}

extension Connection {
  fileprivate func enterRun(of plan: Plan) throws -> Int {
    let study = try identify(
      "study", [("name", .text(plan.studyName)), ("sha256", .text(plan.definition.sha256))],
      also: [("kind", .text(plan.kind)), ("definition", .text(plan.definition.canonical))])
    try insert(
      "run",
      [
        ("run_id", .text(plan.runID)), ("study_id", .int(study)), ("plan_sha256", .text(plan.sha256)),
        ("seed", .int(plan.seed)), ("generator", "philox4x32-10"), ("is_current", .int(0)),
        ("planned_at", .text(Machine.now)),
      ], conflict: "OR IGNORE")
    return study
  }

  fileprivate func makeCurrent(_ run: String, study: Int, name: String) throws {
    for row in try report("studies_named", ["name": .text(name)]) {
      try update(
        "run", set: [("is_current", .int(0))], where: [("study_id", row["study_id"]), ("is_current", .int(1))])
    }
    try update("run", set: [("is_current", .int(1))], where: [("run_id", .text(run))])
  }

  fileprivate func enter(_ unit: Unit, reason: UnitReason, summary: String) throws {
    try insert(
      "step", [("name", .text(unit.step)), ("version", .int(unit.version)), ("description", .text(summary))],
      conflict: "OR IGNORE")
    let inputs = JSONValue.array(unit.inputs.map { .array([.string($0.role), .string($0.hash)]) })
    try insert(
      "unit",
      [
        ("unit_key", .text(unit.key)), ("step", .text(unit.step)), ("version", .int(unit.version)),
        ("parameters", .text(unit.parameters.canonical)), ("inputs", .text(inputs.canonical)),
        ("label", .text(unit.label)),
        ("state", .text(unit.notApplicable == nil ? "planned" : "not_applicable")),
        ("reason", .text(unit.notApplicable ?? reason.text)),
      ], conflict: "OR IGNORE")
  }
}
