import ContentIdentity
import Warehouse

/// What a worker gets for one unit: everything resolved, nothing to look up in the catalog.
public struct UnitTask: Sendable, Codable {
  public let key: String
  public let step: String
  public let version: Int
  public let parameters: JSONValue
  public let label: String
  /// Arrays by role, in input order; those another unit made carry its key and their description.
  public let arrays: [TaskArray]
  /// Sources by role.
  public let sources: [TaskSource]
  /// A file in which a step may keep what it has done so far, for a unit that is interrupted; nil: nothing is kept. Not
  /// part of the frozen task, and removed once the unit is done.
  public var partialPath: String?
  /// What else shapes the bits a worker computes: program version, BLAS kernel, threads.
  public var maker: JSONValue = .null
  /// Bytes of memory the computation may need; nil: no limit.
  public var memoryBytes: Int?

  /// What is frozen.
  private enum CodingKeys: String, CodingKey {
    case key = "unitKey"
    case step, version, parameters, label, arrays, sources
  }

  public init(
    key: String, step: String, version: Int, parameters: JSONValue, label: String, arrays: [TaskArray],
    sources: [TaskSource]
  ) {
    self.key = key
    self.step = step
    self.version = version
    self.parameters = parameters
    self.label = label
    self.arrays = arrays
    self.sources = sources
  }
}

extension UnitTask {
  /// SHA-256 of the RFC 8785 JSON of `[[role, hash] by role and hash]` of all that the unit reads.
  public var inputsSHA256: String {
    let read = arrays.map { ($0.role, $0.reference.sha256) } + sources.map { ($0.role, $0.sha256) }
    return JSONValue.array(read.sorted { $0 < $1 }.map { .array([.string($0.0), .string($0.1)]) }).sha256
  }
}

/// An array handed to a worker.
public struct TaskArray: Sendable, Codable {
  public let role: String
  public let reference: ArrayReference
  public let description: ArrayDescription
  /// Key of the unit that made it, nil for an imported one.
  public let unitKey: String?

  public init(role: String, reference: ArrayReference, description: ArrayDescription, unitKey: String?) {
    self.role = role
    self.reference = reference
    self.description = description
    self.unitKey = unitKey
  }
}

/// A source handed to a worker: its content hash and where it is.
public struct TaskSource: Sendable, Codable {
  public let role: String
  public let name: String
  public let sha256: String
  public let path: String

  public init(role: String, name: String, sha256: String, path: String) {
    self.role = role
    self.name = name
    self.sha256 = sha256
    self.path = path
  }
}
