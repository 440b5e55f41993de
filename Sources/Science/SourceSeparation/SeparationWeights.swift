import ContentIdentity
import Diagnostics
import Tensors

/// The two sounds a separation gives, in the order of the model.
public enum Stem: String, Sendable, CaseIterable {
  case voice
  case soundtrack
}

/// The tensors of one U-Net, in TensorFlow's layouts (rows are time, columns frequency).
struct UNetTensors: Sendable {
  struct Convolution: Sendable {
    /// `[kernel, kernel, inputs, outputs]`; of a transposed convolution `[kernel, kernel, outputs, inputs]`.
    var kernel: [Float] = []
    var shape: [Int] = []
    var bias: [Float] = []
  }

  struct Normalisation: Sendable {
    var gamma: [Float] = []
    var beta: [Float] = []
    var mean: [Float] = []
    var variance: [Float] = []
  }

  /// Six of the encoder, then the mask's.
  var convolutions = [Convolution](repeating: Convolution(), count: 7)
  var transposed = [Convolution](repeating: Convolution(), count: 6)
  /// Six of the encoder (the last is not used by the network), then six of the decoder.
  var normalisations = [Normalisation](repeating: Normalisation(), count: 12)
}

/// The weights of a two-stem separation, read from Spleeter's TensorFlow checkpoint or from its PyTorch port.
///
/// Both have per stem six 5 x 5 convolutions of stride 2, six transposed ones, a 4 x 4 convolution of dilation 2 and
/// twelve batch normalisations; the filters may differ from Spleeter's 16 ... 512. Shapes are checked against each
/// other, every tensor must be there exactly once.
public struct SeparationWeights: Sendable {
  /// How the weights were stored.
  public enum Format: String, Sendable {
    case tensorFlow = "tensorflow"
    case pyTorch = "pytorch"
  }

  public let format: Format
  /// Channels of the six encoder convolutions.
  public let filters: [Int]
  /// Every tensor of the files, sorted by name, with the SHA-256 of its bytes.
  public let tensors: [(info: TensorInfo, sha256: String)]
  /// SHA-256 over the sorted lines `name dtype [shape] sha256`.
  public let weightsSHA256: String
  /// The files read.
  public let files: [String]
  let networks: [UNetTensors]

  /// Reads a place: a tensor bundle where there is an `.index` file, else one or two safetensors files.
  ///
  /// Throws E-TFB-001 to E-TFB-004, E-WGT-001 to E-WGT-010, and E-SEP-001 with every missing, unexpected and mis-shaped
  /// tensor in its reason.
  public init(_ place: any ModelPlace) throws {
    let source = try WeightSource(place)
    var networks = [UNetTensors(), UNetTensors()]
    var hashes: [String: String] = [:]
    var problems: [String] = []
    let filters = source.filters()
    for (stem, label) in Stem.allCases.enumerated() {
      for slot in UNetSlot.all {
        guard let found = source.tensor(stem: stem, slot) else {
          problems.append("\(label.rawValue) lacks \(source.name(stem: stem, slot))")
          continue
        }
        let expected = source.stored(slot.shape(filters: filters), slot)
        guard found.shape == expected else {
          problems.append("\(found.name) is \(found.shape) and should be \(expected)")
          continue
        }
        let loaded = try source.load(stem: stem, found)
        hashes[source.label(stem: stem, found)] = loaded.sha256
        slot.put(source.turned(loaded.values, found.shape, slot), into: &networks[stem], filters: filters)
      }
    }
    problems += source.unexpected(used: Set(hashes.keys))
    guard problems.isEmpty else {
      let more = problems.count > 8 ? " and \(problems.count - 8) more" : ""
      throw EvokeError(
        .separationWeightsBad, place.path, reason: problems.prefix(8).joined(separator: "; ") + more,
        remedy: "fetch Spleeter's 2stems model, or convert it completely")
    }
    format = source.format
    self.filters = filters
    self.networks = networks
    files = source.files
    tensors = try source.all().map { entry in
      (entry.info, try hashes[entry.info.name] ?? entry.hash())
    }.sorted { $0.0.name < $1.0.name }
    var hash = SHA256()
    for tensor in tensors {
      let shape = tensor.info.shape.map(String.init).joined(separator: ",")
      hash.update("\(tensor.info.name) \(tensor.info.dtype) [\(shape)] \(tensor.sha256)\n")
    }
    weightsSHA256 = hash.hex()
  }

  /// Whether a folder holds what `init` could read, judged by file and tensor names alone; a damaged checkpoint counts,
  /// so that `init` says what is wrong with it.
  public static func isSeparation(_ place: any ModelPlace) -> Bool {
    guard let source = try? WeightSource(place) else { return place.container == .tensorBundle }
    // Only a U-Net has transposed convolutions: plain ones have the same names in other networks.
    return source.tensor(stem: 0, UNetSlot(layer: .transposed(0), part: .kernel)) != nil
  }

  /// Every tensor of the TensorFlow graph with its shape, for encoder filters as given (published: 16 ... 512).
  public static func expectedShapes(filters: [Int]) -> [String: [Int]] {
    precondition(filters.count == 6, "six filter counts")
    var shapes: [String: [Int]] = [:]
    for stem in Stem.allCases.indices {
      for slot in UNetSlot.all { shapes[slot.tensorFlowName(stem: stem)] = slot.shape(filters: filters) }
    }
    return shapes
  }

  /// Numbers in all tensors.
  public var parameterCount: Int { tensors.reduce(0) { $0 + $1.info.count } }

  /// Whether every moving mean is 0 and every moving variance 1, as in the published checkpoint.
  public var hasInitialStatistics: Bool {
    networks.allSatisfy { network in
      network.normalisations.allSatisfy { norm in
        norm.mean.allSatisfy { $0 == 0 } && norm.variance.allSatisfy { $0 == 1 }
      }
    }
  }

  /// Whether the normalisation behind the last encoder convolution, which the network does not use, was never trained.
  public var hasUntrainedBottleneck: Bool {
    networks.allSatisfy { network in
      network.normalisations[5].gamma.allSatisfy { $0 == 1 } && network.normalisations[5].beta.allSatisfy { $0 == 0 }
    }
  }
}

/// A place for one tensor of a U-Net.
struct UNetSlot: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    case kernel, bias, gamma, beta, mean, variance
  }

  enum Layer: Sendable, Hashable {
    /// 0 ..< 6 of the encoder, 6 the mask's.
    case convolution(Int)
    case transposed(Int)
    case normalisation(Int)
  }

  let layer: Layer
  let part: Part

  static let all: [UNetSlot] =
    (0..<7).flatMap { i in [Part.kernel, .bias].map { UNetSlot(layer: .convolution(i), part: $0) } }
    + (0..<6).flatMap { i in [Part.kernel, .bias].map { UNetSlot(layer: .transposed(i), part: $0) } }
    + (0..<12).flatMap { i in
      [Part.gamma, .beta, .mean, .variance].map { UNetSlot(layer: .normalisation(i), part: $0) }
    }

  /// The shape in TensorFlow's layout.
  func shape(filters: [Int]) -> [Int] {
    func decoder(_ i: Int) -> Int { i == 5 ? 1 : filters[4 - i] }
    switch layer {
    case .convolution(6): return part == .kernel ? [4, 4, 1, 2] : [2]
    case .convolution(let i):
      return part == .kernel ? [5, 5, i == 0 ? 2 : filters[i - 1], filters[i]] : [filters[i]]
    case .transposed(let i):
      let inputs = i == 0 ? filters[5] : 2 * filters[5 - i]
      return part == .kernel ? [5, 5, decoder(i), inputs] : [decoder(i)]
    case .normalisation(let i): return [i < 6 ? filters[i] : decoder(i - 6)]
    }
  }

  func put(_ values: [Float], into network: inout UNetTensors, filters: [Int]) {
    switch (layer, part) {
    case (.convolution(let i), .kernel):
      network.convolutions[i].kernel = values
      network.convolutions[i].shape = shape(filters: filters)
    case (.convolution(let i), _): network.convolutions[i].bias = values
    case (.transposed(let i), .kernel):
      network.transposed[i].kernel = values
      network.transposed[i].shape = shape(filters: filters)
    case (.transposed(let i), _): network.transposed[i].bias = values
    case (.normalisation(let i), .gamma): network.normalisations[i].gamma = values
    case (.normalisation(let i), .beta): network.normalisations[i].beta = values
    case (.normalisation(let i), .mean): network.normalisations[i].mean = values
    case (.normalisation(let i), _): network.normalisations[i].variance = values
    }
  }

  /// The variable's name in Spleeter's graph, where the second network's layers are numbered on.
  func tensorFlowName(stem: Int) -> String {
    func numbered(_ name: String, _ i: Int) -> String { i == 0 ? name : "\(name)_\(i)" }
    let leaf =
      switch part {
      case .kernel: "kernel"
      case .bias: "bias"
      case .gamma: "gamma"
      case .beta: "beta"
      case .mean: "moving_mean"
      case .variance: "moving_variance"
      }
    switch layer {
    case .convolution(let i): return numbered("conv2d", 7 * stem + i) + "/" + leaf
    case .transposed(let i): return numbered("conv2d_transpose", 6 * stem + i) + "/" + leaf
    case .normalisation(let i): return numbered("batch_normalization", 12 * stem + i) + "/" + leaf
    }
  }

  /// The parameter's name in one network of the PyTorch port.
  var pyTorchName: String {
    let leaf =
      switch part {
      case .kernel, .gamma: "weight"
      case .bias, .beta: "bias"
      case .mean: "running_mean"
      case .variance: "running_var"
      }
    switch layer {
    case .convolution(6): return "up7.0." + leaf
    case .convolution(let i): return "down\(i + 1)_conv.1." + leaf
    case .transposed(let i): return "up\(i + 1).0." + leaf
    case .normalisation(let i): return i < 6 ? "down\(i + 1)_act.0." + leaf : "up\(i - 5).3." + leaf
    }
  }
}
