import ContentIdentity
import Diagnostics
import Tensors

/// musicnn's networks, which tag music, from the checkpoints its package publishes.
struct MusicnnFamily: ModelFamily {
  let name = "musicnn"
  let summary =
    "musicnn: MSD_musicnn, MTT_musicnn, MSD_vgg or MTT_vgg of the package musicnn, a TensorFlow checkpoint (its "
    + "folder or .index file) with config.json"

  func recognises(_ place: any ModelPlace) -> Bool {
    guard place.container == .tensorBundle else { return false }
    // What cannot be read is of no family, and opening it says why.
    do { return MusicnnTensors.Kind(try place.tensors(in: nil, as: .tensorBundle)) != nil } catch { return false }
  }

  func open(_ place: any ModelPlace) throws -> any AudioModel { try opened(place).model }

  func inspect(_ place: any ModelPlace) throws -> ModelInspection {
    let opened = try opened(place)
    let tags = opened.configuration.tags
    let network = opened.model.network
    var configuration: [String: JSONValue] = [
      "hop_s": .number(Double(network.standardHop) / Double(MusicnnFrontEnd.rateHz))
    ]
    if let tags {
      configuration["dataset"] = .string(tags.rawValue)
      configuration["tags"] = .array(tags.names.map { .string($0) })
    }
    return ModelInspection(
      architecture: opened.model.architecture, configuration: .object(configuration),
      files: opened.file.files + opened.configuration.files, tensors: opened.model.tensors,
      layers: opened.model.layers, notes: notes(opened))
  }

  private struct Opened {
    let file: any TensorSource
    let configuration: MusicnnConfiguration
    let model: ExampleModel
  }

  private func opened(_ place: any ModelPlace) throws -> Opened {
    let file = try place.tensors(in: nil, as: .tensorBundle)
    guard let kind = MusicnnTensors.Kind(file) else { throw ModelFamilies.unrecognised(place.path, [summary]) }
    let configuration = try MusicnnConfiguration(place)
    let tensors = try MusicnnTensors(file, kind)
    try configuration.check(outputs: tensors.dense[tensors.dense.count - 1][1].count)
    let loader = HashingLoader(file)
    let network = try tensors.network(loader)
    let model = ExampleModel(
      family: name, architecture: kind.rawValue, network: network, tensors: loader.read)
    return Opened(file: file, configuration: configuration, model: model)
  }

  private func notes(_ opened: Opened) -> [Diagnostic] {
    var notes: [Diagnostic] = []
    let others = opened.file.tensors.count - opened.model.tensors.count
    if others > 0 {
      notes.append(
        Diagnostic(
          .note, .tensorsDoNotFit, opened.file.path, reason: "\(others) tensors of the optimiser are not used",
          remedy: "nothing: the network's layers do not depend on them"))
    }
    if opened.configuration.tags == nil {
      notes.append(
        Diagnostic(
          .note, .networkNameSilent, opened.file.path, reason: "which tags its outputs are stays unknown",
          remedy: "keep the config.json of the package beside the checkpoint"))
    }
    return notes
  }
}

/// What the `config.json` beside a checkpoint says: how its sound was prepared, and of which tags its outputs are.
struct MusicnnConfiguration {
  /// nil where the file is not there or names another data set.
  let tags: MusicnnTags?
  let files: [String]
  private let path: String

  /// What the front end computes, which a file must agree with.
  private static let prepared: [(key: String, value: JSONValue)] = [
    ("spectrogram_type", "mel"), ("resample_sr", .int(MusicnnFrontEnd.rateHz)), ("hop", .int(MusicnnFrontEnd.hop)),
    ("n_fft", .int(MusicnnFrontEnd.windowLength)), ("n_mels", .int(MusicnnFrontEnd.bands)),
    ("normalize_mean", .null), ("normalize_std", .null),
  ]
  private static let trained: [(key: String, value: JSONValue)] = [
    ("pre_processing", "logC"), ("xInput", .int(MusicnnFrontEnd.frames)), ("yInput", .int(MusicnnFrontEnd.bands)),
  ]

  /// Throws E-WGT-007 with every number that differs from the front end's.
  init(_ place: any ModelPlace) throws {
    // Beside the index where that is what was given.
    let folder = place.kind == .file ? place.path.dropLast(place.name.count + 1) : place.path[...]
    path = folder + "/config.json"
    guard let bytes = try place.contents(of: "config.json") else {
      tags = nil
      files = []
      return
    }
    files = [path]
    let json: JSONValue
    do { json = try JSONValue(parsing: bytes) } catch { throw Self.bad(path, ["it is not JSON: \(error)"]) }
    let sound = json["audio_rep"] ?? .null
    let problems =
      Self.trained.compactMap { Self.difference(json[$0.key], $0) }
      + Self.prepared.compactMap { Self.difference(sound[$0.key], (key: "audio_rep.\($0.key)", value: $0.value)) }
    guard problems.isEmpty else { throw Self.bad(path, problems) }
    tags = MusicnnTags.allCases.first { .string($0.rawValue) == sound["identifier"] }
  }

  /// Throws E-WGT-007 where the network has another number of outputs than there are tags.
  func check(outputs: Int) throws {
    guard let tags, tags.names.count != outputs else { return }
    throw Self.bad(path, ["it names the \(tags.names.count) tags of \(tags.rawValue), the network has \(outputs)"])
  }

  private static func difference(_ found: JSONValue?, _ expected: (key: String, value: JSONValue)) -> String? {
    guard let found else { return "\(expected.key) is missing" }
    if found == expected.value { return nil }
    return "\(expected.key) is \(found.canonical), the front end has \(expected.value.canonical)"
  }

  private static func bad(_ path: String, _ reasons: [String]) -> EvokeError {
    EvokeError(
      .modelConfigurationBad, path, reason: reasons.joined(separator: "; "),
      remedy: "use the config.json that the package musicnn has beside this checkpoint")
  }
}
