import ContentIdentity
import Diagnostics
import Tensors
import Vocabulary

/// Weights of one kind of file or folder that can be imported.
public protocol WeightsFamily: Sendable {
  /// For people and the help text, for example `speech encoder`.
  var name: String { get }
  /// What it is and which files it is read from, in one line.
  var summary: String { get }
  /// Whether a folder or file holds weights of this family; at most one family says yes to a path. Reads no more than
  /// names and a file's head.
  func recognises(_ place: any ModelPlace) -> Bool
  /// Reads and checks everything without keeping it.
  ///
  /// Throws `EvokeError` whose diagnostics hold every finding.
  func inspect(_ place: any ModelPlace) throws -> ModelInspection
}

/// Weights that an `AudioModel` can be made of.
public protocol ModelFamily: WeightsFamily {
  /// Reads configuration and weights. Throws `EvokeError`.
  func open(_ place: any ModelPlace) throws -> any AudioModel
  /// The same with products in `precision`; throws E-WGT-016 where family or machine cannot compute in it.
  func open(_ place: any ModelPlace, precision: Precision) throws -> any AudioModel
}

extension ModelFamily {
  public func open(_ place: any ModelPlace, precision: Precision) throws -> any AudioModel {
    guard precision == .float32 else {
      throw EvokeError(
        .precisionUnavailable, "precision \(precision.rawValue) of \(place.path)",
        reason: "models of the family \(name) are computed in float32", remedy: "leave the precision out")
    }
    return try open(place)
  }
}

/// What weights on disk are: everything an import records.
public struct ModelInspection: Sendable {
  /// Kind within the family: `wav2vec2`, `hubert`, `openl3`, ...
  public var architecture: String
  /// What shapes the model beside its weights; an object.
  public var configuration: JSONValue
  /// Paths of the files it was read from.
  public var files: [String]
  /// Every tensor, sorted by name, with the SHA-256 of its bytes.
  public var tensors: [(info: TensorInfo, sha256: String)]
  /// Feature layers in the order of the network; none for a model that is not read by layers.
  public var layers: [EncoderLayer]
  /// Findings that keep nothing from being imported: tensors left out, and the like.
  public var notes: [Diagnostic]

  public init(
    architecture: String, configuration: JSONValue, files: [String], tensors: [(info: TensorInfo, sha256: String)],
    layers: [EncoderLayer], notes: [Diagnostic] = []
  ) {
    self.architecture = architecture
    self.configuration = configuration
    self.files = files
    self.tensors = tensors
    self.layers = layers
    self.notes = notes
  }

  /// SHA-256 over the sorted tensor lines; see `EncoderTensors.weightsSHA256`.
  public var weightsSHA256: String { EncoderTensors.weightsSHA256(tensors) }
}

/// The registry of model families: one line each; it drives import, extraction, help and tests.
public enum ModelFamilies {
  public static let all: [any ModelFamily] = [
    SpeechEncoderFamily(), OpenL3Family(), VGGishFamily(), CREPEFamily(), MusicnnFamily(), SimnetFamily(),
  ]

  /// The family of a folder or file; nil where none recognises it.
  public static func recognising(_ place: any ModelPlace) -> (any ModelFamily)? {
    all.first { $0.recognises(place) }
  }

  /// Opens a folder or file.
  ///
  /// Throws E-WGT-006 where no family recognises it, and what the family throws.
  public static func open(_ place: any ModelPlace, precision: Precision = .float32) throws -> any AudioModel {
    guard let family = recognising(place) else { throw unrecognised(place.path, all.map(\.summary)) }
    return try family.open(place, precision: precision)
  }

  /// The error for a path that none of the families with these summaries recognises.
  public static func unrecognised(_ path: String, _ summaries: [String]) -> EvokeError {
    EvokeError(
      .modelUnsupported, path, reason: "no family of models recognises it: \(summaries.joined(separator: "; "))",
      remedy: "give a folder or file of one of these kinds")
  }
}
