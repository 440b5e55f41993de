import ContentIdentity
import Diagnostics
import Kinds
import Recordings
import StudyFiles
import Warehouse
import Work

/// A kind of study that the tests alone know: which stimuli last long enough.
struct StimulusLengthKind: ComputedKind {
  struct Keys: Codable {
    let leastS: Double
  }

  let kind = StudyKind(
    "stimulus_length", summary: "which stimuli last long enough", takes: [],
    own: .map([GrammarKey("least_s", .number(.seconds), .value(60), "Seconds that a stimulus must last.")]),
    standards: [
      "statistics.draws": .value("0") { _ in 0 }, "filters.exclude": .value("none") { _ in "none" },
    ],
    rules: Self.rules, ignored: Self.ignored, views: ["unit_status"],
    example: """
      study: lengths
      kind: stimulus_length
      datasets: [films]
      stimulus_length: {least_s: 120}
      """)

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    guard !study.filters.subjects.isEmpty else { return [] }
    return [StudyProblem(at: "filters.subjects", reason: "stimuli have no subjects", remedy: "Leave `subjects` out.")]
  }

  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    guard study.statistics.draws > 0 else { return [] }
    return [
      StudyDefinition.Ineffective(
        place: "statistics.draws", what: "draws of lengths", remedy: "Leave `draws` out: nothing is tested.")
    ]
  }

  func plan(_ context: StudyContext) throws -> Plan {
    let least = context.definition.own(Keys.self).leastS
    let units = try context.cohorts().flatMap { cohort -> [WorkUnit] in
      let stimuli = try context.warehouse.read { try $0.studyStimuli(dataset: cohort.dataset) }
      guard !stimuli.isEmpty else {
        return [StimulusLengthStep().absent([cohort.dataset], label: cohort.cohort, because: "it has no stimuli")]
      }
      return stimuli.map { stimulus in
        StimulusLengthStep().unit(
          StimulusLengthStep.Parameters(
            dataset: cohort.dataset, stimulus: stimulus.name, durationS: stimulus.durationS, leastS: least),
          inputs: [], label: "length of \(stimulus.name)")
      }
    }
    return context.plan(units, notes: ["\(units.count) units"])
  }
}

struct StimulusLengthStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let dataset: String
    let stimulus: String
    let durationS: Double?
    let leastS: Double
  }

  let name = "stimulus_length"
  let version = 1
  let summary = "Holds the length of a stimulus against the least."
  let tables: [any ResultRow.Type] = [CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    guard let length = parameters.durationS else {
      throw EvokeError(
        .inputMissing, parameters.stimulus, reason: "nothing says how long it lasts", remedy: "import its sound")
    }
    let row = CheckRow(
      name: parameters.stimulus, expected: ">= \(parameters.leastS) s", observed: "\(length) s",
      pass: length >= parameters.leastS ? 1 : 0)
    return [ResultRows([row])]
  }
}
