import AudioModels
import ContentIdentity
import Diagnostics
import LinearAlgebra
import Plans
import SignalProcessing
import Vocabulary
import Warehouse

/// Feature spaces asked for without a study.
public struct ExtractRequest: Sendable {
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
  public init(
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
  public func plan(in warehouse: Warehouse) throws -> Plan {
    guard ["original", "voice", "soundtrack"].contains(element) else {
      throw EvokeError(
        .unknownName, "element \(element)", reason: "there are original, voice and soundtrack",
        remedy: "use one of them")
    }
    guard (model == nil) != (set == nil) else {
      throw EvokeError(
        .extractOptions, "extract", reason: "exactly one of --model and --set is needed",
        remedy: "name a model or a set")
    }
    guard Aggregate(rawValue: aggregate) != nil else {
      throw EvokeError(
        .extractOptions, "--aggregate \(aggregate)",
        reason: "there are \(Aggregate.allCases.map(\.rawValue).joined(separator: ", "))",
        remedy: "use one of them")
    }
    guard let wanted = Precision(rawValue: precision), wanted == .float32 || model != nil else {
      throw EvokeError(
        .extractOptions, "--precision \(precision)", reason: "there are float32 and, for models, bfloat16",
        remedy: "use one of them")
    }
    try wanted.check()
    let bin = try binSeconds()
    let rows = try media(in: warehouse)
    let planner = try ElementPlanner(separation: separation, warehouse: warehouse)
    let sounds = try sounds(rows, planner)
    let features =
      try model.map { try modelUnits($0, sounds, bin, wanted, warehouse) }
      ?? setUnits(set ?? "", sounds, bin, warehouse)
    let units = sounds.compactMap(\.unit) + features
    let name = "extract-" + (model ?? set ?? "")
    let definition: JSONValue = [
      "extract": .string(model ?? set ?? ""), "layers": .string(layers), "rate": .string(rate),
      "stimuli": .array(rows.map { .string($0.row.text("name")) }), "element": .string(element),
    ]
    return Plan(studyName: name, kind: "extract", definition: definition, seed: 1, units: units, notes: [])
  }

  private func binSeconds() throws -> Double? {
    if rate == "native" { return nil }
    guard let hertz = Double(rate), hertz > 0 else {
      throw EvokeError(
        .extractOptions, "--rate \(rate)", reason: "a rate is a positive number of rows per second, or native",
        remedy: "for example --rate 1")
    }
    return 1 / hertz
  }

  private func media(in warehouse: Warehouse) throws -> [(dataset: String, row: SQLRow)] {
    var found: [(String, SQLRow)] = []
    var names: [String] = []
    for name in try warehouse.read({ try $0.report("study_datasets") }).map({ $0.text("name") })
    where dataset == nil || dataset == name {
      for row in try warehouse.read({ try $0.report("study_stimuli", ["dataset": .text(name)]) }) {
        guard !row["media_sha256"].isNull else { continue }
        names.append(row.text("name"))
        if stimuli.isEmpty || stimuli.contains(row.text("name")) { found.append((name, row)) }
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

  /// The element's sound of every stimulus; of the picture there is one only.
  private func sounds(_ rows: [(dataset: String, row: SQLRow)], _ planner: ElementPlanner) throws -> [ElementSound] {
    let needsPicture = set.flatMap(FeatureSets.named)?.needsPicture ?? false
    return try rows.filter { !needsPicture || $0.row.int("has_picture") == 1 }
      .map { try planner.sound($0.row, dataset: $0.dataset, element: needsPicture ? "original" : element) }
  }

  private func modelUnits(
    _ name: String, _ sounds: [ElementSound], _ bin: Double?, _ precision: Precision, _ warehouse: Warehouse
  ) throws -> [Unit] {
    let known = try warehouse.read { try $0.report("model_layers", ["name": .text(name)]) }
    guard !known.isEmpty else {
      throw EvokeError(
        .unknownName, "model \(name)", reason: "no model of that name is imported", remedy: "evoke import weights DIR")
    }
    let all = known.map { $0.text("layer_key") }
    let wanted = layers == "all" ? all : layers.split(separator: ",").map(String.init)
    if let missing = wanted.first(where: { !all.contains($0) }) {
      throw EvokeError(
        .unknownName, "layer \(missing) of model \(name)", reason: "it has \(all.joined(separator: ", "))",
        remedy: "correct --layers")
    }
    return sounds.map {
      FeaturePlanner.modelUnit(
        known, layers: wanted, $0, bin: bin, aggregate: aggregate, chunkS: chunkS, contextS: contextS, hopS: hopS,
        precision: precision)
    }
  }

  private func setUnits(_ name: String, _ sounds: [ElementSound], _ bin: Double?, _ warehouse: Warehouse) throws
    -> [Unit]
  {
    guard let known = FeatureSets.named(name) else {
      throw EvokeError(
        .unknownName, "set \(name)", reason: "this version computes \(FeatureSets.names)", remedy: "use one of them")
    }
    let wanted = bin.map { FeatureRate.bins(seconds: $0, aggregate: .init(rawValue: aggregate) ?? .mean) } ?? .native
    guard known.has(wanted) else {
      throw EvokeError(
        .extractOptions, "--rate \(rate) of set \(name)", reason: "it is defined as one row per second",
        remedy: "leave --rate and --aggregate out")
    }
    let filters =
      known.takesFilters
      ? try FilterChoice.of(name, among: try warehouse.read { try $0.report("filter_banks") }) : nil
    return sounds.map { FeaturePlanner.setUnit(known, $0, bin: bin, aggregate: aggregate, filters: filters) }
  }
}
