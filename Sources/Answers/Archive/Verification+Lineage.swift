import ContentIdentity
import Warehouse

extension Verification {
  /// Level 3: everything descends from sources, and every key is what its row hashes to.
  mutating func verifyLineage() throws {
    progress(0, "lineage")
    try runChecks(level: 3)
    try verifyUnitKeys()
    try verifyRunKeys()
    try verifyImportKeys()
  }

  private mutating func verifyUnitKeys() throws {
    let rows = try warehouse.read { try $0.report("stored_units") }
    var failures: [(object: String, detail: String)] = []
    for row in rows {
      guard let parameters = try? JSONValue(parsing: row.text("parameters")),
        let inputs = try? JSONValue(parsing: row.text("inputs"))
      else {
        failures.append((row.text("label"), "its parameters or inputs are no JSON"))
        continue
      }
      let isNotApplicable = row.text("state") == "not_applicable"
      let key = JSONValue.object([
        "step": .string(row.text("step")), "version": .int(row.int("version")), "parameters": parameters,
        "inputs": inputs, "not_applicable": isNotApplicable ? .string(row.text("reason")) : .null,
      ]).sha256
      if key != row.text("unit_key") {
        failures.append(
          (row.text("label"), "it hashes to \(key.prefix(12))…, its key is \(row.text("unit_key").prefix(12))…"))
      }
    }
    add(3, "unit keys are the hashes of step, version, parameters and inputs", checked: rows.count, failures: failures)
  }

  private mutating func verifyRunKeys() throws {
    let rows = try warehouse.read { try $0.report("stored_runs") }
    var failures: [(object: String, detail: String)] = []
    for row in rows {
      guard let definition = try? JSONValue(parsing: row.text("definition")),
        let units = try? JSONValue(parsing: row.text("units"))
      else {
        failures.append((row.text("name"), "its definition is no JSON"))
        continue
      }
      if definition.sha256 != row.text("sha256") {
        failures.append((row.text("name"), "the study does not hash to what is recorded"))
      }
      let plan = JSONValue.object(["definition": definition, "units": units]).sha256
      if plan != row.text("plan_sha256") || !plan.hasPrefix(row.text("run_id")) {
        failures.append((row.text("run_id"), "its plan hashes to \(plan.prefix(12))…"))
      }
    }
    add(3, "runs are named by their plans", checked: rows.count, failures: failures)
  }

  private mutating func verifyImportKeys() throws {
    let rows = try warehouse.read { try $0.report("stored_imports") }
    var failures: [(object: String, detail: String)] = []
    for row in rows {
      guard let options = try? JSONValue(parsing: row.text("options")),
        let sources = try? JSONValue(parsing: row.text("sources"))
      else {
        failures.append((row.text("verb"), "its options are no JSON"))
        continue
      }
      let key = JSONValue.object([
        "verb": .string(row.text("verb")), "options": options, "dataset": .string(row.text("dataset")),
        "sources": sources,
      ]).sha256
      if key != row.text("activity_key") {
        let what = "\(row.text("verb")) \(row.text("activity_key").prefix(12))"
        failures.append((what, "verb, options, dataset and sources hash to \(key.prefix(12))…"))
      }
    }
    add(3, "import keys are the hashes of verb, options, dataset and sources", checked: rows.count, failures: failures)
  }
}
