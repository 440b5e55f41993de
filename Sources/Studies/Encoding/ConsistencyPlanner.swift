import ContentIdentity
import Recordings
import StudyFiles
import Work

/// Plans the correlations of two measures of a study: synchrony with ratings, and synchrony with other synchrony.
package struct ConsistencyPlanner {
  private let context: StudyContext
  private let cohort: ResolvedCohort

  package init(_ context: StudyContext, cohort: ResolvedCohort) { (self.context, self.cohort) = (context, cohort) }

  /// The correlations of two targets on the stimuli that both have; where they have none, on all, so that the unit says so.
  ///
  /// - Throws: `E-WH-010` for regions that are not there.
  package func unit(_ first: PlannedTarget, _ second: PlannedTarget) throws -> WorkUnit {
    let step = ConsistencyStep()
    let label = "\(first.spec.name) with \(second.spec.name) of \(cohort.cohort)"
    if let reason = first.notApplicable ?? second.notApplicable {
      let absent = ConsistencyStep.Absent(
        dataset: cohort.dataset, cohort: cohort.cohort, first: first.spec.parameters, second: second.spec.parameters)
      return step.absent(absent, label: label, because: reason)
    }
    let shared = first.stimuli.intersection(second.stimuli)
    let sides = shared.isEmpty ? [first, second] : [first.of(shared), second.of(shared)]
    let definition = context.definition
    let statistics = definition.statistics
    return step.unit(
      ConsistencyStep.Parameters(
        dataset: cohort.dataset, cohort: cohort.cohort, first: measure(sides[0]), second: measure(sides[1]),
        regions: try context.regions().wanted, missingShare: definition.filters.missing.largestShare,
        gridS: definition.filters.grid.seconds, draws: statistics.null == .none ? 0 : statistics.draws,
        seed: UInt64(definition.seed)),
      inputs: inputs(sides[0], .feature(0)) + inputs(sides[1], .feature(1)), label: label)
  }

  /// A rating stands beside synchrony as its mean over the windows of that: `window_features`, which the kind has not,
  /// speaks of features of an encoding model.
  private func measure(_ target: PlannedTarget) -> ConsistencyStep.Measure {
    ConsistencyStep.Measure(
      kind: target.spec.kind, name: target.spec.name,
      target: target.fitted(context.definition.filters, averagesOverWindows: true),
      asInStudy: target.spec.parameters.canonical)
  }

  private func inputs(_ target: PlannedTarget, _ role: FitRole) -> [WorkUnit.Input] {
    target.inputs.filter { $0.role == FitRole.target.name }.map { $0.as(role.name) }
  }
}

extension WorkUnit.Input {
  /// The same in another role.
  fileprivate func `as`(_ role: String) -> WorkUnit.Input {
    switch self {
    case .array(_, let reference): .array(role: role, reference)
    case .unit(_, let key, let array): .unit(role: role, key: key, array: array)
    case .source(_, let name, let sha256): .source(role: role, name: name, sha256: sha256)
    }
  }
}
