import ByteSource
import Diagnostics
import FileSystem
import Foundation
import Tensors

/// A path that may hold a model.
public struct ModelFiles: ModelPlace {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var kind: ModelPlaceKind {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .nothing }
    return isFolder.boolValue ? .folder : .file
  }

  /// None of a folder that cannot be listed: it is not recognised then.
  public var names: [String] { ((try? Files.names(in: path)) ?? []).sorted() }

  public var container: TensorContainer? {
    switch kind {
    case .folder: TensorBundle.isNamed(in: path) ? .tensorBundle : nil
    case .file:
      if KerasHDF5File.looksLike(path: path) {
        .keras
      } else if path.hasSuffix(".safetensors") {
        .safetensors
      } else if NumPyArchive.looksLike(path: path) {
        .numPy
      } else if PyTorchFile.looksLike(path: path) {
        .pyTorch
      } else if TensorBundle.looksLike(path: path) {
        .tensorBundle
      } else if TensorFlowV1File.looksLike(path: path) {
        .tensorFlow
      } else {
        nil
      }
    case .nothing: nil
    }
  }

  /// The folder itself, or the one that a file (the index of a bundle) stands in.
  private var folder: String {
    kind == .file ? URL(fileURLWithPath: path).deletingLastPathComponent().path : path
  }

  /// Bytes of texts beside weights; indices of the largest models have some MB.
  private static let longestText = 64 << 20

  public func contents(of name: String) throws -> [UInt8]? {
    let path = folder + "/" + name
    // A link to something that is gone is a file that cannot be read.
    guard Files.exists(path) || Files.linkTarget(of: path) != nil else { return nil }
    let file = try ByteSource(weights: path)
    guard file.count <= Self.longestText else {
      throw EvokeError(
        .tensorFileUnreadable, path,
        reason: "it has \(file.count) bytes, and a text of a model has at most \(Self.longestText)",
        remedy: "fetch it again from where the model comes from")
    }
    return try file.bytes(0..<file.count, "it")
  }

  public func tensors(in name: String?, as container: TensorContainer) throws -> any TensorSource {
    let path = name.map { self.path + "/" + $0 } ?? self.path
    switch container {
    case .safetensors: return try TensorFile(path: path)
    case .pyTorch: return try PyTorchFile(path: path)
    case .numPy: return try NumPyArchive(path: path)
    case .keras: return try KerasHDF5File(path: path)
    case .tensorFlow: return try TensorFlowV1File(path: path)
    case .tensorBundle: return kind == .file ? try TensorBundle(index: path) : try TensorBundle(folder: path)
    }
  }

  public func sibling(beginning prefix: String) -> (any ModelPlace)? {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let name = ModelFiles(folder).names.first { $0.hasPrefix(prefix) }
    return name.map { ModelFiles(folder + "/" + $0) }
  }
}
