import ContentIdentity
import Diagnostics
import Warehouse
import Work

/// Where a unit stands in the catalog.
struct UnitState: Sendable {
  let state: String
  let message: String
  let resultSHA256: String?
}

/// A unit as another run of the same study had it.
struct EarlierUnit: Sendable {
  let version: Int
  let parameters: JSONValue
  let inputs: [StoredInput]
}

/// An input of a unit as the catalog keeps it.
struct StoredInput: Sendable, Equatable {
  let role: String
  let hash: String
  /// Path of the one array that is read of a unit; nil: everything, or what is no unit.
  let array: String?

  /// Those of a unit.
  ///
  /// - Throws: `E-WH-005` for a column that is no list of them.
  static func all(_ column: String, of label: String) throws -> [StoredInput] {
    let items = try JSONValue(parsing: column).arrayValue?.map { $0.arrayValue?.compactMap(\.stringValue) }
    return try items.map { items in
      try items.map { parts in
        guard let parts, (2...3).contains(parts.count) else { throw malformed(label) }
        return StoredInput(role: parts[0], hash: parts[1], array: parts.count == 3 ? parts[2] : nil)
      }
    } ?? { throw malformed(label) }()
  }

  private static func malformed(_ label: String) -> EvokeError {
    EvokeError(
      .catalogFailed, label, reason: "its inputs are no roles and hashes", remedy: "evoke verify says what is wrong")
  }
}

extension Connection {
  /// The stored states of units, by key; those never registered are absent.
  func unitStates(_ keys: [String]) throws -> [String: UnitState] {
    let list = JSONValue.array(keys.map { .string($0) }).canonical
    var states: [String: UnitState] = [:]
    for row in try unitStates(keys: list) {
      states[row.unitKey] = UnitState(
        state: row.state, message: row.message, resultSHA256: row.resultSHA256)
    }
    return states
  }

  /// The newest units of other runs of the plan's study, by step and label.
  func earlierUnits(of plan: Plan) throws -> [String: EarlierUnit] {
    var units: [String: EarlierUnit] = [:]
    for row in try earlierUnits(study: plan.studyName, run: plan.runID) {
      units[row.step + "\n" + row.label] = EarlierUnit(
        version: row.version, parameters: try JSONValue(parsing: row.parameters),
        inputs: try StoredInput.all(row.inputs, of: row.label))
    }
    return units
  }
}
