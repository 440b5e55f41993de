import ContentIdentity
import Plans
import Warehouse

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
    for row in try report("unit_states", ["keys": .text(list)]) {
      states[row.text("unit_key")] = UnitState(
        state: row.text("state"), message: row.text("message"), resultSHA256: row.optionalText("result_sha256"))
    }
    return states
  }

  /// The newest units of other runs of the plan's study, by step and label.
  func earlierUnits(of plan: Plan) throws -> [String: EarlierUnit] {
    var units: [String: EarlierUnit] = [:]
    for row in try report("earlier_units", ["study": .text(plan.studyName), "run": .text(plan.runID)]) {
      let inputs = try JSONValue(parsing: row.text("inputs")).arrayValue ?? []
      units[row.text("step") + "\n" + row.text("label")] = EarlierUnit(
        version: row.int("version"), parameters: try JSONValue(parsing: row.text("parameters")),
        inputs: inputs.map { ($0.arrayValue?.first?.stringValue ?? "", $0.arrayValue?.last?.stringValue ?? "") })
    }
    return units
  }

  /// Sets columns of the rows that have these values.
  func update(_ table: String, set: [(String, SQLValue)], where condition: [(String, SQLValue)]) throws {
    let changes = set.map { "\"\($0.0)\" = :set_\($0.0)" }.joined(separator: ", ")
    let test = condition.map { "\"\($0.0)\" IS :is_\($0.0)" }.joined(separator: " AND ")
    let values = set.map { ("set_" + $0.0, $0.1) } + condition.map { ("is_" + $0.0, $0.1) }
    try execute("UPDATE \"\(table)\" SET \(changes) WHERE \(test)", Dictionary(values, uniquingKeysWith: { _, b in b }))
  }
}
