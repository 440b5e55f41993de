import ContentIdentity
import Diagnostics
import Execution
import ExecutionWorker
import Foundation
import LabelledArrays
import Testing
import Warehouse
import Work

/// Runs in this process: what is computed, stored and explained.
@Suite(.serialized) struct RunTests {
  private let options = RunOptions(workers: 0)

  @Test func aRunStoresArraysRowsAndLineageAndLeavesNoSpool() throws {
    let toy = try ToyWarehouse()
    let outcome = try toy.warehouse.run(Toy.broad(), steps: ToySteps.all, options: options)
    #expect(outcome.isComplete)
    #expect(outcome.computed == 13)
    #expect(outcome.notApplicable == 1)
    #expect(try toy.count("stored_array") == 12)
    #expect(toy.arrayFiles.count == 12)
    #expect(!toy.hasSpool)
    // The sum of i, i+1, ... over the twelve parts, and its members in natural order.
    let total = try toy.rows("SELECT observed, expected FROM \"check\" WHERE name = 'total'")[0]
    let expected = (0..<12).reduce(0) { sum, i in sum + (0..<(3 + i % 4)).reduce(0) { $0 + i + $1 } }
    #expect(total[0] == .text(String(Double(expected))))
    #expect(total[1].string?.hasSuffix("toy/part 9 toy/part 10 toy/part 11") == true)
    #expect(
      try toy.rows("SELECT state, reason FROM unit WHERE label = 'absent'") == [["not_applicable", "no such target"]])
    #expect(
      try toy.rows("SELECT count(*) FROM used u JOIN artifact f USING (artifact_id) WHERE f.kind = 'result'") == [
        [.int(12)]
      ])
    #expect(try toy.rows("SELECT DISTINCT r FROM fold_score") == [[.real(0.1 + 0.2)]])
    #expect(try toy.rows("SELECT execution, workers FROM execution") == [[.int(1), .int(0)]])
  }

  @Test func aSecondRunComputesNothingAndWritesNothing() throws {
    let toy = try ToyWarehouse()
    let plan = Toy.broad()
    _ = try toy.warehouse.run(plan, steps: ToySteps.all, options: options)
    let before = try toy.dump()
    let outcome = try toy.warehouse.run(plan, steps: [], options: options)
    #expect(outcome.computed == 0 && outcome.cached == 13 && outcome.isComplete)
    #expect(try toy.dump() == before)
    #expect(try toy.count("execution") == 1)
  }

  @Test func aFailedUnitIsARowAndTheOthersFinish() throws {
    let toy = try ToyWarehouse()
    let good = Toy.series("good")
    let bad = Toy.series("bad", ToyBehaviour(fail: "the target is constant"))
    let plan = Toy.plan([bad, good, Toy.sum("both", of: [good, bad]), Toy.sum("one", of: [good])])
    let outcome = try toy.warehouse.run(plan, steps: ToySteps.all, options: options)
    #expect(outcome.computed == 2)
    #expect(outcome.waiting == ["both"])
    #expect(outcome.failures.map(\.label) == ["bad"])
    let error = #expect(throws: EvokeError.self) { try outcome.check() }
    #expect(error?.code.exit == .temporary)
    #expect(
      try toy.rows("SELECT label, state, message FROM unit WHERE state <> 'done' ORDER BY label") == [
        ["bad", "failed", "bad: the target is constant"], ["both", "planned", ""],
      ])
    #expect(try toy.rows("SELECT reason FROM unit WHERE label = 'both'") == [["needs bad, which failed"]])
    #expect(
      try toy.rows("SELECT state, code, message FROM attempt WHERE state = 'failed'") == [
        ["failed", "E-WH-006", "bad: the target is constant"]
      ])
    #expect(try toy.count("stored_array") == 1)
    let reasons = try toy.warehouse.reasons(for: plan)
    #expect(reasons.units.map(\.kind) == [.retry, .cached, .new, .cached])
    #expect(reasons.units[0].text == "RETRY bad: the target is constant")
  }

  @Test func failedUnitsAreTriedAgainOnlyWhenAsked() throws {
    let toy = try ToyWarehouse()
    let plan = Toy.plan([Toy.series("bad", ToyBehaviour(fail: "no"))])
    _ = try toy.warehouse.run(plan, steps: ToySteps.all, options: options)
    var keep = options
    keep.retryFailed = false
    let kept = try toy.warehouse.run(plan, steps: ToySteps.all, options: keep)
    #expect(kept.failures.map(\.message) == ["bad: no"])
    #expect(try toy.count("attempt") == 1)
    _ = try toy.warehouse.run(plan, steps: ToySteps.all, options: options)
    #expect(try toy.rows("SELECT execution FROM attempt ORDER BY 1") == [[.int(1)], [.int(2)]])
  }

  @Test func failedUnitsAloneAreTriedWithWhatNeedsThem() throws {
    let toy = try ToyWarehouse()
    var stop = options
    stop.keepGoing = false
    let bad = Toy.series("bad", ToyBehaviour(fail: "no"))
    let plan = Toy.plan([bad, Toy.series("good"), Toy.sum("both", of: [bad])])
    _ = try toy.warehouse.run(plan, steps: ToySteps.all, options: stop)
    var again = options
    again.onlyFailed = true
    let outcome = try toy.warehouse.run(plan, steps: ToySteps.all, options: again)
    #expect(outcome.computed == 0 && outcome.failures.map(\.label) == ["bad"] && outcome.waiting == ["both"])
    #expect(try toy.rows("SELECT state FROM unit WHERE label = 'good'") == [["planned"]])
    #expect(try toy.rows("SELECT DISTINCT unit_key FROM attempt") == [[.text(bad.key)]])
  }

  @Test func withoutKeepGoingNothingStartsAfterAFailure() throws {
    let toy = try ToyWarehouse()
    var stop = options
    stop.keepGoing = false
    let plan = Toy.plan([Toy.series("bad", ToyBehaviour(fail: "no")), Toy.series("good")])
    let outcome = try toy.warehouse.run(plan, steps: ToySteps.all, options: stop)
    #expect(outcome.computed == 0 && outcome.waiting == ["good"])
  }

  @Test func anUnexpectedErrorAndUndeclaredRowsFailTheUnitOnly() throws {
    let toy = try ToyWarehouse()
    let unknown = WorkUnit(step: "toy_gone", version: 3, parameters: [:], inputs: [], label: "gone")
    let plan = Toy.plan([
      Toy.series("fault", ToyBehaviour(fault: true)), Toy.series("rows", ToyBehaviour(rows: .undeclared)), unknown,
      Toy.series("good"),
    ])
    let outcome = try toy.warehouse.run(plan, steps: ToySteps.all, options: options)
    #expect(outcome.failures.map(\.code) == ["E-EXE-008", "E-EXE-005", "E-EXE-004"])
    #expect(outcome.computed == 1)
    #expect(try toy.count("family") == 0)
    #expect(toy.arrayFiles.count == 1)
  }

  @Test func rowsTheCatalogRefusesLeaveNothingBehind() throws {
    let toy = try ToyWarehouse()
    let outcome = try toy.warehouse.run(
      Toy.plan([Toy.series("a", ToyBehaviour(rows: .twice))]), steps: ToySteps.all, options: options)
    #expect(outcome.failures.map(\.code) == ["E-WH-005"])
    #expect(try toy.count("stored_array") == 0)
    #expect(try toy.count("fit") == 0)
    #expect(try toy.count("activity") == 0)
    #expect(toy.arrayFiles.isEmpty)
  }

  @Test func inputsReachTheStepWithTheirDescriptionAndLineage() throws {
    let toy = try ToyWarehouse()
    let imported = try toy.importSeries("held/arousal", value: 10)
    let unit = WorkUnit(
      step: "toy_sum", version: 1, parameters: [:], inputs: [.array(role: "target", imported)], label: "sum")
    let outcome = try toy.warehouse.run(Toy.plan([unit]), steps: ToySteps.all, options: options)
    #expect(outcome.isComplete)
    #expect(try toy.rows("SELECT expected, observed FROM \"check\"") == [["held/arousal", "21.0"]])
    #expect(
      try toy.rows("SELECT role, kind, name FROM used JOIN artifact USING (artifact_id)") == [
        ["target", "array", "held/arousal"]
      ])
  }

  @Test func sourcesAreResolvedAndTheirContentIsChecked() throws {
    let toy = try ToyWarehouse()
    let path = toy.directory + "/film.txt"
    try "abcde".write(toFile: path, atomically: true, encoding: .utf8)
    let sha256 = SHA256.hex(of: "abcde")
    try toy.warehouse.write { connection in
      let artifact = try connection.artifact(kind: "source", name: path, sha256: sha256)
      try connection.insert(
        "source_file",
        [("artifact_id", .int(artifact)), ("sha256", .text(sha256)), ("path", .text(path)), ("bytes", .int(5))])
    }
    func plan(_ label: String, _ sha256: String) -> Plan {
      Toy.plan([
        Toy.series(
          label, ToyBehaviour(count: 1, name: label), inputs: [.source(role: "film", name: "film", sha256: sha256)])
      ])
    }
    #expect(try toy.warehouse.run(plan("read", sha256), steps: ToySteps.all, options: options).isComplete)
    #expect(try toy.rows("SELECT observed FROM \"check\"") == [["5.0"]])
    try "abcdX".write(toFile: path, atomically: true, encoding: .utf8)
    let changed = try toy.warehouse.run(plan("again", sha256), steps: ToySteps.all, options: options)
    #expect(changed.failures.map(\.code) == ["E-WH-013"])
    try FileManager.default.removeItem(atPath: path)
    let absent = try toy.warehouse.run(plan("gone", sha256), steps: ToySteps.all, options: options)
    #expect(absent.failures.map(\.code) == ["E-WH-012"])
    let unknown = try toy.warehouse.run(plan("no", "00ff"), steps: ToySteps.all, options: options)
    #expect(unknown.failures.map(\.code) == ["E-EXE-007"])
  }

  @Test func otherBitsOfADoneUnitAreADivergenceAndNeverAnOverwrite() throws {
    let toy = try ToyWarehouse()
    let drift = toy.directory + "/drift.txt"
    let unit = Toy.series("a", ToyBehaviour(value: 8, drift: drift))
    let plan = Toy.plan([unit])
    _ = try toy.warehouse.run(plan, steps: ToySteps.all, options: options)
    var again = options
    again.again = [unit.key]
    let same = try toy.warehouse.run(plan, steps: ToySteps.all, options: again)
    #expect(same.diverged == 0)
    #expect(try toy.count("divergence") == 0)
    let before = try toy.rows("SELECT logical_sha256, file FROM stored_array") + toy.rows("SELECT * FROM fit")
    try "2".write(toFile: drift, atomically: true, encoding: .utf8)
    let other = try toy.warehouse.run(plan, steps: ToySteps.all, options: again)
    #expect(other.diverged == 1)
    // 8, 9, 10 became 10, 11, 12: 2 apart, at most 2/10 of the larger.
    #expect(
      try toy.rows("SELECT array, max_abs_difference, max_rel_difference FROM divergence") == [
        ["toy/a", .real(2), .real(0.2)]
      ])
    #expect(try toy.rows("SELECT logical_sha256, file FROM stored_array") + toy.rows("SELECT * FROM fit") == before)
    #expect(toy.arrayFiles.count == 1)
  }

  @Test func aNewUnitTakesOverTheNameAndTheOldArrayStepsAside() throws {
    let toy = try ToyWarehouse()
    let old = Toy.series("a", ToyBehaviour(value: 1, name: "toy/prediction"))
    let new = Toy.series("a", ToyBehaviour(value: 2, name: "toy/prediction"))
    _ = try toy.warehouse.run(Toy.plan([old]), steps: ToySteps.all, options: options)
    _ = try toy.warehouse.run(Toy.plan([new], draws: 2), steps: ToySteps.all, options: options)
    let aside = "toy/prediction~\(old.key.prefix(12))"
    #expect(try toy.rows("SELECT name FROM stored_array ORDER BY array_id") == [[.text(aside)], ["toy/prediction"]])
    // A row of results stays as it was written.
    #expect(try toy.rows("SELECT DISTINCT prediction_array FROM fit") == [["toy/prediction"]])
    #expect(try toy.rows("SELECT is_current FROM run ORDER BY rowid") == [[.int(0)], [.int(1)]])
    // Going back computes nothing and makes the first run current again.
    let back = try toy.warehouse.run(Toy.plan([old]), steps: ToySteps.all, options: options)
    #expect(back.computed == 0)
    #expect(try toy.rows("SELECT is_current FROM run ORDER BY rowid") == [[.int(1)], [.int(0)]])
  }

  @Test(arguments: [0, 2])
  func aDiskThatFillsUpEndsTheRunAndKeepsWhatIsStored(workers: Int) throws {
    let toy = try ToyWarehouse()
    let plan = Toy.plan([
      Toy.series("a"), Toy.sum("after", of: [Toy.series("a")]),
      Toy.series("big", ToyBehaviour(sleepS: 0.5, full: true)),
    ])
    let error = #expect(throws: EvokeError.self) {
      _ = try toy.warehouse.run(
        plan, steps: ToySteps.all, options: RunOptions(workers: workers, launch: Toy.launch))
    }
    #expect(error?.code == .diskFull)
    #expect(!toy.hasSpool)
    #expect(
      try toy.rows("SELECT label, state FROM unit ORDER BY rowid") == [
        ["a", "done"], ["after", "done"], ["big", "planned"],
      ])
  }

  @Test func longArraysAreCheckedBlockByBlock() throws {
    let toy = try ToyWarehouse()
    let writer = try ArrayFileWriter(in: toy.directory + "/arrays")
    // More than one block of 2^22 values, and rows that do not divide it.
    let values = (0..<(3001 * 1500)).map { Float($0 % 1013) }
    try writer.add(
      ArrayDescription(name: "long", kind: "feature"), group: "long",
      LabelledArray(axes: [.time((0..<3001).map(Double.init)), .index("feature", 1500)], values: values))
    let stored = try writer.finish()[0]
    func reference(_ sha256: String) -> ArrayReference {
      ArrayReference(name: "long", file: toy.directory + "/" + stored.file, path: stored.path, sha256: sha256)
    }
    #expect(try ArrayReader.verify(reference(stored.sha256)).axes.map(\.count) == [3001, 1500])
    let error = #expect(throws: EvokeError.self) { _ = try ArrayReader.verify(reference("00")) }
    #expect(error?.code == .arrayCorrupt)
  }

  @Test func aFullDiskStopsBeforeAnythingIsWritten() throws {
    let toy = try ToyWarehouse()
    var full = options
    full.freeBytesFloor = .max
    let error = #expect(throws: EvokeError.self) {
      _ = try toy.warehouse.run(Toy.plan([Toy.series("a")]), steps: ToySteps.all, options: full)
    }
    #expect(error?.code == .diskFull)
    #expect(!toy.hasSpool && toy.arrayFiles.isEmpty)
    #expect(try toy.rows("SELECT state FROM unit") == [["planned"]])
  }
}
