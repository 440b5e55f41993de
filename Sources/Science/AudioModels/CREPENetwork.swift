import LinearAlgebra
import NeuralLayers

#if canImport(Glibc)
  import Glibc
#endif

/// CREPE (Kim et al. 2018), any of its sizes: six convolutions over 1024 samples at 16 kHz, each max(x, 0), batch norm and
/// maxima of neighbours, and a dense layer whose 360 logistic outputs are the activation of pitches 20 cents apart.
///
/// Layers `conv1` to `conv6` are the means over time of the batch norms' outputs; `dense` is the pitch activation.
/// Frames lie 10 ms apart and are centred on their time, zeros before and behind the sound; each frame is brought to
/// mean 0 and (population) standard deviation 1, which is not divided by where it is below 1e-8.
struct CREPENetwork: ExampleNetwork {
  static let rateHz = 16_000
  static let field = 1024
  static let keys = (1...6).map { "conv\($0)" }
  static let kernels = [512, 64, 64, 64, 64, 64]

  /// One convolution with the scale and shift of the batch norm behind its max(x, 0).
  struct Stage: Sendable {
    let convolution: Convolution2D
    let scale: [Float]
    let shift: [Float]
    /// Columns of its output.
    let width: Int
  }

  let stages: [Stage]
  let classifier: DenseLayer

  /// `convolutions`: kernels `[length, inputs, outputs]`.
  init(
    convolutions: [(weight: [Float], bias: [Float], inputs: Int, norm: BatchNorm)], classifier: DenseLayer
  ) {
    precondition(convolutions.count == Self.keys.count, "another network")
    var width = Self.field / 4
    stages = convolutions.enumerated().map { index, given in
      let folded = given.norm.scaleAndShift
      let stage = Stage(
        convolution: Convolution2D(
          inputs: given.inputs, outputs: given.bias.count, kernel: (1, Self.kernels[index]),
          stride: (1, index == 0 ? 4 : 1), weight: given.weight, bias: given.bias),
        scale: folded.scale, shift: folded.shift, width: width)
      width /= 2
      return stage
    }
    self.classifier = classifier
  }

  var outputs: [(key: String, depth: Int, dimension: Int)] {
    stages.enumerated().map { (Self.keys[$0], $0, $1.convolution.outputs) }
      + [("dense", Self.keys.count, classifier.outputs)]
  }

  var standardHop: Int { Self.rateHz / 100 }
  var operationCount: Double {
    zip(stages, Self.kernels).reduce(2 * Double(classifier.inputs * classifier.outputs)) {
      $0 + 2 * Double($1.0.width * $1.1) * Double($1.0.convolution.inputs * $1.0.convolution.outputs)
    }
  }

  func grid(hop: Int) -> FrameGrid {
    FrameGrid(
      hop: hop, field: Self.field, rateHz: Self.rateHz, origin: -Self.field / 2, ending: .padded(Self.field / 2))
  }

  func worker() -> any ExampleWorker { CREPEWorker(self) }
}

/// Frequencies of CREPE's pitch activation.
public enum CREPEPitch {
  /// The frequency in Hz of each row of `[rows, 360]` activations: the mean, weighted by the activation, of the cents of
  /// the largest one and four neighbours on each side; bin b lies 20 b + 1997.3794 cents above 10 Hz. NaN for a row
  /// of zeros.
  public static func frequencies(_ activation: [Float], bins: Int = 360) -> [Double] {
    precondition(bins > 0 && activation.count % bins == 0, "rows of another length")
    return stride(from: 0, to: activation.count, by: bins).map { row in
      let best = (1..<bins).reduce(0) { activation[row + $1] > activation[row + $0] ? $1 : $0 }
      let near = max(0, best - 4)..<min(bins, best + 5)
      let weight = near.reduce(0.0) { $0 + Double(activation[row + $1]) }
      let cents = near.reduce(0.0) { $0 + Double(activation[row + $1]) * (20 * Double($1) + 1997.3794084376191) }
      return weight > 0 ? 10 * exp2(cents / weight / 1200) : .nan
    }
  }
}

/// One thread's buffers of CREPE: the frames of a batch are the rows of its images.
final class CREPEWorker: ExampleWorker {
  private let network: CREPENetwork
  private var inputs: [FeatureMap] = []
  private var outputs: [FeatureMap] = []
  private var batch = 0

  init(_ network: CREPENetwork) { self.network = network }

  /// Images for `count` frames; each input has its convolution's padding around it.
  private func prepare(_ count: Int) {
    guard count != batch else { return }
    batch = count
    inputs = network.stages.enumerated().map { index, stage in
      let width = index == 0 ? CREPENetwork.field : stage.width
      let padding = stage.convolution.samePadding(height: count, width: width)
      return FeatureMap(height: count, width: width, channels: stage.convolution.inputs, border: padding)
    }
    outputs = network.stages.map {
      FeatureMap(height: count, width: $0.width, channels: $0.convolution.outputs)
    }
  }

  func run(_ samples: [Float], starts: [Int], wanted: [Bool], into rows: inout [[Float]]) {
    guard let last = wanted.lastIndex(of: true) else { return }
    prepare(starts.count)
    for (row, start) in starts.enumerated() {
      let frame = Self.normalised(samples[start..<start + CREPENetwork.field])
      let to = inputs[0].index(row, 0)
      inputs[0].values.replaceSubrange(to..<to + frame.count, with: frame)
    }
    var pooled: FeatureMap?
    for (index, stage) in network.stages.enumerated() where index <= last {
      stage.convolution.apply(
        inputs[index], padding: inputs[index].border, .rectifiedThenScaled(scale: stage.scale, shift: stage.shift),
        into: &outputs[index])
      if wanted[index] {
        for row in starts.indices { rows[index] += MeanPooling2D.apply(outputs[index], rows: row..<row + 1) }
      }
      if index + 1 < network.stages.count {
        MaximumPooling2D.pairs(outputs[index], into: &inputs[index + 1])
      } else {
        var map = FeatureMap(height: batch, width: stage.width / 2, channels: stage.convolution.outputs)
        MaximumPooling2D.pairs(outputs[index], into: &map)
        pooled = map
      }
    }
    guard let pooled, wanted[network.stages.count] else { return }
    rows[network.stages.count] = network.classifier.apply(pooled.dense).map { 1 / (1 + exp(-$0)) }
  }

  /// (x - mean) / max(standard deviation, 1e-8), in float64.
  private static func normalised(_ frame: ArraySlice<Float>) -> [Float] {
    let count = Double(frame.count)
    let mean = frame.reduce(0.0) { $0 + Double($1) } / count
    let variance = frame.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let scale = 1 / max(variance.squareRoot(), 1e-8)
    return frame.map { Float((Double($0) - mean) * scale) }
  }
}
