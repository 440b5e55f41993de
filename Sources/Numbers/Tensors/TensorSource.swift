import Diagnostics

/// One tensor of a file: its number type, shape and place.
public struct TensorInfo: Sendable, Equatable {
  public let name: String
  /// As written in the file: `F32`, `F16`, `BF16`, `I64`, ...
  public let dtype: String
  /// Row-major; empty for a single number.
  public let shape: [Int]
  /// Bytes of the file that hold the tensor (of a strided tensor: from its first to its last number).
  public let bytes: Range<Int>

  public init(name: String, dtype: String, shape: [Int], bytes: Range<Int>) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// Numbers in the tensor.
  public var count: Int { shape.reduce(1, *) }

  /// The same tensor under another name, where names of several files come together.
  public func renamed(_ name: String) -> TensorInfo { TensorInfo(name: name, dtype: dtype, shape: shape, bytes: bytes) }
}

/// A tensor's numbers and the SHA-256 of its bytes as they are in the file.
public struct LoadedTensor: Sendable {
  public let values: [Float]
  public let sha256: String

  public init(values: [Float], sha256: String) {
    self.values = values
    self.sha256 = sha256
  }
}

/// A layer of a container that keeps the order of the network, and its tensors in the order of the layer.
public struct TensorLayer: Sendable, Equatable {
  public let name: String
  public let tensors: [TensorInfo]

  public init(name: String, tensors: [TensorInfo]) {
    self.name = name
    self.tensors = tensors
  }
}

/// The ways tensors are kept; they tell how weights lie (PyTorch's axes differ from TensorFlow's).
public enum TensorContainer: String, Sendable, CaseIterable {
  case safetensors, pyTorch, numPy, keras
  /// A checkpoint in one file (V1), and one in several (V2).
  case tensorFlow, tensorBundle
}

/// Named tensors, read one at a time: what models are made of.
public protocol TensorSource: Sendable {
  /// What errors call it.
  var path: String { get }
  /// Every file it is read from.
  var files: [String] { get }
  var container: TensorContainer { get }
  /// Every tensor, sorted by name.
  var tensors: [TensorInfo] { get }
  /// Every layer in the order of the network, those without weights too; none where the container keeps no order.
  var layers: [TensorLayer] { get }
  /// A tensor's numbers as float32 and the hash of its bytes.
  ///
  /// Throws E-WGT-005 for a type that is no floating-point number of up to 32 bits, E-WGT-010 where a number is NaN or
  /// infinite.
  func load(_ tensor: TensorInfo) throws -> LoadedTensor
  /// The SHA-256 of a tensor's row-major little-endian bytes; the same in every container.
  func sha256(_ tensor: TensorInfo) throws -> String
  /// Where numbers are read from that no training made (filters of a front end): the source itself, unless it changes
  /// weights.
  var constants: any TensorSource { get }
}

extension TensorSource {
  public var files: [String] { [path] }
  public var layers: [TensorLayer] { [] }
  public var constants: any TensorSource { self }

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

  /// The numbers of the tensor of this name; E-WGT-008 where there is none.
  public func load(_ name: String) throws -> LoadedTensor {
    guard let tensor = self[name] else {
      throw EvokeError(
        .tensorsDoNotFit, path, reason: "missing tensor: \(name)", remedy: "use the weights that belong to this model")
    }
    return try load(tensor)
  }
}
