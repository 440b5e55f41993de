import Execution
import ExecutionWorker
import Testing
import Work

/// Why units run.
@Suite struct ReasonTests {
  private func unit(_ version: Int, draws: Double, input: String) -> WorkUnit {
    WorkUnit(
      step: "toy_series", version: version, parameters: ["null": ["draws": .number(draws), "kind": "phase"]],
      inputs: [.source(role: "features", name: "f", sha256: input)], label: "cell")
  }

  @Test func aChangedUnitSaysWhatChanged() throws {
    let toy = try ToyWarehouse()
    try toy.warehouse.register(Toy.plan([unit(1, draws: 100, input: "aa")]), steps: ToySteps.all)
    func text(_ unit: WorkUnit) throws -> String {
      try toy.warehouse.reasons(for: Toy.plan([unit], draws: 2)).units[0].text
    }
    #expect(try text(unit(1, draws: 1000, input: "aa")) == "PARAM null.draws: 100 -> 1000")
    #expect(try text(unit(1, draws: 100, input: "bb")) == "INPUT features changed")
    #expect(try text(unit(2, draws: 100, input: "aa")) == "CODE version 1 -> 2")
    #expect(try text(unit(2, draws: 5, input: "bb")) == "CODE version 1 -> 2; null.draws: 100 -> 5; features changed")
    #expect(try text(unit(1, draws: 100, input: "aa")) == "NEW planned before, not computed yet")
    let other = Toy.plan([unit(1, draws: 7, input: "aa")], study: "another")
    #expect(try toy.warehouse.reasons(for: other).units[0].text == "NEW")
  }

  @Test func registeringWritesTheReasonAndCountsThem() throws {
    let toy = try ToyWarehouse()
    try toy.warehouse.register(Toy.plan([unit(1, draws: 100, input: "aa")]), steps: ToySteps.all)
    let reasons = try toy.warehouse.register(
      Toy.plan([unit(1, draws: 9, input: "aa"), Toy.series("fresh")], draws: 2), steps: ToySteps.all)
    #expect(reasons.counts == [.parameter: 1, .new: 1])
    #expect(reasons.toCompute == 2)
    #expect(
      try toy.rows("SELECT reason FROM unit ORDER BY rowid") == [["NEW"], ["PARAM null.draws: 100 -> 9"], ["NEW"]])
    #expect(try toy.rows("SELECT description FROM step") == [["Writes consecutive numbers."]])
  }

  @Test func twoUnitsOfOnePlanThatAreEqualAreOneUnit() throws {
    let toy = try ToyWarehouse()
    let plan = Toy.plan([Toy.series("a"), Toy.series("a")])
    let outcome = try toy.warehouse.run(plan, steps: ToySteps.all, options: RunOptions(workers: 0))
    #expect(outcome.computed == 1)
    #expect(try toy.count("run_unit") == 2)
    #expect(try toy.warehouse.run(plan, steps: [], options: RunOptions(workers: 0)).cached == 1)
  }
}
