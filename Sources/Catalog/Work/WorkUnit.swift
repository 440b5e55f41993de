import ContentIdentity
import Warehouse

/// One piece of work: a step, its version, canonical parameters and input hashes. Its SHA-256 is its key.
public struct WorkUnit: Sendable, Hashable {
  /// What a unit reads.
  public enum Input: Sendable, Hashable {
    /// A stored array, by role and content.
    case array(role: String, ArrayReference)
    /// What another unit makes: one of its arrays, by its path in their file, or everything. The hash is that unit's key.
    case unit(role: String, key: String, array: String? = nil)
    /// A source file or model by content hash; `name` tells where it is.
    case source(role: String, name: String, sha256: String)

    public var role: String {
      switch self {
      case .array(let role, _), .unit(let role, _, _), .source(let role, _, _): role
      }
    }

    /// What enters the key.
    public var hash: String {
      switch self {
      case .array(_, let reference): reference.sha256
      case .unit(_, let key, _): key
      case .source(_, _, let sha256): sha256
      }
    }

    /// `[role, hash]`, and the path where it is one array of a unit: as it stands in keys and in the catalog.
    package var json: JSONValue {
      var parts = [role, hash]
      if case .unit(_, _, let array?) = self { parts.append(array) }
      return .array(parts.map { .string($0) })
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
        "inputs": .array(inputs.map(\.json)),
        "not_applicable": notApplicable.map { .string($0) } ?? .null,
      ]).sha256
  }

  /// Keys of the units it needs first.
  public var prerequisites: [String] {
    inputs.compactMap { if case .unit(_, let key, _) = $0 { key } else { nil } }
  }
}
