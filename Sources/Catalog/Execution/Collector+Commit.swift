import ContentIdentity
import Diagnostics
import Warehouse
import Work

extension Collector {
  /// Everything a unit made, in the caller's transaction.
  func commit(
    _ unit: WorkUnit, _ result: UnitResult, sha256: String, _ arrays: [StoredArray], _ connection: Connection
  ) throws {
    let environment = try result.environment.identify(connection)
    let activity = try connection.insert(
      ActivityRow(
        kind: "unit", verb: unit.step, activityKey: unit.key, options: unit.parameters.canonical,
        dataset: unit.dataset, state: "done", environmentID: environment,
        startedAt: result.startedAt))
    for input in unit.inputs { try use(input, by: activity, connection) }
    for array in arrays { try enter(array, of: unit, activity: activity, connection) }
    let artifact = try connection.artifact(kind: "result", name: unit.key, sha256: sha256)
    try connection.recordGeneration(activity, of: artifact)
    try insert(result.rows, of: unit, connection)
    try connection.unitDone(resultSHA256: sha256, unit: unit.key)
    try attempt(unit, result, nil, connection)
  }

  private func use(_ input: WorkUnit.Input, by activity: Int, _ connection: Connection) throws {
    switch input {
    case .array(let role, let reference):
      let rows = try connection.arrayForTask(name: reference.name, sha256: reference.sha256)
      let artifact =
        try rows.first?.artifactID ?? connection.arrayByHash(sha256: reference.sha256).first?.artifactID
      if let artifact { try connection.recordUse(activity, of: artifact, as: role) }
    case .unit(let role, let key, let array):
      let arrays = try connection.unitArrays(key: key).filter { array == nil || $0.path == array }.map(\.artifactID)
      let artifacts = try array == nil ? arrays + connection.unitResultArtifact(key: key).map(\.artifactID) : arrays
      for artifact in artifacts { try connection.recordUse(activity, of: artifact, as: role) }
    case .source(let role, let name, let sha256):
      if let row = try connection.sourcePlace(sha256: sha256, name: name).first {
        try connection.recordUse(activity, of: row.artifactID, as: role)
      }
    }
  }

  /// Enters an array. Its name is the stable one: an earlier unit's array of that name steps aside, and is known to the
  /// rows of its unit by its artifact's name.
  private func enter(_ array: StoredArray, of unit: WorkUnit, activity: Int, _ connection: Connection) throws {
    let name = array.description.name
    guard let holder = try connection.arrayHolder(name: name).first else {
      try connection.enter(array, activity: activity)
      return
    }
    if holder.logicalSHA256 == array.sha256 {
      try connection.recordGeneration(activity, of: holder.artifactID)
      return
    }
    guard holder.activityKind == "unit" else {
      throw EvokeError(
        .rowsRefused, name, reason: "an imported array has this name", remedy: "import it under another name")
    }
    try connection.renameArray(old: name, new: "\(name)~\(holder.activityKey.prefix(12))")
    try connection.enter(array, activity: activity)
  }

  /// Rows of a table come after those they refer to.
  private func insert(_ parts: [ResultRows], of unit: WorkUnit, _ connection: Connection) throws {
    let allowed = tables[unit.step] ?? []
    if let strange = parts.first(where: { part in !allowed.contains { $0 == part.table } }) {
      throw EvokeError(
        .rowsRefused, unit.label, reason: "\(unit.step) does not declare the table \(strange.table.table)",
        remedy: "report this")
    }
    let ordered = parts.map { (ResultTables.position(of: $0.table), $0) }.sorted { $0.0 < $1.0 }
    for (_, part) in ordered {
      for row in part.rows { try connection.insert(row, of: unit.key) }
    }
  }
}
