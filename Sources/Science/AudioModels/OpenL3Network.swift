import LinearAlgebra
import NeuralLayers

/// OpenL3's audio network (Cramer et al. 2019): batch norm of the picture; seven 3 x 3 convolutions with batch norm and
/// max(x, 0), 2 x 2 maxima after the second, fourth and sixth; an eighth, linear one, whose maxima over blocks are the
/// embedding.
///
/// Layers `conv1_1` to `conv4_2` are the means of each channel over the example's time and frequency; `embedding` has 12
/// blocks (4 of frequency x 3 of time, channels innermost; 6144 numbers) and `embedding_512` one block.
struct OpenL3Network: ExampleNetwork {
  static let keys = ["conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv4_1", "conv4_2"]
  /// Whether the stage is followed by pooling.
  static let isPooled = [false, true, false, true, false, true, false, false]

  let bands: Int
  let version: OpenL3FrontEnd.Version
  /// Filters of the weights file, which some have.
  let filters: MelFilters?
  /// Batch norm of the picture: x · scale + shift.
  let scale: Float
  let shift: Float
  let stack: PlaneStack

  /// `convolutions` are the eight with their batch norms folded in.
  init(
    bands: Int, version: OpenL3FrontEnd.Version, filters: MelFilters? = nil, input: BatchNorm,
    convolutions: [(weight: [Float], bias: [Float], inputs: Int)]
  ) {
    precondition(convolutions.count == Self.keys.count && input.gain.count == 1, "another network")
    self.bands = bands
    self.version = version
    self.filters = filters
    let folded = input.scaleAndShift
    scale = folded.scale[0]
    shift = folded.shift[0]
    let last = Self.keys.count - 1
    stack = PlaneStack(
      height: bands, width: OpenL3FrontEnd.frames,
      convolutions.enumerated().map { ($1.weight, $1.bias, $1.inputs, $0 < last, Self.isPooled[$0]) })
  }

  var outputs: [(key: String, depth: Int, dimension: Int)] {
    let channels = stack.stages.map(\.convolution.outputs)
    let deepest = channels[channels.count - 1]
    return Self.keys.enumerated().map { ($1, $0, channels[$0]) }
      + [("embedding", Self.keys.count, 12 * deepest), ("embedding_512", Self.keys.count, deepest)]
  }

  /// openl3's own 0.1 s costs ten windows of a second for every second of sound.
  var standardHop: Int { OpenL3FrontEnd.rateHz }
  var operationCount: Double { stack.operationCount(upTo: Self.keys.count - 1) }

  /// An example is centred on its time: half a second of zeros stands before the sound, and as many as it takes behind.
  func grid(hop: Int) -> FrameGrid {
    FrameGrid(
      hop: hop, field: OpenL3FrontEnd.rateHz, rateHz: OpenL3FrontEnd.rateHz, origin: -OpenL3FrontEnd.rateHz / 2,
      ending: .covering, placement: .overlap)
  }

  func worker() -> any ExampleWorker { OpenL3Worker(self) }
}

/// Batch normalisation in inference: (x - mean) / √(variance + ε) · gain + bias per channel.
struct BatchNorm: Sendable {
  /// Keras' default.
  static let epsilon = 1e-3
  let gain: [Float]
  let bias: [Float]
  let mean: [Float]
  let variance: [Float]

  /// As x · scale + shift.
  var scaleAndShift: (scale: [Float], shift: [Float]) {
    let scale = gain.indices.map { Double(gain[$0]) / (Double(variance[$0]) + Self.epsilon).squareRoot() }
    let shift = gain.indices.map { Double(bias[$0]) - Double(mean[$0]) * scale[$0] }
    return (scale.map { Float($0) }, shift.map { Float($0) })
  }

  /// The convolution before it (`[…, outputs]`, outputs innermost) and this as one convolution.
  func folded(into weight: [Float], bias old: [Float]) -> (weight: [Float], bias: [Float]) {
    let outputs = gain.count
    let scale = gain.indices.map { Double(gain[$0]) / (Double(variance[$0]) + Self.epsilon).squareRoot() }
    var new = weight
    for first in stride(from: 0, to: weight.count, by: outputs) {
      for o in 0..<outputs { new[first + o] = Float(Double(weight[first + o]) * scale[o]) }
    }
    return (
      new, gain.indices.map { Float((Double(old[$0]) - Double(mean[$0])) * scale[$0] + Double(bias[$0])) }
    )
  }
}

/// One thread's buffers of OpenL3.
final class OpenL3Worker: ExampleWorker {
  private let network: OpenL3Network
  private var frontEnd: OpenL3FrontEnd
  private var run: PlaneStackRun

  init(_ network: OpenL3Network) {
    self.network = network
    frontEnd = OpenL3FrontEnd(version: network.version, bands: network.bands, filters: network.filters)
    run = PlaneStackRun(network.stack)
  }

  func run(_ samples: [Float], starts: [Int], wanted: [Bool], into rows: inout [[Float]]) {
    let convolutions = OpenL3Network.keys.count
    guard let last = wanted.lastIndex(of: true) else { return }
    for start in starts {
      let example = Array(samples[start..<start + OpenL3FrontEnd.rateHz])
      let picture = frontEnd.apply(example).map { $0 * network.scale + network.shift }
      run.run(picture, upTo: min(last, convolutions - 1)) { stage, output in
        if wanted[stage] { rows[stage] += MeanPooling2D.apply(output, rows: 0..<output.height) }
        guard stage == convolutions - 1 else { return }
        // SAME pooling over blocks an eighth (a quarter for 128 bands) and all of the picture.
        if wanted[convolutions] {
          rows[convolutions] += MaximumPooling2D.blocks(output, height: output.height / 4, width: output.width / 3)
        }
        if wanted[convolutions + 1] {
          rows[convolutions + 1] += MaximumPooling2D.blocks(output, height: output.height, width: output.width)
        }
      }
    }
  }
}
