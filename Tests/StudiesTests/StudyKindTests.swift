import Diagnostics
import Execution
import Foundation
import Kinds
import StudyFiles
import Testing
import Warehouse

/// A kind is one file and one line: what a test registers reads, is explained, is planned and gives rows.
@Suite struct StudyKindTests {
  private let toy = StimulusLengthKind()
  private let kinds = StudyKinds(StudyKinds.all.list + [StimulusLengthKind()])

  private static let head = "study: lengths\nkind: stimulus_length\ndatasets: [films]\n"

  private func read(_ more: String = "", head: String = head) throws -> StudyDefinition {
    try StudyDefinition(parsing: head + more, file: "study.yaml", grammar: kinds.grammar)
  }

  private func refusal(_ more: String, head: String = head) throws -> EvokeError {
    try #require(throws: EvokeError.self) { try read(more, head: head) }
  }

  @Test func itsFileReadsWithItsOwnKeysAndStandards() throws {
    let study = try read()
    #expect(study.kind == toy.kind)
    #expect(study.own(StimulusLengthKind.Keys.self).leastS == 60)
    #expect(try read("stimulus_length: {least_s: 90}").own(StimulusLengthKind.Keys.self).leastS == 90)
    #expect(study.statistics.draws == 0 && study.statistics.null == .none)
    #expect(study.filters.exclude == .none)
    #expect(try read("filters: {exclude: all}\nstatistics: {draws: 3}").filters.exclude == .all)
    #expect(study.features.isEmpty && study.targets.isEmpty && study.encoding == nil)
    let example = try StudyDefinition(parsing: try #require(toy.kind.example), grammar: kinds.grammar)
    #expect(try StudyDefinition(parsing: example.canonical.canonical, grammar: kinds.grammar) == example)
    try kinds.grammar.requireComputed(example)
  }

  @Test(arguments: [
    ("stimulus_length: {last_s: 90}", ErrorCode.studyUnknownKey, "stimulus_length.last_s (line 4)", "`least_s`"),
    ("stimulus_length: {least_s: 0}", .studyValue, "stimulus_length.least_s (line 4)", ">= 0.01"),
    ("targets: [{annotation: y}]", .studyKindKey, "targets (line 4)", "of other kinds, the study is a stimulus_length"),
    ("encoding: {}", .studyKindKey, "encoding (line 4)", "of other kinds"),
    ("filters:\n  subjects: [a]", .studyContradiction, "filters.subjects (line 5)", "stimuli have no subjects"),
  ])
  func itsProblemsAreToldWithTheirPlaces(_ more: String, _ code: ErrorCode, _ place: String, _ told: String) throws {
    let error = try refusal(more)
    #expect(error.code == code && error.object == "study.yaml: \(place)", "\(error)")
    #expect((error.reason + error.remedy).contains(told), "\(error)")
  }

  @Test func otherKindsRefuseItsBlockAndItsNameIsUnknownWhereItIsNotRegistered() throws {
    let sweep =
      "study: s\nkind: layer_sweep\ndatasets: [d]\nfeatures: [{set: a}]\ntargets: [{annotation: y}]\nencoding: {}\n"
    let error = try refusal("stimulus_length: {least_s: 3}", head: sweep)
    #expect(error.code == .studyKindKey && error.reason.contains("of kind stimulus_length"))
    #expect(
      try read(head: sweep).canonical
        == StudyDefinition(parsing: sweep, grammar: StudyKinds.all.grammar).canonical)
    let unknown = try #require(throws: EvokeError.self) {
      try StudyDefinition(parsing: Self.head, grammar: StudyKinds.all.grammar)
    }
    #expect(unknown.code == .studyValue && unknown.reason.contains("stimulus_length"))
  }

  @Test func explainTellsItAndNothingElseChanges() throws {
    let text = kinds.grammar.explain(toy.kind)
    #expect(text.hasPrefix("stimulus_length: which stimuli last long enough\n\nKeys of its study file"))
    for line in [
      "stimulus_length: {...}  (default {}: the defaults of its keys)",
      "  least_s: a number >= 0.01 and <= 86400  (default 60)",
      "  draws: a whole number from 0 to 1000000  (default: 0)", "  exclude: NAME  (default: none)",
      "Views of its results: unit_status.",
    ] {
      #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)")
    }
    #expect(!text.contains("features:") && !text.contains("targets:") && !text.contains("encoding:"))
    for kind in StudyKinds.all.grammar.kinds {
      let (before, after) = (StudyKinds.all.grammar.explain(kind), kinds.grammar.explain(kind))
      let changed = zip(before.split(separator: "\n"), after.split(separator: "\n")).filter { $0 != $1 }
      #expect(changed.count == 1 && changed.allSatisfy { $1.contains(" | stimulus_length") }, "\(kind)")
    }
  }

  @Test func whatItWouldDropIsRefused() throws {
    let error = try #require(throws: EvokeError.self) {
      try kinds.grammar.requireComputed(try read("statistics: {draws: 100}"))
    }
    #expect(error.code == .studyNotComputed && error.object == "lengths: statistics.draws")
  }

  /// A kind that is registered without an expansion.
  private struct Declared: RegisteredKind {
    let kind: StudyKind
  }

  @Test func aKindWithoutExpansionIsReadAndRefused() throws {
    let declared = StudyKinds(StudyKinds.all.list + [Declared(kind: toy.kind)])
    #expect(!declared.grammar.isComputed(toy.kind))
    #expect(declared.grammar.explain(toy.kind).contains("not computed by this version"))
    let study = try StudyDefinition(parsing: Self.head, grammar: declared.grammar)
    let refusals = declared.grammar.notComputed(study)
    #expect(refusals.map(\.object) == ["lengths: kind"] && refusals.map(\.code) == [.studyNotComputed])
    #expect(
      refusals.allSatisfy {
        $0.remedy
          == "Computed are layer_sweep, element_ablation, covariate_control, architecture_comparison, "
          + "temporal_resolution, controlled_synthesis, cohort_comparison, synchrony_consistency, gradient_map, "
          + "emotion_lag, audio_to_brain, emotion_to_brain, isc_report."
      })
  }

  @Test func itsStudyIsPlannedAndRunsToRows() throws {
    let films = try FilmWarehouse(lengths: ["long": 200, "short": 45.5])
    let study = try read(
      "stimulus_length: {least_s: 100}", head: Self.head.replacing("[films]", with: "[films, empty]"))
    let plan = try kinds.plan(study, in: films.warehouse)
    #expect(plan.kind == "stimulus_length" && plan.notes == ["3 units"])
    #expect(plan.units.map(\.label) == ["length of long", "length of short", "empty"])
    #expect(plan.units.map(\.notApplicable) == [nil, nil, "it has no stimuli"])
    let outcome = try films.warehouse.run(plan, steps: [StimulusLengthStep()], options: RunOptions(workers: 0))
    #expect(outcome.isComplete && outcome.computed == 2 && outcome.notApplicable == 1)
    #expect(
      try films.rows("SELECT name, expected, observed, pass FROM \"check\" ORDER BY name") == [
        ["long", ">= 100.0 s", "200.0 s", .int(1)], ["short", ">= 100.0 s", "45.5 s", .int(0)],
      ])
    #expect(try films.rows("SELECT name, kind FROM study") == [["lengths", "stimulus_length"]])
    // Another value of its own key is another unit.
    let other = try kinds.plan(try read("stimulus_length: {least_s: 101}"), in: films.warehouse)
    #expect(Set(other.units.map(\.key)).isDisjoint(with: plan.units.map(\.key)))
  }

  @Test func theRegistryIsComplete() {
    for entry in StudyKinds.all.list {
      let isComputed = entry is any ComputedKind
      #expect(StudyKinds.all.grammar.isComputed(entry.kind) == isComputed)
      #expect((entry.kind.example != nil) == isComputed && !entry.kind.views.isEmpty == isComputed, "\(entry.kind)")
    }
  }
}

/// A warehouse in a temporary folder with a dataset of films and one of nothing.
private final class FilmWarehouse {
  private let directory: String
  let warehouse: Warehouse

  init(lengths: [String: Double]) throws {
    directory = NSTemporaryDirectory() + "evoke-kinds-\(UUID().uuidString)"
    try Warehouse.create(at: directory)
    warehouse = try Warehouse.open(directory, .writing("test"))
    try warehouse.write { connection in
      for name in ["films", "empty"] {
        let dataset = try connection.insert("dataset", [("name", .text(name))])
        try connection.insert("cohort", [("name", .text(name)), ("dataset_id", .int(dataset))])
        for (stimulus, seconds) in lengths.sorted(by: { $0.key < $1.key }) where name == "films" {
          try connection.insert(
            "stimulus", [("dataset_id", .int(dataset)), ("name", .text(stimulus)), ("duration_s", .real(seconds))])
        }
      }
    }
  }

  deinit {
    try? warehouse.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  func rows(_ sql: String) throws -> [[SQLValue]] { try warehouse.read { try $0.rows(sql).map(\.values) } }
}
