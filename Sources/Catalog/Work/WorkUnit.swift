import ContentIdentity
import Diagnostics
import Warehouse

/// One piece of work: a step, its version, canonical parameters and input hashes. Its SHA-256 is its key.
public struct WorkUnit: Sendable, Hashable {
  /// What a unit reads.
  public enum Input: Sendable, Hashable {
    /// A stored array, by role and content.
    case array(role: String, ArrayReference)
    /// Everything another unit makes; the hash is that unit's key.
    case unit(role: String, key: String)
    /// A source file or model by content hash; `name` tells where it is.
    case source(role: String, name: String, sha256: String)

    public var role: String {
      switch self {
      case .array(let role, _), .unit(let role, _), .source(let role, _, _): role
      }
    }

    /// What enters the key.
    public var hash: String {
      switch self {
      case .array(_, let reference): reference.sha256
      case .unit(_, let key): key
      case .source(_, _, let sha256): sha256
      }
    }
  }

  public let step: String
  public let version: Int
  /// Everything that shapes the result and is not an input.
  public let parameters: JSONValue
  public let inputs: [Input]
  /// What it is about, for people.
  public let label: String
  /// The dataset concerned, where it is one; no part of the key beyond what the parameters say.
  public let dataset: String?
  /// Why it does not apply, where it does not (a target or element that a dataset lacks).
  public let notApplicable: String?
  public let key: String

  public init(
    step: String, version: Int, parameters: JSONValue, inputs: [Input], label: String, dataset: String? = nil,
    notApplicable: String? = nil
  ) {
    self.step = step
    self.version = version
    self.parameters = parameters
    self.inputs = inputs
    self.label = label
    self.dataset = dataset
    self.notApplicable = notApplicable
    key =
      JSONValue.object([
        "step": .string(step), "version": .int(version), "parameters": parameters,
        "inputs": .array(inputs.map { .array([.string($0.role), .string($0.hash)]) }),
        "not_applicable": notApplicable.map { .string($0) } ?? .null,
      ]).sha256
  }

  /// Keys of the units it needs first.
  public var prerequisites: [String] {
    inputs.compactMap { if case .unit(_, let key) = $0 { key } else { nil } }
  }
}

/// A study expanded over a warehouse: its units in an order in which each comes after what it needs.
public struct Plan: Sendable {
  public let studyName: String
  public let kind: String
  /// Canonical study definition.
  public let definition: JSONValue
  public let seed: Int
  public let units: [WorkUnit]
  /// Lines for people: the smallest reachable q, warnings.
  public let notes: [String]

  public init(studyName: String, kind: String, definition: JSONValue, seed: Int, units: [WorkUnit], notes: [String]) {
    self.studyName = studyName
    self.kind = kind
    self.definition = definition
    self.seed = seed
    self.units = units
    self.notes = notes
  }

  /// SHA-256 of study definition and unit keys in order.
  public var sha256: String {
    JSONValue.object(["definition": definition, "units": .array(units.map { .string($0.key) })]).sha256
  }

  /// First 12 hex digits of `sha256`.
  public var runID: String { String(sha256.prefix(12)) }
}

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
