import ContentIdentity
import Diagnostics
import Importing
import Warehouse

/// A pretrained model's weights.
package struct ModelRecord: ImportRecord {
  package struct Tensor: Sendable, Equatable {
    package var name: String
    package var dtype: String
    package var shape: [Int]
    package var sha256: String

    package init(name: String, dtype: String, shape: [Int], sha256: String) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.sha256 = sha256
    }
  }

  package struct Layer: Sendable, Equatable {
    package var key: String
    package var depth: Int
    package var relDepth: Double
    package var dimension: Int
    package var rateHz: Double
    /// Seconds of sound that a frame draws on; nil: all of its chunk.
    package var contextS: Double?

    package init(key: String, depth: Int, relDepth: Double, dimension: Int, rateHz: Double, contextS: Double?) {
      self.key = key
      self.depth = depth
      self.relDepth = relDepth
      self.dimension = dimension
      self.rateHz = rateHz
      self.contextS = contextS
    }
  }

  package var name: String
  /// Kind within its family, for example `wav2vec2`.
  package var architecture: String
  /// What shapes it beside its weights, for a speech encoder its config.json and
  /// preprocessor_config.json (or processor_config.json) under those names.
  package var configuration: JSONValue
  /// SHA-256 over the sorted `name dtype shape sha256` lines.
  package var weightsSHA256: String
  /// The folder or file the weights are read from.
  package var folder: String
  package var parameterCount: Int
  package var tensors: [Tensor]
  package var layers: [Layer]

  package init(
    name: String, architecture: String, configuration: JSONValue, weightsSHA256: String, folder: String,
    parameterCount: Int, tensors: [Tensor], layers: [Layer]
  ) {
    self.name = name
    self.architecture = architecture
    self.configuration = configuration
    self.weightsSHA256 = weightsSHA256
    self.folder = folder
    self.parameterCount = parameterCount
    self.tensors = tensors
    self.layers = layers
  }
}

extension ModelRecord {
  package static let noun = "model"
  package var names: [(noun: String, text: String)] {
    [("model", name)]
  }

  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    guard try !place.connection.modelNamed(name: name).isEmpty else { return nil }
    return EvokeError(.alreadyImported, name, reason: "a model of that name is there", remedy: "give another --name")
  }

  /// Rows of tables `model`, `tensor`, `layer` and `feature_space`; the model is an artifact by its weights' hash.
  package func enter(_ entry: RecordEntry) throws {
    let artifact = try entry.connection.artifact(kind: "model", name: name, sha256: weightsSHA256)
    try entry.connection.recordGeneration(entry.activity, of: artifact)
    let model = try entry.connection.insert(
      ModelRow(
        activityID: entry.activity, artifactID: artifact, name: name, architecture: architecture,
        configuration: configuration.canonical, weightsSHA256: weightsSHA256, folder: folder,
        parameterCount: parameterCount))
    for tensor in tensors {
      try entry.connection.insert(
        TensorRow(
          modelID: model, name: tensor.name, dtype: tensor.dtype,
          shape: JSONValue.array(tensor.shape.map { .int($0) }).canonical, sha256: tensor.sha256))
    }
    for layer in layers { try enter(layer, of: model, entry) }
  }

  private func enter(_ layer: Layer, of model: Int, _ entry: RecordEntry) throws {
    try entry.connection.insert(
      LayerRow(
        modelID: model, layerKey: layer.key, depth: layer.depth, relDepth: layer.relDepth, dimension: layer.dimension,
        rateHz: layer.rateHz, contextS: layer.contextS))
    try entry.connection.insert(
      FeatureSpaceRow(
        name: name, model: name, layerKey: layer.key, depth: layer.depth, relDepth: layer.relDepth,
        dimension: layer.dimension), or: .ignore)
  }
}
