import ContentIdentity
import Diagnostics
import Tensors

/// OpenL3's audio networks, from the weights its repository publishes.
struct OpenL3Family: ModelFamily {
  let name = "OpenL3"
  let summary = "OpenL3: openl3_audio_mel256_music.h5 or _env.h5 (also mel128; plain or .gz), Keras HDF5"

  /// What a file's name says, as the library takes it from there: the weights do not.
  struct Contents {
    var bands: Int
    var content: String?

    /// Throws E-WGF-006 for a name of the library's pattern with a representation or content it does not have.
    init(_ place: any ModelPlace) throws {
      bands = 256
      guard let match = place.name.firstMatch(of: /openl3_audio_([a-z0-9]+)_([a-z0-9]+)/) else { return }
      guard let known = ["mel256": 256, "mel128": 128][String(match.1)] else {
        throw Self.unknown(place.path, "its name says input \(match.1), and mel256 and mel128 can be run")
      }
      guard match.2 == "music" || match.2 == "env" else {
        throw Self.unknown(place.path, "its name says content \(match.2), and there are music and env")
      }
      bands = known
      content = String(match.2)
    }

    private static func unknown(_ path: String, _ reason: String) -> EvokeError {
      EvokeError(
        .networkUnrecognised, path, reason: reason,
        remedy: "use openl3_audio_mel256_music.h5 or another of OpenL3's audio weights under its own name")
    }
  }

  func recognises(_ place: any ModelPlace) -> Bool {
    guard place.container == .keras else { return false }
    if place.name.hasPrefix("openl3_audio") { return true }
    guard let file = try? place.tensors(in: nil, as: .keras) else { return false }
    return file.layers.contains { $0.name.hasPrefix("audio_embedding_layer") }
  }

  func open(_ place: any ModelPlace) throws -> any AudioModel { try model(place).model }

  func inspect(_ place: any ModelPlace) throws -> ModelInspection {
    let (model, network, contents) = try model(place)
    var configuration: [String: JSONValue] = [
      "bands": .number(Double(network.bands)), "front_end": .string(network.version.rawValue),
      "hop_s": .number(Double(network.standardHop) / Double(OpenL3FrontEnd.rateHz)),
    ]
    contents.content.map { configuration["content"] = .string($0) }
    var notes: [Diagnostic] = []
    if contents.content == nil {
      notes.append(
        Diagnostic(
          .note, .networkNameSilent, place.path, reason: "mel256 is taken, the content stays unknown",
          remedy: "keep OpenL3's own file names, such as openl3_audio_mel256_music.h5"))
    }
    return ModelInspection(
      architecture: model.architecture, configuration: .object(configuration), files: [place.path],
      tensors: model.tensors,
      layers: model.layers, notes: notes)
  }

  private func model(
    _ place: any ModelPlace
  ) throws -> (model: ExampleModel, network: OpenL3Network, contents: Contents) {
    let contents = try Contents(place)
    let file = try place.tensors(in: nil, as: .keras)
    let loader = HashingLoader(file)
    let network = try OpenL3Network(file, loader, bands: contents.bands)
    let model = ExampleModel(
      family: name, architecture: "openl3", network: network, tensors: try loader.tensors())
    return (model, network, contents)
  }
}

extension OpenL3Network {
  /// What a layer of the file is, by the shapes of its weights.
  private enum Kind: String {
    case norm = "batch norm"
    case convolution
    /// Kernels of the Fourier transform and mel filters, which files of kapre 0.1 hold.
    case spectrogram
    case other = "unknown"

    init(_ layer: TensorLayer) {
      switch layer.tensors.map(\.shape.count) {
      case [4, 1]: self = .convolution
      case [1, 1, 1, 1]: self = .norm
      case [4, 4, 2]: self = .spectrogram
      default: self = .other
      }
    }
  }

  /// Reads the layers in their order; automatic names (`conv2d_3`) differ between files and are not looked at.
  ///
  /// Throws E-WGT-008 for missing, unexpected and mis-shaped layers, E-WGT-010 for NaN.
  init(_ file: any TensorSource, _ loader: HashingLoader, bands: Int) throws {
    var layers = file.layers.filter { !$0.tensors.isEmpty }
    var filters: MelFilters?
    var problems = NetworkProblems(file.path, "OpenL3")
    if let first = layers.first, Kind(first) == .spectrogram {
      filters = try Self.filters(first.tensors[2], loader, bands: bands, &problems)
      layers.removeFirst()
    }
    let expected = [Kind.norm] + Self.keys.dropLast().flatMap { _ in [Kind.convolution, .norm] } + [.convolution]
    for (index, kind) in expected.enumerated() where index >= layers.count {
      problems.add("layer \(index + 1) of \(expected.count), a \(kind.rawValue), is missing")
    }
    for (index, layer) in layers.enumerated() where index >= expected.count || Kind(layer) != expected[index] {
      let wanted = index < expected.count ? "a \(expected[index].rawValue)" : "none"
      problems.add(
        "layer \(index + 1) is \(layer.name) with \(layer.tensors.map { "\($0.shape)" }.joined(separator: ", ")), "
          + "and should be \(wanted)")
    }
    try problems.check()
    Self.checkShapes(layers, &problems)
    try problems.check()
    let input = try BatchNorm(layers[0], loader)
    let convolutions = try stride(from: 1, to: layers.count, by: 2).map { index in
      let kernel = try loader.values(layers[index].tensors[0])
      let bias = try loader.values(layers[index].tensors[1])
      let inputs = layers[index].tensors[0].shape[2]
      guard index + 1 < layers.count else { return (weight: kernel, bias: bias, inputs: inputs) }
      let folded = try BatchNorm(layers[index + 1], loader).folded(into: kernel, bias: bias)
      return (folded.weight, folded.bias, inputs)
    }
    self.init(
      bands: bands, version: filters == nil ? .current : .original, filters: filters, input: input,
      convolutions: convolutions)
  }

  private static func checkShapes(_ layers: [TensorLayer], _ problems: inout NetworkProblems) {
    var channels = 1
    for layer in layers {
      if Kind(layer) == .convolution {
        let outputs = layer.tensors[0].shape[3]
        problems.expect(layer.tensors[0], [3, 3, channels, outputs])
        problems.expect(layer.tensors[1], [outputs])
        channels = outputs
      } else {
        for tensor in layer.tensors { problems.expect(tensor, [channels]) }
      }
    }
  }

  private static func filters(
    _ tensor: TensorInfo, _ loader: HashingLoader, bands: Int, _ problems: inout NetworkProblems
  ) throws -> MelFilters? {
    let bins = OpenL3FrontEnd.fftLength / 2 + 1
    problems.expect(tensor, [bins, bands])
    guard tensor.shape == [bins, bands] else { return nil }
    let values = try loader.constants(tensor)
    var turned = [Double](repeating: 0, count: values.count)
    for bin in 0..<bins {
      for band in 0..<bands { turned[band * bins + bin] = Double(values[bin * bands + band]) }
    }
    return MelFilters(bands: bands, bins: bins, weights: turned)
  }
}

extension BatchNorm {
  /// A Keras layer's weights: gamma, beta, moving mean, moving variance.
  init(_ layer: TensorLayer, _ loader: HashingLoader) throws {
    self.init(
      gain: try loader.values(layer.tensors[0]), bias: try loader.values(layer.tensors[1]),
      mean: try loader.values(layer.tensors[2]), variance: try loader.values(layer.tensors[3]))
  }
}
