import ContentIdentity
import Importing
import Warehouse

/// A row whose key is a hash of what it says: a unit, an import, a study or the plan of a run.
package struct Recipe {
  package enum Kind: String, CaseIterable {
    case unit, activity, study, run
  }

  package let kind: Kind
  /// What is recorded.
  package let key: String
  /// For messages.
  let object: String
  /// How what the row says differs from its key; nil where it does not.
  package let fault: String?

  package static func all(_ connection: Connection) throws -> [Recipe] {
    try units(connection) + imports(connection) + runs(connection)
  }

  private static func units(_ connection: Connection) throws -> [Recipe] {
    try connection.storedUnits().map { row in
      Recipe(.unit, row.unitKey, of: row.label, "parameters or inputs", texts: (row.parameters, row.inputs)) {
        parameters, inputs in
        let isNotApplicable = row.state == "not_applicable"
        let key = JSONValue.object([
          "step": .string(row.step), "version": .int(row.version), "parameters": parameters,
          "inputs": inputs, "not_applicable": isNotApplicable ? .string(row.reason) : .null,
        ]).sha256
        return key == row.unitKey ? nil : "it hashes to \(key.prefix(12))…, its key is \(row.unitKey.prefix(12))…"
      }
    }
  }

  private static func imports(_ connection: Connection) throws -> [Recipe] {
    try connection.storedImports().map { row in
      let object = "\(row.verb) \(row.activityKey.prefix(12))"
      return Recipe(.activity, row.activityKey, of: object, "options or sources", texts: (row.options, row.sources)) {
        guard let dataset = row.dataset else { return "it names no dataset" }
        let key = ImportBatch.key(verb: row.verb, options: $0, dataset: dataset, sources: $1)
        return key == row.activityKey ? nil : "verb, options, dataset and sources hash to \(key.prefix(12))…"
      }
    }
  }

  private static func runs(_ connection: Connection) throws -> [Recipe] {
    try connection.storedRuns().flatMap { row in
      let texts = (row.definition, row.units)
      return [
        Recipe(.study, row.sha256, of: row.name, "definition or units", texts: texts) { definition, _ in
          definition.sha256 == row.sha256 ? nil : "the study does not hash to what is recorded"
        },
        Recipe(.run, row.planSHA256, of: row.runID, "definition or units", texts: texts) {
          let plan = JSONValue.object(["definition": $0, "units": $1]).sha256
          return plan == row.planSHA256 && plan.hasPrefix(row.runID) ? nil : "its plan hashes to \(plan.prefix(12))…"
        },
      ]
    }
  }

  /// - Parameters:
  ///   - noun: what the texts are.
  ///   - difference: how their JSON differs from the key.
  private init(
    _ kind: Kind, _ key: String, of object: String, _ noun: String, texts: (String, String),
    difference: (JSONValue, JSONValue) -> String?
  ) {
    (self.kind, self.key, self.object) = (kind, key, object)
    do { fault = difference(try JSONValue(parsing: texts.0), try JSONValue(parsing: texts.1)) } catch {
      fault = "its \(noun) are no JSON: \(error)"
    }
  }

  /// The table of the rows.
  package var table: String {
    switch kind {
    case .unit: UnitRow.table
    case .activity: ActivityRow.table
    case .study: StudyRow.table
    case .run: RunRow.table
    }
  }
}
