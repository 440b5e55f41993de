import NeuralLayers
import Tensors

/// A checkpoint's tensors as one of musicnn's two networks has them, by the names TensorFlow gave its layers.
///
/// Numbers of channels are those of the file (the package's networks of several sizes differ in nothing else). Slots of
/// the optimiser and other tensors are no part of a network.
struct MusicnnTensors {
  enum Kind: String {
    case musicnn
    case vgg = "musicnn-vgg"

    /// nil for tensors of another network.
    init?(_ file: any TensorSource) {
      if file["1CNN/kernel"] != nil {
        self = .vgg
      } else if let first = file["conv2d/kernel"], first.shape.prefix(2) == [7, 38] {
        self = .musicnn
      } else {
        return nil
      }
    }

    var convolutions: [String] {
      switch self {
      case .musicnn: (0..<8).map { Self.numbered("conv2d", $0) }
      case .vgg: (1...5).map { "\($0)CNN" }
      }
    }

    /// Of the input, of each convolution, and in musicnn of the pooled and of the hidden layer.
    var norms: [String] { (0..<(self == .musicnn ? 11 : 6)).map { Self.numbered("batch_normalization", $0) } }
    var dense: [String] { self == .musicnn ? ["dense", "dense_1"] : ["dense"] }

    /// TensorFlow leaves out the number of the first layer of a kind.
    private static func numbered(_ name: String, _ index: Int) -> String { index == 0 ? name : "\(name)_\(index)" }
  }

  let kind: Kind
  let convolutions: [[TensorInfo]]
  let norms: [[TensorInfo]]
  let dense: [[TensorInfo]]

  /// Throws E-WGT-008 for missing and mis-shaped tensors.
  init(_ file: any TensorSource, _ kind: Kind) throws {
    var problems = NetworkProblems(file.path, "musicnn")
    func layers(_ names: [String], _ leaves: [String]) -> [[TensorInfo]] {
      names.map { name in
        leaves.compactMap { leaf in
          let tensor = file["\(name)/\(leaf)"]
          if tensor == nil { problems.add("\(name)/\(leaf) is missing") }
          return tensor
        }
      }
    }
    self.kind = kind
    convolutions = layers(kind.convolutions, ["kernel", "bias"])
    norms = layers(kind.norms, ["gamma", "beta", "moving_mean", "moving_variance"])
    dense = layers(kind.dense, ["kernel", "bias"])
    try problems.check()
    for bias in (convolutions + dense).map({ $0[1] }) where bias.shape.count != 1 {
      problems.add("\(bias.name) is \(bias.shape) and should be one row")
    }
    try problems.check()
    checkShapes(&problems)
    try problems.check()
  }

  private func checkShapes(_ problems: inout NetworkProblems) {
    let channels = convolutions.map { $0[1].count }
    for (kernels, shape) in zip(convolutions, kind == .musicnn ? musicnnKernels(channels) : vggKernels(channels)) {
      problems.expect(kernels[0], shape)
    }
    var widths = [1] + channels
    var inputs = MusicnnVGGNetwork.lastPixels * channels[channels.count - 1]
    if kind == .musicnn {
      // Largest and mean over time of every channel.
      inputs = 2 * channels.reduce(0, +)
      widths += [inputs, dense[0][1].count]
    }
    for (norm, width) in zip(norms, widths) {
      for tensor in norm { problems.expect(tensor, [width]) }
    }
    for layer in dense {
      problems.expect(layer[0], [inputs, layer[1].count])
      inputs = layer[1].count
    }
  }

  private func musicnnKernels(_ channels: [Int]) -> [[Int]] {
    let front = channels[..<5].reduce(0, +)
    let shapes =
      MusicnnNetwork.timbralWidths.map { [MusicnnNetwork.timbralLength, $0] }
      + MusicnnNetwork.temporalLengths.map { [$0, 1] }
      + [front, channels[5], channels[5]].map { [MusicnnNetwork.middleLength, $0] }
    // What is added to its input has as many channels.
    let outputs = channels[..<6] + [channels[5], channels[5]]
    return zip(shapes, outputs).map { $0 + [1, $1] }
  }

  private func vggKernels(_ channels: [Int]) -> [[Int]] { zip([1] + channels, channels).map { [3, 3, $0, $1] } }
}

extension MusicnnTensors {
  func network(_ loader: HashingLoader) throws -> any ExampleNetwork {
    switch kind {
    case .musicnn: try musicnn(loader)
    case .vgg: try vgg(loader)
    }
  }

  private func norm(_ index: Int, _ loader: HashingLoader) throws -> BatchNorm {
    let numbers = try norms[index].map { try loader.values($0) }
    return BatchNorm(gain: numbers[0], bias: numbers[1], mean: numbers[2], variance: numbers[3])
  }

  private func dense(_ index: Int, _ loader: HashingLoader) throws -> DenseLayer {
    DenseLayer(
      inputs: dense[index][0].shape[0], weight: try loader.values(dense[index][0]),
      bias: try loader.values(dense[index][1]), isTransposed: false)
  }

  /// A convolution as `kernel` rows and columns over `inputs` channels, which have the same order in memory.
  private func convolution(
    _ index: Int, kernel: (height: Int, width: Int), inputs: Int, _ loader: HashingLoader
  ) throws -> NormedConvolution {
    NormedConvolution(
      kernel: kernel, inputs: inputs, weight: try loader.values(convolutions[index][0]),
      bias: try loader.values(convolutions[index][1]), norm: try norm(index + 1, loader))
  }

  private func musicnn(_ loader: HashingLoader) throws -> MusicnnNetwork {
    let shapes = convolutions.map { $0[0].shape }
    return MusicnnNetwork(
      input: ChannelScaling(try norm(0, loader)),
      timbral: try (0..<2).map { try convolution($0, kernel: (shapes[$0][0], shapes[$0][1]), inputs: 1, loader) },
      temporal: try (2..<5).map { try convolution($0, kernel: (1, shapes[$0][0]), inputs: 1, loader) },
      middle: try (5..<8).map { try convolution($0, kernel: (1, shapes[$0][0]), inputs: shapes[$0][1], loader) },
      pooled: ChannelScaling(try norm(9, loader)), hidden: try dense(0, loader),
      hiddenNorm: ChannelScaling(try norm(10, loader)), classifier: try dense(1, loader))
  }

  private func vgg(_ loader: HashingLoader) throws -> MusicnnVGGNetwork {
    MusicnnVGGNetwork(
      input: ChannelScaling(try norm(0, loader)),
      stages: try convolutions.indices.map {
        try convolution($0, kernel: (3, 3), inputs: convolutions[$0][0].shape[2], loader)
      }, classifier: try dense(0, loader))
  }
}
