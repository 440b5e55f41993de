import LinearAlgebra
import NeuralLayers

/// One stem's network of Spleeter (Jansson et al. 2017; Hennequin et al. 2020): magnitudes in, mask before the sigmoid
/// out.
///
/// Encoder, i = 1 ... 6: c_i = convolution(5 x 5, stride 2)(a_{i-1}), a_i = leaky(BN(c_i)), slope 0.2. Decoder:
/// u_1 = up(c_6), u_j = up([c_{7-j}, u_{j-1}]), up = BN(relu(transposed convolution(5 x 5, stride 2))). The skips and the
/// bottleneck are the raw c_i; the normalisation and activation behind c_6 are not used. Mask: convolution(4 x 4, dilation
/// 2)(u_6), two channels. Rows are time, columns frequency; both must be multiples of 64.
struct UNet: Sendable {
  private let down: [Convolution2D]
  private let branches: [LeakyBranch]
  private let up: [TransposedConvolution2D]
  private let finishes: [ConvolutionFinish]
  private let maskWeight: [Float]
  private let maskBias: [Float]
  private let filters: [Int]

  init(_ tensors: UNetTensors) {
    filters = (0..<6).map { tensors.convolutions[$0].shape[3] }
    down = tensors.convolutions.prefix(6).map {
      Convolution2D(
        inputs: $0.shape[2], outputs: $0.shape[3], kernel: ($0.shape[0], $0.shape[1]), stride: (2, 2),
        weight: $0.kernel, bias: $0.bias)
    }
    up = tensors.transposed.map {
      TransposedConvolution2D(
        inputs: $0.shape[3], outputs: $0.shape[2], kernel: $0.shape[0], stride: 2, weight: $0.kernel, bias: $0.bias)
    }
    let affine = tensors.normalisations.map(Self.affine)
    branches = affine.prefix(5).map { LeakyBranch(scale: $0.scale, shift: $0.shift, slope: 0.2) }
    finishes = affine.suffix(6).map { .rectifiedThenScaled(scale: $0.scale, shift: $0.shift) }
    maskWeight = tensors.convolutions[6].kernel
    maskBias = tensors.convolutions[6].bias
  }

  /// BN(x) = gamma (x - mean) / √(variance + 0.001) + beta as one scale and shift.
  private static func affine(_ norm: UNetTensors.Normalisation) -> (scale: [Float], shift: [Float]) {
    var scale: [Float] = []
    var shift: [Float] = []
    for i in norm.gamma.indices {
      let factor = Double(norm.gamma[i]) / (Double(norm.variance[i]) + 1e-3).squareRoot()
      scale.append(Float(factor))
      shift.append(Float(Double(norm.beta[i]) - Double(norm.mean[i]) * factor))
    }
    return (scale, shift)
  }

  /// Buffers of one application, kept between segments and networks of one size.
  struct Workspace: Sendable {
    /// a_0 ... a_5: what the encoder's convolutions read; a_0 is the input `[rows, columns, 2]`.
    var inputs: [FeatureMap] = []
    /// [c_5, u_1] ... [c_1, u_5]: what the decoder reads after the bottleneck.
    var merged: [FeatureMap] = []
    var bottleneck: FeatureMap
    var last: FeatureMap

    init(rows: Int, columns: Int, filters: [Int]) {
      precondition(rows % 64 == 0 && columns % 64 == 0, "six halvings need multiples of 64")
      let padding = ImageBorder(top: 1, bottom: 2, left: 1, right: 2)
      let around = ImageBorder(top: 1, bottom: 1, left: 1, right: 1)
      for i in 0..<6 {
        let channels = i == 0 ? 2 : filters[i - 1]
        inputs.append(FeatureMap(height: rows >> i, width: columns >> i, channels: channels, border: padding))
      }
      for j in 1...5 {
        let level = 6 - j
        merged.append(
          FeatureMap(
            height: rows >> level, width: columns >> level, channels: 2 * filters[level - 1], border: around))
      }
      bottleneck = FeatureMap(height: rows >> 6, width: columns >> 6, channels: filters[5], border: around)
      last = FeatureMap(
        height: rows, width: columns, channels: 1, border: ImageBorder(top: 3, bottom: 3, left: 3, right: 3))
    }
  }

  func workspace(rows: Int, columns: Int) -> Workspace { Workspace(rows: rows, columns: columns, filters: filters) }

  /// The mask's logits `[2, rows, columns]` for the magnitudes in `work.inputs[0]`, which are kept.
  func logits(_ work: inout Workspace, into out: inout [Float]) {
    let padding = ImageBorder(top: 1, bottom: 2, left: 1, right: 2)
    for i in 0..<5 {
      // c_{i+1} goes to the front of [c_{i+1}, u_{5-i}], its activation to the next convolution's input.
      var activated = work.inputs[i + 1]
      work.inputs[i + 1] = FeatureMap(height: 1, width: 1, channels: 1)
      down[i].apply(work.inputs[i], padding: padding, into: &work.merged[4 - i], branches[i], into: &activated)
      work.inputs[i + 1] = activated
    }
    down[5].apply(work.inputs[5], padding: padding, into: &work.bottleneck)
    up[0].apply(work.bottleneck, finishes[0], into: &work.merged[0], firstChannel: filters[4])
    for j in 1..<5 {
      var output = work.merged[j]
      work.merged[j] = FeatureMap(height: 1, width: 1, channels: 1)
      up[j].apply(work.merged[j - 1], finishes[j], into: &output, firstChannel: filters[4 - j])
      work.merged[j] = output
    }
    up[5].apply(work.merged[4], finishes[5], into: &work.last)
    var taps: [Int] = []
    for i in 0..<4 { for j in 0..<4 { taps.append(2 * i * work.last.rowStep + 2 * j) } }
    RatioMask.planes(
      work.last.values, start: work.last.index(-3, -3), rowStep: work.last.rowStep, taps: taps, weight: maskWeight,
      bias: maskBias, rows: work.last.height, columns: work.last.width, into: &out)
  }
}
