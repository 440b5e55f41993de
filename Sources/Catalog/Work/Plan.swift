import ContentIdentity

/// A study expanded over a warehouse: its units in an order in which each comes after what it needs.
public struct Plan: Sendable {
  /// What a plan computes; a study has one current plan for each.
  public enum Purpose: String, Sendable {
    /// The study's results.
    case results
    /// How often the study's own tests reject what is planted.
    case calibration
  }

  public let purpose: Purpose
  public let studyName: String
  public let kind: String
  /// Canonical study definition.
  public let definition: JSONValue
  public let seed: Int
  public let units: [WorkUnit]
  /// Lines for people: the smallest reachable q, warnings.
  public let notes: [String]

  public init(
    purpose: Purpose = .results, studyName: String, kind: String, definition: JSONValue, seed: Int, units: [WorkUnit],
    notes: [String]
  ) {
    self.purpose = purpose
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
