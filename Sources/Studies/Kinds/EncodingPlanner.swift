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
    "fold_penalty_detail", "lag_sweep", "group_score", "correction", "twin_comparison", "meta_analysis", "calibration",
  ]

  let context: StudyContext
  /// Whether fits of voice and soundtrack are told how loud both are.
  private let readsLevels: Bool
  /// Seconds by which every feature comes before a target and after it; nil: features have the delays of the target.
  private let bothWaysS: [Double]?
  /// What is predicted, and seconds that are left out at the ends of its stimuli beside those that the study trims.
  private let targetSpecs: [(spec: TargetSpec, margin: EdgeTrim)]
  private var features: FeaturePlanner
  private var targets: TargetPlanner
  private var fits: [WorkUnit] = []
  private var planned: [PlannedFit] = []
  private var comparison: ComparisonPlanner
  /// Names of features and twins that they have not, in the order they were met.
  private var twinless: [String] = []
  /// Stimuli of targets that a feature is not there for, by its name.
  private var lacking: [String: Set<String>] = [:]

  /// - Parameters:
  ///   - matchesLevels: whether stems are made equally loud before features are computed of them.
  ///   - targets: nil: those of the study file.
  init(
    _ context: StudyContext, readsLevels: Bool = false, matchesLevels: Bool = false, bothWaysS: [Double]? = nil,
    targets specs: [(spec: TargetSpec, margin: EdgeTrim)]? = nil
  ) throws {
    (self.context, self.readsLevels, self.bothWaysS) = (context, readsLevels, bothWaysS)
    targetSpecs = specs ?? context.definition.targets.map { ($0, EdgeTrim(start: 0, end: 0)) }
    features = FeaturePlanner(context, matchesLevels: matchesLevels)
    targets = try TargetPlanner(context)
    comparison = ComparisonPlanner(context)
  }

  /// The whole plan: features, synchrony, fits, then one comparison over all fits and what the kind makes of them.
  mutating func plan(comparing more: ([PlannedFit]) throws -> [WorkUnit] = { _ in [] }) throws -> Plan {
    try expand()
    let definition = context.definition
    try comparison.checkContrasts()
    var units = features.units + targets.units + fits
    var notes = [comparison.smallestQNote(), twinlessNote].compactMap { $0 } + lackingNotes + targets.notes
    units += [try comparison.unit(), try PooledScorePlanner(planned, context).unit].compactMap(\.self)
    units += try more(planned)
    if definition.preparation == nil, definition.targets.contains(where: { $0.kind != .annotation }) {
      notes.append("recordings are used as imported: the study has no preparation")
    }
    return context.plan(units, notes: notes)
  }

  /// The plan of the study's own fits on planted targets: what they need, their runs, then what counts them.
  ///
  /// - Throws: `E-ENC-011` where the study tests nothing.
  mutating func calibration(_ request: CalibrationRequest) throws -> Plan {
    try expand()
    let calibration = CalibrationPlanner(planned, request, of: context.definition)
    guard let unit = calibration.unit else {
      throw EvokeError(
        .notCalibrated, "study \(context.definition.name)", reason: "it has no null draws, so that nothing rejects",
        remedy: "write statistics: {null: phase, draws: 1000}")
    }
    let own = features.units + targets.units + calibration.units
    return context.plan(
      own.needed(by: calibration.units) + [unit], purpose: .calibration, notes: calibration.notes + targets.notes)
  }

  private mutating func expand() throws {
    let definition = context.definition
    guard let encoding = definition.encoding else { preconditionFailure("an encoding study has an encoding") }
    for cohort in try context.cohorts() {
      for (spec, margin) in targetSpecs {
        for target in try targets.plan(spec, cohort: cohort) {
          try add(FitPlanner(context, target: target, cohort: cohort, encoding: encoding, margin: margin))
        }
      }
    }
    try targets.checkRegions()
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
        for feature in planned { try enter(feature, planner) }
      }
      for names in context.definition.joint {
        // Every layer of one set with every layer of the others.
        let choices = names.map { known[$0] ?? [] }
        let combinations = choices.reduce([[PlannedFeature]]([[]])) { sets, next in
          sets.flatMap { set in next.map { set + [$0] } }
        }
        for sets in combinations {
          enter(try planner.fit(joint: sets, levels: levels(of: sets, planner)), beside: [])
        }
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

  /// What tells a fit of an element how loud voice and soundtrack are.
  private mutating func levels(of sets: [PlannedFeature], _ planner: FitPlanner) throws -> [WorkUnit.Input] {
    guard readsLevels, sets[0].element != .original else { return [] }
    let stimuli = sets.reduce(planner.target.stimuli) { $0.intersection($1.stimuli) }
    return try features.levels(of: stimuli, in: planner.cohort)
  }

  /// The fit of a feature and those of its twins.
  private mutating func enter(_ feature: PlannedFeature, _ planner: FitPlanner) throws {
    if let bothWaysS {
      let stimuli = planner.lacking(feature)
      if !stimuli.isEmpty { lacking[feature.name, default: []].formUnion(stimuli) }
      return enter(try planner.fit(bothWays: feature, seconds: bothWaysS), beside: [])
    }
    let covariates = try covariates(of: feature, planner)
    for band in [feature] + covariates {
      let stimuli = planner.lacking(band)
      if !stimuli.isEmpty { lacking[band.name, default: []].formUnion(stimuli) }
    }
    let fit = try planner.fit(feature, covariates: covariates, levels: levels(of: [feature], planner))
    let wanted = context.definition.twins
    let planned = try features.twins(wanted, of: feature, cohort: planner.cohort, target: planner.target)
    let twins = try planned.map { planned in
      let unit = try planned.feature.map { try planner.fit($0, covariates: covariates, asTwin: true).unit } ?? fit.unit
      return TwinFit(twin: planned.twin, unit: unit)
    }
    for twin in wanted where !planned.contains(where: { $0.twin == twin }) {
      let name = "\(feature.name) (\(twin.rawValue))"
      if !twinless.contains(name) { twinless.append(name) }
    }
    enter(fit, beside: twins)
  }

  private mutating func enter(_ fit: PlannedFit, beside twins: [TwinFit]) {
    guard !fits.contains(where: { $0.key == fit.unit.key }) else { return }
    fits.append(fit.unit)
    planned.append(fit)
    for twin in twins where !fits.contains(where: { $0.key == twin.unit.key }) { fits.append(twin.unit) }
    comparison.add(fit, beside: twins)
  }

  /// Which stimuli are left out because a feature is not there for them, for people.
  private var lackingNotes: [String] {
    lacking.sorted { $0.key < $1.key }.map { name, stimuli in
      let shown = stimuli.sorted().prefix(4).joined(separator: ", ") + (stimuli.count > 4 ? ", …" : "")
      return "no features \(name) of \(stimuli.count) stimuli with a target (\(shown)): fits leave them out"
    }
  }

  /// Which features lack a twin, for people; nil where none does.
  private var twinlessNote: String? {
    twinless.isEmpty
      ? nil
      : "features without a twin: \(twinless.joined(separator: ", ")); a spectrum needs sound and a context that is "
        + "known, permuted weights an imported model"
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

extension [WorkUnit] {
  /// Of these units the given ones and all that they need, in order.
  func needed(by wanted: [WorkUnit]) -> [WorkUnit] {
    var keys = Set(wanted.map(\.key))
    for unit in reversed() where keys.contains(unit.key) { keys.formUnion(unit.prerequisites) }
    return filter { keys.contains($0.key) }
  }
}
