import Statistics
import Tensors

/// The same network with the numbers of every weight tensor in another order: a twin that keeps
/// architecture, shapes and each tensor's distribution, and nothing that was learned.
///
/// Tensor T of n numbers becomes `T'[i] = T[π(i)]`, π a uniform permutation of 0..<n that depends on seed and the
/// tensor's name alone, so that every worker makes the same twin. Hashes stay those of the file, by which weights are
/// known; what is no weight (`constants`) stays in its order.
public struct PermutedTensors: TensorSource {
  private let source: any TensorSource
  private let seed: UInt64

  public init(_ source: any TensorSource, seed: UInt64) { (self.source, self.seed) = (source, seed) }

  public var path: String { source.path }
  public var files: [String] { source.files }
  public var container: TensorContainer { source.container }
  public var tensors: [TensorInfo] { source.tensors }
  public var layers: [TensorLayer] { source.layers }
  public var constants: any TensorSource { source.constants }

  public func load(_ tensor: TensorInfo) throws -> LoadedTensor {
    let loaded = try source.load(tensor)
    return LoadedTensor(values: Self.permuted(loaded.values, tensor.name, seed: seed), sha256: loaded.sha256)
  }

  static func permuted(_ values: [Float], _ name: String, seed: UInt64) -> [Float] {
    var values = values
    var numbers = RandomStream(seed: seed, purpose: "permuted_weights", key: name)
    for i in stride(from: values.count - 1, to: 0, by: -1) { values.swapAt(i, numbers.integer(below: i + 1)) }
    return values
  }

  public func sha256(_ tensor: TensorInfo) throws -> String { try source.sha256(tensor) }
}

/// A model's place whose weights are permuted: what any family opens is then the twin.
public struct PermutedModelPlace: ModelPlace {
  private let place: any ModelPlace
  private let seed: UInt64

  public init(_ place: any ModelPlace, seed: UInt64) { (self.place, self.seed) = (place, seed) }

  public var path: String { place.path }
  public var kind: ModelPlaceKind { place.kind }
  public var names: [String] { place.names }
  public var container: TensorContainer? { place.container }
  public var permutation: UInt64? { seed }

  public func contents(of name: String) throws -> [UInt8]? { try place.contents(of: name) }

  public func tensors(in name: String?, as container: TensorContainer) throws -> any TensorSource {
    PermutedTensors(try place.tensors(in: name, as: container), seed: seed)
  }

  /// Files beside the network (VGGish's principal components) belong to what is done with its output.
  public func sibling(beginning prefix: String) -> (any ModelPlace)? { place.sibling(beginning: prefix) }
}
