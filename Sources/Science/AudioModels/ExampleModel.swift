import ContentIdentity
import Diagnostics
import SignalProcessing
import Tensors

/// A network that sees sound in examples of one fixed length and gives one row per layer for each.
protocol ExampleNetwork: Sendable {
  /// Key, depth and numbers per example of every layer, in the order of the network.
  var outputs: [(key: String, depth: Int, dimension: Int)] { get }
  /// Where examples lie when they are `hop` samples apart.
  func grid(hop: Int) -> FrameGrid
  /// Samples between examples where nothing else is asked for.
  var standardHop: Int { get }
  /// Whether the sound goes on beyond its ends as its mirror image where examples reach there; zeros otherwise.
  var mirrorsEnds: Bool { get }
  /// Operations of one example (a multiply-add is two).
  var operationCount: Double { get }
  func worker() -> any ExampleWorker
}

/// One thread's buffers for a network.
protocol ExampleWorker: AnyObject {
  /// Computes the examples that begin at `starts` of `samples` and appends each wanted layer's rows to `rows[layer]`.
  func run(_ samples: [Float], starts: [Int], wanted: [Bool], into rows: inout [[Float]])
}

extension ExampleNetwork {
  var mirrorsEnds: Bool { false }
}

/// OpenL3, VGGish, CREPE or musicnn: a pretrained network over examples of sound, every layer of which can be read (float32).
///
/// Opened through `ModelFamilies`. Examples are local: chunks need no context, and any chunking gives the same numbers.
public final class ExampleModel: AudioModel {
  public let family: String
  public let architecture: String
  public let layers: [EncoderLayer]
  public let inputRateHz: Int
  public var isLocal: Bool { true }
  public let tensors: [(info: TensorInfo, sha256: String)]
  public let weightsSHA256: String
  let network: any ExampleNetwork

  init(
    family: String, architecture: String, network: any ExampleNetwork,
    tensors: [(info: TensorInfo, sha256: String)], weightsSHA256: String? = nil, hop: Int? = nil
  ) {
    self.family = family
    self.architecture = architecture
    self.network = network
    self.tensors = tensors
    self.weightsSHA256 = weightsSHA256 ?? EncoderTensors.weightsSHA256(tensors)
    layers = network.layers(hop: hop)
    inputRateHz = network.grid(hop: network.standardHop).rateHz
  }

  /// The same weights with examples every `seconds` (`hop_s`): OpenL3 and musicnn have 1 s, VGGish 0.96 s unless told.
  ///
  /// Throws E-WGF-007 unless that is a positive whole number of samples at the model's rate.
  public func stepping(everySeconds seconds: Double) throws -> ExampleModel {
    let samples = seconds * Double(inputRateHz)
    guard samples.isFinite, samples >= 1, samples < 1e9, abs(samples - samples.rounded()) < 1e-6 else {
      throw EvokeError(
        .networkParameterBad, "hop_s \(seconds)",
        reason: "at \(inputRateHz) Hz that is \(samples) samples, not a positive whole number",
        remedy: "use for example 0.1, 0.5 or 1")
    }
    return ExampleModel(
      family: family, architecture: architecture, network: network, tensors: tensors, weightsSHA256: weightsSHA256,
      hop: Int(samples.rounded()))
  }

  public func operationCount(samples: Int) -> Double {
    let grid = layers[0].grid
    return samples < grid.field ? 0 : Double((samples - grid.field) / grid.hop + 1) * network.operationCount
  }

  public func pass(over source: any SampleSource) throws -> any AudioModelPass {
    ExamplePass(
      worker: network.worker(), grid: layers[0].grid, mirroredLength: network.mirrorsEnds ? source.sampleCount : nil)
  }
}

extension AudioModel {
  /// The same weights with another step between examples (`hop_s`); itself where none is given.
  ///
  /// Throws E-WGF-007 for a model whose step is part of its network, and for an impossible step.
  public func stepping(everySeconds seconds: Double?) throws -> any AudioModel {
    guard let seconds else { return self }
    guard let model = self as? ExampleModel else {
      throw EvokeError(
        .networkParameterBad, "hop_s \(seconds)", reason: "the step of \(family) is part of its network",
        remedy: "leave hop_s out")
    }
    return try model.stepping(everySeconds: seconds)
  }
}

extension ExampleNetwork {
  /// The layers of the network with examples `hop` samples apart (the standard hop unless told).
  func layers(hop: Int? = nil) -> [EncoderLayer] {
    let outputs = outputs
    let deepest = outputs.map(\.depth).reduce(0, max)
    let grid = grid(hop: hop ?? standardHop)
    return outputs.map {
      EncoderLayer(
        key: $0.key, depth: $0.depth, relDepth: Double($0.depth) / Double(max(1, deepest)), dimension: $0.dimension,
        grid: grid)
    }
  }
}

/// One sound through an example network, a bounded number of examples at a time.
struct ExamplePass: AudioModelPass {
  /// Enough for the dense layers' weights to be read once for several examples.
  static let examplesPerBatch = 32
  let worker: any ExampleWorker
  let grid: FrameGrid
  /// Samples of a sound that goes on as its mirror image; nil where zeros surround it.
  let mirroredLength: Int?

  mutating func run(_ samples: [Float], first: Int, wanted: [Bool], emit: LayerRows) throws {
    if let bad = samples.firstIndex(where: { !$0.isFinite }) {
      throw EvokeError(
        .soundNotFinite, "sample \(first + bad)", reason: "it is \(samples[bad])",
        remedy: "decode the sound again, or repair it")
    }
    guard samples.count >= grid.field else { return }
    let samples = mirroredLength.map { Self.mirrored(samples, first: first, length: $0) } ?? samples
    let count = (samples.count - grid.field) / grid.hop + 1
    for start in stride(from: 0, to: count, by: Self.examplesPerBatch) {
      let examples = start..<min(start + Self.examplesPerBatch, count)
      var rows = [[Float]](repeating: [], count: wanted.count)
      worker.run(samples, starts: examples.map { $0 * grid.hop }, wanted: wanted, into: &rows)
      for layer in wanted.indices where wanted[layer] {
        try emit(layer, examples.lowerBound, examples.count, rows[layer], 0)
      }
    }
  }
  /// The chunk that begins at sample `first` of a sound of `length`, with x[-i] = x[i] and x[N - 1 + i] = x[N - 1 - i]
  /// outside of it.
  static func mirrored(_ samples: [Float], first: Int, length: Int) -> [Float] {
    var out = samples
    for at in first..<max(first, 0) { out[at - first] = samples[-at - first] }
    for at in min(length, first + samples.count)..<first + samples.count {
      out[at - first] = samples[2 * (length - 1) - at - first]
    }
    return out
  }
}
