import Diagnostics
import SignalProcessing
import Tensors

/// A pretrained model whose layers can be taken out of sound: the one interface every model stands behind.
///
/// A model says what its layers are (`layers`, each with the places of its frames) and computes one chunk at a time
/// (`pass`). Cutting sound into chunks, padding, binning and resuming are written once, in `extract`, for all of them.
/// One value may be used by several threads at once; each `pass` by one.
public protocol AudioModel: AnyObject, Sendable {
  /// `ModelFamily.name` of the family that opened it.
  var family: String { get }
  /// Kind within the family, for example `wav2vec2`.
  var architecture: String { get }
  /// Every layer in the order of the network; the last one has the longest hop, a multiple of every other layer's.
  var layers: [EncoderLayer] { get }
  /// Samples of mono sound per second that it takes.
  var inputRateHz: Int { get }
  /// Whether frames depend on their own field only, so that chunks need no context.
  var isLocal: Bool { get }
  /// Every tensor of its weights, sorted by name, with the SHA-256 of its bytes.
  var tensors: [(info: TensorInfo, sha256: String)] { get }
  /// SHA-256 over the sorted tensor lines; see `EncoderTensors.weightsSHA256`.
  var weightsSHA256: String { get }
  /// Floating point operations (a multiply-add is two) of one chunk of `samples` samples, for estimates of time.
  func operationCount(samples: Int) -> Double
  /// Bytes that computing a chunk of `samples` samples needs beside the weights, about.
  func workingBytes(samples: Int) -> Int

  /// Starts on one sound. What depends on all of it (a normalisation) is read here; the caller rewinds afterwards.
  func pass(over source: any SampleSource) throws -> any AudioModelPass
}

/// Rows of one layer as they leave the network: `rows` rows of `values` from `offset`, the first of them row `firstRow`
/// of the chunk. `layer` is an index into the model's layers.
public typealias LayerRows = (_ layer: Int, _ firstRow: Int, _ rows: Int, _ values: [Float], _ offset: Int) throws ->
  Void

/// A model's work on one sound, with the buffers it keeps from chunk to chunk.
public protocol AudioModelPass {
  /// Computes one chunk and hands out the wanted layers' rows, each row of a layer once and in order.
  ///
  /// - Parameters:
  ///   - samples: from the first sample of the field of the chunk's first frame of the last layer to the last sample of
  ///     the chunk's last field (to the end of the sound in the last chunk); zeros where a field reaches beyond the
  ///     sound. Row 0 of every layer is the frame whose field begins at `samples[0]`.
  ///   - first: index of `samples[0]` in the sound, for messages; negative where zeros were put before it.
  ///   - wanted: one entry per layer. Deeper layers than the deepest wanted one need not be computed.
  mutating func run(_ samples: [Float], first: Int, wanted: [Bool], emit: LayerRows) throws
}

extension AudioModel {
  public var isLocal: Bool { false }
  public func workingBytes(samples: Int) -> Int { 64 << 20 + 400 * samples }

  /// What extracting features of a sound costs: operations of all chunks with their context, and the memory of weights,
  /// of reading the largest of them, and of the longest chunk.
  public func needs(sampleCount: Int, chunking: Chunking) -> (operations: Double, memoryBytes: Int) {
    let chunks = chunking.chunks(sampleCount, slowest)
    let weights = tensors.reduce(0) { $0 + $1.info.count }
    let largest = tensors.reduce(0) { max($0, $1.info.count) }
    let longest = chunks.reduce(0) { max($0, $1.samples.count) }
    return (
      chunks.reduce(0) { $0 + operationCount(samples: $1.samples.count) },
      4 * (weights + 3 * largest) + workingBytes(samples: longest)
    )
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

  /// The frames of the slowest layers (`proj`, `hs.*`, `last` of a speech encoder).
  var slowest: FrameGrid { layers[layers.count - 1].grid }

  /// Frames of the slowest layers for a sound.
  public func frameCount(sampleCount: Int) -> Int { slowest.frameCount(sampleCount) }

  /// The chunking of total length and context in seconds, rounded to frames; both in the sense of `chunk_s`, `context_s`.
  ///
  /// Core = chunk - 2 context; the whole chunk for a model that is local. Throws E-WGT-015 where nothing is left for the
  /// core.
  public func chunking(chunkSeconds: Double, contextSeconds: Double) throws -> Chunking {
    let rate = layers[layers.count - 1].rateHz
    let context = isLocal ? 0 : (contextSeconds * rate).rounded()
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

  /// Seconds from the start of the sound for each row: frame times at native rate, the starts of bins otherwise.
  public func times(layer key: String, sampleCount: Int, rate: FeatureRate) throws -> [Double] {
    let layer = try layer(key)
    guard case .bins(let seconds, _) = rate else {
      return (0..<layer.grid.frameCount(sampleCount)).map(layer.grid.centre)
    }
    let grid = try bins(seconds, for: [layer])
    return (0..<grid.count(sampleCount)).map { Double($0) * grid.seconds }
  }

  func bins(_ seconds: Double, for layers: [EncoderLayer]) throws -> BinGrid {
    let grid = try BinGrid(seconds: seconds, rateHz: inputRateHz)
    if let slow = layers.first(where: { grid.seconds * $0.rateHz < 1 }) {
      throw EvokeError(
        .binsImpossible, "bins of \(seconds) s",
        reason: "\(slow.key) has one frame every \(1 / slow.rateHz) s", remedy: "use longer bins, or the native rate")
    }
    return grid
  }
}
