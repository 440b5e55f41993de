import ContentIdentity
import Foundation
import Kinds
import Testing
import bench

/// Studies of every kind find what was planted for them, and nothing where nothing was: one seed, through the code that
/// `bench gates studies` runs, in about a minute of a processor; the tables are in Tests/Benchmarks/RESULTS.md.
@Suite(.serialized) struct PlantedStudyTests {
  /// The first of the tables.
  private static let seed: UInt64 = 0

  /// Kinds of which the form without anything planted is asked for, too: those whose planted form has nothing that must not be
  /// found, and the quickest of the others. The tables ask for the rest, and for the further forms.
  private static let nulls: Set = [
    "covariate_control", "isc_report", "cohort_comparison", "controlled_synthesis", "synchrony_consistency",
    "temporal_resolution", "element_ablation",
  ]

  private static let samples = StudyScenarios.all.filter {
    $0.form == "planted" || $0.form == "null" && nulls.contains($0.kind)
  }

  @Test(arguments: [0, 1])
  func `a study that finds nothing fails, and so does one that finds everything`(rejected: Int) {
    let kinds = StudyKinds.all.list.map(\.kind.name)
    #expect(Self.nulls.isSubset(of: kinds) && 2 * Self.nulls.count >= kinds.count)
    for kind in kinds {
      let verdicts = Self.samples.filter { $0.kind == kind }.map(\.gate).map { gate in
        let lines = gate.questions.compactMap { question in
          GateLine("\(gate.id)\t0\t\(question.name)\t1\t1\t1\t\(rejected)\t\(rejected)\t0\t0\t")
        }
        #expect(lines.count == gate.questions.count, "\(gate.id)")
        return gate.holds(gate.summaries(lines))
      }
      #expect(verdicts.contains(false), "\(kind)")
    }
  }

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

  @Test(arguments: samples.map(\.gate.id))
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
