import Comparison
import Diagnostics
import Encoding
import Recordings
import StudyFiles
import Work

/// The same features on the same targets in several cohorts, each fitted alone: which of them do they predict better, and
/// does the answer hang on the layer?
///
/// Cohorts are the study's datasets, those that `filters.cohorts` names, or the groups of `filters.group_by` (genre, culture,
/// language of stimuli, or a column of participants).
struct CohortComparisonKind: ComputedKind {
  let kind = StudyKind(
    "cohort_comparison", summary: "the same study in two or more groups", rules: Self.rules,
    views: ["cohort_comparison", "transfer_score"] + EncodingPlanner.views,
    example: """
      study: two-cultures
      kind: cohort_comparison
      datasets: [films]
      features:
        - {model: wav2vec2-base, layers: all, reduce: {pca: 12}}
      targets:
        - {annotation: arousal}
      encoding: {outer: {leave_one: stimulus}}
      filters: {group_by: culture}
      """)

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    let filters = study.filters
    let isDivided = filters.groupBy.map { $0 != "cohort" } ?? false
    guard study.datasets.count < 2, filters.cohorts.count < 2, !isDivided else { return [] }
    return [
      StudyProblem(
        at: "filters", reason: "a cohort_comparison compares two cohorts or more, and this study has one",
        remedy: "Name two datasets, two `filters: {cohorts: [A, B]}`, or `filters: {group_by: genre}`.")
    ]
  }

  func plan(_ context: StudyContext) throws -> Plan {
    let cohorts = try context.cohorts()
    guard cohorts.count > 1 else {
      throw EvokeError(
        .studyContradiction, "cohorts of study \(context.definition.name)",
        reason: "there is one, \(cohorts.map(\.cohort).joined()), and nothing to compare it with",
        remedy: "name another dataset or cohort, or group by a column that has two values")
    }
    var planner = try EncodingPlanner(context)
    return try planner.plan { fits in
      CohortTransferPlanner(fits, try CohortStimuli(context)).units
        + [try CohortComparisonPlanner(fits, context).unit].compactMap(\.self)
    }
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try EncodingPlanner(context)
    return try planner.calibration(request)
  }
}
