import ContentIdentity
import Diagnostics
import Tensors

/// Weights that `save_pretrained` cut into several files, with `NAME.index.json` saying which tensor is in which.
struct ShardedTensors: TensorSource {
  /// The index.
  let path: String
  let files: [String]
  let container: TensorContainer
  let tensors: [TensorInfo]
  private let shards: [String: any TensorSource]

  /// nil where the folder has no index of the file `name`.
  ///
  /// Throws E-WGT-017 where index and shards do not agree or a shard is missing, and what opening a shard throws.
  init?(_ place: any ModelPlace, _ name: String, as container: TensorContainer) throws {
    let index = name + ".index.json"
    guard let bytes = try place.contents(of: index) else { return nil }
    path = place.path + "/" + index
    self.container = container
    let stated = try Self.map(bytes, path)
    let names = Set(stated.values).sorted()
    files = [path] + names.map { place.path + "/" + $0 }
    var shards: [String: any TensorSource] = [:]
    var tensors: [TensorInfo] = []
    for name in names {
      guard place.names.contains(name) else {
        throw Self.bad(path, "it names \(name), which is not in the folder", remedy: "fetch \(name) too")
      }
      let shard = try place.tensors(in: name, as: container)
      for tensor in shard.tensors {
        guard stated[tensor.name] == name else {
          let place = stated[tensor.name].map { "in \($0)" } ?? "nowhere"
          throw Self.bad(path, "\(tensor.name) is in \(name), and by the index \(place)")
        }
        shards[tensor.name] = shard
      }
      tensors += shard.tensors
    }
    let missing = stated.keys.filter { shards[$0] == nil }.sorted()
    guard missing.isEmpty else {
      throw Self.bad(path, "no shard has what it names: \(missing.joined(separator: ", "))")
    }
    self.shards = shards
    self.tensors = tensors.sorted { $0.name < $1.name }
  }

  func load(_ tensor: TensorInfo) throws -> LoadedTensor { try shard(tensor).load(tensor) }
  func sha256(_ tensor: TensorInfo) throws -> String { try shard(tensor).sha256(tensor) }

  private func shard(_ tensor: TensorInfo) -> any TensorSource {
    guard let shard = shards[tensor.name] else { preconditionFailure("\(tensor.name) is in no shard") }
    return shard
  }

  /// The file of each tensor, a name in the same folder.
  private static func map(_ bytes: [UInt8], _ path: String) throws -> [String: String] {
    let json: JSONValue
    do { json = try JSONValue(parsing: bytes) } catch { throw bad(path, "it is not JSON: \(error)") }
    guard let members = json["weight_map"]?.objectValue, !members.isEmpty else {
      throw bad(path, "it has no weight_map of tensors to files")
    }
    return try members.mapValues { value in
      guard let name = value.stringValue, !name.isEmpty, !name.contains("/") else {
        throw bad(path, "it names \(value.canonical), which is no file of the folder")
      }
      return name
    }
  }

  private static func bad(
    _ path: String, _ reason: String, remedy: String = "fetch the index and all its shards again"
  ) -> EvokeError {
    EvokeError(.weightShardsBad, path, reason: reason, remedy: remedy)
  }
}
