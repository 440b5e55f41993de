import AudioModels
import ContentIdentity
import Diagnostics
import FileSystem
import LabelledArrays
import LinearAlgebra
import MediaSources
import Plans
import SignalProcessing
import Synchronization
import TensorFiles
import Warehouse

/// Layers of a model over the sound of one stimulus.
struct ModelFeatureStep: Step {
  let name = "model_features"
  let version = 1
  let summary = "outputs of a model's layers over the sound of one stimulus"
  let tables: [String] = []

  /// The model this process used last, with its place and weights: loading one takes longer than a short film, and two
  /// at once would need the memory of both.
  private static let last = Mutex<(key: String, model: (any AudioModel)?)>(("", nil))

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let model = try Self.model(task).stepping(everySeconds: task.parameters["hop_s"]?.doubleValue)
    let sound = try task.sound(rateHz: model.inputRateHz)
    let layers = (task.parameters["layers"]?.arrayValue ?? []).compactMap(\.stringValue)
    let chunking = try model.chunking(
      chunkSeconds: task.parameters["chunk_s"]?.doubleValue ?? 20,
      contextSeconds: task.parameters["context_s"]?.doubleValue ?? 2)
    try Self.check(model, sound, chunking, task)
    for key in layers {
      let times = try model.times(layer: key, sampleCount: sound.sampleCount, rate: task.rate)
      let layer = try model.layer(key)
      var description = task.featureDescription(layer: key, rate: task.rate == .native ? layer.rateHz : nil)
      description.model = description.featureSet
      try writer.begin(
        description, group: key,
        axes: [.time(times), .index("feature", layer.dimension)], units: "1")
    }
    let journal = try task.partialPath.map { try ChunkJournal(path: $0, unit: task.key, maker: task.maker) }
    let sink = try ElementRows(task, writer)
    try model.extract(
      from: sound, layers: layers, rate: task.rate, chunking: chunking, journal: journal, progress: progress
    ) { layer, _, rows in try sink.append(rows, to: layer, width: model.layer(layer).dimension) }
    try sink.finish()
    return []
  }

  /// Refuses a unit that would need more memory than its worker may use.
  private static func check(
    _ model: any AudioModel, _ sound: any SampleSource, _ chunking: Chunking, _ task: UnitTask
  ) throws {
    guard let limit = task.memoryBytes else { return }
    let need = CostEstimator.workerBytes + model.needs(sampleCount: sound.sampleCount, chunking: chunking).memoryBytes
    guard need > limit else { return }
    throw EvokeError(
      .memoryTooSmall, task.label, reason: "it needs about \(need >> 20) MB, the worker may use \(limit >> 20) MB",
      remedy: "give more with --mem")
  }

  private static func model(_ task: UnitTask) throws -> any AudioModel {
    guard let source = task.sources.first(where: { $0.role == "weights" }) else {
      preconditionFailure("a model unit has weights")
    }
    let precision = task.parameters["precision"]?.stringValue.flatMap(Precision.init(rawValue:)) ?? .float32
    let key = source.path + "\n" + source.sha256 + "\n" + precision.rawValue
    if let ready = last.withLock({ $0.key == key ? $0.model : nil }) { return ready }
    last.withLock { $0 = ("", nil) }
    let model = try ModelFamilies.open(ModelFiles(source.path), precision: precision)
    guard model.weightsSHA256 == source.sha256 else {
      throw EvokeError(
        .sourceChanged, source.path,
        reason: "the weights hash to \(model.weightsSHA256.prefix(12))…, imported \(source.sha256.prefix(12))…",
        remedy: "restore them, or import the new weights under another name")
    }
    last.withLock { $0 = (key, model) }
    return model
  }
}

extension UnitTask {
  /// The element's mono sound: a separated stem, or a file after it was checked against the hash recorded at import.
  func sound(rateHz: Int) throws -> any SampleSource {
    if let stem = try stemSound(rateHz: rateHz) { return stem }
    return try WaveformSource(
      path: try media().path, audioStream: parameters["audio_stream"]?.intValue, rateHz: rateHz,
      sampleCount: sampleCount(rateHz: rateHz))
  }

  /// The rate that `bin_s` and `aggregate` ask for; without `bin_s` the native one.
  var rate: FeatureRate { parameters.rate }

  /// The media file, unchanged since its import.
  func media() throws -> TaskSource {
    guard let source = sources.first(where: { $0.role == "media" }) else { preconditionFailure("a unit without media") }
    try SourceCheck.unchanged(source)
    return source
  }

  /// The keys of a feature array this unit makes; `rate` is the native one, nil at the unit's bins.
  func featureDescription(layer: String?, rate: Double?) -> ArrayDescription {
    let dataset = parameters["dataset"]?.stringValue ?? ""
    let stimulus = parameters["stimulus"]?.stringValue ?? ""
    let element = parameters["element"]?.stringValue ?? "original"
    let set = parameters["name"]?.stringValue ?? ""
    let bin = parameters["bin_s"]?.doubleValue
    let hertz = bin.map { 1 / $0 } ?? rate
    let parts = [dataset, stimulus, element, set, layer].compactMap { $0 }.joined(separator: "/")
    let label = bin.map { "@" + JSONValue.number(1 / $0).canonical } ?? "@native"
    var description = ArrayDescription(name: parts + label + variant, kind: "feature")
    description.dataset = dataset
    description.stimulus = stimulus
    description.element = element
    description.featureSet = set
    description.layerKey = layer
    description.rateHz = hertz
    description.parameters = parameters["as_in_study"] ?? .object([:])
    return description
  }

  /// What distinguishes features made with other than default settings.
  private var variant: String {
    var parts: [String] = []
    if let aggregate = parameters["aggregate"]?.stringValue, aggregate != "mean", parameters["bin_s"] != nil {
      parts.append(aggregate)
    }
    if let chunk = parameters["chunk_s"]?.doubleValue, let context = parameters["context_s"]?.doubleValue,
      chunk != 20 || context != 2
    {
      parts.append("chunk\(JSONValue.number(chunk).canonical)+\(JSONValue.number(context).canonical)")
    }
    if let hop = parameters["hop_s"] { parts.append("hop\(hop.canonical)") }
    if let separation = parameters["separation"]?.stringValue { parts.append("separation-" + separation) }
    if let precision = parameters["precision"]?.stringValue { parts.append(precision) }
    return parts.isEmpty ? "" : "," + parts.joined(separator: ",")
  }
}

/// Checks sources against the hash of their import, once per process and unchanged file.
enum SourceCheck {
  private static let checked = Mutex<[String: [Int64]]>([:])

  static func unchanged(_ source: TaskSource) throws {
    guard Files.exists(source.path), let print = Files.fingerprint(source.path) else {
      throw EvokeError(
        .sourceMissing, source.path, reason: "there is no such file", remedy: "evoke relocate \(source.path) NEW-PATH")
    }
    if checked.withLock({ $0[source.path] }) == print { return }
    let found = try Files.sha256(of: source.path).hex
    guard found == source.sha256 else {
      throw EvokeError(
        .sourceChanged, source.path, reason: "SHA-256 \(found.prefix(12))…, imported \(source.sha256.prefix(12))…",
        remedy: "restore the file, or import the new one under another name")
    }
    checked.withLock { $0[source.path] = print }
  }
}
