import Encoding
import Recordings
import Warehouse
import Work

/// Scores over the cohorts of a study: a meta-analysis of every target cell and feature space.
struct PooledScoreStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Fits that differ in dataset, cohort, subject and rater alone; of two cohorts or more.
    let groups: [[ComparisonStep.Parameters.Member]]
    let stimuli: CohortStimuli
    let people: CohortPeople
  }

  let name = "pooled_score"
  let version = 4
  let summary = "scores over cohorts: random-effects meta-analysis, robust where cohorts share stimuli or people"
  let tables: [any ResultRow.Type] = [PooledScoreRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let groups = try parameters.groups.map { group in
      try group.map { try ComparisonMember($0, hasDraws: false, in: task) }
    }
    progress(0.7)
    return [ResultRows(PooledScores(groups, parameters.stimuli, parameters.people).rows)].filter { !$0.rows.isEmpty }
  }
}

/// Plans the unit that pools the cohorts of a study.
package struct PooledScorePlanner {
  private let groups: [[ComparisonStep.Parameters.Member]]
  private let stimuli: CohortStimuli
  private let people: CohortPeople
  private let name: String

  /// - Parameter fits: of the study, in its order.
  package init(_ fits: [PlannedFit], _ context: StudyContext) throws {
    name = context.definition.name
    stimuli = try CohortStimuli(context)
    people = CohortPeople(fits)
    var order: [FitKeys] = []
    var groups: [FitKeys: [ComparisonStep.Parameters.Member]] = [:]
    for fit in fits {
      let keys = fit.keys.ofAnyCohort
      if groups[keys] == nil { order.append(keys) }
      groups[keys, default: []].append(
        ComparisonStep.Parameters.Member(unit: fit.unit.key, keys: fit.keys, kind: fit.kind, twins: []))
    }
    self.groups = order.compactMap { groups[$0] }.filter { group in
      Set(group.map { [$0.keys.dataset, $0.keys.cohort] }).count > 1
    }
  }

  /// nil where nothing is fitted in two cohorts.
  package var unit: WorkUnit? {
    guard !groups.isEmpty else { return nil }
    return PooledScoreStep().unit(
      PooledScoreStep.Parameters(groups: groups, stimuli: stimuli, people: people),
      inputs: groups.joined().map { .unit(role: "fit", key: $0.unit) }, label: "cohorts of \(name) pooled")
  }
}
