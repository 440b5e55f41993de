import Diagnostics
import Foundation
import TensorFiles

/// Reads tensors of a file and remembers their hashes.
final class HashingLoader {
  let file: any WeightsFile
  private var hashes: [String: String] = [:]

  init(_ file: any WeightsFile) { self.file = file }

  func values(_ tensor: TensorInfo) throws -> [Float] {
    let loaded = try file.load(tensor)
    hashes[tensor.name] = loaded.sha256
    return loaded.values
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

/// The kinds of file example networks are read from, by their first and last bytes.
enum NetworkFile {
  case keras, safetensors, numPy, pyTorch, tensorFlow

  /// The kind of a file; nil for a folder, another kind and what is not there.
  init?(_ path: String) {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
      return nil
    }
    if KerasHDF5File.looksLike(path: path) {
      self = .keras
    } else if path.hasSuffix(".safetensors") {
      self = .safetensors
    } else if NumPyArchive.looksLike(path: path) {
      self = .numPy
    } else if Self.isPickle(path) {
      self = .pyTorch
    } else if TensorFlowV1File.looksLike(path: path) {
      self = .tensorFlow
    } else {
      return nil
    }
  }

  /// A file of named tensors; nil where it is of no kind.
  static func open(_ path: String) throws -> (any WeightsFile)? {
    switch NetworkFile(path) {
    case .keras: try KerasHDF5File(path: path)
    case .safetensors: try TensorFile(path: path)
    case .numPy: try NumPyArchive(path: path)
    case .pyTorch: try PyTorchFile(path: path)
    case .tensorFlow: try TensorFlowV1File(path: path)
    case nil: nil
    }
  }

  /// Whether a file begins like those of `torch.save`: a zip, or a pickle of protocol 2 and above.
  private static func isPickle(_ path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    let head = [UInt8]((try? handle.read(upToCount: 4)) ?? Data())
    return head.starts(with: [0x50, 0x4b, 3, 4]) || (head.count > 1 && head[0] == 0x80 && (2...5).contains(head[1]))
  }

  /// The file's name without folders.
  static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
}

extension WeightsFile {
  /// The tensor of the first of these names that there is.
  func first(of names: [String]) -> TensorInfo? { names.lazy.compactMap { self[$0] }.first }
}
