import AudioFeatures
import AudioModels
import ContentIdentity
import Diagnostics
import FileSystem
import LabelledArrays
import MediaSources
import Plans
import SignalProcessing
import Synchronization
import VisualFeatures
import Warehouse

/// Layers of a model over the sound of one stimulus.
struct ModelFeatureStep: Step {
  let name = "model_features"
  let version = 1
  let summary = "outputs of a speech encoder's layers over the sound of one stimulus"
  let tables: [String] = []

  /// Encoders of this process by folder and weights; loading one takes longer than a short film.
  private static let encoders = Mutex<[String: SpeechEncoder]>([:])

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let encoder = try Self.encoder(task)
    let sound = try task.sound()
    let rate = Self.rate(task.parameters)
    let layers = (task.parameters["layers"]?.arrayValue ?? []).compactMap(\.stringValue)
    let chunking = try encoder.chunking(
      chunkSeconds: task.parameters["chunk_s"]?.doubleValue ?? 20,
      contextSeconds: task.parameters["context_s"]?.doubleValue ?? 2)
    for key in layers {
      let times = try encoder.times(layer: key, sampleCount: sound.sampleCount, rate: rate)
      let layer = try encoder.layer(key)
      var description = task.featureDescription(layer: key, rate: rate == .native ? layer.rateHz : nil)
      description.model = description.featureSet
      try writer.begin(
        description, group: key,
        axes: [.time(times), .index("feature", layer.dimension)], units: "1")
    }
    try encoder.extract(from: sound, layers: layers, rate: rate, chunking: chunking, progress: progress) {
      layer, _, rows in try writer.append(rows, to: layer)
    }
    return []
  }

  private static func rate(_ parameters: JSONValue) -> FeatureRate {
    guard let seconds = parameters["bin_s"]?.doubleValue else { return .native }
    return .bins(
      seconds: seconds, aggregate: .init(rawValue: parameters["aggregate"]?.stringValue ?? "mean") ?? .mean)
  }

  private static func encoder(_ task: UnitTask) throws -> SpeechEncoder {
    guard let source = task.sources.first(where: { $0.role == "weights" }) else {
      preconditionFailure("a model unit has weights")
    }
    let key = source.path + "\n" + source.sha256
    if let ready = encoders.withLock({ $0[key] }) { return ready }
    let encoder = try SpeechEncoder(folder: source.path)
    guard encoder.weightsSHA256 == source.sha256 else {
      throw EvokeError(
        .sourceChanged, source.path,
        reason: "the weights hash to \(encoder.weightsSHA256.prefix(12))…, imported \(source.sha256.prefix(12))…",
        remedy: "restore the folder, or import the new weights under another name")
    }
    encoders.withLock { $0[key] = encoder }
    return encoder
  }
}

extension UnitTask {
  /// The stimulus' sound at 16 kHz, after its file was checked against the hash recorded at import.
  func sound() throws -> WaveformSource {
    let media = try media()
    let native = parameters["sample_count"]?.intValue
    let hertz = parameters["sample_hz"]?.intValue
    let count = native.flatMap { n in hertz.map { WaveformSource.sampleCount(native: n, nativeHz: $0) } }
    return try WaveformSource(path: media.path, audioStream: parameters["audio_stream"]?.intValue, sampleCount: count)
  }

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

/// The twelve low-level descriptors of one stimulus' sound, per second.
struct DescriptorStep: Step {
  let name = "lld12"
  let version = 1
  let summary = "twelve low-level descriptors of the sound per second"
  let tables: [String] = []

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let sound = try task.sound()
    let total = Double(max(1, sound.sampleCount)) / sound.rateHz
    let features = try lld12(sound) { progress(min(1, Double($0) / total)) }
    try writer.add(
      task.featureDescription(layer: nil, rate: nil), group: "lld12",
      LabelledArray(
        axes: [.time((0..<features.seconds).map(Double.init)), .labels("feature", features.names)],
        values: features.rows))
    return []
  }
}

/// The twelve visual covariates of one stimulus, per second of its sound's clock.
struct VisualStep: Step {
  let name = "vis12"
  let version = 1
  let summary = "twelve visual covariates of the picture per second"
  let tables: [String] = []

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let media = try task.media()
    let film = try FilmSource(path: media.path, audioStartSeconds: task.parameters["audio_start_s"]?.doubleValue)
    let total = task.parameters["duration_s"]?.doubleValue ?? 0
    let features = try vis12(film, seconds: binCount(durationSeconds: total)) { progress(Double($0) / max(1, total)) }
    try writer.add(
      task.featureDescription(layer: nil, rate: nil), group: "vis12",
      LabelledArray(
        axes: [.time((0..<features.seconds).map(Double.init)), .labels("feature", vis12Names)], values: features.rows))
    return []
  }
}
