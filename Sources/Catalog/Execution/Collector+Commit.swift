import ContentIdentity
import Diagnostics
import Warehouse
import Work

extension Collector {
  /// Everything a unit made, in the caller's transaction.
  func commit(_ unit: WorkUnit, _ result: UnitResult, _ arrays: [StoredArray], _ connection: Connection) throws {
    let environment = try result.environment.identify(connection)
    let activity = try connection.insert(
      ActivityRow(
        kind: "unit", verb: unit.step, activityKey: unit.key, options: unit.parameters.canonical,
        dataset: unit.dataset, state: "done", environmentID: environment,
        startedAt: result.startedAt))
    for input in unit.inputs { try use(input, by: activity, connection) }
    for array in arrays { try enter(array, of: unit, activity: activity, connection) }
    let sha256 = result.sha256
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
    case .unit(let role, let key):
      let artifacts =
        try connection.unitArrays(key: key).map(\.artifactID)
        + connection.unitResultArtifact(key: key).map(\.artifactID)
      for artifact in artifacts { try connection.recordUse(activity, of: artifact, as: role) }
    case .source(let role, let name, let sha256):
      if let row = try connection.sourcePlace(sha256: sha256, name: name).first {
        try connection.recordUse(activity, of: row.artifactID, as: role)
      }
    }
  }

  /// Enters an array. Its name is the stable one: an earlier unit's array of that name steps aside.
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
    let aside = "\(name)~\(holder.activityKey.prefix(12))"
    try connection.renameArray(old: name, new: aside)
    try connection.renamePredictions(old: name, new: aside)
    try connection.renameDraws(old: name, new: aside)
    try connection.enter(array, activity: activity)
  }

  private func insert(_ parts: [ResultRows], of unit: WorkUnit, _ connection: Connection) throws {
    let allowed = tables[unit.step] ?? []
    if let strange = parts.first(where: { !allowed.contains($0.table) }) {
      throw EvokeError(
        .rowsRefused, unit.label, reason: "\(unit.step) does not declare the table \(strange.table)",
        remedy: "report this")
    }
    let catalog = TableCatalog(connection)
    for part in try catalog.parentsFirst(parts) {
      let table = try catalog.table(part.table)
      guard Set(part.columns).isSubset(of: table.columns) else {
        throw EvokeError(
          .rowsRefused, unit.label,
          reason:
            "\(part.table) has no \(Set(part.columns).subtracting(table.columns).sorted().joined(separator: ", "))",
          remedy: "report this")
      }
      for row in part.rows { try insert(row, part, table, unit, connection) }
    }
  }

  private func insert(
    _ row: [SQLValue], _ part: ResultRows, _ table: TableCatalog.Table, _ unit: WorkUnit, _ connection: Connection
  ) throws {
    var values: [(String, SQLValue)] = []
    for (column, value) in zip(part.columns, row) {
      values.append((column, try table.resolve(value, in: column, connection)))
    }
    if table.hasUnitKey, !part.columns.contains("unit_key") { values.append(("unit_key", .text(unit.key))) }
    if table.isShared, try connection.holds(part.table, values) { return }
    try connection.insert(part.table, values)
  }
}

extension Connection {
  /// Whether a row with exactly these values is there.
  func holds(_ table: String, _ values: [(String, SQLValue)]) throws -> Bool {
    let condition = values.map { "\"\($0.0)\" IS :\($0.0)" }.joined(separator: " AND ")
    return try !rows(
      "SELECT 1 AS one FROM \"\(table)\" WHERE \(condition) LIMIT 1",
      Dictionary(values, uniquingKeysWith: { _, last in last })
    ).isEmpty
  }
}

/// What the catalog says about tables: columns and foreign keys.
final class TableCatalog {
  struct Table {
    let name: String
    let columns: Set<String>
    /// Column to parent table and its column.
    let parents: [String: (table: String, column: String)]
    /// Not owned by a unit: rows that are there already are not inserted again.
    let isShared: Bool
    var hasUnitKey: Bool { columns.contains("unit_key") }

    /// A text in a column that refers to an integer key is the JSON object of the parent's values:
    /// `{"layer_key":"hs.3","name":"hubert"}` in `feature_space_id`.
    func resolve(_ value: SQLValue, in column: String, _ connection: Connection) throws -> SQLValue {
      guard let parent = parents[column], case .text(let text) = value, text.hasPrefix("{"),
        let object = try? JSONValue(parsing: text).objectValue
      else { return value }
      let conditions = object.sorted { $0.key < $1.key }.map { ($0.key, $0.value.stringValue ?? "") }
      let test = conditions.map { "\"\($0.0)\" = :\($0.0)" }.joined(separator: " AND ")
      let found = try connection.rows(
        "SELECT \"\(parent.column)\" AS key FROM \"\(parent.table)\" WHERE \(test)",
        Dictionary(conditions.map { ($0.0, SQLValue.text($0.1)) }, uniquingKeysWith: { _, last in last }))
      guard found.count == 1 else {
        throw EvokeError(
          .rowsRefused, "\(name).\(column)", reason: "\(found.count) rows of \(parent.table) match \(text)",
          remedy: "report this")
      }
      return found[0]["key"]
    }
  }

  private let connection: Connection
  private var tables: [String: Table] = [:]

  init(_ connection: Connection) { self.connection = connection }

  func table(_ name: String) throws -> Table {
    if let known = tables[name] { return known }
    let columns = Set(try connection.tableColumns(name: name).map(\.name))
    var parents: [String: (table: String, column: String)] = [:]
    for reference in try connection.tableReferences(name: name) {
      parents[reference.child] = (
        reference.parent, try reference.parentColumn ?? primaryKey(of: reference.parent)
      )
    }
    var isShared = !columns.contains("unit_key")
    if isShared {
      for parent in parents.values where parent.table != name {
        if try !table(parent.table).isShared { isShared = false }
      }
    }
    let table = Table(name: name, columns: columns, parents: parents, isShared: isShared)
    tables[name] = table
    return table
  }

  private func primaryKey(of table: String) throws -> String {
    try connection.tableColumns(name: table).first { $0.pk == 1 }?.name ?? "rowid"
  }

  /// The rows in an order in which every table comes after those it refers to.
  func parentsFirst(_ parts: [ResultRows]) throws -> [ResultRows] {
    var depths: [String: Int] = [:]
    func depth(_ name: String) throws -> Int {
      if let known = depths[name] { return known }
      depths[name] = 0
      let found = try table(name).parents.values.map(\.table).filter { $0 != name }.map { try depth($0) + 1 }.max() ?? 0
      depths[name] = found
      return found
    }
    let ordered = try parts.enumerated().map { (try depth($0.element.table), $0.offset, $0.element) }
    return ordered.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}
