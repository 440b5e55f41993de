import LinearAlgebra
import NeuralLayers

/// y = x W + b over rows, W as `[inputs, outputs]` (TensorFlow, Keras) or `[outputs, inputs]` (PyTorch).
struct DenseLayer: Sendable {
  let inputs: Int
  let outputs: Int
  let weight: [Float]
  let bias: [Float]
  /// Whether W is `[outputs, inputs]`.
  let isTransposed: Bool

  init(inputs: Int, weight: [Float], bias: [Float], isTransposed: Bool) {
    precondition(weight.count == inputs * bias.count, "shapes differ")
    self.inputs = inputs
    outputs = bias.count
    self.weight = weight
    self.bias = bias
    self.isTransposed = isTransposed
  }

  func apply(_ x: [Float]) -> [Float] {
    let rows = x.count / inputs
    var y = [Float](repeating: 0, count: rows * outputs)
    SingleMultiply.multiply(
      rows: rows, columns: outputs, inner: inputs, x, as: SingleView(stride: inputs), by: weight,
      as: SingleView(stride: isTransposed ? inputs : outputs), transposed: isTransposed, into: &y,
      as: SingleView(stride: outputs))
    VectorMath.addBias(&y, bias: bias, rows: rows)
    return y
  }
}

/// VGGish's principal components: y = clip(E (x - μ), ±2), and ⌊(y + 2) 255 / 4⌉ for AudioSet's 8-bit numbers.
struct VGGishComponents: Sendable {
  /// `[components, inputs]`.
  let vectors: [Float]
  let means: [Float]

  /// Rows of x, which are the embeddings without max(x, 0), as the official code has them.
  func apply(_ x: [Float]) -> [Float] {
    let width = means.count
    let rows = x.count / width
    let centred = x.indices.map { x[$0] - means[$0 % width] }
    let count = vectors.count / width
    var y = [Float](repeating: 0, count: rows * count)
    SingleMultiply.multiply(
      rows: rows, columns: count, inner: width, centred, as: SingleView(stride: width), by: vectors,
      as: SingleView(stride: width),
      into: &y, as: SingleView(stride: count))
    return y.map { min(max($0, -2), 2) }
  }

  /// Whole numbers 0 to 255 of `apply`'s; halves go to the even one, as NumPy and PyTorch round.
  static func quantised(_ y: [Float]) -> [Float] { y.map { (($0 + 2) * (255 / 4)).rounded(.toNearestOrEven) } }
}

/// VGGish (Hershey et al. 2017): six 3 x 3 convolutions with max(x, 0), 2 x 2 maxima after the first, second, fourth and
/// sixth, two dense layers with max(x, 0) and the embedding.
///
/// The embedding is stored twice, because releases differ: `fc2_pre` as the current official code has it, `fc2_relu` =
/// max(fc2_pre, 0) as the first release and the PyTorch port have it. Layers `conv1` to `conv4_2` are the means of each
/// channel over the example's time and frequency.
struct VGGishNetwork: ExampleNetwork {
  static let convolutionKeys = ["conv1", "conv2", "conv3_1", "conv3_2", "conv4_1", "conv4_2"]
  static let isPooled = [true, true, false, true, false, true]
  /// Pixels of the last pooled image: 6 of time x 4 of frequency.
  static let lastPixels = 24

  let stack: PlaneStack
  let dense: [DenseLayer]
  let components: VGGishComponents?

  init(
    convolutions: [(weight: [Float], bias: [Float], inputs: Int)], dense: [DenseLayer],
    components: VGGishComponents? = nil
  ) {
    precondition(convolutions.count == Self.isPooled.count && dense.count == 3, "another network")
    stack = PlaneStack(
      height: VGGishFrontEnd.frames, width: VGGishFrontEnd.bands,
      convolutions.enumerated().map { ($1.weight, $1.bias, $1.inputs, true, Self.isPooled[$0]) })
    self.dense = dense
    self.components = components
  }

  var outputs: [(key: String, depth: Int, dimension: Int)] {
    let width = dense[2].outputs
    var list = Self.convolutionKeys.enumerated().map { ($1, $0, stack.stages[$0].convolution.outputs) }
    list += [("fc1_1", 6, dense[0].outputs), ("fc1_2", 7, dense[1].outputs)]
    list += [("fc2_pre", 8, width), ("fc2_relu", 8, width)]
    if let components {
      let count = components.vectors.count / components.means.count
      list += [("pca", 8, count), ("pca_quantised", 8, count)]
    }
    return list
  }

  var standardHop: Int { VGGishFrontEnd.frames * VGGishFrontEnd.hop }
  var operationCount: Double {
    stack.operationCount(upTo: stack.stages.count - 1)
      + dense.reduce(0) { $0 + 2 * Double($1.inputs) * Double($1.outputs) }
  }

  /// An example's time is the middle of its 96 frame steps, 0.48 s behind its start; incomplete ones are left out.
  func grid(hop: Int) -> FrameGrid {
    FrameGrid(
      hop: hop, field: VGGishFrontEnd.field, rateHz: VGGishFrontEnd.rateHz,
      doubledCentre: VGGishFrontEnd.frames * VGGishFrontEnd.hop, placement: .overlap)
  }

  func worker() -> any ExampleWorker { VGGishWorker(self) }
}

/// One thread's buffers of VGGish.
final class VGGishWorker: ExampleWorker {
  private let network: VGGishNetwork
  private var frontEnd = VGGishFrontEnd()
  private var run: PlaneStackRun

  init(_ network: VGGishNetwork) {
    self.network = network
    run = PlaneStackRun(network.stack)
  }

  func run(_ samples: [Float], starts: [Int], wanted: [Bool], into rows: inout [[Float]]) {
    let convolutions = network.stack.stages.count
    guard let last = wanted.lastIndex(of: true) else { return }
    var flat: [Float] = []
    for start in starts {
      let image = frontEnd.apply(samples, start: start)
      run.run(image, upTo: min(last, convolutions - 1)) { stage, output in
        if wanted[stage] { rows[stage] += MeanPooling2D.apply(output, rows: 0..<output.height) }
      }
      if last >= convolutions { flat += run.pooledOutput() }
    }
    guard last >= convolutions else { return }
    let first = network.dense[0].apply(flat).map { max($0, 0) }
    if wanted[convolutions] { rows[convolutions] = first }
    guard last > convolutions else { return }
    let second = network.dense[1].apply(first).map { max($0, 0) }
    if wanted[convolutions + 1] { rows[convolutions + 1] = second }
    guard last > convolutions + 1 else { return }
    let embedding = network.dense[2].apply(second)
    if wanted[convolutions + 2] { rows[convolutions + 2] = embedding }
    if wanted[convolutions + 3] { rows[convolutions + 3] = embedding.map { max($0, 0) } }
    guard let components = network.components, last > convolutions + 3 else { return }
    let projected = components.apply(embedding)
    if wanted[convolutions + 4] { rows[convolutions + 4] = projected }
    if wanted[convolutions + 5] { rows[convolutions + 5] = VGGishComponents.quantised(projected) }
  }
}
