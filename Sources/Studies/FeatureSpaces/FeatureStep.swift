import AudioModels
import ContentIdentity
import Diagnostics
import LabelledArrays
import LinearAlgebra
import SignalProcessing
import Synchronization
import TensorFiles
import Vocabulary
import Warehouse
import Work

/// Layers of a model over the sound of one stimulus.
struct ModelFeatureStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let dataset: String
    let stimulus: String
    let element: Element
    let sound: ElementSound
    /// Imported model.
    let model: String
    /// Keys of the layers, in the order they are stored.
    let layers: [String]
    let rate: FeatureRate
    /// Seconds of sound per forward pass.
    let chunkS: Double
    /// Seconds of sound on both sides of a chunk.
    let contextS: Double
    /// Seconds between examples; nil: the model's own step.
    let hopS: Double?
    let precision: Precision
  }

  let name = "model_features"
  let version = 1
  let summary = "outputs of a model's layers over the sound of one stimulus"
  let tables: [any ResultRow.Type] = []

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    try ModelExtraction(parameters, permutedBy: nil).run(task, writer: writer, progress: progress)
    return []
  }

  func measure(_ parameters: Parameters) -> WorkMeasure? { ModelExtraction(parameters, permutedBy: nil).measure }

  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost {
    try ModelExtraction(parameters, permutedBy: nil).cost(source)
  }

  func precision(_ parameters: Parameters) -> Precision { parameters.precision }

  /// Columns are those of the layer that is read.
  func series(_ parameters: Parameters) -> [PlannedSeries] {
    guard case .bins(let length, _) = parameters.rate else { return [] }
    return [.bins(of: parameters.stimulus, seconds: parameters.sound.seconds, stepS: length, columns: nil)]
  }
}

/// The same layers of a model whose weights are permuted: a twin that keeps architecture, shapes and each tensor's
/// numbers, and nothing that was learned.
struct PermutedFeatureStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let features: ModelFeatureStep.Parameters
    /// Of the permutations.
    let seed: UInt64

    var dataset: String { features.dataset }
  }

  let name = "permuted_model_features"
  let version = 1
  let summary = "outputs of a model's layers over the sound of one stimulus, its weight tensors permuted"
  let tables: [any ResultRow.Type] = []

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    try extraction(parameters).run(task, writer: writer, progress: progress)
    return []
  }

  func measure(_ parameters: Parameters) -> WorkMeasure? { extraction(parameters).measure }

  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost {
    try extraction(parameters).cost(source)
  }

  func precision(_ parameters: Parameters) -> Precision { parameters.features.precision }

  func series(_ parameters: Parameters) -> [PlannedSeries] { ModelFeatureStep().series(parameters.features) }

  private func extraction(_ parameters: Parameters) -> ModelExtraction {
    ModelExtraction(parameters.features, permutedBy: parameters.seed)
  }

  /// What a model is called as a feature set where its weights are permuted.
  static func name(of model: String) -> String { "\(model):permuted" }
}

/// A model's work on the sound of one stimulus.
private struct ModelExtraction {
  private let parameters: ModelFeatureStep.Parameters
  /// Seed of the permutations; nil: the weights as they were imported.
  private let seed: UInt64?

  init(_ parameters: ModelFeatureStep.Parameters, permutedBy seed: UInt64?) {
    (self.parameters, self.seed) = (parameters, seed)
  }

  /// The model this process used last, with its place and weights: loading one takes longer than a short film, and two
  /// at once would need the memory of both.
  private static let last = Mutex<(key: String, model: (any AudioModel)?)>(("", nil))
  /// Models whose needs were asked for, by place.
  private static let estimated = Mutex<[String: any AudioModel]>([:])

  func run(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws {
    let model = try model(task.source("weights")).stepping(everySeconds: parameters.hopS)
    let sound = try parameters.sound.open(parameters.element, of: task, rateHz: model.inputRateHz)
    let chunking = try model.chunking(chunkSeconds: parameters.chunkS, contextSeconds: parameters.contextS)
    try Self.check(model, sound, chunking, task)
    for key in parameters.layers {
      let times = try model.times(layer: key, sampleCount: sound.sampleCount, rate: parameters.rate)
      let layer = try model.layer(key)
      try writer.begin(
        parameters.description(layer: layer, permutedBy: seed), group: key,
        axes: [.time(times), .index("feature", layer.dimension)], units: "1")
    }
    let journal = try task.partialPath.map { try ChunkJournal(path: $0, unit: task.key, maker: task.maker) }
    let sink = try ElementRows(parameters.sound, parameters.element, rate: parameters.rate, of: task, writer)
    try model.extract(
      from: sound, layers: parameters.layers, rate: parameters.rate, chunking: chunking, journal: journal,
      progress: progress
    ) { layer, _, rows in try sink.append(rows, to: layer, width: model.layer(layer).dimension) }
    try sink.finish()
  }

  /// Refuses a unit that would need more memory than its worker may use.
  private static func check(
    _ model: any AudioModel, _ sound: any SampleSource, _ chunking: Chunking, _ task: UnitTask
  ) throws {
    guard let limit = task.memoryBytes else { return }
    let need = WorkCost.workerBytes + model.needs(sampleCount: sound.sampleCount, chunking: chunking).memoryBytes
    guard need > limit else { return }
    throw EvokeError(
      .memoryTooSmall, task.label, reason: "it needs about \(need >> 20) MB, the worker may use \(limit >> 20) MB",
      remedy: "give more with --mem")
  }

  private func model(_ source: TaskSource) throws -> any AudioModel {
    let variant = [parameters.precision.rawValue] + (seed.map { ["permuted", "\($0)"] } ?? [])
    let key = ([source.path, source.sha256] + variant).joined(separator: "\n")
    if let ready = Self.last.withLock({ $0.key == key ? $0.model : nil }) { return ready }
    Self.last.withLock { $0 = ("", nil) }
    let files = ModelFiles(source.path)
    let model =
      if let seed {
        try ModelFamilies.open(PermutedModelPlace(files, seed: seed), precision: parameters.precision)
      } else {
        try ModelFamilies.open(files, precision: parameters.precision)
      }
    guard model.weightsSHA256 == source.sha256 else {
      throw EvokeError(
        .sourceChanged, source.path,
        reason: "the weights hash to \(model.weightsSHA256.prefix(12))…, imported \(source.sha256.prefix(12))…",
        remedy: "restore them, or import the new weights under another name")
    }
    Self.last.withLock { $0 = (key, model) }
    return model
  }
}

extension ModelExtraction {
  /// A permuted model takes as long as the model.
  var measure: WorkMeasure {
    WorkMeasure(
      name: parameters.model,
      settings: [
        "layers": .array(parameters.layers.map { .string($0) }), "precision": .string(parameters.precision.rawValue),
        "chunk_s": .number(parameters.chunkS), "context_s": .number(parameters.contextS),
        "hop_s": parameters.hopS.map { .number($0) } ?? .null,
      ], soundS: parameters.sound.seconds)
  }

  /// The operations and shapes of the model over the sound; unknown where the weights cannot be read any more, or
  /// nothing is known of the sound's length.
  func cost(_ source: SourcePlace) throws -> WorkCost {
    guard let path = try source("weights"), let length = parameters.sound.length, let weights = Self.opened(path) else {
      return .unknown
    }
    let model = try weights.stepping(everySeconds: parameters.hopS)
    // Chunks without a core are refused where the unit is computed, with the reason.
    guard
      let chunking = try? model.chunking(chunkSeconds: parameters.chunkS, contextSeconds: parameters.contextS)
    else { return .unknown }
    let count = length.samples(atHz: model.inputRateHz)
    let needs = model.needs(sampleCount: count, chunking: chunking)
    let disk = try parameters.layers.reduce(0) { sum, key in
      let rows = try model.rowCount(layer: key, sampleCount: count, rate: parameters.rate)
      return try sum + rows * model.layer(key).dimension * 4
    }
    // Rows of a stem are held back until the last is known, in arrays that grow by doubling.
    let held = parameters.element == .original ? 0 : 2 * disk
    return WorkCost(
      time: .operations(needs.operations), memory: .computed(needs.memoryBytes + held), diskBytes: disk)
  }

  /// The model at a place; nil where it cannot be read, which only the computation must tell.
  private static func opened(_ path: String) -> (any AudioModel)? {
    if let ready = estimated.withLock({ $0[path] }) { return ready }
    guard let model = try? ModelFamilies.open(ModelFiles(path)) else { return nil }
    estimated.withLock { $0[path] = model }
    return model
  }
}

extension ModelFeatureStep.Parameters {
  /// Chunks that need no mention in an array's name.
  private static let standardChunk = (lengthS: 20.0, contextS: 2.0)

  fileprivate func description(layer: EncoderLayer, permutedBy seed: UInt64?) -> ArrayDescription {
    var variants: [String] = []
    if case .bins(_, let aggregate) = rate, aggregate != .mean { variants.append(aggregate.rawValue) }
    if (chunkS, contextS) != Self.standardChunk {
      variants.append("chunk\(JSONValue.number(chunkS).canonical)+\(JSONValue.number(contextS).canonical)")
    }
    if let hopS { variants.append("hop\(JSONValue.number(hopS).canonical)") }
    if let variant = sound.variant { variants.append(variant) }
    if precision != .float32 { variants.append(precision.rawValue) }
    if let seed { variants.append("seed\(seed)") }
    var description = FeatureName(
      dataset: dataset, stimulus: stimulus, element: element,
      set: seed == nil ? model : PermutedFeatureStep.name(of: model), layer: layer.key, rate: rate,
      nativeRateHz: layer.rateHz, variants: variants
    ).description(asInStudy(permutedBy: seed))
    description.model = model
    return description
  }

  /// The entry of a study file that asks for it; of a permuted model that of the model, with the seed.
  private func asInStudy(permutedBy seed: UInt64?) -> JSONValue {
    let aggregate = if case .bins(_, let aggregate) = rate { aggregate } else { Aggregate.mean }
    var members: [String: JSONValue] = [
      "model": .string(model), "aggregate": .string(aggregate.rawValue), "chunk_s": .number(chunkS),
      "context_s": .number(contextS),
    ]
    if let hopS { members["hop_s"] = .number(hopS) }
    if precision != .float32 { members["precision"] = .string(precision.rawValue) }
    if let seed { members["permuted_seed"] = .string(String(seed)) }
    return .object(members)
  }
}

/// What a feature array is called, whatever made it.
struct FeatureName {
  let dataset: String
  let stimulus: String
  let element: Element
  let set: String
  /// nil for a set without layers.
  let layer: String?
  let rate: FeatureRate
  /// Rows per second at native rate; nil where there is no such rate.
  let nativeRateHz: Double?
  /// What tells it from features of the same set with other settings.
  let variants: [String]

  func description(_ asInStudy: JSONValue) -> ArrayDescription {
    let parts = [dataset, stimulus, element.rawValue, set, layer].compactMap { $0 }.joined(separator: "/")
    let hertz: Double?
    let shown: String
    switch rate {
    case .native: (hertz, shown) = (nativeRateHz, "native")
    case .bins(let seconds, _): (hertz, shown) = (1 / seconds, JSONValue.number(1 / seconds).canonical)
    }
    var description = ArrayDescription(
      name: parts + "@" + ([shown] + variants).joined(separator: ","), kind: "feature", parameters: asInStudy)
    description.dataset = dataset
    description.stimulus = stimulus
    description.element = element.rawValue
    description.featureSet = set
    description.layerKey = layer
    description.rateHz = hertz
    return description
  }
}
