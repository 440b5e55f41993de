import Archive
import Execution
import Kinds
import Testing
import Upkeep
import Warehouse
import Work

/// Archives whose units are of other recipes than the program's that computes them again.
@Suite struct OtherRecipeTests {
  private static let made = Result { try archive() }

  private static func archive() throws -> Program {
    let program = try Program()
    for (name, factor) in [("joy", 7), ("f", 3)] {
      let rows = (0..<120).map { "\($0),\(($0 * factor) % 13)" }
      try program.write((["time,\(name)"] + rows).joined(separator: "\n") + "\n", "\(name).csv")
    }
    try program.write(
      """
      study: s
      kind: layer_sweep
      datasets: [d]
      features: [{space: f}]
      targets: [{annotation: joy}]
      encoding: {}
      statistics: {draws: 20}
      """, "study.yaml")
    try program.succeed(["init", "toy.evoke"])
    let common = ["--dataset", "d", "--stimulus", "s", "--consent", "open", "--licence", "CC0-1.0"]
    try program.succeed(["import", "annotations", "joy.csv"] + common)
    try program.succeed(["import", "features", "f.csv", "--name", "f"] + common)
    try program.succeed(["run", "study.yaml"])
    try program.succeed([
      "archive", "create", "paper.zip", "--title", "t", "--author", "Ada Lovelace", "--licence", "CC-BY-4.0",
      "--study", "s", "--include", "arrays",
    ])
    return program
  }

  /// What level 5 finds with the steps of another program.
  private func findings(_ steps: [any WorkStep]) throws -> [VerificationFinding] {
    let work = Recomputation(steps: steps, options: RunOptions(workers: 0))
    return try ArchiveVerification.run(Self.made.get().folder + "/paper.zip", level: 5, work: work)
  }

  @Test func `units of an older recipe are counted, and leave level 4`() throws {
    let found = try findings(Steps.all.map { other($0, by: 1) })
    #expect(found.allSatisfy { $0.state != .failed })
    let undecided = found.filter { $0.state == .undecided }
    #expect(Verification.reached(found, of: 5) == 4)
    let fits = undecided.filter { $0.object.hasPrefix("encoding") }
    #expect(!fits.isEmpty, "\(undecided)")
    for finding in undecided {
      let known = try #require(finding.object.split(separator: " ").last.flatMap { Int($0) }) + 1
      #expect(finding.detail.contains("this program has version \(known)"), "\(finding)")
      #expect(finding.detail.contains("another build of Evoke \(Warehouse.version) gives their bits"), "\(finding)")
    }
  }

  @Test func `units of a newer recipe, and of steps that there are not, fail`() throws {
    for steps in [Steps.all.map { other($0, by: -1) }, []] {
      let failed = try findings(steps).filter { $0.state == .failed }
      #expect(!failed.isEmpty && failed.allSatisfy { $0.check == Verification.recipeCheck }, "\(failed)")
      #expect(failed.allSatisfy { $0.detail.contains("older than they are") }, "\(failed)")
    }
  }

  @Test func `the same recipes reach level 5`() throws {
    let found = try findings(Steps.all)
    #expect(found.allSatisfy { $0.state != .failed } && Verification.reached(found, of: 5) == 5, "\(found)")
  }
}

/// A step in another version.
private struct OtherVersion<Step: WorkStep>: WorkStep {
  let step: Step
  let version: Int
  var name: String { step.name }
  var summary: String { step.summary }
  var tables: [any ResultRow.Type] { step.tables }

  func compute(
    _ parameters: Step.Parameters, _ task: UnitTask, writer: ArrayFileWriter,
    progress: @escaping @Sendable (Double) -> Void
  ) throws -> [ResultRows] {
    try step.compute(parameters, task, writer: writer, progress: progress)
  }
  func cost(_ parameters: Step.Parameters, source: SourcePlace) throws -> WorkCost {
    try step.cost(parameters, source: source)
  }
  func measure(_ parameters: Step.Parameters) -> WorkMeasure? { step.measure(parameters) }
  func series(_ parameters: Step.Parameters) -> [PlannedSeries] { step.series(parameters) }
}

private func other(_ step: some WorkStep, by difference: Int) -> any WorkStep {
  OtherVersion(step: step, version: step.version + difference)
}
