import ContentIdentity
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
  /// Roles and hashes.
  let inputs: [(String, String)]
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
      let inputs = try JSONValue(parsing: row.inputs).arrayValue ?? []
      units[row.step + "\n" + row.label] = EarlierUnit(
        version: row.version, parameters: try JSONValue(parsing: row.parameters),
        inputs: inputs.map { ($0.arrayValue?.first?.stringValue ?? "", $0.arrayValue?.last?.stringValue ?? "") })
    }
    return units
  }
}
