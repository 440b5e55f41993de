import ContentIdentity
import Diagnostics
import SignalProcessing
import TensorFiles

/// A pretrained wav2vec 2.0 or HuBERT encoder whose every layer can be read (float32).
///
/// Loaded from a folder in the Hugging Face layout: `config.json`, `preprocessor_config.json` and
/// `model.safetensors` or `pytorch_model.bin`.
/// Layers are `conv.k` (after norm and GELU), `proj` (after the feature projection), `hs.0` (the transformer's input),
/// `hs.i` (the output of layer i) and `last`; for stable (pre-norm) models `hs.N` comes before the final layer norm and
/// `last` after it, for post-norm models the two are equal.
public final class SpeechEncoder: Sendable {
  public let configuration: EncoderConfiguration
  /// Every layer in the order of the network.
  public let layers: [EncoderLayer]
  /// Every tensor of the file, sorted by name, with the SHA-256 of its bytes.
  public let tensors: [(info: TensorInfo, sha256: String)]
  /// SHA-256 over the sorted tensor lines; see `EncoderTensors.weightsSHA256`.
  public let weightsSHA256: String
  let network: EncoderNetwork

  /// Reads configuration and weights.
  ///
  /// Throws `EvokeError` E-WGT-001 to E-WGT-010, with every finding in its diagnostics.
  public init(folder: String) throws {
    configuration = try EncoderConfiguration(folder: folder)
    let file = try Self.weightsFile(folder)
    let matched = try EncoderTensors(file: file, configuration: configuration)
    var hashes: [String: String] = [:]
    network = try EncoderNetwork(configuration) { name in
      let tensor = try matched.load(name)
      hashes[matched.name(of: name)] = tensor.sha256
      return tensor.values
    }
    tensors = try file.tensors.map { ($0, try hashes[$0.name] ?? file.sha256($0)) }
    weightsSHA256 = EncoderTensors.weightsSHA256(tensors)
    layers = configuration.encoderLayers
  }

  /// Opens `model.safetensors` of a folder or, where that is missing, `pytorch_model.bin`; without both, E-WGT-009.
  public static func weightsFile(_ folder: String) throws -> any WeightsFile {
    do { return try TensorFile(path: folder + "/model.safetensors") } catch let error as EvokeError
      where error.code == .tensorFileUnreadable
    {
      do { return try PyTorchFile(path: folder + "/pytorch_model.bin") } catch let other as EvokeError
        where other.code == .tensorFileUnreadable
      {
        throw EvokeError(
          .weightsMissing, folder,
          reason: "model.safetensors: \(error.reason); pytorch_model.bin: \(other.reason)",
          remedy: "convert the weights: in Python, AutoModel.from_pretrained(FOLDER).save_pretrained(FOLDER)")
      }
    }
  }

  /// The layer of a key; throws E-WGT-014 with the keys there are.
  public func layer(_ key: String) throws -> EncoderLayer {
    guard let layer = layers.first(where: { $0.key == key }) else {
      throw EvokeError(
        .layerUnknown, key, reason: "this encoder has \(layers.map(\.key).joined(separator: ", "))",
        remedy: "name one of these layers")
    }
    return layer
  }

  /// Frames of the slowest layers (`proj`, `hs.*`, `last`) for a sound.
  public func frameCount(sampleCount: Int) -> Int { layers[layers.count - 1].grid.frameCount(sampleCount) }

  /// The chunking of total length and context in seconds, rounded to frames; both in the sense of `chunk_s`, `context_s`.
  ///
  /// Core = chunk - 2 context. Throws E-WGT-015 where nothing is left for the core.
  public func chunking(chunkSeconds: Double, contextSeconds: Double) throws -> Chunking {
    let rate = layers[layers.count - 1].rateHz
    let context = (contextSeconds * rate).rounded()
    let core = (chunkSeconds * rate).rounded() - 2 * context
    guard core.isFinite, context.isFinite, core >= 1, context >= 0, core < 1e9 else {
      throw EvokeError(
        .binsImpossible, "chunks of \(chunkSeconds) s with \(contextSeconds) s of context",
        reason: "no frame is left between the two contexts", remedy: "make the chunk longer than twice the context")
    }
    return Chunking(coreFrames: Int(core), contextFrames: Int(context))
  }

  /// Rows `extract` will deliver for a layer.
  public func rowCount(layer key: String, sampleCount: Int, rate: FeatureRate) throws -> Int {
    let layer = try layer(key)
    guard case .bins(let seconds, _) = rate else { return layer.grid.frameCount(sampleCount) }
    return try bins(seconds, for: [layer]).count(sampleCount)
  }

  /// Seconds from the start of the sound for each row: frame centres at native rate, the starts of bins otherwise.
  public func times(layer key: String, sampleCount: Int, rate: FeatureRate) throws -> [Double] {
    let layer = try layer(key)
    guard case .bins(let seconds, _) = rate else {
      return (0..<layer.grid.frameCount(sampleCount)).map(layer.grid.centre)
    }
    let grid = try bins(seconds, for: [layer])
    return (0..<grid.count(sampleCount)).map { Double($0) * grid.seconds }
  }

  func bins(_ seconds: Double, for layers: [EncoderLayer]) throws -> BinGrid {
    let grid = try BinGrid(seconds: seconds, rateHz: configuration.rateHz)
    if let slow = layers.first(where: { grid.seconds * $0.rateHz < 1 }) {
      throw EvokeError(
        .binsImpossible, "bins of \(seconds) s",
        reason: "\(slow.key) has one frame every \(1 / slow.rateHz) s", remedy: "use longer bins, or the native rate")
    }
    return grid
  }
}
