import ContentIdentity
import Diagnostics
import Tensors
import Vocabulary

/// Speech encoders in the Hugging Face layout.
struct SpeechEncoderFamily: ModelFamily {
  static let name = "speech encoder"
  var name: String { Self.name }
  let summary =
    "wav2vec 2.0, XLS-R, HuBERT, WavLM, data2vec-audio and MERT: a Hugging Face folder with config.json, "
    + "preprocessor_config.json or processor_config.json, and model.safetensors or pytorch_model.bin, whole or in shards"

  private static let files =
    ["config.json", SoundPreparation.usual, SoundPreparation.joint]
    + SpeechEncoder.weightFiles.flatMap { [$0.name, $0.name + ".index.json"] }

  /// A folder with one of these files and no TensorFlow checkpoint, or one that is not there (so that what is missing
  /// gets named).
  func recognises(_ place: any ModelPlace) -> Bool {
    if place.kind == .nothing { return true }
    return place.kind == .folder && place.container == nil && place.names.contains(where: Self.files.contains)
  }

  func open(_ place: any ModelPlace) throws -> any AudioModel { try SpeechEncoder(place) }

  func open(_ place: any ModelPlace, precision: Precision) throws -> any AudioModel {
    try SpeechEncoder(place, precision: precision)
  }

  func inspect(_ place: any ModelPlace) throws -> ModelInspection {
    var findings = ModelFindings(object: place.path)
    let configuration = findings.attempt { try EncoderConfiguration(place) }
    let file = findings.attempt { try SpeechEncoder.weights(place) }
    let matched = file.flatMap { file in
      configuration.flatMap { configuration in
        findings.attempt { try EncoderTensors(file: file, configuration: configuration) }
      }
    }
    let tensors = (file?.tensors ?? []).compactMap { info -> (info: TensorInfo, sha256: String)? in
      guard let file else { return nil }
      let isRead = matched?.isRead(info) ?? false
      return findings.attempt { (info, try isRead ? file.load(info).sha256 : file.sha256(info)) }
    }
    try findings.check()
    guard let configuration, let matched else { preconditionFailure("what is missing was found") }
    return ModelInspection(
      architecture: configuration.architecture.rawValue, configuration: configuration.files,
      files: matched.file.files + configuration.fileNames.map { place.path + "/" + $0 }, tensors: tensors,
      layers: configuration.encoderLayers,
      notes: Self.notes(matched))
  }

  private static func notes(_ matched: EncoderTensors) -> [Diagnostic] {
    guard !matched.ignored.isEmpty else { return [] }
    let names = matched.ignored.map(\.name).joined(separator: ", ")
    return [
      Diagnostic(
        .note, .tensorsDoNotFit, matched.file.path, reason: "tensors of a task head are not used: \(names)",
        remedy: "nothing: the encoder's layers do not depend on them")
    ]
  }
}

/// Findings of several attempts, thrown together.
package struct ModelFindings {
  private let object: String
  private var diagnostics: [Diagnostic] = []

  package init(object: String) { self.object = object }

  /// The value, or nil with the error's findings added.
  package mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
    do { return try body() } catch let error as EvokeError {
      diagnostics += error.diagnostics.isEmpty ? [Diagnostic(error)] : error.diagnostics
    } catch {
      diagnostics.append(
        Diagnostic(
          .error, .tensorFileUnreadable, object, reason: "\(error)", remedy: "check the folder and its permissions"))
    }
    return nil
  }

  /// Throws the first finding with all of them in its diagnostics, where there is one.
  package func check() throws {
    guard let first = diagnostics.first else { return }
    throw EvokeError(
      first.code, first.object, reason: first.reason, remedy: first.remedy, diagnostics: diagnostics)
  }
}
