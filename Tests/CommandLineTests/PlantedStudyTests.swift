import ContentIdentity
import Foundation
import Kinds
import Testing
import bench

/// Studies of every kind find what was planted for them, and nothing where nothing was: one seed of each, through the code
/// that `bench gates studies` runs; the tables are in Tests/Benchmarks/RESULTS.md.
@Suite(.serialized) struct PlantedStudyTests {
  /// The first of the tables.
  private static let seed: UInt64 = 0

  /// One seed of either form of every kind; the further forms have hundreds of runs in the tables.
  private static let samples = StudyScenarios.all.filter { ["planted", "null"].contains($0.form) }.map(\.gate.id)

  @Test func `every kind of study has a scenario in which something is planted and one in which nothing is`() {
    let kinds = Set(StudyKinds.all.list.map(\.kind.name))
    for form in ["planted", "null"] {
      let there = StudyScenarios.all.filter { $0.form == form }.map(\.kind)
      #expect(Set(there) == kinds && there.count == kinds.count, "\(form)")
    }
    #expect(StudyScenarios.all.allSatisfy { kinds.contains($0.kind) })
  }

  @Test func `every question has a frozen threshold, and every threshold a question`() throws {
    let thresholds = try StudyThresholds.frozen.get()
    let asked = StudyScenarios.all.map(\.gate).flatMap { gate in gate.questions.map { "\(gate.id): \($0.name)" } }
    #expect(Set(asked).count == asked.count)
    #expect(thresholds.places == Set(asked))
  }

  @Test func `thresholds that are not the frozen ones are refused, and so are lines that are none`() throws {
    let text = try String(contentsOfFile: StudyThresholds.path, encoding: .utf8)
    let softer = text.replacing("\t0.8\n", with: "\t0.7\n")
    try #require(softer != text)
    let refused = try #require(throws: StudyFailure.self) {
      try StudyThresholds(softer, declared: StudyThresholds.sha256)
    }
    #expect(refused.description.contains(StudyThresholds.sha256))
    for line in ["g\tq\tlevel\t0.1", "g\tq\trejected_at_least\t", "g\tq\tabout\t0.1", "g\tq\tlevel"] {
      let text = "gate\tquestion\tbound\tvalue\n\(line)\n"
      #expect(throws: StudyFailure.self) { try StudyThresholds(text, declared: SHA256.hex(of: text)) }
    }
  }

  @Test(arguments: samples)
  func `what was planted is found, and nothing where nothing was`(id: String) throws {
    let gate = try #require(GateList.gate(id))
    let lines = try gate.lines(seed: Self.seed)
    let summaries = gate.summaries(lines)
    try #require(lines.count == gate.questions.count)
    for question in gate.questions {
      let own = try #require(summaries[question.name])
      for bound in question.bounds {
        #expect(bound.holds(own, all: summaries) == true, "\(gate.id), \(question.name): \(bound)")
      }
    }
  }
}
