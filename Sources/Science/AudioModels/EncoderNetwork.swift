import Diagnostics
import LinearAlgebra
import NeuralLayers
import Vocabulary

/// What normalises the output of a convolution of the front end.
enum FrontNorm: Sendable {
  case none
  /// Per channel over the time of the chunk.
  case overTime(gain: [Float], shift: [Float])
  case overChannels(LayerNorm)
}

/// A speech encoder's weights in the layout its kernels read (wav2vec 2.0: Baevski et al. 2020; HuBERT: Hsu et al. 2021;
/// WavLM: Chen et al. 2022; XLS-R: Babu et al. 2022; data2vec: Baevski et al. 2022; MERT: Li et al. 2024).
struct EncoderNetwork: Sendable {
  let first: MonoConvolution
  let firstNorm: FrontNorm
  let convolutions: [StridedConvolution]
  /// One per entry of `convolutions`.
  let norms: [FrontNorm]
  let projectionNorm: LayerNorm?
  let projection: Linear
  /// One, or several one behind the other.
  let positions: [PositionalConvolution]
  /// Behind each of several positional convolutions, before its GELU.
  let positionNorm: LayerNorm?
  /// Batch normalisation before the positional convolution as scale and shift per channel.
  let positionScale: (scale: [Float], shift: [Float])?
  let encoderNorm: LayerNorm
  let layers: [TransformerLayer]
  /// WavLM's bias of attention by relative position, the same in every layer.
  let relativePositions: RelativePositionBias?
  let isStable: Bool

  /// Builds the network from its tensors, read one at a time; `read` returns a tensor's numbers.
  ///
  /// In bfloat16 are the products of the convolutions from the second on, of the projections and of the feed-forward
  /// parts; the first convolution, the positional one and attention's own two products stay in float32.
  init(
    _ configuration: EncoderConfiguration, precision: Precision, read: @escaping (String) throws -> [Float]
  ) throws {
    let builder = NetworkBuilder(configuration: configuration, precision: precision, read: read)
    first = try builder.firstConvolution()
    firstNorm = try builder.frontNorm(0)
    let later = 1..<configuration.convolutionChannels.count
    convolutions = try later.map { k in try builder.convolution(k) }
    norms = try later.map { k in try builder.frontNorm(k) }
    projectionNorm = configuration.projectionNorm ? try builder.layerNorm("feature_projection.layer_norm") : nil
    projection = try builder.linear("feature_projection.projection", precision)
    positions = try builder.positionalConvolutions()
    positionNorm = configuration.architecture == .data2vec ? LayerNorm(plain: configuration.hiddenSize) : nil
    positionScale = configuration.positionBatchNorm ? try builder.batchNorm() : nil
    encoderNorm = try builder.layerNorm("encoder.layer_norm")
    layers = try (0..<configuration.layerCount).map { try builder.layer("encoder.layers.\($0).") }
    relativePositions = configuration.architecture == .wavlm ? try builder.relativePositions() : nil
    isStable = configuration.isStable
  }
}

extension LayerNorm {
  /// Without weights, as PyTorch has it unless told.
  fileprivate init(plain width: Int) {
    self.init(
      gain: [Float](repeating: 1, count: width), bias: [Float](repeating: 0, count: width), epsilon: 1e-5)
  }
}

/// Turns named tensors into layers.
private struct NetworkBuilder {
  let configuration: EncoderConfiguration
  let precision: Precision
  let read: (String) throws -> [Float]

  func linear(_ name: String, _ precision: Precision = .float32) throws -> Linear {
    let bias = try read(name + ".bias")
    let weight = try read(name + ".weight")
    return Linear(
      inputs: weight.count / bias.count, outputs: bias.count, weight: weight, bias: bias, precision: precision)
  }

  func layerNorm(_ name: String) throws -> LayerNorm {
    LayerNorm(
      gain: try read(name + ".weight"), bias: try read(name + ".bias"), epsilon: Float(configuration.layerNormEpsilon))
  }

  private func convolutionBias(_ k: Int) throws -> [Float] {
    configuration.convolutionBias
      ? try read("feature_extractor.conv_layers.\(k).conv.bias")
      : [Float](repeating: 0, count: configuration.convolutionChannels[k])
  }

  func firstConvolution() throws -> MonoConvolution {
    MonoConvolution(
      outputs: configuration.convolutionChannels[0], kernel: configuration.convolutionKernels[0],
      stride: configuration.convolutionStrides[0], weight: try read("feature_extractor.conv_layers.0.conv.weight"),
      bias: try convolutionBias(0))
  }

  func convolution(_ k: Int) throws -> StridedConvolution {
    StridedConvolution(
      inputs: configuration.convolutionChannels[k - 1], outputs: configuration.convolutionChannels[k],
      kernel: configuration.convolutionKernels[k], stride: configuration.convolutionStrides[k],
      weight: try read("feature_extractor.conv_layers.\(k).conv.weight"), bias: try convolutionBias(k),
      precision: precision)
  }

  func frontNorm(_ k: Int) throws -> FrontNorm {
    if configuration.usesGroupNorm && k > 0 { return .none }
    let name = "feature_extractor.conv_layers.\(k).layer_norm"
    let gain = try read(name + ".weight")
    let shift = try read(name + ".bias")
    if configuration.usesGroupNorm { return .overTime(gain: gain, shift: shift) }
    return .overChannels(LayerNorm(gain: gain, bias: shift, epsilon: 1e-5))
  }

  func positionalConvolutions() throws -> [PositionalConvolution] {
    guard configuration.architecture == .data2vec else { return [try positionalConvolution()] }
    return try (0..<configuration.positionDepth).map { layer in
      let name = "encoder.pos_conv_embed.layers.\(layer).conv."
      return positionalConvolution(weight: try read(name + "weight"), bias: try read(name + "bias"))
    }
  }

  private func positionalConvolution() throws -> PositionalConvolution {
    let name = "encoder.pos_conv_embed.conv."
    let weight =
      configuration.positionBatchNorm
      ? try read(name + "weight")
      : PositionalConvolution.weightNorm(
        gain: try read(name + "parametrizations.weight.original0"),
        direction: try read(name + "parametrizations.weight.original1"))
    return positionalConvolution(weight: weight, bias: try read(name + "bias"))
  }

  private func positionalConvolution(weight: [Float], bias: [Float]) -> PositionalConvolution {
    PositionalConvolution(
      channels: configuration.hiddenSize, groups: configuration.positionGroups, kernel: configuration.positionKernel,
      weight: weight, bias: bias)
  }

  /// (x - mean) / √(variance + 1e-5) · gain + bias, with the stored moments.
  func batchNorm() throws -> (scale: [Float], shift: [Float]) {
    let name = "encoder.pos_conv_embed.batch_norm."
    let mean = try read(name + "running_mean")
    let gain = try read(name + "weight")
    let scale = zip(gain, try read(name + "running_var")).map { Float(Double($0) / (Double($1) + 1e-5).squareRoot()) }
    let bias = try read(name + "bias")
    return (scale, bias.indices.map { bias[$0] - mean[$0] * scale[$0] })
  }

  func relativePositions() throws -> RelativePositionBias {
    RelativePositionBias(
      buckets: configuration.positionBuckets, distance: configuration.positionDistance, heads: configuration.headCount,
      table: try read("encoder.layers.0.attention.rel_attn_embed.weight"))
  }

  private func gate(_ name: String) throws -> RelativePositionGate? {
    guard configuration.architecture == .wavlm else { return nil }
    return RelativePositionGate(projection: try linear(name + "linear"), constants: try read(name + "const"))
  }

  func layer(_ name: String) throws -> TransformerLayer {
    let attention = SelfAttention(
      heads: configuration.headCount, query: try linear(name + "attention.q_proj"),
      key: try linear(name + "attention.k_proj"), value: try linear(name + "attention.v_proj"),
      output: try linear(name + "attention.out_proj", precision), gate: try gate(name + "attention.gru_rel_pos_"),
      precision: precision)
    return TransformerLayer(
      attention: attention, attentionNorm: try layerNorm(name + "layer_norm"),
      intermediate: try linear(name + "feed_forward.intermediate_dense", precision),
      output: try linear(name + "feed_forward.output_dense", precision),
      finalNorm: try layerNorm(name + "final_layer_norm"),
      isPreNorm: configuration.isStable)
  }
}
