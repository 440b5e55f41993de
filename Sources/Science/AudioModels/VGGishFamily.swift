import ContentIdentity
import Diagnostics
import NeuralLayers
import Tensors

/// VGGish, from the official checkpoint and from its ports.
struct VGGishFamily: ModelFamily {
  let name = "VGGish"
  let summary =
    "VGGish: vggish_model.ckpt (TensorFlow V1, or V2 with .index), vggish-10086976.pth (PyTorch) or Keras HDF5; with "
    + "vggish_pca_params.npz or .pth beside it also its principal components"

  /// One convolution or dense layer of a file.
  struct Layer {
    let weight: TensorInfo
    let bias: TensorInfo
  }

  /// A file's layers in the order of the network, and whether its weights lie as PyTorch has them.
  struct Layers {
    let convolutions: [Layer]
    let dense: [Layer]
    let isTorch: Bool
  }

  private static let tensorFlow = [
    "conv1", "conv2", "conv3/conv3_1", "conv3/conv3_2", "conv4/conv4_1", "conv4/conv4_2", "fc1/fc1_1", "fc1/fc1_2",
    "fc2",
  ]
  private static let torch =
    [0, 3, 6, 8, 11, 13].map { "features.\($0)" } + [0, 2, 4].map { "embeddings.\($0)" }

  /// Any checkpoint of the V1 kind, which is not read for this (no other network here comes as one), and any kind of
  /// weights called VGGish, so that what is wrong with it gets said.
  func recognises(_ place: any ModelPlace) -> Bool {
    guard let container = place.container else { return false }
    // A checkpoint in several files holds other networks too: its tensors tell.
    if container != .tensorBundle, container == .tensorFlow || place.name.lowercased().contains("vggish") {
      return true
    }
    guard let file = try? place.network() else { return false }
    if file.container == .keras {
      let ranks = file.layers.compactMap { $0.tensors.first?.shape.count }
      return ranks == [Int](repeating: 4, count: 6) + [2, 2, 2] || file.layers.contains { $0.name.hasPrefix("vggish") }
    }
    if container == .tensorBundle { return file["vggish/conv1/weights"] != nil }
    return file["features.0.weight"] != nil && file["embeddings.0.weight"] != nil
  }

  func open(_ place: any ModelPlace) throws -> any AudioModel { try model(place).model }

  func inspect(_ place: any ModelPlace) throws -> ModelInspection {
    let (model, network, files, components) = try model(place)
    return ModelInspection(
      architecture: model.architecture,
      configuration: .object(["hop_s": .number(Double(network.standardHop) / Double(VGGishFrontEnd.rateHz))]),
      files: files + (components.map { [$0] } ?? []), tensors: model.tensors, layers: model.layers)
  }

  private func model(
    _ place: any ModelPlace
  ) throws -> (model: ExampleModel, network: VGGishNetwork, files: [String], components: String?) {
    guard let file = try place.network() else { throw ModelFamilies.unrecognised(place.path, [summary]) }
    let loader = HashingLoader(file)
    let layers = try Self.layers(file)
    try Self.checkShapes(layers, place.path)
    let convolutions = try layers.convolutions.map { layer in
      let shape = layer.weight.shape
      var weight = try loader.values(layer.weight)
      if layers.isTorch {
        weight = Convolution2D.weight(fromPyTorch: weight, outputs: shape[0], inputs: shape[1], height: 3, width: 3)
      }
      return (weight: weight, bias: try loader.values(layer.bias), inputs: shape[layers.isTorch ? 1 : 2])
    }
    let dense = try layers.dense.map { layer in
      DenseLayer(
        inputs: layer.weight.shape[layers.isTorch ? 1 : 0], weight: try loader.values(layer.weight),
        bias: try loader.values(layer.bias), isTransposed: layers.isTorch)
    }
    let components = try Self.components(beside: place, width: dense[2].outputs)
    let network = VGGishNetwork(convolutions: convolutions, dense: dense, components: components?.values)
    let tensors = try loader.tensors() + (components?.tensors ?? [])
    let model = ExampleModel(
      family: name, architecture: "vggish", network: network, tensors: tensors.sorted { $0.info.name < $1.info.name })
    return (model, network, file.files, components?.path)
  }

  /// Finds the nine layers by their names, in Keras files by their order.
  ///
  /// Throws E-WGT-008 with every missing one.
  private static func layers(_ file: any TensorSource) throws -> Layers {
    var problems = NetworkProblems(file.path, "VGGish")
    if file.container == .keras {
      let layers = file.layers.filter { !$0.tensors.isEmpty }
      for layer in layers where layer.tensors.count != 2 { problems.add("\(layer.name) has no kernel and bias") }
      if layers.count != 9 {
        problems.add("\(layers.count) layers with weights (\(layers.map(\.name).joined(separator: ", "))), not 9")
      }
      try problems.check()
      let found = layers.map { Layer(weight: $0.tensors[0], bias: $0.tensors[1]) }
      return Layers(convolutions: Array(found[..<6]), dense: Array(found[6...]), isTorch: false)
    }
    let isTorch = ![.tensorFlow, .tensorBundle].contains(file.container)
    let found = (isTorch ? torch : tensorFlow).compactMap { name -> Layer? in
      let weight = isTorch ? "\(name).weight" : "vggish/\(name)/weights"
      let bias = isTorch ? "\(name).bias" : "vggish/\(name)/biases"
      for tensor in [weight, bias] where file[tensor] == nil { problems.add("\(tensor) is missing") }
      return file[weight].flatMap { weight in file[bias].map { Layer(weight: weight, bias: $0) } }
    }
    try problems.check()
    return Layers(convolutions: Array(found[..<6]), dense: Array(found[6...]), isTorch: isTorch)
  }

  private static func checkShapes(_ layers: Layers, _ path: String) throws {
    var problems = NetworkProblems(path, "VGGish")
    var channels = 1
    for layer in layers.convolutions {
      let outputs = layer.bias.shape.first ?? 0
      problems.expect(layer.weight, layers.isTorch ? [outputs, channels, 3, 3] : [3, 3, channels, outputs])
      problems.expect(layer.bias, [outputs])
      channels = outputs
    }
    channels *= VGGishNetwork.lastPixels
    for layer in layers.dense {
      let outputs = layer.bias.shape.first ?? 0
      problems.expect(layer.weight, layers.isTorch ? [outputs, channels] : [channels, outputs])
      problems.expect(layer.bias, [outputs])
      channels = outputs
    }
    try problems.check()
  }

  /// The principal components of a file `vggish_pca_params*` in the same folder.
  private static func components(beside place: any ModelPlace, width: Int) throws -> (
    path: String, values: VGGishComponents, tensors: [(info: TensorInfo, sha256: String)]
  )? {
    guard let beside = place.sibling(beginning: "vggish_pca_params") else { return nil }
    let found = beside.path
    guard let file = try beside.network() else {
      throw EvokeError(
        .numPyArchiveBad, found, reason: "it is neither a NumPy archive nor saved by torch.save",
        remedy: "use vggish_pca_params.npz, or take the file away")
    }
    var problems = NetworkProblems(found, "VGGish's principal components")
    guard let vectors = file["pca_eigen_vectors"], let means = file["pca_means"] else {
      problems.add("pca_eigen_vectors and pca_means are not both there")
      try problems.check()
      return nil
    }
    problems.expect(vectors, [vectors.shape.first ?? 0, width])
    if means.count != width { problems.add("pca_means has \(means.count) numbers and should have \(width)") }
    try problems.check()
    let loader = HashingLoader(file)
    let values = VGGishComponents(vectors: try loader.values(vectors), means: try loader.values(means))
    return (found, values, try loader.tensors())
  }
}
