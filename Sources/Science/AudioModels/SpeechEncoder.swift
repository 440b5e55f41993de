import ContentIdentity
import Diagnostics
import LinearAlgebra
import SignalProcessing
import Tensors
import Vocabulary

/// A pretrained wav2vec 2.0, XLS-R, HuBERT, WavLM, data2vec-audio or MERT encoder whose every layer can be read, in
/// float32 or with products in bfloat16.
///
/// Loaded from a place in the Hugging Face layout: `config.json`, `preprocessor_config.json` (or
/// `processor_config.json`) and `model.safetensors` or `pytorch_model.bin`, whole or in shards with an index.
/// Layers are `conv.k` (after norm and GELU), `proj` (after the feature projection), `hs.0` (the transformer's input),
/// `hs.i` (the output of layer i) and `last`; for stable (pre-norm) models `hs.N` comes before the final layer norm and
/// `last` after it, for post-norm models the two are equal.
public final class SpeechEncoder: AudioModel {
  public let configuration: EncoderConfiguration
  /// Every layer in the order of the network.
  public let layers: [EncoderLayer]
  /// Every tensor of the file, sorted by name, with the SHA-256 of its bytes.
  public let tensors: [(info: TensorInfo, sha256: String)]
  /// SHA-256 over the sorted tensor lines; see `EncoderTensors.weightsSHA256`.
  public let weightsSHA256: String
  let network: EncoderNetwork

  /// The number type of its products.
  public let precision: Precision

  /// Reads configuration and weights.
  ///
  /// Throws `EvokeError` E-WGT-001 to E-WGT-010, with every finding in its diagnostics, and E-WGT-016 for bfloat16 on a
  /// machine that has no instructions for it.
  public init(_ place: any ModelPlace, precision: Precision = .float32) throws {
    try precision.check()
    self.precision = precision
    configuration = try EncoderConfiguration(place)
    let file = try Self.weights(place)
    let matched = try EncoderTensors(file: file, configuration: configuration)
    var hashes: [String: String] = [:]
    network = try EncoderNetwork(configuration, precision: precision) { name in
      let tensor = try matched.load(name)
      hashes[matched.name(of: name)] = tensor.sha256
      return tensor.values
    }
    tensors = try file.tensors.map { ($0, try hashes[$0.name] ?? file.sha256($0)) }
    weightsSHA256 = EncoderTensors.weightsSHA256(tensors)
    layers = configuration.encoderLayers
  }

  /// The files weights are read from, in the order in which they are looked for.
  static let weightFiles: [(name: String, container: TensorContainer)] = [
    ("model.safetensors", .safetensors), ("pytorch_model.bin", .pyTorch),
  ]

  /// Opens `model.safetensors` of a folder or the shards of its index, or, where both are missing, `pytorch_model.bin` or
  /// the shards of its index; without any, E-WGT-009.
  static func weights(_ place: any ModelPlace) throws -> any TensorSource {
    var missing: [String] = []
    for file in weightFiles {
      do { return try place.tensors(in: file.name, as: file.container) } catch let error as EvokeError
        where error.code == .tensorFileUnreadable
      {
        if let shards = try ShardedTensors(place, file.name, as: file.container) { return shards }
        missing.append("\(file.name): \(error.reason)")
      }
    }
    throw EvokeError(
      .weightsMissing, place.path, reason: missing.joined(separator: "; "),
      remedy: "convert the weights: in Python, AutoModel.from_pretrained(FOLDER).save_pretrained(FOLDER)")
  }

  public var family: String { SpeechEncoderFamily.name }
  public var architecture: String { configuration.architecture.rawValue }
  public var inputRateHz: Int { configuration.rateHz }

  public func operationCount(samples: Int) -> Double { configuration.operationCount(samples: samples) }

  public func pass(over source: any SampleSource) throws -> any AudioModelPass {
    SpeechEncoderPass(
      network: network, sound: try SoundNormalisation(source, isOn: configuration.normalisesSound))
  }
}

extension Precision {
  /// Throws E-WGT-016 where this machine cannot compute in it.
  public func check() throws {
    guard self == .bfloat16, let refusal = MatrixUnits.refusal else { return }
    throw EvokeError(
      .precisionUnavailable, "precision \(rawValue)", reason: refusal,
      remedy: "leave the precision out (float32), or run on a processor with AVX512_BF16 or AMX and install libdnnl2")
  }
}

/// A speech encoder's work on one sound.
private struct SpeechEncoderPass: AudioModelPass {
  let network: EncoderNetwork
  let sound: SoundNormalisation
  var workspace = EncoderWorkspace()

  mutating func run(_ samples: [Float], first: Int, wanted: [Bool], emit: LayerRows) throws {
    try network.run(try sound.apply(samples, first: first), wanted: wanted, &workspace, emit: emit)
  }
}

extension EncoderConfiguration {
  /// Floating point operations of one forward pass: 2 T Σ C_out C_in k of the convolutions, then per frame
  /// 2 d C + 2 d (d / groups) k of projection and positions and 8 d² + 4 d f + 4 T d of every layer.
  func operationCount(samples: Int) -> Double {
    var total = 0.0
    var channels = 1.0
    for (k, grid) in grids.enumerated() {
      let outputs = Double(convolutionChannels[k])
      total += 2 * Double(grid.frameCount(samples)) * outputs * channels * Double(convolutionKernels[k])
      channels = outputs
    }
    let frames = Double(grids[grids.count - 1].frameCount(samples))
    let d = Double(hiddenSize)
    let position = 2 * d * d / Double(positionGroups) * Double(positionKernel * positionDepth)
    let layer = 8 * d * d + 4 * d * Double(intermediateSize) + 4 * frames * d
    return total + frames * (2 * d * channels + position + Double(layerCount) * layer)
  }
}
