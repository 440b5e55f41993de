import ContentIdentity
import EncodingModels
import Recordings
import StudyFiles
import Vocabulary
import Work

/// A unit that fits features to a target, as comparisons know it.
package struct PlannedFit {
  package let unit: WorkUnit
  let design: TestedDesign
  package let target: TargetSpec
  /// Subjects or raters behind the target, in order; empty where an annotation does not say.
  package let people: [String]

  package var keys: FitKeys { design.fit.keys }
  package var kind: FitKind { design.kind }
  /// Names of its target's regions that atlases have.
  package var regions: Set<String> { Set(design.fit.regionInfo.keys) }
  /// Subjects or raters behind the target; 0: nobody is counted.
  package var subjectCount: Int { design.fit.subjectCount }
  /// Whether it draws from a null and keeps the draws.
  package var keepsDraws: Bool { design.isTested && design.fit.store.contains(.null) }

  /// Whether it is told how loud the elements of the sound are.
  package var hasLevels: Bool { unit.inputs.contains { $0.role == FitRole.levels.name } }

  /// Whether the study draws from a null, without which nothing rejects.
  package var isTested: Bool { design.isTested }

  /// Some runs of its design on targets in which nothing, or a score of `plantedR`, is planted.
  package func calibration(plantedR: Double, runs: Range<Int>, draws: Int) -> WorkUnit {
    let what = plantedR > 0 ? "r \(JSONValue.number(plantedR).canonical)" : "nothing"
    return CalibrationRunsStep().unit(
      CalibrationRunsStep.Parameters(
        design: design.drawing(draws), plantedR: plantedR, firstRun: runs.lowerBound, runCount: runs.count),
      inputs: unit.inputs, label: "\(what) planted, runs \(runs.lowerBound + 1) to \(runs.upperBound): \(unit.label)")
  }
}

/// Plans the fits of features to one target of a study.
package struct FitPlanner {
  package let target: PlannedTarget
  package let cohort: ResolvedCohort
  private let context: StudyContext
  private let encoding: EncodingSpec
  private let margin: EdgeTrim
  /// How each feature set is fitted alone.
  private let kind: FitKind

  /// - Parameter margin: seconds left out at the ends of every stimulus beside those that `encoding` trims.
  package init(
    _ context: StudyContext, target: PlannedTarget, cohort: ResolvedCohort, encoding: EncodingSpec, margin: EdgeTrim
  ) {
    (self.context, self.target, self.cohort, self.encoding, self.margin) = (context, target, cohort, encoding, margin)
    kind = context.definition.covariates.isEmpty ? .single : .controlled
  }

  /// A unit in place of a fit, that says why there is none.
  package func absent(_ element: Element, because reason: String) -> WorkUnit {
    let about = AbsentTarget(target, of: cohort, element)
    let label = about.label(target)
    return kind == .single
      ? EncodingStep().absent(about, label: label, because: reason)
      : CovariateControlStep().absent(about, label: label, because: reason)
  }

  /// One set, with the study's covariates. `asTwin`: it is a yardstick of others, which needs no null of its own. `levels`:
  /// what tells how loud the elements of the sound are.
  package func fit(
    _ feature: PlannedFeature, covariates: [PlannedFeature], levels: [WorkUnit.Input] = [], asTwin: Bool = false
  ) throws -> PlannedFit {
    let draws = asTwin ? 0 : draws
    let (target, bands) = common([feature] + covariates)
    let (feature, covariates) = (bands[0], Array(bands.dropFirst()))
    let inputs = feature.inputs(.feature(0)) + target.inputs + levels
    let keys = keys(feature.set, kind == .single ? .none : .zeroedBanded)
    let fit = try parameters(keys, [feature], of: target, isJoint: false)
    let label = keys.described(as: feature.set.name)
    if kind == .single {
      let step = EncodingStep.Parameters(fit: fit, null: null(draws))
      return PlannedFit(
        unit: EncodingStep().unit(step, inputs: inputs, label: label), design: .single(step), target: target.spec,
        people: target.names)
    }
    let step = CovariateControlStep.Parameters(fit: fit, covariates: covariates.map(\.fitted), draws: draws)
    let unit = CovariateControlStep().unit(
      step,
      inputs: inputs
        + covariates.enumerated().flatMap { $0.element.inputs(.covariate($0.offset)) },
      label: label)
    return PlannedFit(unit: unit, design: .controlled(step), target: target.spec, people: target.names)
  }

  /// Two or three sets fitted together; covariates do not enter.
  package func fit(joint sets: [PlannedFeature], levels: [WorkUnit.Input] = []) throws -> PlannedFit {
    let (target, sets) = common(sets)
    let names = sets.map(\.set.name).joined(separator: " + ")
    let together = FitSet(
      featureSet: names, model: nil, layerKey: nil, depth: nil, relDepth: nil,
      element: sets[0].element)
    let keys = keys(together, .none)
    let parameters = JointStep.Parameters(
      fit: try parameters(keys, sets, of: target, isJoint: true), sets: sets.map(\.set),
      isStacked: encoding.model == .stacking, draws: draws)
    let unit = JointStep().unit(
      parameters,
      inputs: sets.enumerated().flatMap { $0.element.inputs(.feature($0.offset)) } + target.inputs + levels,
      label: keys.described(as: names))
    return PlannedFit(unit: unit, design: .joint(parameters), target: target.spec, people: target.names)
  }
}

extension FitPlanner {
  /// One feature twice, fitted together: at `seconds` before the target and at as many after it.
  package func fit(bothWays feature: PlannedFeature, seconds: [Double]) throws -> PlannedFit {
    let (target, features) = common([feature, feature])
    let together = features[0].set
    let keys = keys(together, .none)
    let ways = [("before", seconds), ("after", seconds.map { -$0 })]
    var fit = try parameters(keys, features, of: target, isJoint: true)
    fit.delays = .single((seconds + seconds.map { -$0 }).sorted())
    let sets = ways.map { together.named("\(together.featureSet) \($0.0) \(target.spec.name)") }
    // Bands are told apart by their names.
    fit.features = zip(features, zip(sets, ways)).map { feature, way in
      feature.fitted(as: way.0.featureSet, delays: .single(way.1.1.sorted()))
    }
    let parameters = JointStep.Parameters(
      fit: fit, sets: sets, isStacked: encoding.model == .stacking, draws: draws)
    let unit = JointStep().unit(
      parameters,
      inputs: features.enumerated().flatMap { $0.element.inputs(.feature($0.offset)) } + target.inputs,
      label: keys.described(as: "\(together.featureSet), before and after"))
    return PlannedFit(unit: unit, design: .joint(parameters), target: target.spec, people: target.names)
  }
}

// MARK: Parameters

extension FitPlanner {
  /// The target and features of the stimuli that have all of them: what a fit reads. Where none has, all, so that the fit
  /// says so.
  private func common(_ features: [PlannedFeature]) -> (target: PlannedTarget, features: [PlannedFeature]) {
    let stimuli = features.reduce(target.stimuli) { $0.intersection($1.stimuli) }
    return stimuli.isEmpty ? (target, features) : (target.of(stimuli), features.map { $0.of(stimuli) })
  }

  /// Stimuli of the target that a feature is not there for, where it is there for others.
  package func lacking(_ feature: PlannedFeature) -> Set<String> {
    let lacking = target.stimuli.subtracting(feature.stimuli)
    return lacking == target.stimuli ? [] : lacking
  }

  /// What the fit of some features is told.
  private func parameters(
    _ keys: FitKeys, _ features: [PlannedFeature], of target: PlannedTarget, isJoint: Bool
  ) throws -> FitParameters {
    let definition = context.definition
    let spec = target.spec
    let regions = try context.regions()
    // Components have taken the regions in already.
    let isWhole = spec.kind == .annotation || spec.synchrony?.method == .corrca
    var settings = EncodingSettings(encoding, isJoint: isJoint, seed: definition.seed)
    settings.trim = EdgeTrim(start: settings.trim.start + margin.start, end: settings.trim.end + margin.end)
    return FitParameters(
      keys: keys, features: features.map(\.fitted), target: target.fitted(definition.filters), delays: spec.delays,
      encoding: settings,
      regions: isWhole ? nil : regions.wanted,
      regionInfo: isWhole ? [:] : regions.info.filter { target.labels.contains($0.key) },
      missingShare: definition.filters.missing.largestShare, gridS: definition.filters.grid.seconds,
      subjectCount: target.subjectCount,
      store: encoding.store.sorted { $0.rawValue < $1.rawValue }, lagsS: definition.statistics.lagsS)
  }

  /// The K columns of a fit.
  private func keys(_ set: FitSet, _ mode: CovariateMode) -> FitKeys {
    FitKeys(set, mode, target, cohort)
  }

  /// Draws of each null; 0: the study has none.
  private var draws: Int {
    let statistics = context.definition.statistics
    return statistics.null == .none ? 0 : statistics.draws
  }

  private func null(_ draws: Int) -> EncodingStep.Parameters.Null {
    draws > 0 ? .drawn(kind: context.definition.statistics.null, draws: draws) : .none
  }
}

extension FitKeys {
  init(_ set: FitSet, _ mode: CovariateMode, _ target: PlannedTarget, _ cohort: ResolvedCohort) {
    self.init(
      dataset: cohort.dataset, cohort: cohort.cohort, subject: target.subject, session: nil, rater: target.rater,
      featureSet: set.featureSet, model: set.model, layerKey: set.layerKey, depth: set.depth, relDepth: set.relDepth,
      element: set.element, covariateMode: mode, targetKind: target.spec.kind, target: target.spec.name,
      targetParameters: target.spec.parameters.canonical)
  }
}

extension PlannedTarget {
  /// As a fit reads it.
  func fitted(_ filters: FilterSpec) -> FitTarget { fitted(filters, averagesOverWindows: spec.windowFeatures) }

  /// - Parameter averagesOverWindows: whether what stands beside windows of synchrony is its mean over them.
  func fitted(_ filters: FilterSpec, averagesOverWindows: Bool) -> FitTarget {
    let source: FitTarget.Source =
      switch spec.source {
      case .annotation: .annotation(bad: bad)
      case .response(_, let level):
        .response(level: level, placements: placements, separatesRuns: filters.repeats == .separate)
      case .synchrony(let synchrony):
        .synchrony(
          window: TargetWindow(
            seconds: synchrony.windowS, step: synchrony.stepS, anchor: synchrony.anchor,
            averagesFeatures: averagesOverWindows), subject: subject)
      }
    return FitTarget(source: source, transform: spec.transform)
  }
}

extension PlannedFeature {
  /// As a fit reads it.
  var fitted: FitFeature { fitted(as: name, delays: nil) }

  fileprivate func fitted(as name: String, delays: FeatureDelays?) -> FitFeature {
    let source: FitFeature.Source
    if case .annotation = spec.source {
      source = .ratings(bad: bad)
    } else {
      source = layerKey.map { .layer($0) } ?? .columns
    }
    return FitFeature(
      name: name, source: source, reduction: spec.reduce, transform: spec.transform, hrf: spec.hrf,
      delays: delays)
  }

  /// As the rows of a joint model name it.
  var set: FitSet {
    FitSet(featureSet: name, model: model, layerKey: layerKey, depth: depth, relDepth: relDepth, element: element)
  }
}

extension FilterSpec.Grid {
  var seconds: Double? { if case .seconds(let seconds) = self { seconds } else { nil } }
}

/// What a unit that cannot be made would have been of.
struct AbsentTarget: Codable, Sendable {
  let cohort: String
  let dataset: String
  let element: Element
  /// As in the study file.
  let target: JSONValue
  /// nil: the target is nobody's alone.
  let person: String?

  init(_ target: PlannedTarget, of cohort: ResolvedCohort, _ element: Element) {
    (self.cohort, dataset, self.element) = (cohort.cohort, cohort.dataset, element)
    (self.target, person) = (target.spec.parameters, target.person)
  }

  func label(_ target: PlannedTarget) -> String { "\(target.spec.name) of \(cohort) (\(element.rawValue))" }
}
