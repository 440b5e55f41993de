import ContentIdentity
import Diagnostics
import Foundation

/// A file of named tensors, read one at a time: `TensorFile` (safetensors) or `PyTorchFile`.
public protocol WeightsFile: Sendable {
  var path: String { get }
  /// Every tensor, sorted by name.
  var tensors: [TensorInfo] { get }
  /// A tensor's numbers in row-major order, little-endian, in its own number type.
  func bytes(of tensor: TensorInfo) throws -> [UInt8]
}

extension WeightsFile {
  /// The tensor of this name, if there is one.
  public subscript(name: String) -> TensorInfo? {
    // Names are sorted, so that a search halves.
    var (low, high) = (0, tensors.count)
    while low < high {
      let middle = (low + high) / 2
      if tensors[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low < tensors.count && tensors[low].name == name ? tensors[low] : nil
  }

  /// The SHA-256 of a tensor's row-major little-endian bytes; the same in every container.
  public func sha256(_ tensor: TensorInfo) throws -> String { SHA256.hex(of: try bytes(of: tensor)) }

  /// A tensor's numbers as float32 (F32 exactly, F16 and BF16 widened exactly) and its hash.
  ///
  /// Throws E-WGT-005 for another number type and E-WGT-010 where a number is NaN or infinite.
  public func load(_ tensor: TensorInfo) throws -> LoadedTensor {
    guard let type = FloatType(rawValue: tensor.dtype) else {
      throw EvokeError(
        .tensorTypeUnsupported, "\(path): \(tensor.name)", reason: "its dtype is \(tensor.dtype)",
        remedy: "convert it to F32, F16 or BF16")
    }
    let bytes = try bytes(of: tensor)
    let values = type.decode(bytes, count: tensor.count)
    guard values.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .tensorNotFinite, "\(path): \(tensor.name)",
        reason: "\(values.count { !$0.isFinite }) of \(values.count) numbers are NaN or infinite",
        remedy: "fetch or convert the model again")
    }
    return LoadedTensor(values: values, sha256: SHA256.hex(of: bytes))
  }

  /// The numbers of the tensor of this name; E-WGT-008 where there is none.
  public func load(_ name: String) throws -> LoadedTensor {
    guard let tensor = self[name] else {
      throw EvokeError(
        .tensorsDoNotFit, path, reason: "missing tensor: \(name)", remedy: "use the weights that belong to this model")
    }
    return try load(tensor)
  }
}

/// A weights file being read: pieces by their place.
struct WeightsReader {
  let path: String
  let size: Int
  private let handle: FileHandle

  /// Opens a file; E-WGT-001 where that is impossible.
  init(_ path: String) throws {
    self.path = path
    handle = try Self.open(path)
    do { size = Int(try handle.seekToEnd()) } catch { throw TensorFile.unreadable(path, "\(error)") }
  }

  /// The bytes of a range; E-WGT-003 where the file ends before.
  func read(_ range: Range<Int>, _ what: @autoclosure () -> String) throws -> [UInt8] {
    if range.isEmpty { return [] }
    let data: Data?
    do {
      try handle.seek(toOffset: UInt64(range.lowerBound))
      data = try handle.read(upToCount: range.count)
    } catch { throw TensorFile.unreadable(path, "\(error)") }
    guard let data, data.count == range.count else {
      throw TensorFile.truncated(path, "\(what()) ends behind the end of the file")
    }
    return [UInt8](data)
  }

  func close() { try? handle.close() }

  private static func open(_ path: String) throws -> FileHandle {
    guard FileManager.default.fileExists(atPath: path) else {
      throw TensorFile.unreadable(path, "there is no such file")
    }
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let kind = try? FileManager.default.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType
    guard kind != .typeDirectory else { throw TensorFile.unreadable(path, "it is a folder") }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw TensorFile.unreadable(path, "the operating system refused to open it")
    }
    return handle
  }
}
