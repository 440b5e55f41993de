import Diagnostics
import Execution
import ExecutionWorker
import Foundation
import Testing
import Warehouse

/// What happens when a run is cut off: the toy program runs the plan in a process of its own and is killed.
@Suite(.serialized) struct InterruptionTests {
  /// Runs the broad plan in another process on a warehouse that is closed here; how it ended.
  private func runElsewhere(
    _ directory: String, _ variables: [String: String], workers: Int, plan: String = "broad",
    meanwhile: (Process) throws -> Void = { _ in }
  ) throws -> (reason: Process.TerminationReason, status: Int32) {
    let process = Process()
    guard case .processes(let executable, _) = Toy.launch else { preconditionFailure("the toy worker is a process") }
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = ["--run", directory, "--workers", String(workers), "--plan", plan]
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { _, new in new }
    process.standardError = FileHandle.nullDevice
    try process.run()
    try meanwhile(process)
    process.waitUntilExit()
    return (process.terminationReason, process.terminationStatus)
  }

  private func folder() throws -> String {
    let directory = NSTemporaryDirectory() + "evoke-interrupted-\(UUID().uuidString)"
    try Warehouse.create(at: directory)
    return directory
  }

  /// Every unit is absent or complete, and every array of the catalog is what its hash says.
  private func expectWholeUnits(_ toy: ToyWarehouse) throws {
    let halves = try toy.rows(
      """
      SELECT u.label FROM unit u WHERE (u.state = 'done') <> EXISTS (SELECT 1 FROM activity a WHERE a.activity_key = u.unit_key)
      OR (u.state = 'done') <> EXISTS (SELECT 1 FROM "check" c WHERE c.unit_key = u.unit_key)
      """)
    #expect(halves.isEmpty)
    let references = try toy.warehouse.read { try $0.rows("SELECT name, file, path, logical_sha256 FROM stored_array") }
      .map {
        ArrayReference(
          name: $0.text("name"), file: toy.warehouse.directory + "/" + $0.text("file"), path: $0.text("path"),
          sha256: $0.text("logical_sha256"))
      }
    for reference in references { _ = try ArrayReader.read(reference, always: true) }
  }

  @Test(arguments: [1, 2, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 21, 25, 40, 60])
  func killedAtAnyDurableStepARunIsCompletedByTheNext(step: Int) throws {
    let directory = try folder()
    let ended = try runElsewhere(directory, ["EVOKE_CRASH_AT": String(step)], workers: step % 3)
    #expect(ended.reason == .uncaughtSignal && ended.status == SIGKILL)
    let toy = try ToyWarehouse(adopting: directory)
    try expectWholeUnits(toy)
    let outcome = try toy.warehouse.run(Toy.broad(), steps: ToySteps.all, options: RunOptions(workers: 0))
    #expect(outcome.isComplete)
    try expectWholeUnits(toy)
    #expect(!toy.hasSpool)
    #expect(toy.arrayFiles.count == 12)
    let whole = try ToyWarehouse()
    _ = try whole.warehouse.run(Toy.broad(), steps: ToySteps.all, options: RunOptions(workers: 0))
    #expect(try toy.dump() == whole.dump())
  }

  @Test func aWorkerKilledWhileItWritesLosesNothing() throws {
    let directory = try folder()
    let ended = try runElsewhere(directory, ["EVOKE_WORKER_CRASH_AT": "4"], workers: 1)
    #expect(ended.reason == .exit && ended.status == 0)
    let toy = try ToyWarehouse(adopting: directory)
    try expectWholeUnits(toy)
    #expect(try toy.rows("SELECT count(*) > 0 FROM attempt WHERE code = 'E-EXE-002'") == [[.int(1)]])
    #expect(try toy.rows("SELECT count(*) FROM unit WHERE state = 'done'") == [[.int(13)]])
  }

  @Test func workersOfAKilledRunEndAndWhatTheyFinishedIsTakenIn() throws {
    let directory = try folder()
    let spool = directory + "/spool"
    func hasResult() -> Bool {
      let files = FileManager.default.enumerator(atPath: spool)?.compactMap { $0 as? String } ?? []
      return files.contains { $0.contains("results/") && $0.hasSuffix(".json") }
    }
    // The collector dies at its first commit of a unit; by then a result stands in the spool.
    _ = try runElsewhere(directory, ["EVOKE_CRASH_AT": "8"], workers: 2)
    let toy = try ToyWarehouse(adopting: directory)
    let doneBefore = try toy.rows("SELECT count(*) FROM unit WHERE state = 'done'")[0][0].int ?? -1
    if hasResult() {
      // A step that is not known cannot compute: what gets done came from the spool.
      let outcome = try toy.warehouse.run(
        Toy.broad(), steps: ToySteps.all, options: RunOptions(workers: 0, keepGoing: true))
      #expect(outcome.computed == 13 - doneBefore)
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.filter {
      let line = (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)) ?? ""
      return line.contains(directory)
    }
    #expect(left.isEmpty)
  }

  @Test func aDamagedLeftoverIsComputedAgain() throws {
    let directory = try folder()
    _ = try runElsewhere(directory, ["EVOKE_CRASH_AT": "10"], workers: 1)
    for name in FileManager.default.enumerator(atPath: directory + "/spool")?.compactMap({ $0 as? String }) ?? []
    where name.hasSuffix(".json") && name.contains("results/") {
      let path = "\(directory)/spool/\(name)"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacingOccurrences(of: "number", with: "nummer").write(toFile: path, atomically: true, encoding: .utf8)
    }
    let toy = try ToyWarehouse(adopting: directory)
    #expect(try toy.warehouse.run(Toy.broad(), steps: ToySteps.all, options: RunOptions(workers: 0)).isComplete)
    #expect(try toy.rows("SELECT count(*) FROM \"check\" WHERE expected = 'nummer'") == [[.int(0)]])
  }

  @Test func theFirstSIGINTFinishesWhatRuns() throws {
    let directory = try folder()
    let ended = try runElsewhere(directory, [:], workers: 1, plan: "slow") { process in
      let deadline = Date().addingTimeInterval(20)
      while Date() < deadline, !FileManager.default.fileExists(atPath: directory + "/spool") { usleep(20_000) }
      usleep(400_000)
      process.interrupt()
    }
    #expect(ended.reason == .exit && ended.status == 130)
    let toy = try ToyWarehouse(adopting: directory)
    try expectWholeUnits(toy)
    let done = try toy.rows("SELECT count(*) FROM unit WHERE state = 'done'")[0][0].int ?? 0
    #expect(done >= 1 && done < 12)
    #expect(!toy.hasSpool)
  }
}
