import AudioModels
import ContentIdentity
import Diagnostics
import SignalProcessing
import Vocabulary
import Warehouse
import Work

/// Feature spaces asked for without a study.
package struct ExtractRequest: Sendable {
  let model: String?
  let set: String?
  let stimuli: [String]
  let dataset: String?
  let element: String
  let layers: String
  let rate: String
  let aggregate: String
  let chunkS: Double
  let contextS: Double
  let hopS: Double?
  let separation: String?
  let precision: String

  /// `separation`: the model stems are separated with, or `imported`; nil where there is only one choice.
  package init(
    model: String?, set: String?, stimuli: [String], dataset: String?, element: String, layers: String, rate: String,
    aggregate: String, chunkS: Double, contextS: Double, hopS: Double? = nil, separation: String? = nil,
    precision: String = "float32"
  ) {
    self.model = model
    self.set = set
    self.stimuli = stimuli
    self.dataset = dataset
    self.element = element
    self.layers = layers
    self.rate = rate
    self.aggregate = aggregate
    self.chunkS = chunkS
    self.contextS = contextS
    self.hopS = hopS
    self.separation = separation
    self.precision = precision
  }

  /// One unit per stimulus. Asking again for what is there computes nothing.
  ///
  /// - Throws: `E-WH-010` for unknown models, layers and stimuli, `E-WH-011` where no stimulus has media.
  package func plan(in warehouse: Warehouse) throws -> Plan {
    guard let element = Element(spelling: element) else {
      throw EvokeError(
        .unknownName, "element \(element)", reason: "there are original, voice and soundtrack",
        remedy: "use one of them")
    }
    let source = try source()
    let rate = try featureRate()
    let rows = try media(in: warehouse)
    let units = try units(source, element, rate, rows, in: warehouse)
    let definition: JSONValue = [
      "extract": .string(source.name), "layers": .string(layers), "rate": .string(self.rate),
      "stimuli": .array(rows.map { .string($0.row.name) }), "element": .string(element.rawValue),
    ]
    return Plan(
      studyName: "extract-\(source.name)", kind: "extract", definition: definition, seed: 1, units: units, notes: [])
  }

  /// What computes the features.
  private enum Source {
    case model(String, Precision)
    case set(String, FeatureSet)

    var name: String {
      switch self {
      case .model(let name, _), .set(let name, _): name
      }
    }
  }

  private func source() throws -> Source {
    let name: String
    let isModel: Bool
    switch (model, set) {
    case (let model?, nil): (name, isModel) = (model, true)
    case (nil, let set?): (name, isModel) = (set, false)
    default:
      throw EvokeError(
        .extractOptions, "extract", reason: "exactly one of --model and --set is needed",
        remedy: "name a model or a set")
    }
    guard let precision = Precision(spelling: precision), precision == .float32 || isModel else {
      throw EvokeError(
        .extractOptions, "--precision \(precision)", reason: "there are float32 and, for models, bfloat16",
        remedy: "use one of them")
    }
    try precision.check()
    if isModel { return .model(name, precision) }
    guard let known = FeatureSets.named(name) else {
      throw EvokeError(
        .unknownName, "set \(name)", reason: "this version computes \(FeatureSets.names)", remedy: "use one of them")
    }
    return .set(name, known)
  }

  private func featureRate() throws -> FeatureRate {
    guard let aggregate = Aggregate(spelling: aggregate) else {
      throw EvokeError(
        .extractOptions, "--aggregate \(aggregate)", reason: "there are \(Aggregate.spellings)",
        remedy: "use one of them")
    }
    if rate == "native" {
      guard aggregate == .mean else {
        throw EvokeError(
          .extractOptions, "--aggregate \(aggregate.rawValue)", reason: "at --rate native nothing is aggregated",
          remedy: "leave one of them out")
      }
      return .native
    }
    guard let hertz = Double(rate), hertz > 0, (0.001...86_400).contains(1 / hertz) else {
      throw EvokeError(
        .extractOptions, "--rate \(rate)",
        reason: "a rate is native, or a number of rows per second that last a millisecond to a day",
        remedy: "for example --rate 1")
    }
    return .bins(seconds: 1 / hertz, aggregate: aggregate)
  }

  private func media(in warehouse: Warehouse) throws -> [(dataset: String, row: Rows.StudyStimuli)] {
    var found: [(String, Rows.StudyStimuli)] = []
    var names: [String] = []
    for name in try warehouse.read({ try $0.studyDatasets() }).map(\.name)
    where dataset == nil || dataset == name {
      for row in try warehouse.read({ try $0.studyStimuli(dataset: name) }) {
        guard row.mediaSHA256 != nil else { continue }
        names.append(row.name)
        if stimuli.isEmpty || stimuli.contains(row.name) { found.append((name, row)) }
      }
    }
    if let missing = stimuli.first(where: { !names.contains($0) }) {
      throw EvokeError(
        .unknownName, "stimulus \(missing)", reason: "stimuli with media: \(names.joined(separator: ", "))",
        remedy: "correct --stimulus, or import its media")
    }
    guard !found.isEmpty else {
      throw EvokeError(
        .nothingToDo, "extract", reason: "no stimulus has media", remedy: "evoke import video|audio FILE")
    }
    return found
  }

  /// The units of all stimuli: first those that separate sounds, then those that make features.
  private func units(
    _ source: Source, _ element: Element, _ rate: FeatureRate, _ rows: [(dataset: String, row: Rows.StudyStimuli)],
    in warehouse: Warehouse
  ) throws -> [WorkUnit] {
    let planner = try ElementPlanner(separation: separation, warehouse: warehouse)
    switch source {
    case .model(let name, let precision):
      let elements = try rows.map { try planner.plan(element, of: $0.row, dataset: $0.dataset) }
      let known = try warehouse.read { try $0.modelLayers(name: name) }
      let settings = ModelSettings(
        layers: try wantedLayers(of: name, known), rate: rate, chunkS: chunkS, contextS: contextS, hopS: hopS,
        precision: precision)
      return elements.compactMap(\.unit) + elements.map { FeaturePlanner.modelUnit(known[0], $0, settings) }
    case .set(let name, let set):
      // Of the picture there is one only.
      let elements = try rows.filter { !set.needsPicture || $0.row.hasPicture == 1 }
        .map { try planner.plan(set.needsPicture ? .original : element, of: $0.row, dataset: $0.dataset) }
      guard set.has(rate) else {
        throw EvokeError(
          .extractOptions, "--rate \(self.rate) of set \(name)", reason: "it is defined as one row per second",
          remedy: "leave --rate and --aggregate out")
      }
      let filters =
        set.takesFilters
        ? try FilterChoice.of(name, among: try warehouse.read { try $0.filterBanks() }) : nil
      return elements.compactMap(\.unit)
        + (try elements.map { try FeaturePlanner.setUnit(set, $0, rate: rate, filters: filters) })
    }
  }

  /// The layers asked for, among rows of `model_layers`.
  private func wantedLayers(of name: String, _ known: [Rows.ModelLayers]) throws -> [String] {
    guard !known.isEmpty else {
      throw EvokeError(
        .unknownName, "model \(name)", reason: "no model of that name is imported", remedy: "evoke import weights DIR")
    }
    let all = known.map(\.layerKey)
    let wanted = layers == "all" ? all : layers.split(separator: ",").map(String.init)
    if let missing = wanted.first(where: { !all.contains($0) }) {
      throw EvokeError(
        .unknownName, "layer \(missing) of model \(name)", reason: "it has \(all.joined(separator: ", "))",
        remedy: "correct --layers")
    }
    return wanted
  }
}
