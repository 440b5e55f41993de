import Diagnostics
import Tensors

/// Reads tensors of a file and remembers their hashes.
final class HashingLoader {
  let file: any TensorSource
  private var hashes: [String: String] = [:]

  init(_ file: any TensorSource) { self.file = file }

  func values(_ tensor: TensorInfo) throws -> [Float] {
    let loaded = try file.load(tensor)
    hashes[tensor.name] = loaded.sha256
    return loaded.values
  }

  /// Numbers that are no weights.
  func constants(_ tensor: TensorInfo) throws -> [Float] {
    let loaded = try file.constants.load(tensor)
    hashes[tensor.name] = loaded.sha256
    return loaded.values
  }

  /// The tensors read so far with their hashes, where a file also holds what is no part of its network.
  var read: [(info: TensorInfo, sha256: String)] {
    file.tensors.compactMap { tensor in hashes[tensor.name].map { (tensor, $0) } }
  }

  /// Every tensor of the file with its hash; those not read so far are hashed now.
  func tensors() throws -> [(info: TensorInfo, sha256: String)] {
    try file.tensors.map { ($0, try hashes[$0.name] ?? file.sha256($0)) }
  }
}

/// What does not fit a network, collected before it is thrown.
struct NetworkProblems {
  let path: String
  let network: String
  private var found: [String] = []

  init(_ path: String, _ network: String) {
    self.path = path
    self.network = network
  }

  mutating func add(_ problem: String) { found.append(problem) }

  /// Adds a problem unless a tensor has this shape.
  mutating func expect(_ tensor: TensorInfo, _ shape: [Int]) {
    if tensor.shape != shape { add("\(tensor.name) is \(tensor.shape) and should be \(shape)") }
  }

  /// Throws E-WGT-008 with everything found.
  func check() throws {
    guard !found.isEmpty else { return }
    let remedy = "use the weights of \(network) as they were published"
    throw EvokeError(
      .tensorsDoNotFit, path, reason: found.joined(separator: "; "), remedy: remedy,
      diagnostics: found.map { Diagnostic(.error, .tensorsDoNotFit, path, reason: $0, remedy: remedy) })
  }
}

extension ModelPlace {
  /// The tensors of a file or of a checkpoint's folder; nil for another folder, a file of another kind and what is not
  /// there.
  func network() throws -> (any TensorSource)? {
    guard let container else { return nil }
    return try tensors(in: nil, as: container)
  }
}

extension TensorSource {
  /// The tensor of the first of these names that there is.
  func first(of names: [String]) -> TensorInfo? { names.lazy.compactMap { self[$0] }.first }
}
