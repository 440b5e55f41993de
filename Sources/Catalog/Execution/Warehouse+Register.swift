import ContentIdentity
import FileSystem
import Warehouse
import Work

extension Warehouse {
  /// Enters a plan in one transaction: its study, run, steps and units, each with its reason.
  ///
  /// The run becomes the current one of its study's name and purpose. Units that are done stay done, failed ones keep their message.
  /// A plan that stands as it is already is not written again.
  /// - Returns: the reasons as they were before.
  @discardableResult
  public func register(_ plan: Plan, steps: [any WorkStep]) throws -> PlanReasons {
    let reasons = try reasons(for: plan)
    let found = try read { try $0.runRegistered(run: plan.runID).first }
    if let found, found.isCurrent == 1, found.unitCount == plan.units.count { return reasons }
    let summaries = Dictionary(steps.map { ($0.name, $0.summary) }, uniquingKeysWith: { first, _ in first })
    try write { connection in
      try connection.enterRun(of: plan)
      try connection.retireRuns(study: plan.studyName, purpose: plan.purpose.rawValue)
      try connection.makeRunCurrent(run: plan.runID)
      for (position, (unit, reason)) in zip(plan.units, reasons.units).enumerated() {
        try connection.enter(unit, reason: reason, summary: summaries[unit.step] ?? "")
        try connection.insert(RunUnitRow(runID: plan.runID, position: position, unitKey: unit.key), or: .ignore)
      }
    }
    return reasons
  }
}

extension Connection {
  fileprivate func enterRun(of plan: Plan) throws {
    let study = try identify(
      StudyRow(
        name: plan.studyName, kind: plan.kind, sha256: plan.definition.sha256, definition: plan.definition.canonical))
    try insert(
      RunRow(
        runID: plan.runID, studyID: study, planSHA256: plan.sha256, seed: plan.seed, generator: "philox4x32-10",
        purpose: plan.purpose.rawValue, isCurrent: 0, plannedAt: Machine.now),
      or: .ignore)
  }

  fileprivate func enter(_ unit: WorkUnit, reason: UnitReason, summary: String) throws {
    try insert(StepRow(name: unit.step, version: unit.version, description: summary), or: .ignore)
    let inputs = JSONValue.array(unit.inputs.map(\.json))
    try insert(
      UnitRow(
        unitKey: unit.key, step: unit.step, version: unit.version, parameters: unit.parameters.canonical,
        inputs: inputs.canonical, label: unit.label, state: unit.notApplicable == nil ? "planned" : "not_applicable",
        reason: unit.notApplicable ?? reason.text),
      or: .ignore)
  }
}
