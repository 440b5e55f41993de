import ContentIdentity
import Recordings
import StudyFiles
import Vocabulary
import Work

/// A unit that correlates a feature with a rating over lags, as comparisons know it.
package struct PlannedLag {
  package let unit: WorkUnit
  package let keys: FitKeys
  /// Of the feature.
  package let transform: SeriesTransform
}

/// Plans the lagged correlations of features with one rating of a study.
package struct LagPlanner {
  package let target: PlannedTarget
  package let cohort: ResolvedCohort
  private let context: StudyContext

  package init(_ context: StudyContext, target: PlannedTarget, cohort: ResolvedCohort) {
    (self.context, self.target, self.cohort) = (context, target, cohort)
  }

  package var features: [FeatureSpec] { context.definition.features }

  /// A unit in place of correlations, that says why there are none.
  package func absent(_ element: Element, because reason: String) -> WorkUnit {
    let about = AbsentTarget(target, of: cohort, element)
    return LagCorrelationStep().absent(about, label: about.label(target), because: reason)
  }

  /// The correlations of one feature on the stimuli that both have; where they have none, on all, so that the unit says so.
  package func lags(_ feature: PlannedFeature) -> PlannedLag {
    let stimuli = target.stimuli.intersection(feature.stimuli)
    let (target, feature) = stimuli.isEmpty ? (target, feature) : (target.of(stimuli), feature.of(stimuli))
    let keys = FitKeys(feature.set, .none, target, cohort)
    let definition = context.definition
    let parameters = LagCorrelationStep.Parameters(
      keys: keys, feature: feature.fitted, target: target.fitted(definition.filters),
      missingShare: definition.filters.missing.largestShare, gridS: definition.filters.grid.seconds,
      lagsS: definition.statistics.lagsS, draws: definition.statistics.draws, seed: UInt64(definition.seed))
    return PlannedLag(
      unit: LagCorrelationStep().unit(
        parameters, inputs: feature.inputs(.feature(0)) + target.inputs.filter { $0.role != FitRole.peers.name },
        label: keys.described(as: feature.set.name)), keys: keys, transform: feature.spec.transform)
  }
}
