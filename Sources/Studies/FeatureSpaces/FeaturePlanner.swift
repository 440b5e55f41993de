import AudioModels
import ContentIdentity
import Diagnostics
import LinearAlgebra
import Recordings
import SignalProcessing
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Plans the units that make features, and tells which arrays and units hold them.
package struct FeaturePlanner {
  let context: StudyContext
  /// Units in the order they were first needed.
  package private(set) var units: [WorkUnit] = []
  private var keys: Set<String> = []

  private var elements: ElementPlanner?
  /// Whether stems are made equally loud before features are computed of them.
  private let matchesLevels: Bool

  package init(_ context: StudyContext, matchesLevels: Bool = false) {
    (self.context, self.matchesLevels) = (context, matchesLevels)
  }

  private mutating func elementPlanner() throws -> ElementPlanner {
    if let elements { return elements }
    let planner = try ElementPlanner(separation: context.definition.separation, warehouse: context.warehouse)
    elements = planner
    return planner
  }

  /// An element of a stimulus; the unit that separates it is planned with it.
  mutating func planned(_ element: Element, of row: Rows.StudyStimuli, dataset: String) throws -> PlannedElement {
    let planned = try elementPlanner().plan(element, of: row, dataset: dataset)
    if let unit = planned.unit { add(unit) }
    return planned
  }

  /// Whether some of the study's features are computed from sound or picture.
  private var areMade: Bool {
    context.definition.features.contains { spec in
      switch spec.source {
      case .set, .model: true
      case .space, .annotation: false
      }
    }
  }

  /// Why the study's features of an element cannot be made, where they cannot.
  package mutating func lacking(_ element: Element, dataset: String) throws -> String? {
    guard areMade, element != .original else { return nil }
    return try elementPlanner().lacking(element, dataset: dataset)
  }

  /// What tells how loud voice and soundtrack of some stimuli are in every second; none where all features are imported,
  /// and nothing is known of the sound that they were made of.
  package mutating func levels(of stimuli: Set<String>, in cohort: ResolvedCohort) throws -> [WorkUnit.Input] {
    guard areMade else { return [] }
    var makers: [String] = []
    for row in try media(cohort, stimuli) {
      for element in [Element.voice, .soundtrack] {
        let planned = try planned(element, of: row, dataset: cohort.dataset)
        let maker = levelMaker(planned)
        if !makers.contains(maker) { makers.append(maker) }
      }
    }
    return makers.map { .unit(role: FitRole.levels.name, key: $0) }
  }

  /// The unit that leaves the levels of an element.
  private mutating func levelMaker(_ planned: PlannedElement) -> String {
    if let separation = planned.unit { return separation.key }
    let unit = StemLevelStep().unit(
      StemLevelStep.Parameters(
        dataset: planned.dataset, stimulus: planned.stimulus, element: planned.element, sound: planned.sound),
      inputs: planned.inputs, label: "levels of \(planned.label)")
    _ = add(unit)
    return unit.key
  }

  /// All layers (or the one space) of a spec on one element for a target's stimuli.
  package mutating func plan(
    _ spec: FeatureSpec, element: Element, cohort: ResolvedCohort, target: PlannedTarget
  ) throws -> [PlannedFeature] {
    if case .annotation(let name) = spec.source {
      return try annotation(name, spec, element: element, cohort, target).map { [$0] } ?? []
    }
    return try plan(spec, element: element, cohort: cohort, stimuli: target.stimuli)
  }

  /// All layers (or the one space) of a spec on one element of some stimuli, or on a variant of their sound.
  ///
  /// - Precondition: the spec is of no annotation, whose ratings are chosen by the target; variants are of the original
  ///   sound.
  package mutating func plan(
    _ spec: FeatureSpec, element: Element, cohort: ResolvedCohort, stimuli: Set<String>, variant: SoundVariant = .plain
  ) throws -> [PlannedFeature] {
    precondition(variant == .plain || element == .original, "variants are of the original sound")
    switch spec.source {
    case .set(let name): return [try set(name, spec, element: element, cohort, stimuli, variant: variant)]
    case .model(let name):
      let layers = try context.warehouse.read { try $0.modelLayers(name: name) }
      if layers.isEmpty {
        try refuse(variant, ofWhat: "layers of \(name)")
        try refuseUnmatched(element, "layers of \(name)")
        return try imported(name, spec, element: element, cohort, stimuli)
      }
      return try model(
        name, layers: layers, spec: spec, element: element, cohort: cohort, stimuli: stimuli, variant: variant)
    case .space(let name):
      try refuse(variant, ofWhat: "features \(name)")
      try refuseUnmatched(element, "features \(name)")
      return try imported(name, spec, element: element, cohort, stimuli)
    case .annotation: preconditionFailure("ratings are chosen by the target")
    }
  }

  /// What features of an element are computed from.
  private mutating func sound(
    _ element: Element, of row: Rows.StudyStimuli, dataset: String, _ variant: SoundVariant
  ) throws -> PlannedElement {
    let found = try planned(element, of: row, dataset: dataset).varied(variant)
    return matchesLevels ? found.matched : found
  }

  /// Refuses features of stems that somebody else computed, where levels are to be matched.
  private func refuseUnmatched(_ element: Element, _ what: String) throws {
    guard matchesLevels, element != .original else { return }
    throw EvokeError(
      .studyNotComputed, "\(what) of study \(context.definition.name)",
      reason: "levels are matched before features are computed, and these are imported",
      remedy: "leave levels out, or name sets of the sound or models whose weights are imported")
  }

  /// Refuses variants of what is not computed from the sound.
  private func refuse(_ variant: SoundVariant, ofWhat what: String) throws {
    guard variant != .plain else { return }
    throw EvokeError(
      .studyNotComputed, "\(what) of study \(context.definition.name)",
      reason: "variants are made of sound, and these are imported or of the picture",
      remedy: "leave gain_db and tempo out, or name sets of the sound or models whose weights are imported")
  }

  /// The ratings that a target's fit may read: those of the cohort that are not excluded. `own`: those of the target's
  /// person; nil where that person gave none.
  private func annotation(
    _ name: String, _ spec: FeatureSpec, element: Element, _ cohort: ResolvedCohort, _ target: PlannedTarget
  ) throws -> PlannedFeature? {
    let person = spec.rater == .own ? target.person : nil
    var rows = try context.annotations(name, of: person == nil ? .mean : .own, in: cohort).rows
      .filter { target.stimuli.contains($0.stimulus) }
    if let person {
      rows = rows.filter { $0.subject == person || $0.rater == person }
      if rows.isEmpty { return nil }
    }
    try require(!rows.isEmpty, "annotation \(name)", in: cohort, like: (kind: "annotation", name: name))
    try RatingScales.requireOne(rows, name)
    return PlannedFeature(
      spec: spec, name: name, element: element,
      sources: try rows.map { StimulusFeature($0.stimulus, .array(try context.warehouse.reference($0))) },
      bad: try context.badSegments(cohort.dataset).of(rows))
  }

  /// - Parameter like: what is asked for, where names of the dataset may be meant.
  private func require(
    _ condition: Bool, _ what: String, in cohort: ResolvedCohort, like: (kind: String, name: String)? = nil
  ) throws {
    guard !condition else { return }
    let known = try context.warehouse.read { try $0.knownNames(dataset: cohort.dataset) }
    let otherwise = "import it, or correct the name (evoke query array_catalog lists what is there)"
    let remedy = like.map { wanted in
      NearMiss.suggestion(
        wanted.name, in: known.filter { $0.kind == wanted.kind }.map(\.name), otherwise: otherwise)
    }
    throw EvokeError(
      .unknownName, "\(what) of study \(context.definition.name)",
      reason: "dataset \(cohort.dataset) has none for the study's stimuli",
      remedy: remedy ?? otherwise)
  }

  func media(_ cohort: ResolvedCohort, _ stimuli: Set<String>) throws -> [Rows.StudyStimuli] {
    try context.warehouse.read { try $0.studyStimuli(dataset: cohort.dataset) }
      .filter { stimuli.contains($0.name) && $0.mediaSHA256 != nil }
  }

  /// Plans a unit once; its key.
  @discardableResult
  mutating func add(_ unit: WorkUnit) -> String {
    if keys.insert(unit.key).inserted { units.append(unit) }
    return unit.key
  }

  private mutating func set(
    _ name: String, _ spec: FeatureSpec, element: Element, _ cohort: ResolvedCohort, _ stimuli: Set<String>,
    variant: SoundVariant
  ) throws -> PlannedFeature {
    guard let known = FeatureSets.named(name) else {
      throw EvokeError(
        .unknownName, "set \(name) of study \(context.definition.name)",
        reason: "this version computes \(FeatureSets.names)",
        remedy: "use one of them, or import the features and name them with space:")
    }
    if known.needsPicture { try refuse(variant, ofWhat: "set \(name)") }
    let rows = try media(cohort, stimuli).filter { !known.needsPicture || $0.hasPicture == 1 }
    try require(!rows.isEmpty, "set \(name): a stimulus with \(known.needsPicture ? "picture" : "sound")", in: cohort)
    if known.nativeRateHz == nil {
      try refuseAggregate(spec, reason: "set \(name) is defined per second and has its own aggregation")
    }
    let own = known.needsPicture ? .original : element
    let filters =
      known.takesFilters ? try FilterChoice.of(name, among: context.warehouse.read { try $0.filterBanks() }) : nil
    let sources = try rows.map { row in
      let planned = try sound(own, of: row, dataset: cohort.dataset, variant)
      // A set that is defined per second has its own aggregation.
      let aggregate = known.nativeRateHz == nil ? .mean : spec.aggregate
      let unit = try Self.setUnit(known, planned, rate: .bins(seconds: 1, aggregate: aggregate), filters: filters)
      return StimulusFeature(row.name, .unit(add(unit), array: nil))
    }
    return PlannedFeature(
      spec: spec, name: name, element: own, sources: sources)
  }

  private mutating func model(
    _ name: String, layers: [Rows.ModelLayers], spec: FeatureSpec, element: Element, cohort: ResolvedCohort,
    stimuli: Set<String>, variant: SoundVariant
  ) throws -> [PlannedFeature] {
    let rows = try media(cohort, stimuli)
    try require(!rows.isEmpty, "model \(name): a stimulus with sound", in: cohort)
    let all = layers.map(\.layerKey)
    try spec.precision.check()
    if let hop = spec.hopS, try JSONValue(parsing: layers[0].configuration)["hop_s"] == nil {
      throw EvokeError(
        .networkParameterBad, "hop_s \(hop) of study \(context.definition.name)",
        reason: "the step of model \(name) is part of its network", remedy: "leave hop_s out")
    }
    let settings = ModelSettings(all, as: spec)
    let units = try rows.map { row in
      let planned = try sound(element, of: row, dataset: cohort.dataset, variant)
      return (stimulus: row.name, key: add(Self.modelUnit(layers[0], planned, settings)))
    }
    return try chosen(layers, spec, model: name).map { row in
      PlannedFeature(
        spec: spec, name: name, model: name, layerKey: row.layerKey, depth: row.depth, relDepth: row.relDepth,
        element: element,
        sources: units.map {
          StimulusFeature($0.stimulus, .unit($0.key, array: ArrayFileWriter.path(ofGroup: row.layerKey)))
        })
    }
  }

  /// The layers a study asks for; `all` leaves `last` out where it equals the deepest hidden state (post-norm models).
  private func chosen(_ layers: [Rows.ModelLayers], _ spec: FeatureSpec, model: String) throws
    -> [Rows.ModelLayers]
  {
    switch spec.layers {
    case .all:
      let configuration = try JSONValue(parsing: layers[0].configuration)
      let isStable = configuration["config.json"]?["do_stable_layer_norm"]?.boolValue ?? false
      return layers.filter { isStable || $0.layerKey != "last" }
    case .keys(let keys):
      return try keys.map { key in
        guard let row = layers.first(where: { $0.layerKey == key }) else {
          throw EvokeError(
            .unknownName, "layer \(key) of model \(model)",
            reason: "it has \(layers.map(\.layerKey).joined(separator: ", "))",
            remedy: "correct the study's layers")
        }
        return row
      }
    }
  }

  private func imported(
    _ name: String, _ spec: FeatureSpec, element: Element, _ cohort: ResolvedCohort, _ stimuli: Set<String>
  ) throws -> [PlannedFeature] {
    let rows = try context.warehouse.read { try $0.studySpaces(dataset: cohort.dataset, name: name) }
      .filter { stimuli.contains($0.stimulus) && $0.element == element.rawValue }
    try require(
      !rows.isEmpty, "features \(name) (element \(element.rawValue))", in: cohort, like: (kind: "feature", name: name))
    try refuseAggregate(spec, reason: "features \(name) are imported")
    try refuseModelKeys(spec)
    var order: [String?] = []
    for row in rows where !order.contains(row.layerKey) { order.append(row.layerKey) }
    if case .keys(let keys) = spec.layers {
      for key in keys where !order.contains(key) { try require(false, "layer \(key) of \(name)", in: cohort) }
      order = keys
    }
    return try order.map { layer in
      let members = rows.filter { $0.layerKey == layer }
      let first = members[0]
      return PlannedFeature(
        spec: spec, name: name, model: first.model, layerKey: layer, depth: first.depth, relDepth: first.relDepth,
        element: element,
        sources: try members.map { StimulusFeature($0.stimulus, .array(try context.warehouse.reference($0))) })
    }.sorted { ($0.depth ?? 0) < ($1.depth ?? 0) }
  }

  private func refuseAggregate(_ spec: FeatureSpec, reason: String) throws {
    guard spec.aggregate != .mean else { return }
    throw EvokeError(
      .studyNotComputed, "aggregate: \(spec.aggregate.rawValue) of study \(context.definition.name)", reason: reason,
      remedy: "leave `aggregate` out")
  }

  /// Refuses what shapes a model's computation where its layers are imported.
  private func refuseModelKeys(_ spec: FeatureSpec) throws {
    guard spec.chunkS != 20 || spec.contextS != 2 || spec.hopS != nil || spec.precision != .float32 else { return }
    throw EvokeError(
      .studyNotComputed, "model \(spec.name) of study \(context.definition.name)",
      reason: "its layers are imported: chunk_s, context_s, hop_s and precision change nothing",
      remedy: "leave them out, or import its weights")
  }

  /// The unit that makes a descriptor set.
  ///
  /// - Throws: `E-EXE-007` for a set of the picture where nothing was recorded of the film's length.
  static func setUnit(_ set: FeatureSet, _ planned: PlannedElement, rate: FeatureRate, filters: FilterChoice?) throws
    -> WorkUnit
  {
    let material: DescriptorStep.Parameters.Material
    switch set.medium {
    case .sound: material = .sound(planned.sound)
    case .picture:
      guard let film = planned.film else {
        throw EvokeError(
          .inputMissing, planned.label, reason: "its import recorded no duration", remedy: "import the media file again"
        )
      }
      material = .film(film)
    }
    let parameters = DescriptorStep.Parameters(
      dataset: planned.dataset, stimulus: planned.stimulus, element: planned.element, material: material, rate: rate,
      filters: filters?.filters)
    return DescriptorStep(featureSet: set).unit(
      parameters, inputs: planned.inputs + [filters?.input].compactMap { $0 },
      label: "\(set.title(filters?.filters)) of \(planned.label)")
  }

  /// The unit that makes layers of a model; `row` is one of `model_layers`.
  static func modelUnit(_ row: Rows.ModelLayers, _ planned: PlannedElement, _ settings: ModelSettings) -> WorkUnit {
    ModelFeatureStep().unit(
      settings.parameters(row.model, planned), inputs: inputs(row, planned),
      label: "\(row.model) of \(planned.label), \(settings.layers.count) layers")
  }

  /// The unit that makes the same layers with permuted weights.
  static func permutedUnit(
    _ row: Rows.ModelLayers, _ planned: PlannedElement, _ settings: ModelSettings, seed: UInt64
  ) -> WorkUnit {
    let parameters = PermutedFeatureStep.Parameters(features: settings.parameters(row.model, planned), seed: seed)
    let name = PermutedFeatureStep.name(of: row.model)
    return PermutedFeatureStep().unit(
      parameters, inputs: inputs(row, planned),
      label: "\(name) of \(planned.label), \(settings.layers.count) layers")
  }

  private static func inputs(_ row: Rows.ModelLayers, _ planned: PlannedElement) -> [WorkUnit.Input] {
    planned.inputs + [.source(role: "weights", name: row.model, sha256: row.weightsSHA256)]
  }
}

/// How layers of a model are asked for, whatever the sound.
struct ModelSettings {
  let layers: [String]
  let rate: FeatureRate
  let chunkS: Double
  let contextS: Double
  /// Seconds between examples; nil: the model's own step.
  let hopS: Double?
  let precision: Precision
}

extension ModelSettings {
  /// As a study's feature asks for them.
  init(_ layers: [String], as spec: FeatureSpec) {
    self.init(
      layers: layers, rate: .bins(seconds: 1, aggregate: spec.aggregate), chunkS: spec.chunkS, contextS: spec.contextS,
      hopS: spec.hopS, precision: spec.precision)
  }

  fileprivate func parameters(_ model: String, _ planned: PlannedElement) -> ModelFeatureStep.Parameters {
    ModelFeatureStep.Parameters(
      dataset: planned.dataset, stimulus: planned.stimulus, element: planned.element, sound: planned.sound,
      model: model,
      layers: layers, rate: rate, chunkS: chunkS, contextS: contextS, hopS: hopS, precision: precision)
  }
}
