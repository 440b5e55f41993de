import ContentIdentity
import Diagnostics
import Tensors

/// How a model's folder says that sound is prepared: `preprocessor_config.json`, or `processor_config.json` of
/// transformers 5, which has the same under `feature_extractor`.
struct SoundPreparation {
  static let usual = "preprocessor_config.json"
  static let joint = "processor_config.json"

  /// The name of the file it was read from.
  let name: String
  /// The file as it is.
  let file: JSONValue
  /// Its fields about sound.
  let settings: JSONValue

  static func name(_ found: SoundPreparation?) -> String { found?.name ?? usual }

  /// nil, with the reason among the problems, where neither file says it or the two differ.
  init?(_ place: any ModelPlace, _ problems: inout [Diagnostic]) {
    let names = place.names
    let joint = names.contains(Self.joint) ? EncoderConfiguration.json(place, Self.joint, &problems) : nil
    let nested = joint?["feature_extractor"] ?? joint?["audio_processor"]
    guard let joint, let nested, nested.objectValue != nil else {
      guard let usual = EncoderConfiguration.json(place, Self.usual, &problems) else { return nil }
      self.init(name: Self.usual, file: usual, settings: usual)
      return
    }
    if names.contains(Self.usual) {
      guard let usual = EncoderConfiguration.json(place, Self.usual, &problems) else { return nil }
      let differing = ["do_normalize", "sampling_rate"].filter { usual[$0] != nested[$0] }
      guard differing.isEmpty else {
        let path = place.path + "/" + Self.joint
        problems.append(
          Diagnostic(
            .error, .modelConfigurationBad, path,
            reason: "it differs from \(Self.usual) in \(differing.joined(separator: ", "))",
            remedy: "take the file away that does not belong to these weights"))
        return nil
      }
    }
    self.init(name: Self.joint, file: joint, settings: nested)
  }

  private init(name: String, file: JSONValue, settings: JSONValue) {
    (self.name, self.file, self.settings) = (name, file, settings)
  }
}

extension EncoderConfiguration {
  /// A file of the folder that must be a JSON object; nil with the reason among the problems.
  static func json(_ place: any ModelPlace, _ name: String, _ problems: inout [Diagnostic]) -> JSONValue? {
    let path = place.path + "/" + name
    let reason: String
    do {
      guard let bytes = try place.contents(of: name) else {
        problems.append(
          Diagnostic(
            .error, .modelConfigurationBad, path, reason: "there is no \(name)",
            remedy: "put the model's \(name) into the folder"
              + (name == SoundPreparation.usual ? ", or its \(SoundPreparation.joint) of transformers 5" : "")))
        return nil
      }
      let value = try JSONValue(parsing: bytes)
      if value.objectValue != nil { return value }
      reason = "it is another JSON value"
    } catch let error as EvokeError {
      problems.append(
        Diagnostic(.error, .modelConfigurationBad, path, reason: error.reason, remedy: error.remedy))
      return nil
    } catch { reason = "\(error)" }
    problems.append(
      Diagnostic(
        .error, .modelConfigurationBad, path, reason: "\(name) is not a JSON object: \(reason)",
        remedy: "fetch \(name) again"))
    return nil
  }
}
