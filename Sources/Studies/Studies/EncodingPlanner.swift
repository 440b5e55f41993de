import ContentIdentity
import Diagnostics
import EncodingModels
import Plans
import Statistics
import Vocabulary

/// Crosses features and targets into fits, and the fits into comparisons.
struct EncodingPlanner {
  let context: StudyContext
  /// How each feature set is fitted alone.
  private let kind: FitKind
  private var features: FeaturePlanner
  private var targets: TargetPlanner
  private var fits: [Unit] = []
  private var members: [ComparisonStep.Parameters.Member] = []

  init(_ context: StudyContext) throws {
    self.context = context
    kind = context.definition.covariates.isEmpty ? .single : .controlled
    features = FeaturePlanner(context)
    targets = try TargetPlanner(context)
  }

  /// The whole plan: features, synchrony, fits, then one comparison over all fits.
  mutating func plan() throws -> Plan {
    let definition = context.definition
    guard let encoding = definition.encoding else { preconditionFailure("an encoding study has an encoding") }
    for cohort in try context.cohorts() {
      for spec in definition.targets {
        for target in try targets.plan(spec, cohort: cohort) {
          try add(Side(target: target, cohort: cohort, encoding: encoding))
        }
      }
    }
    try targets.checkRegions()
    try checkContrasts()
    var units = features.units + targets.units + fits
    var notes = [smallestQNote()].compactMap { $0 } + targets.notes
    if !members.isEmpty { units.append(comparison(encoding)) }
    if definition.preparation == nil, definition.targets.contains(where: { $0.kind != .annotation }) {
      notes.append("recordings are used as imported: the study has no preparation")
    }
    return Plan(
      studyName: definition.name, kind: definition.kind.rawValue, definition: definition.canonical,
      seed: definition.seed,
      units: units, notes: notes)
  }

  /// What features are fitted to, and how.
  private struct Side {
    let target: PlannedTarget
    let cohort: ResolvedCohort
    let encoding: EncodingSpec
  }

  private mutating func add(_ side: Side) throws {
    for element in context.definition.elements {
      if let reason = try side.target.notApplicable ?? features.lacking(element, dataset: side.cohort.dataset) {
        fits.append(absent(side, element, because: reason))
        continue
      }
      var known: [String: [PlannedFeature]] = [:]
      for spec in context.definition.features {
        let planned = try features.plan(spec, element: element, cohort: side.cohort, target: side.target)
        known[spec.name, default: []] += planned
        if planned.isEmpty {
          fits.append(absent(side, element, because: "\(side.target.person ?? "the group") gave no \(spec.name)"))
        }
        for feature in planned { try add(feature, side) }
      }
      for names in context.definition.joint {
        // Every layer of one set with every layer of the others.
        let choices = names.map { known[$0] ?? [] }
        let combinations = choices.reduce([[PlannedFeature]]([[]])) { sets, next in
          sets.flatMap { set in next.map { set + [$0] } }
        }
        for sets in combinations { try add(joint: sets, side) }
      }
    }
  }

  /// What a fit would have been of that cannot be made.
  private struct Absent: Codable, Sendable {
    let cohort: String
    let dataset: String
    let element: Element
    /// As in the study file.
    let target: JSONValue
    /// nil: the target is nobody's alone.
    let person: String?
  }

  private func absent(_ side: Side, _ element: Element, because reason: String) -> Unit {
    let (target, cohort) = (side.target, side.cohort)
    let about = Absent(
      cohort: cohort.cohort, dataset: cohort.dataset, element: element, target: target.spec.parameters,
      person: target.person)
    let label = "\(target.spec.name) of \(cohort.cohort) (\(element.rawValue))"
    return kind == .single
      ? EncodingStep().absent(about, label: label, because: reason)
      : CovariateControlStep().absent(about, label: label, because: reason)
  }

  /// One set, with the study's covariates.
  private mutating func add(_ feature: PlannedFeature, _ side: Side) throws {
    let inputs = feature.inputs(role: FitFeature.role(of: 0)) + side.target.inputs
    let keys = Self.keys(feature.set, side, kind == .single ? .none : .zeroedBanded)
    let fit = try parameters(keys, [feature], side, isJoint: false)
    let label = label(feature.set.name, keys)
    if kind == .single {
      let unit = EncodingStep().unit(EncodingStep.Parameters(fit: fit, null: null), inputs: inputs, label: label)
      return enter(unit, keys, kind)
    }
    let covariates = try covariates(of: feature, side)
    let step = CovariateControlStep.Parameters(fit: fit, covariates: covariates.map(\.fitted), draws: draws)
    let unit = CovariateControlStep().unit(
      step,
      inputs: inputs
        + covariates.enumerated().flatMap { $0.element.inputs(role: FitFeature.role(ofCovariate: $0.offset)) },
      label: label)
    enter(unit, keys, kind)
  }

  private mutating func covariates(of feature: PlannedFeature, _ side: Side) throws -> [PlannedFeature] {
    try context.definition.covariates.map { covariate in
      let planned = try features.plan(
        covariate.feature, element: feature.element, cohort: side.cohort, target: side.target)
      guard planned.count == 1 else {
        throw EvokeError(
          .studyNotComputed, "covariate \(covariate.feature.name) of study \(context.definition.name)",
          reason: "it stands for \(planned.count) layers", remedy: "name one layer with layers: [KEY]")
      }
      return planned[0]
    }
  }

  /// Two or three sets fitted together; covariates do not enter.
  private mutating func add(joint sets: [PlannedFeature], _ side: Side) throws {
    let together = FitSet(
      featureSet: sets.map(\.name).joined(separator: " + "), model: nil, layerKey: nil, depth: nil, relDepth: nil,
      element: sets[0].element)
    let keys = Self.keys(together, side, .none)
    let parameters = JointStep.Parameters(
      fit: try parameters(keys, sets, side, isJoint: true), sets: sets.map(\.set), draws: draws)
    let unit = JointStep().unit(
      parameters,
      inputs: sets.enumerated().flatMap { $0.element.inputs(role: FitFeature.role(of: $0.offset)) }
        + side.target.inputs,
      label: label(sets.map(\.set.name).joined(separator: " + "), keys))
    enter(unit, keys, .joint(sets: sets.count))
  }

  private mutating func enter(_ unit: Unit, _ keys: FitKeys, _ kind: FitKind) {
    guard !fits.contains(where: { $0.key == unit.key }) else { return }
    fits.append(unit)
    members.append(ComparisonStep.Parameters.Member(unit: unit.key, keys: keys, kind: kind))
  }

  /// The unit that compares all fits: families, peaks, contrasts, group tests.
  private func comparison(_ encoding: EncodingSpec) -> Unit {
    let statistics = context.definition.statistics
    let parameters = ComparisonStep.Parameters(
      members: members, hasDraws: draws > 0 && encoding.store.contains(.null),
      family: statistics.family, correction: statistics.correction, contrasts: statistics.contrasts,
      seed: context.definition.seed)
    return ComparisonStep().unit(
      parameters, inputs: members.map { .unit(role: "fit", key: $0.unit) },
      label: "families and contrasts of \(context.definition.name)")
  }

  /// Refuses a contrast that would give no row.
  private func checkContrasts() throws {
    let keys = members.map(\.keys)
    for contrast in context.definition.statistics.contrasts
    where !keys.isEmpty && contrast.name != ContrastSpec.standardName && !contrast.isFound(in: keys) {
      throw EvokeError(
        .studyContradiction, "contrast \(contrast.name) of study \(context.definition.name)",
        reason: "no model has both sides: a set with layers is no side by itself, and layers of two models are not "
          + "contrasted",
        remedy: "name layers of one model ({layer: KEY} or {rel_depth: [LOW, HIGH]}) or sets without layers")
    }
  }

  private func smallestQNote() -> String? {
    let statistics = context.definition.statistics
    guard statistics.correction.contains(.bh), statistics.draws > 0, !members.isEmpty else { return nil }
    let q = MultipleTesting.smallestReachableQ(cells: members.count, draws: statistics.draws)
    return
      "smallest reachable q with \(statistics.draws) draws over at least \(members.count) cells: \(JSONValue.number(q).canonical)"
      + (q > 0.05 ? " - no single cell can reach .05; ask for more draws or use correction: [max]" : "")
  }
}

// MARK: Parameters

extension EncodingPlanner {
  /// What the fit of some features is told.
  private func parameters(
    _ keys: FitKeys, _ features: [PlannedFeature], _ side: Side, isJoint: Bool
  ) throws -> FitParameters {
    let definition = context.definition
    let spec = side.target.spec
    let regions = try context.regions()
    // Components have taken the regions in already.
    let isWhole = spec.kind == .annotation || spec.synchrony?.method == .corrca
    return FitParameters(
      keys: keys, features: features.map(\.fitted), target: side.target.fitted, delaysS: spec.delaysS,
      encoding: EncodingSettings(side.encoding, isJoint: isJoint, seed: definition.seed),
      regions: isWhole ? nil : regions.wanted, regionInfo: isWhole ? [:] : regions.info,
      missingShare: definition.filters.missing.maxShare, gridS: definition.filters.grid.seconds,
      subjectCount: side.target.subjectCount,
      store: side.encoding.store.sorted { $0.rawValue < $1.rawValue }, lagsS: definition.statistics.lagsS)
  }

  /// The K columns of a fit.
  private static func keys(_ set: FitSet, _ side: Side, _ mode: CovariateMode) -> FitKeys {
    let (target, cohort) = (side.target, side.cohort)
    return FitKeys(
      dataset: cohort.dataset, cohort: cohort.cohort, subject: target.subject, session: nil, rater: target.rater,
      featureSet: set.featureSet, model: set.model, layerKey: set.layerKey, depth: set.depth, relDepth: set.relDepth,
      element: set.element, covariateMode: mode, targetKind: target.spec.kind, target: target.spec.name,
      targetParameters: target.spec.parameters.canonical)
  }

  private func label(_ what: String, _ keys: FitKeys) -> String {
    let who = (keys.subject ?? keys.rater).map { ", \($0)" } ?? ""
    return "\(what) -> \(keys.targetKind.rawValue) \(keys.target) of \(keys.cohort)\(who) (\(keys.element.rawValue))"
  }

  /// Draws of each null; 0: the study has none.
  private var draws: Int {
    let statistics = context.definition.statistics
    return statistics.null == .none ? 0 : statistics.draws
  }

  private var null: EncodingStep.Parameters.Null {
    draws > 0 ? .drawn(kind: context.definition.statistics.null, draws: draws) : .none
  }
}

extension FilterSpec.Missing {
  fileprivate var maxShare: Double? { if case .maxShare(let share) = self { share } else { nil } }
}

extension FilterSpec.Grid {
  fileprivate var seconds: Double? { if case .seconds(let seconds) = self { seconds } else { nil } }
}
