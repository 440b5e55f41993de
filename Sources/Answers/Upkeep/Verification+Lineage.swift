import ContentIdentity
import Warehouse

extension Verification {
  /// Level 3: everything descends from sources, and every key is what its row hashes to.
  mutating func verifyLineage() throws {
    progress(0, "lineage")
    try runChecks(level: 3)
    try verifyUnitKeys()
    try verifyUnitInputs()
    try verifyRunKeys()
    try verifyImportKeys()
  }

  private mutating func verifyUnitKeys() throws {
    let rows = try warehouse.read { try $0.storedUnits() }
    var failures: [(object: String, detail: String)] = []
    for row in rows {
      let (parameters, inputs): (JSONValue, JSONValue)
      do { (parameters, inputs) = (try JSONValue(parsing: row.parameters), try JSONValue(parsing: row.inputs)) } catch {
        failures.append((row.label, "its parameters or inputs are no JSON: \(error)"))
        continue
      }
      let isNotApplicable = row.state == "not_applicable"
      let key = JSONValue.object([
        "step": .string(row.step), "version": .int(row.version), "parameters": parameters,
        "inputs": inputs, "not_applicable": isNotApplicable ? .string(row.reason) : .null,
      ]).sha256
      if key != row.unitKey {
        failures.append(
          (row.label, "it hashes to \(key.prefix(12))…, its key is \(row.unitKey.prefix(12))…"))
      }
    }
    add(3, "unit keys are the hashes of step, version, parameters and inputs", checked: rows.count, failures: failures)
  }

  /// What each unit's last attempt read against what its inputs are now.
  private mutating func verifyUnitInputs() throws {
    var failures: [(object: String, detail: String)] = []
    let changed = try ChangedInputs(in: warehouse)
    for unit in changed.units { failures.append((unit.label, unit.reason)) }
    add(3, "units rest on the bits that they read", checked: changed.checked, failures: failures)
  }

  private mutating func verifyRunKeys() throws {
    let rows = try warehouse.read { try $0.storedRuns() }
    var failures: [(object: String, detail: String)] = []
    for row in rows {
      let (definition, units): (JSONValue, JSONValue)
      do { (definition, units) = (try JSONValue(parsing: row.definition), try JSONValue(parsing: row.units)) } catch {
        failures.append((row.name, "its definition or units are no JSON: \(error)"))
        continue
      }
      if definition.sha256 != row.sha256 {
        failures.append((row.name, "the study does not hash to what is recorded"))
      }
      let plan = JSONValue.object(["definition": definition, "units": units]).sha256
      if plan != row.planSHA256 || !plan.hasPrefix(row.runID) {
        failures.append((row.runID, "its plan hashes to \(plan.prefix(12))…"))
      }
    }
    add(3, "runs are named by their plans", checked: rows.count, failures: failures)
  }

  private mutating func verifyImportKeys() throws {
    let rows = try warehouse.read { try $0.storedImports() }
    var failures: [(object: String, detail: String)] = []
    for row in rows {
      let (options, sources): (JSONValue, JSONValue)
      do { (options, sources) = (try JSONValue(parsing: row.options), try JSONValue(parsing: row.sources)) } catch {
        failures.append((row.verb, "its options or sources are no JSON: \(error)"))
        continue
      }
      let key = JSONValue.object([
        "verb": .string(row.verb), "options": options, "dataset": .string(row.dataset ?? ""),
        "sources": sources,
      ]).sha256
      if key != row.activityKey {
        let what = "\(row.verb) \(row.activityKey.prefix(12))"
        failures.append((what, "verb, options, dataset and sources hash to \(key.prefix(12))…"))
      }
    }
    add(3, "import keys are the hashes of verb, options, dataset and sources", checked: rows.count, failures: failures)
  }
}
