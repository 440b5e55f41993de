import Diagnostics
import Tensors

/// The files separation weights may come in, with the names and layouts of each.
struct WeightSource {
  /// One network's tensors of the PyTorch port: a file and the prefix of its names in it.
  struct Part {
    let file: any TensorSource
    let prefix: String
  }

  private let bundle: (any TensorSource)?
  /// Voice, soundtrack.
  private let parts: [Part]

  var format: SeparationWeights.Format { bundle == nil ? .pyTorch : .tensorFlow }
  var files: [String] {
    if let bundle { return bundle.files }
    return Set(parts.map(\.file.path)).sorted()
  }

  init(_ place: any ModelPlace) throws {
    let names = place.names
    let tensorFiles = names.filter { $0.hasSuffix(".safetensors") }
    let pickles = names.filter { name in [".pth", ".pt", ".bin"].contains(where: name.hasSuffix) }
    if names.contains(where: { $0.hasSuffix(".index") }) || tensorFiles.isEmpty && pickles.isEmpty {
      bundle = try place.tensors(in: nil, as: .tensorBundle)
      parts = []
    } else {
      bundle = nil
      let files: [any TensorSource] =
        tensorFiles.isEmpty
        ? try pickles.map { try place.tensors(in: $0, as: .pyTorch) }
        : try tensorFiles.map { try place.tensors(in: $0, as: .safetensors) }
      parts = try Self.parts(files, place.path)
    }
  }

  private static func parts(_ files: [any TensorSource], _ folder: String) throws -> [Part] {
    let probe = UNetSlot.all[0].pyTorchName
    var found: [Part?] = [nil, nil]
    for file in files {
      let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
      let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
      for tensor in file.tensors where tensor.name.hasSuffix(probe) {
        let prefix = String(tensor.name.dropLast(probe.count))
        guard let place = place(of: prefix.isEmpty ? stem : prefix) ?? place(of: stem), found[place] == nil else {
          throw EvokeError(
            .separationWeightsBad, file.path,
            reason: "which stem the network \(prefix.isEmpty ? "of this file" : prefix) is for cannot be told",
            remedy: "name the files vocals.safetensors and accompaniment.safetensors")
        }
        found[place] = Part(file: file, prefix: prefix)
      }
    }
    guard let voice = found[0], let soundtrack = found[1] else {
      let missing = found[0] == nil ? "the voice" : "the accompaniment"
      throw EvokeError(
        .separationWeightsBad, folder, reason: "no tensor is named ...\(probe) for \(missing)",
        remedy: "put the networks of both stems into the folder")
    }
    return [voice, soundtrack]
  }

  private static func place(of text: String) -> Int? {
    let text = text.lowercased()
    if text.contains("vocal") || text.contains("voice") { return 0 }
    if ["accompaniment", "soundtrack", "instrument", "music"].contains(where: text.contains) { return 1 }
    return nil
  }

  func name(stem: Int, _ slot: UNetSlot) -> String {
    bundle == nil ? parts[stem].prefix + slot.pyTorchName : slot.tensorFlowName(stem: stem)
  }

  func tensor(stem: Int, _ slot: UNetSlot) -> TensorInfo? {
    if let bundle { return bundle[slot.tensorFlowName(stem: stem)] }
    return parts[stem].file[name(stem: stem, slot)]
  }

  func load(stem: Int, _ tensor: TensorInfo) throws -> LoadedTensor {
    if let bundle { return try bundle.load(tensor) }
    return try parts[stem].file.load(tensor)
  }

  /// A name that is unique over the files.
  func label(stem: Int, _ tensor: TensorInfo) -> String {
    bundle != nil || !hasTwoFiles ? tensor.name : Stem.allCases[stem].rawValue + "." + tensor.name
  }

  private var hasTwoFiles: Bool { parts.count == 2 && parts[0].file.path != parts[1].file.path }

  /// Channels of the encoder as the voice's biases have them; the published ones where they cannot be read.
  func filters() -> [Int] {
    (0..<6).map { i in
      let slot = UNetSlot(layer: .convolution(i), part: .bias)
      return tensor(stem: 0, slot)?.shape.first ?? 16 << i
    }
  }

  /// A TensorFlow shape as this source stores it.
  func stored(_ shape: [Int], _ slot: UNetSlot) -> [Int] {
    guard bundle == nil, shape.count == 4 else { return shape }
    // Convolutions [outputs, inputs, h, w]; transposed ones [inputs, outputs, h, w].
    return [shape[3], shape[2], shape[0], shape[1]]
  }

  /// Numbers as stored in TensorFlow's order.
  func turned(_ values: [Float], _ shape: [Int], _ slot: UNetSlot) -> [Float] {
    guard bundle == nil, shape.count == 4 else { return values }
    let (a, b, area) = (shape[0], shape[1], shape[2] * shape[3])
    var out = [Float](repeating: 0, count: values.count)
    for i in 0..<a {
      for j in 0..<b {
        for t in 0..<area { out[(t * b + j) * a + i] = values[(i * b + j) * area + t] }
      }
    }
    return out
  }

  /// Tensors that no network has; counters are left out.
  func unexpected(used: Set<String>) -> [String] {
    let names = all().map(\.info.name)
    return names.filter { !used.contains($0) && !$0.hasSuffix("num_batches_tracked") && $0 != "global_step" }
      .map { "\($0) is not expected" }
  }

  /// Every tensor with a unique name.
  func all() -> [(info: TensorInfo, hash: () throws -> String)] {
    if let bundle { return bundle.tensors.map { tensor in (tensor, { try bundle.sha256(tensor) }) } }
    var seen: Set<String> = []
    var out: [(info: TensorInfo, hash: () throws -> String)] = []
    for (stem, part) in parts.enumerated() where seen.insert(part.file.path).inserted {
      for tensor in part.file.tensors {
        out.append((tensor.renamed(label(stem: stem, tensor)), { try part.file.sha256(tensor) }))
      }
    }
    return out
  }
}
