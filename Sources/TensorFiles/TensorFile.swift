import ContentIdentity
import Diagnostics
import Foundation

/// One tensor of a safetensors file: its number type, shape and place.
public struct TensorInfo: Sendable, Equatable {
  public let name: String
  /// As written in the file: `F32`, `F16`, `BF16`, `I64`, ...
  public let dtype: String
  /// Row-major; empty for a single number.
  public let shape: [Int]
  /// Bytes of the tensor, counted from the start of the file.
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
public struct TensorFile: Sendable {
  public let path: String
  /// Every tensor, sorted by name.
  public let tensors: [TensorInfo]
  /// The texts of `__metadata__`.
  public let metadata: [String: String]
  private let index: [String: Int]

  /// Opens a file and checks its header against its length.
  ///
  /// Throws `EvokeError` E-WGT-001 to E-WGT-004.
  public init(path: String) throws {
    self.path = path
    let (header, dataStart, size) = try Self.readHeader(path)
    let parsed = try SafetensorsHeader(header, path: path, dataStart: dataStart, fileSize: size)
    tensors = parsed.tensors
    metadata = parsed.metadata
    index = Dictionary(uniqueKeysWithValues: parsed.tensors.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of this name, if there is one.
  public subscript(name: String) -> TensorInfo? { index[name].map { tensors[$0] } }

  /// The SHA-256 of a tensor's bytes.
  public func sha256(_ tensor: TensorInfo) throws -> String { SHA256.hex(of: try read(tensor)) }

  /// A tensor's numbers as float32 (F32 exactly, F16 and BF16 widened exactly) and its hash.
  ///
  /// Throws E-WGT-005 for another number type and E-WGT-010 where a number is NaN or infinite.
  public func load(_ tensor: TensorInfo) throws -> LoadedTensor {
    guard let type = FloatType(rawValue: tensor.dtype) else {
      throw EvokeError(
        .tensorTypeUnsupported, "\(path): \(tensor.name)", reason: "its dtype is \(tensor.dtype)",
        remedy: "convert it to F32, F16 or BF16")
    }
    let bytes = try read(tensor)
    let values = type.decode(bytes, count: tensor.count)
    guard values.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .tensorNotFinite, "\(path): \(tensor.name)",
        reason: "\(values.count { !$0.isFinite }) of \(values.count) numbers are NaN or infinite",
        remedy: "fetch or convert the model again")
    }
    return LoadedTensor(values: values, sha256: SHA256.hex(of: bytes))
  }

  private func read(_ tensor: TensorInfo) throws -> [UInt8] {
    if tensor.bytes.isEmpty { return [] }
    let handle = try Self.open(path)
    defer { try? handle.close() }
    let data: Data?
    do {
      try handle.seek(toOffset: UInt64(tensor.bytes.lowerBound))
      data = try handle.read(upToCount: tensor.bytes.count)
    } catch { throw Self.unreadable(path, "\(error)") }
    guard let data, data.count == tensor.bytes.count else {
      throw Self.truncated(
        path, "tensor \(tensor.name) ends behind the end of the file; it was changed while being read")
    }
    return [UInt8](data)
  }

  private static func open(_ path: String) throws -> FileHandle {
    guard FileManager.default.fileExists(atPath: path) else { throw unreadable(path, "there is no such file") }
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let kind = try? FileManager.default.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType
    guard kind != .typeDirectory else { throw unreadable(path, "it is a folder") }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw unreadable(path, "the operating system refused to open it")
    }
    return handle
  }

  private static func readHeader(_ path: String) throws -> ([UInt8], dataStart: Int, size: Int) {
    let handle = try open(path)
    defer { try? handle.close() }
    do {
      let size = Int(try handle.seekToEnd())
      try handle.seek(toOffset: 0)
      guard size >= 8, let head = try handle.read(upToCount: 8), head.count == 8 else {
        throw truncated(path, "it has \(size) bytes, fewer than the 8 of the header's length")
      }
      let length = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard length <= 100_000_000 else {
        throw badHeader(path, "its first 8 bytes give a header of \(length) bytes, more than safetensors allows")
      }
      guard Int(length) <= size - 8 else {
        throw truncated(path, "its header should have \(length) bytes, \(size - 8) are there")
      }
      let header = try handle.read(upToCount: Int(length)) ?? Data()
      guard header.count == Int(length) else { throw truncated(path, "its header ends early") }
      return ([UInt8](header), 8 + Int(length), size)
    } catch let error as EvokeError { throw error } catch { throw unreadable(path, "\(error)") }
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
