import ByteSource
import ContentIdentity
import Diagnostics
import Tensors

/// A file of named tensors, read one at a time.
public protocol WeightsFile: TensorSource {
  /// A tensor's numbers in row-major order, little-endian, in its own number type.
  func bytes(of tensor: TensorInfo) throws -> [UInt8]
}

extension WeightsFile {
  public func sha256(_ tensor: TensorInfo) throws -> String { SHA256.hex(of: try bytes(of: tensor)) }

  /// The number types weights are read from.
  private static var floats: [String: NumberType] { ["F32": .float32, "F16": .float16, "BF16": .bfloat16] }

  /// F32 exactly, F16 and BF16 widened exactly.
  public func load(_ tensor: TensorInfo) throws -> LoadedTensor {
    guard let type = Self.floats[tensor.dtype] else {
      throw EvokeError(
        .tensorTypeUnsupported, "\(path): \(tensor.name)", reason: "its dtype is \(tensor.dtype)",
        remedy: "convert it to F32, F16 or BF16")
    }
    let bytes = try bytes(of: tensor)
    let values = type.floats(bytes, .little)
    precondition(values.count == tensor.count, "bytes of another number of values")
    guard values.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .tensorNotFinite, "\(path): \(tensor.name)",
        reason: "\(values.count { !$0.isFinite }) of \(values.count) numbers are NaN or infinite",
        remedy: "fetch or convert the model again")
    }
    return LoadedTensor(values: values, sha256: SHA256.hex(of: bytes))
  }
}

extension ByteSource {
  /// A file of weights; E-WGT-001 where it cannot be opened, `truncation` where it ends early.
  init(weights path: String, truncation: ErrorCode = .tensorFileTruncated) throws {
    do {
      try self.init(reading: path, truncation: truncation, remedy: "fetch the file again and compare its size")
    } catch let error as EvokeError {
      throw TensorFile.unreadable(path, error.code == .fileMissing ? "there is no such file" : error.reason)
    }
  }
}
