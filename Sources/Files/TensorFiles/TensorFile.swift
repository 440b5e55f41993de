import Diagnostics

/// One tensor of a weights file: its number type, shape and place.
public struct TensorInfo: Sendable, Equatable {
  public let name: String
  /// As written in the file: `F32`, `F16`, `BF16`, `I64`, ...
  public let dtype: String
  /// Row-major; empty for a single number.
  public let shape: [Int]
  /// Bytes of the file that hold the tensor (of a strided tensor: from its first to its last number).
  public let bytes: Range<Int>

  /// Numbers in the tensor.
  public var count: Int { shape.reduce(1, *) }
}

/// A tensor's numbers and the SHA-256 of its bytes as they are in the file.
public struct LoadedTensor: Sendable {
  public let values: [Float]
  public let sha256: String
}

/// A safetensors file, read one tensor at a time.
///
/// Layout: a little-endian 64-bit header length, a JSON header `{name: {dtype, shape, data_offsets}}` with an optional
/// `__metadata__` of texts, then the tensors' little-endian bytes without gap or overlap
/// (https://github.com/huggingface/safetensors). The whole header is checked when the file is opened.
public struct TensorFile: WeightsFile {
  public let path: String
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
    let reader = try WeightsReader(path)
    defer { reader.close() }
    return try reader.read(tensor.bytes, "tensor \(tensor.name)")
  }

  private static func readHeader(_ path: String) throws -> ([UInt8], dataStart: Int, size: Int) {
    let reader = try WeightsReader(path)
    defer { reader.close() }
    guard reader.size >= 8 else {
      throw truncated(path, "it has \(reader.size) bytes, fewer than the 8 of the header's length")
    }
    let head = try reader.read(0..<8, "the header's length")
    let length = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000 else {
      throw badHeader(path, "its first 8 bytes give a header of \(length) bytes, more than safetensors allows")
    }
    guard Int(length) <= reader.size - 8 else {
      throw truncated(path, "its header should have \(length) bytes, \(reader.size - 8) are there")
    }
    return (try reader.read(8..<8 + Int(length), "its header"), 8 + Int(length), reader.size)
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

/// The number types weights are read from.
enum FloatType: String {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  /// Widens little-endian numbers to float32, exactly.
  func decode(_ bytes: [UInt8], count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    switch self {
    case .float32:
      for i in 0..<count {
        let low = UInt32(bytes[4 * i]) | UInt32(bytes[4 * i + 1]) << 8
        let high = UInt32(bytes[4 * i + 2]) | UInt32(bytes[4 * i + 3]) << 8
        values[i] = Float(bitPattern: low | high << 16)
      }
    case .bfloat16:
      for i in 0..<count {
        let half = UInt32(bytes[2 * i]) | UInt32(bytes[2 * i + 1]) << 8
        values[i] = Float(bitPattern: half << 16)
      }
    case .float16:
      for i in 0..<count {
        let half = UInt32(bytes[2 * i]) | UInt32(bytes[2 * i + 1]) << 8
        values[i] = Self.widen(half)
      }
    }
    return values
  }

  /// IEEE binary16 to binary32 by moving the bits and rebasing the exponent; subnormals through one subtraction.
  private static func widen(_ half: UInt32) -> Float {
    let sign = (half & 0x8000) << 16
    let magnitude = (half & 0x7fff) << 13
    let exponent = magnitude & 0x0f80_0000
    if exponent == 0x0f80_0000 { return Float(bitPattern: sign | magnitude &+ 0x7000_0000) }
    if exponent == 0 {
      let value = Float(bitPattern: magnitude &+ 0x3880_0000) - Float(bitPattern: 0x3880_0000)
      return Float(bitPattern: sign | value.bitPattern)
    }
    return Float(bitPattern: sign | (magnitude &+ 0x3800_0000))
  }
}
