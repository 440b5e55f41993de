import Comparison
import Diagnostics
import Encoding
import FeatureSpaces
import Recordings
import StudyFiles
import Synchrony
import Vocabulary
import Work

/// Crosses features and targets into fits, and the fits into comparisons.
struct EncodingPlanner {
  /// The views that have what its units write.
  static let views = [
    "encoding_score", "fold_score_detail", "layer_sweep", "layer_contrast", "covariate_control", "unique_variance",
    "group_score", "correction",
  ]

  let context: StudyContext
  private var features: FeaturePlanner
  private var targets: TargetPlanner
  private var fits: [WorkUnit] = []
  private var comparison: ComparisonPlanner

  init(_ context: StudyContext) throws {
    self.context = context
    features = FeaturePlanner(context)
    targets = try TargetPlanner(context)
    comparison = ComparisonPlanner(context.definition)
  }

  /// The whole plan: features, synchrony, fits, then one comparison over all fits.
  mutating func plan() throws -> Plan {
    let definition = context.definition
    guard let encoding = definition.encoding else { preconditionFailure("an encoding study has an encoding") }
    for cohort in try context.cohorts() {
      for spec in definition.targets {
        for target in try targets.plan(spec, cohort: cohort) {
          try add(FitPlanner(context, target: target, cohort: cohort, encoding: encoding))
        }
      }
    }
    try targets.checkRegions()
    try comparison.checkContrasts()
    var units = features.units + targets.units + fits
    var notes = [comparison.smallestQNote()].compactMap { $0 } + targets.notes
    if let unit = comparison.unit { units.append(unit) }
    if definition.preparation == nil, definition.targets.contains(where: { $0.kind != .annotation }) {
      notes.append("recordings are used as imported: the study has no preparation")
    }
    return context.plan(units, notes: notes)
  }

  private mutating func add(_ planner: FitPlanner) throws {
    let (target, cohort) = (planner.target, planner.cohort)
    for element in context.definition.elements {
      if let reason = try target.notApplicable ?? features.lacking(element, dataset: cohort.dataset) {
        fits.append(planner.absent(element, because: reason))
        continue
      }
      var known: [String: [PlannedFeature]] = [:]
      for spec in context.definition.features {
        let planned = try features.plan(spec, element: element, cohort: cohort, target: target)
        known[spec.name, default: []] += planned
        if planned.isEmpty {
          fits.append(planner.absent(element, because: "\(target.person ?? "the group") gave no \(spec.name)"))
        }
        for feature in planned { enter(try planner.fit(feature, covariates: covariates(of: feature, planner))) }
      }
      for names in context.definition.joint {
        // Every layer of one set with every layer of the others.
        let choices = names.map { known[$0] ?? [] }
        let combinations = choices.reduce([[PlannedFeature]]([[]])) { sets, next in
          sets.flatMap { set in next.map { set + [$0] } }
        }
        for sets in combinations { enter(try planner.fit(joint: sets)) }
      }
    }
  }

  private mutating func covariates(of feature: PlannedFeature, _ planner: FitPlanner) throws -> [PlannedFeature] {
    try context.definition.covariates.map { covariate in
      let planned = try features.plan(
        covariate.feature, element: feature.element, cohort: planner.cohort, target: planner.target)
      guard planned.count == 1 else {
        throw EvokeError(
          .studyNotComputed, "covariate \(covariate.feature.name) of study \(context.definition.name)",
          reason: "it stands for \(planned.count) layers", remedy: "name one layer with layers: [KEY]")
      }
      return planned[0]
    }
  }

  private mutating func enter(_ fit: PlannedFit) {
    guard !fits.contains(where: { $0.key == fit.unit.key }) else { return }
    fits.append(fit.unit)
    comparison.add(fit)
  }
}

extension TargetPlanner {
  /// The targets of one spec in one cohort; an absent one comes back `notApplicable`.
  fileprivate mutating func plan(_ spec: TargetSpec, cohort: ResolvedCohort) throws -> [PlannedTarget] {
    switch spec.source {
    case .annotation(let name, let rater): try annotation(spec, name, rater, cohort)
    case .response(let name, let level): try response(spec, name, level, cohort)
    case .synchrony(let synchrony): try self.synchrony(spec, synchrony, cohort)
    }
  }
}
