import ByteSource
import Diagnostics
import Tensors

/// A safetensors file, read one tensor at a time.
///
/// Layout: a little-endian 64-bit header length, a JSON header `{name: {dtype, shape, data_offsets}}` with an optional
/// `__metadata__` of texts, then the tensors' little-endian bytes without gap or overlap
/// (https://github.com/huggingface/safetensors). The whole header is checked when the file is opened.
/// Read here rather than by its Rust library: tensors are read by their place, one at a time, within checked bounds.
public struct TensorFile: WeightsFile {
  public let path: String
  public var container: TensorContainer { .safetensors }
  /// Every tensor, sorted by name.
  public let tensors: [TensorInfo]
  /// The texts of `__metadata__`.
  public let metadata: [String: String]

  /// Opens a file and checks its header against its length.
  ///
  /// Throws `EvokeError` E-WGT-001 to E-WGT-004.
  public init(path: String) throws {
    self.path = path
    let (header, dataStart, size) = try Self.readHeader(path)
    let parsed = try SafetensorsHeader(header, path: path, dataStart: dataStart, fileSize: size)
    tensors = parsed.tensors
    metadata = parsed.metadata
  }

  public func bytes(of tensor: TensorInfo) throws -> [UInt8] {
    try ByteSource(weights: path).bytes(tensor.bytes, "tensor \(tensor.name)")
  }

  private static func readHeader(_ path: String) throws -> ([UInt8], dataStart: Int, size: Int) {
    let file = try ByteSource(weights: path)
    guard file.count >= 8 else {
      throw truncated(path, "it has \(file.count) bytes, fewer than the 8 of the header's length")
    }
    let length = try file.integer(at: 0, UInt64.self, "the header's length")
    guard length <= 100_000_000 else {
      throw badHeader(path, "its first 8 bytes give a header of \(length) bytes, more than safetensors allows")
    }
    guard Int(length) <= file.count - 8 else {
      throw truncated(path, "its header should have \(length) bytes, \(file.count - 8) are there")
    }
    return (try file.bytes(8..<8 + Int(length), "its header"), 8 + Int(length), file.count)
  }

  static func unreadable(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.tensorFileUnreadable, path, reason: reason, remedy: "check the path and its permissions")
  }

  static func truncated(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.tensorFileTruncated, path, reason: reason, remedy: "fetch the file again and compare its size")
  }

  static func badHeader(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .tensorHeaderBad, path, reason: reason, remedy: "fetch the file again, or convert the model to safetensors")
  }
}
