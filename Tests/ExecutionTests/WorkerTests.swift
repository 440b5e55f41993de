import Diagnostics
import Execution
import ExecutionWorker
import Foundation
import Testing
import Warehouse

/// Runs in worker processes: death, retry, equality of results.
@Suite(.serialized) struct WorkerTests {
  private func options(_ workers: Int) -> RunOptions { RunOptions(workers: workers, launch: Toy.launch) }

  @Test func resultsDoNotDependOnTheNumberOfWorkers() throws {
    let plan = Toy.broad()
    let dumps = try [0, 1, 2, 4].map { workers in
      let toy = try ToyWarehouse()
      #expect(try toy.warehouse.run(plan, steps: ToySteps.all, options: options(workers)).isComplete)
      return try toy.dump()
    }
    #expect(dumps[0].count > 60)
    #expect(dumps[1] == dumps[0])
    #expect(dumps[2] == dumps[0])
    #expect(dumps[3] == dumps[0])
  }

  @Test func aWorkerThatDiesOnceIsReplacedAndItsUnitTriedAgain() throws {
    let toy = try ToyWarehouse()
    let plan = Toy.plan([
      Toy.series("mortal", ToyBehaviour(kill: toy.directory + "/died")), Toy.series("b"), Toy.series("c"),
    ])
    let outcome = try toy.warehouse.run(plan, steps: ToySteps.all, options: options(2))
    #expect(outcome.isComplete && outcome.computed == 3)
    let attempts = try toy.rows(
      "SELECT a.state, a.code, a.message FROM attempt a JOIN unit USING (unit_key) WHERE label = 'mortal' ORDER BY 1")
    #expect(attempts == [["done", "", ""], ["failed", "E-EXE-002", "the worker ended by signal 9: about to end"]])
    #expect(try toy.rows("SELECT message FROM unit WHERE label = 'mortal'") == [[""]])
  }

  @Test func aUnitThatKillsItsWorkerTwiceFailsAndTheOthersFinish() throws {
    let toy = try ToyWarehouse()
    let plan = Toy.plan([Toy.series("deadly", ToyBehaviour(kill: "always")), Toy.series("b"), Toy.series("c")])
    let outcome = try toy.warehouse.run(plan, steps: ToySteps.all, options: options(1))
    #expect(outcome.computed == 2)
    #expect(outcome.failures.map(\.code) == ["E-EXE-002"])
    #expect(
      try toy.rows("SELECT state, message FROM unit WHERE label = 'deadly'") == [
        ["failed", "the worker ended by signal 9: about to end"]
      ])
    #expect(!toy.hasSpool)
  }

  @Test func theEnvironmentIsTheWorkers() throws {
    let toy = try ToyWarehouse()
    _ = try toy.warehouse.run(Toy.plan([Toy.series("a")]), steps: ToySteps.all, options: options(1))
    let row = try toy.rows(
      "SELECT e.threads, e.library_versions FROM attempt JOIN environment e USING (environment_id)")
    #expect(row == [[.int(1), #"{"toy":"1"}"#]])
    #expect(try toy.rows("SELECT seconds >= 0, peak_bytes > 1000000 FROM attempt") == [[.int(1), .int(1)]])
  }

  @Test func aProgramThatIsNoWorkerIsReported() throws {
    let toy = try ToyWarehouse()
    for program in ["/bin/false", "/nonexistent/worker"] {
      let error = #expect(throws: EvokeError.self) {
        _ = try toy.warehouse.run(
          Toy.plan([Toy.series("a")]), steps: ToySteps.all,
          options: RunOptions(workers: 1, launch: .processes(executable: program, arguments: [])))
      }
      #expect(error?.code == .workersUnavailable)
    }
    #expect(!toy.hasSpool)
  }
}
