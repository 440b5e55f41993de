import ContentIdentity
import Diagnostics
import Tensors

/// The tensors of a source matched with those an architecture needs.
///
/// Names are compared after removing the prefix of the task model they were saved from (`wav2vec2.`, `hubert.`,
/// `wavlm.`, `data2vec_audio.`, `mert_model.`) and
/// after bringing the older names of the positional convolution's weight norm (`weight_g`, `weight_v`) to the newer
/// ones (`parametrizations.weight.original0`, `original1`). Known task heads are left out.
public struct EncoderTensors: Sendable {
  public let file: any TensorSource
  public let configuration: EncoderConfiguration
  /// Tensors of task heads, which the encoder does not use.
  public let ignored: [TensorInfo]
  private let needed: [String: TensorInfo]

  private static let heads = [
    "lm_head", "quantizer", "project_hid", "project_q", "masked_spec_embed", "classifier", "projector",
    "layer_weights", "final_proj", "label_embeddings_concat", "tdnn", "objective", "feature_extractor.weight",
    "feature_extractor.bias",
  ]

  /// Matches a file with a configuration.
  ///
  /// Throws E-WGT-008 whose reason and diagnostics list every missing, unexpected and mis-shaped tensor.
  public init(file: any TensorSource, configuration: EncoderConfiguration) throws {
    self.file = file
    self.configuration = configuration
    var found: [String: TensorInfo] = [:]
    var ignored: [TensorInfo] = []
    var problems = TensorProblems(path: file.path)
    for tensor in file.tensors {
      let name = Self.canonical(tensor.name, configuration.architecture)
      if Self.isHead(name) {
        ignored.append(tensor)
      } else if found.updateValue(tensor, forKey: name) != nil {
        problems.unexpected.append("\(tensor.name) (a second \(name))")
      }
    }
    var needed: [String: TensorInfo] = [:]
    for (name, shape) in configuration.expectedTensors {
      guard let tensor = found.removeValue(forKey: name) else {
        problems.missing.append(name)
        continue
      }
      if tensor.shape != shape {
        problems.misshaped.append("\(tensor.name) is \(tensor.shape) and should be \(shape)")
      }
      needed[name] = tensor
    }
    problems.unexpected += found.values.map(\.name)
    if let error = problems.error { throw error }
    self.ignored = ignored
    self.needed = needed
  }

  /// The numbers of a needed tensor.
  func load(_ name: String) throws -> LoadedTensor {
    guard let tensor = needed[name] else { preconditionFailure("\(name) is not a tensor of this architecture") }
    return try file.load(tensor)
  }

  func name(of canonical: String) -> String { needed[canonical]?.name ?? canonical }

  /// SHA-256 over the lines `name dtype [shape] sha256`, each ended by a newline, sorted by name: every tensor of the
  /// file, heads included. `sha256` is that of the tensor's bytes.
  public static func weightsSHA256(_ tensors: [(info: TensorInfo, sha256: String)]) -> String {
    var hash = SHA256()
    for tensor in tensors.sorted(by: { $0.info.name < $1.info.name }) {
      let shape = tensor.info.shape.map(String.init).joined(separator: ",")
      hash.update("\(tensor.info.name) \(tensor.info.dtype) [\(shape)] \(tensor.sha256)\n")
    }
    return hash.hex()
  }

  /// Whether the forward pass reads this tensor's numbers (not a head and not a counter).
  public func isRead(_ tensor: TensorInfo) -> Bool {
    let name = Self.canonical(tensor.name, configuration.architecture)
    return needed[name] != nil && !name.hasSuffix("num_batches_tracked")
  }

  private static func canonical(_ name: String, _ architecture: EncoderConfiguration.Architecture) -> String {
    let prefix = architecture.prefix + "."
    var text = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    let convolution = "encoder.pos_conv_embed.conv."
    if text == convolution + "weight_g" { text = convolution + "parametrizations.weight.original0" }
    if text == convolution + "weight_v" { text = convolution + "parametrizations.weight.original1" }
    return text
  }

  private static func isHead(_ name: String) -> Bool {
    heads.contains { name == $0 || name.hasPrefix($0 + ".") }
  }
}

/// What does not fit, collected before it is thrown.
private struct TensorProblems {
  let path: String
  var missing: [String] = []
  var unexpected: [String] = []
  var misshaped: [String] = []

  var error: EvokeError? {
    let lists = [
      ("missing", missing.sorted()), ("unexpected", unexpected.sorted()), ("mis-shaped", misshaped.sorted()),
    ]
    let filled = lists.filter { !$0.1.isEmpty }
    guard !filled.isEmpty else { return nil }
    let remedy = "use the config.json that belongs to these weights, or save the bare encoder again"
    return EvokeError(
      .tensorsDoNotFit, path,
      reason: filled.map { "\($1.count) \($0): \($1.joined(separator: ", "))" }.joined(separator: "; "),
      remedy: remedy,
      diagnostics: filled.flatMap { kind, names in
        names.map { Diagnostic(.error, .tensorsDoNotFit, path, reason: "\(kind) tensor: \($0)", remedy: remedy) }
      })
  }
}

extension EncoderConfiguration {
  /// Every tensor the architecture needs, under its bare name, with its shape.
  var expectedTensors: [(name: String, shape: [Int])] {
    frontTensors + positionTensors + norm("encoder.layer_norm", hiddenSize)
      + (0..<layerCount).flatMap { layerTensors("encoder.layers.\($0).") } + relativePositionTensors
  }

  private func norm(_ name: String, _ width: Int) -> [(name: String, shape: [Int])] {
    [(name + ".weight", [width]), (name + ".bias", [width])]
  }

  private func map(_ name: String, _ outputs: Int, _ inputs: Int) -> [(name: String, shape: [Int])] {
    [(name + ".weight", [outputs, inputs]), (name + ".bias", [outputs])]
  }

  private var frontTensors: [(name: String, shape: [Int])] {
    var list: [(name: String, shape: [Int])] = []
    for (k, channels) in convolutionChannels.enumerated() {
      let name = "feature_extractor.conv_layers.\(k)."
      list.append((name + "conv.weight", [channels, k == 0 ? 1 : convolutionChannels[k - 1], convolutionKernels[k]]))
      if convolutionBias { list.append((name + "conv.bias", [channels])) }
      if k == 0 || !usesGroupNorm { list += norm(name + "layer_norm", channels) }
    }
    let features = convolutionChannels[convolutionChannels.count - 1]
    if projectionNorm { list += norm("feature_projection.layer_norm", features) }
    return list + map("feature_projection.projection", hiddenSize, features)
  }

  private var positionTensors: [(name: String, shape: [Int])] {
    let name = "encoder.pos_conv_embed."
    let shape = [hiddenSize, hiddenSize / positionGroups, positionKernel]
    if architecture == .data2vec {
      return (0..<positionDepth).flatMap { layer in
        let name = name + "layers.\(layer).conv."
        return [(name + "weight", shape), (name + "bias", [hiddenSize])]
      }
    }
    var list: [(name: String, shape: [Int])] = [(name + "conv.bias", [hiddenSize])]
    if positionBatchNorm {
      list.append((name + "conv.weight", shape))
      list += norm(name + "batch_norm", hiddenSize)
      list += [(name + "batch_norm.running_mean", [hiddenSize]), (name + "batch_norm.running_var", [hiddenSize])]
      list.append((name + "batch_norm.num_batches_tracked", []))
    } else {
      list.append((name + "conv.parametrizations.weight.original0", [1, 1, positionKernel]))
      list.append((name + "conv.parametrizations.weight.original1", shape))
    }
    return list
  }

  /// WavLM's gated relative position bias: a gate per layer, one table of biases in the first.
  private var relativePositionTensors: [(name: String, shape: [Int])] {
    guard architecture == .wavlm else { return [] }
    let gates = (0..<layerCount).flatMap { i -> [(name: String, shape: [Int])] in
      let name = "encoder.layers.\(i).attention.gru_rel_pos_"
      return [(name + "const", [1, headCount, 1, 1])] + map(name + "linear", 8, hiddenSize / headCount)
    }
    return gates + [("encoder.layers.0.attention.rel_attn_embed.weight", [positionBuckets, headCount])]
  }

  private func layerTensors(_ name: String) -> [(name: String, shape: [Int])] {
    ["q_proj", "k_proj", "v_proj", "out_proj"].flatMap { map(name + "attention." + $0, hiddenSize, hiddenSize) }
      + norm(name + "layer_norm", hiddenSize)
      + map(name + "feed_forward.intermediate_dense", intermediateSize, hiddenSize)
      + map(name + "feed_forward.output_dense", hiddenSize, intermediateSize)
      + norm(name + "final_layer_norm", hiddenSize)
  }
}
