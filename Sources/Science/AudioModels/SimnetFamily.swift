import ContentIdentity
import Diagnostics
import Statistics
import Tensors

/// A layered network that nobody trained: its weights are random numbers that a seed gives, so that sweeps over layers can be
/// graded without weights from elsewhere.
struct SimnetFamily: ModelFamily {
  let name = "simnet"
  let summary = "simnet: a .simnet file of evoke simulate, which holds the seed of an untrained network"

  func recognises(_ place: any ModelPlace) -> Bool { place.kind == .file && place.name.hasSuffix(".simnet") }

  func open(_ place: any ModelPlace) throws -> any AudioModel { try model(place).model }

  func inspect(_ place: any ModelPlace) throws -> ModelInspection {
    let (model, file) = try model(place)
    return ModelInspection(
      architecture: model.architecture, configuration: file.json, files: [place.path],
      tensors: model.tensors, layers: model.layers)
  }

  private func model(_ place: any ModelPlace) throws -> (model: ExampleModel, file: SimnetFile) {
    let file = try SimnetFile(place)
    let tensors = SimnetTensors(seed: UInt64(file.seed), permutation: place.permutation)
    let model = ExampleModel(
      family: name, architecture: "simnet", network: SimnetNetwork(tensors), tensors: tensors.all)
    return (model, file)
  }
}

/// What a `.simnet` file says: all that its network is made of.
public struct SimnetFile: Codable, Sendable {
  static let current = "evoke.simnet/1"

  let schema: String
  /// 0 to 2⁵³ - 1.
  let seed: Int

  public init(seed: Int) { (schema, self.seed) = (Self.current, seed) }

  /// The text of the file.
  public var text: String { json.canonical + "\n" }

  var json: JSONValue { ["schema": .string(schema), "seed": .int(seed)] }

  /// Throws E-WGT-001 where it cannot be read and E-WGT-007 where it is something else.
  init(_ place: any ModelPlace) throws {
    func bad(_ reason: String) -> EvokeError {
      EvokeError(
        .modelConfigurationBad, place.path, reason: reason,
        remedy: "write it anew: evoke simulate with sounds: {simnet: SEED}")
    }
    guard let bytes = try place.contents(of: place.name) else {
      throw ModelFamilies.unrecognised(place.path, [SimnetFamily().summary])
    }
    do { self = try StrictCoder.decode(SimnetFile.self, from: JSONValue(parsing: bytes)) } catch {
      throw bad("\(error)")
    }
    guard schema == Self.current, seed >= 0 else { throw bad("its schema is \(schema), its seed \(seed)") }
  }
}

/// The weights of one seed.
///
/// Number i of tensor T is `s u`, u uniform on [-√3, √3) from the Philox stream of (seed, T): exact arithmetic, so that
/// the weights' hash is the same everywhere.
struct SimnetTensors: Sendable {
  private(set) var values: [String: [Float]] = [:]
  private(set) var all: [(info: TensorInfo, sha256: String)] = []

  /// `permutation` shuffles every tensor's numbers, as `PermutedTensors` does, under the hashes of what was shuffled.
  init(seed: UInt64, permutation: UInt64?) {
    for (name, shape, size) in SimnetNetwork.shapes {
      var numbers = RandomStream(seed: seed, purpose: "simnet", key: name)
      let count = shape.reduce(1, *)
      let own = (0..<count).map { _ in Float(size * 3.0.squareRoot() * (2 * numbers.uniform() - 1)) }
      let bytes = own.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) } }
      let info = TensorInfo(name: name, dtype: "F32", shape: shape, bytes: 0..<4 * count)
      all.append((info, SHA256.hex(of: bytes)))
      values[name] = permutation.map { PermutedTensors.permuted(own, name, seed: $0) } ?? own
    }
    all.sort { $0.info.name < $1.info.name }
  }

  subscript(name: String) -> [Float] {
    guard let found = values[name] else { preconditionFailure("no tensor \(name)") }
    return found
  }
}
