import ContentIdentity
import Diagnostics
import Plans
import Statistics
import Vocabulary
import Warehouse

/// Crosses features and targets into fits, and the fits into comparisons.
struct EncodingPlanner {
  let context: StudyContext
  /// How each feature set is fitted alone.
  let kind: FitKind
  private var features: FeaturePlanner
  private var targets: TargetPlanner
  private var fits: [Unit] = []
  private var members: [ComparisonStep.Parameters.Member] = []

  init(_ context: StudyContext, kind: FitKind) throws {
    self.context = context
    self.kind = kind
    features = FeaturePlanner(context)
    targets = try TargetPlanner(context)
  }

  /// The whole plan: features, synchrony, fits, then one comparison over all fits.
  mutating func plan() throws -> Plan {
    let definition = context.definition
    for cohort in try context.cohorts() {
      for spec in definition.targets {
        for target in try targets.plan(spec, cohort: cohort) { try add(target, cohort) }
      }
    }
    var units = features.units + targets.units + fits
    var notes = [smallestQNote()].compactMap { $0 } + targets.notes
    if !members.isEmpty, let encoding = definition.encoding { units.append(comparison(encoding)) }
    if definition.preparation == nil, definition.targets.contains(where: { $0.kind != .annotation }) {
      notes.append("recordings are used as imported: the study has no preparation")
    }
    return Plan(
      studyName: definition.name, kind: definition.kind.rawValue, definition: definition.canonical,
      seed: definition.seed,
      units: units, notes: notes)
  }

  private mutating func add(_ target: PlannedTarget, _ cohort: ResolvedCohort) throws {
    for element in context.definition.elements {
      if let reason = try target.notApplicable ?? features.lacking(element, dataset: cohort.dataset) {
        fits.append(absent(target, element.rawValue, cohort, reason))
        continue
      }
      var known: [String: [PlannedFeature]] = [:]
      for spec in context.definition.features {
        let planned = try features.plan(spec, element: element, cohort: cohort, target: target)
        known[spec.name, default: []] += planned
        if planned.isEmpty {
          fits.append(absent(target, element.rawValue, cohort, "\(target.person ?? "") gave no \(spec.name)"))
        }
        for feature in planned { try add(feature, target, cohort) }
      }
      for names in context.definition.joint {
        // Every layer of one set with every layer of the others.
        let choices = names.map { known[$0] ?? [] }
        let combinations = choices.reduce([[PlannedFeature]]([[]])) { sets, next in
          sets.flatMap { set in next.map { set + [$0] } }
        }
        for sets in combinations { try add(joint: sets, target, cohort) }
      }
    }
  }

  private func absent(_ target: PlannedTarget, _ element: String, _ cohort: ResolvedCohort, _ reason: String) -> Unit {
    Unit(
      step: kind.step.name, version: kind.step.version,
      parameters: [
        "cohort": .string(cohort.cohort), "dataset": .string(cohort.dataset), "element": .string(element),
        "target": target.spec.parameters, "person": target.person.map { .string($0) } ?? .null,
      ], inputs: [], label: "\(target.spec.name) of \(cohort.cohort) (\(element))", notApplicable: reason)
  }

  private mutating func add(_ feature: PlannedFeature, _ target: PlannedTarget, _ cohort: ResolvedCohort) throws {
    let definition = context.definition
    guard let encoding = definition.encoding else { preconditionFailure("an encoding study has an encoding") }
    var inputs = feature.inputs(role: "features-0") + target.inputs
    var covariates: [JSONValue] = []
    for (i, covariate) in definition.covariates.enumerated() {
      let planned = try features.plan(
        covariate.feature, element: feature.element, cohort: cohort, target: target)
      guard planned.count == 1, let own = planned.first else {
        throw EvokeError(
          .studyNotComputed, "covariate \(covariate.feature.name) of study \(definition.name)",
          reason: "it stands for \(planned.count) layers", remedy: "name one layer with layers: [KEY]")
      }
      inputs += own.inputs(role: "covariates-\(i)")
      var json = own.json.objectValue ?? [:]
      json["penalty"] = .string(covariate.penalty.rawValue)
      covariates.append(.object(json))
    }
    let keys = Self.keys(feature, target, cohort, mode: covariates.isEmpty ? .none : .zeroedBanded)
    let what = [feature.name, feature.layerKey].compactMap { $0 }.joined(separator: "/")
    enter(
      kind, keys, [feature.json], what, target, cohort, inputs: inputs,
      also: ["covariates": .array(covariates)], lags: definition.statistics.lagsS,
      shared: try common(target, encoding))
  }

  /// Two or three sets fitted together; covariates do not enter.
  private mutating func add(joint sets: [PlannedFeature], _ target: PlannedTarget, _ cohort: ResolvedCohort) throws {
    guard let encoding = context.definition.encoding, let first = sets.first else { return }
    let keys = FitKeys(
      dataset: cohort.dataset, cohort: cohort.cohort, subject: target.subject, session: nil, rater: target.rater,
      featureSet: sets.map(\.name).joined(separator: " + "), model: nil, layerKey: nil, depth: nil, relDepth: nil,
      element: first.element, covariateMode: .none, targetKind: target.spec.kind, target: target.spec.name,
      targetParameters: target.spec.parameters.canonical)
    let own: [JSONValue] = sets.map { set in
      let all = Self.json(Self.keys(set, target, cohort, mode: .none))
      let names = ["feature_set", "model", "layer_key", "depth", "rel_depth", "element"]
      return .object(Dictionary(uniqueKeysWithValues: names.map { ($0, all[$0] ?? .null) }))
    }
    let what = sets.map { [$0.name, $0.layerKey].compactMap { $0 }.joined(separator: "/") }.joined(separator: " + ")
    enter(
      .joint(sets: sets.count), keys, sets.map(\.json), what, target, cohort,
      inputs: sets.enumerated().flatMap { $0.element.inputs(role: "features-\($0.offset)") } + target.inputs,
      also: ["sets": .array(own)], lags: context.definition.statistics.lagsS, shared: try common(target, encoding))
  }

  /// What every fit of a target is told.
  private func common(_ target: PlannedTarget, _ encoding: EncodingSpec) throws -> [String: JSONValue] {
    let definition = context.definition
    let regions = try context.regions()
    // Components have taken the regions in already.
    let isAnnotation = target.spec.kind == .annotation || target.spec.synchrony?.method == .corrca
    return [
      "target": target.json, "delays_s": .array(target.spec.delaysS.map { .number($0) }),
      "encoding": EncodingParameters.json(encoding), "null": .string(definition.statistics.null.rawValue),
      "draws": .int(definition.statistics.draws), "seed": .int(definition.seed),
      "regions": isAnnotation ? .null : regions.wanted, "region_info": isAnnotation ? .null : regions.info,
      "placements": target.placements.json, "missing_share": missingShare, "grid_s": gridSeconds,
      "subject_count": .int(target.subjectCount),
      "store": .array(encoding.store.map(\.rawValue).sorted().map { .string($0) }),
    ]
  }

  private mutating func enter(
    _ kind: FitKind, _ keys: FitKeys, _ features: [JSONValue], _ what: String, _ target: PlannedTarget,
    _ cohort: ResolvedCohort, inputs: [Unit.Input], also: [String: JSONValue], lags: [Double],
    shared: [String: JSONValue]
  ) {
    var parameters = shared.merging(also) { _, last in last }
    parameters["keys"] = Self.json(keys)
    parameters["features"] = .array(features)
    if !lags.isEmpty { parameters["lags_s"] = .array(lags.map { .number($0) }) }
    let who = (target.subject ?? target.rater).map { ", \($0)" } ?? ""
    let unit = Unit(
      step: kind.step.name, version: kind.step.version, parameters: .object(parameters), inputs: inputs,
      label: "\(what) -> \(keys.targetKind.rawValue) \(keys.target) of \(cohort.cohort)\(who) "
        + "(\(keys.element.rawValue))")
    guard !fits.contains(where: { $0.key == unit.key }) else { return }
    fits.append(unit)
    members.append(ComparisonStep.Parameters.Member(unit: unit.key, keys: keys, kind: kind))
  }

  private var missingShare: JSONValue {
    if case .maxShare(let share) = context.definition.filters.missing { return .number(share) }
    return .null
  }

  private var gridSeconds: JSONValue {
    if case .seconds(let seconds) = context.definition.filters.grid { return .number(seconds) }
    return .null
  }

  /// The K columns of a fit of one set.
  private static func keys(
    _ feature: PlannedFeature, _ target: PlannedTarget, _ cohort: ResolvedCohort, mode: CovariateMode
  ) -> FitKeys {
    FitKeys(
      dataset: cohort.dataset, cohort: cohort.cohort, subject: target.subject, session: nil, rater: target.rater,
      featureSet: feature.name, model: feature.model, layerKey: feature.layerKey, depth: feature.depth,
      relDepth: feature.relDepth, element: feature.element, covariateMode: mode, targetKind: target.spec.kind,
      target: target.spec.name, targetParameters: target.spec.parameters.canonical)
  }

  private static func json(_ keys: FitKeys) -> JSONValue {
    do { return try StrictCoder.encode(keys) } catch { preconditionFailure("keys without JSON: \(error)") }
  }

  /// The unit that compares all fits: families, peaks, contrasts, group tests.
  private func comparison(_ encoding: EncodingSpec) -> Unit {
    let statistics = context.definition.statistics
    let parameters = ComparisonStep.Parameters(
      members: members,
      hasDraws: statistics.draws > 0 && statistics.null != .none && encoding.store.contains(.null),
      family: statistics.family, correction: statistics.correction, contrasts: statistics.contrasts,
      seed: context.definition.seed)
    return ComparisonStep().unit(
      parameters, inputs: members.map { .unit(role: "fit", key: $0.unit) },
      label: "families and contrasts of \(context.definition.name)")
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
