import Encoding
import Recordings
import Warehouse
import Work

/// Two cohorts and two of a study against each other: the scores of the same features on the same target in both.
struct CohortComparisonStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// One fit.
    struct Fit: Codable, Sendable {
      let member: ComparisonStep.Parameters.Member
      /// Subjects or raters behind the target; 0: nobody is counted.
      let subjectCount: Int
    }

    /// Fits of all cohorts, features and targets, in the study's order.
    let fits: [Fit]
    let stimuli: CohortStimuli
    let people: CohortPeople
  }

  let name = "cohort_comparison"
  let version = 5
  let summary = "scores of two cohorts against each other: on shared stimuli fold by fold, else stimuli as units"
  let tables: [any ResultRow.Type] = [CohortContrastRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let members = try parameters.fits.map { try ComparisonMember($0.member, hasDraws: false, in: task) }
    progress(0.7)
    let counted = parameters.fits.filter { $0.subjectCount > 0 }
    let counts = Dictionary(
      counted.map { ($0.member.unit, $0.subjectCount) }, uniquingKeysWith: { first, _ in first })
    let rows = CohortRows(members, counts, parameters.stimuli, parameters.people)
    return [ResultRows(rows.contrasts), ResultRows(rows.checks)].filter { !$0.rows.isEmpty }
  }
}

/// Plans the unit that compares the cohorts of a study.
package struct CohortComparisonPlanner {
  private let parameters: CohortComparisonStep.Parameters
  private let name: String

  /// - Parameter fits: of the study, in its order.
  package init(_ fits: [PlannedFit], _ context: StudyContext) throws {
    name = context.definition.name
    parameters = CohortComparisonStep.Parameters(
      fits: fits.map { fit in
        CohortComparisonStep.Parameters.Fit(
          member: ComparisonStep.Parameters.Member(unit: fit.unit.key, keys: fit.keys, kind: fit.kind, twins: []),
          subjectCount: fit.subjectCount)
      }, stimuli: try CohortStimuli(context), people: CohortPeople(fits))
  }

  /// nil where nothing is fitted in two cohorts.
  package var unit: WorkUnit? {
    let cohorts = Set(parameters.fits.map { [$0.member.keys.dataset, $0.member.keys.cohort] })
    guard cohorts.count > 1 else { return nil }
    return CohortComparisonStep().unit(
      parameters, inputs: parameters.fits.map { .unit(role: "fit", key: $0.member.unit) }, label: "cohorts of \(name)")
  }
}
