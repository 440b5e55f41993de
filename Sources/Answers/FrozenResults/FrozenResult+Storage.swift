import ContentIdentity
import Diagnostics
import FileSystem
import Queries
import Warehouse

extension FrozenResult {
  /// Stores the result; false where it is stored already: the same query, the same rows. Then it is no longer stale.
  ///
  /// - Throws: `E-QRY-016` where something else is frozen under the label.
  public func store(in warehouse: Warehouse) throws -> Bool {
    let tables = try warehouse.tablesRead(by: sql)
    try requireFreezable(reading: tables)
    return try warehouse.write { connection in
      if let old = try connection.materializations(label: label).first {
        try requireEqual(old, connection)
        try connection.markUnwrittenTables(materialization: old.materializationID)
        return false
      }
      try insert(reading: tables, verb: "query --materialize", connection)
      return true
    }
  }

  /// - Parameter tables: what its query reads.
  /// - Throws: `E-WH-014` for frozen results.
  public func requireFreezable(reading tables: [String]) throws {
    guard tables.contains(where: { $0.hasPrefix("materializ") }) else { return }
    throw EvokeError(
      .refusedSQL, label, reason: "its query reads frozen results, which freezing it would change",
      remedy: "freeze a query of other tables")
  }

  /// Whether nothing is frozen under the label yet.
  ///
  /// - Throws: `E-QRY-016` where something else is.
  public func isNew(in warehouse: Warehouse) throws -> Bool {
    try warehouse.read { connection in
      guard let old = try connection.materializations(label: label).first else { return true }
      try requireEqual(old, connection)
      return false
    }
  }

  /// - Throws: `E-QRY-016` with what differs.
  private func requireEqual(_ old: Rows.Materializations, _ connection: Connection) throws {
    let views = try connection.materializedViews(materialization: old.materializationID).map { [$0.object, $0.sql] }
    let isAnother = old.sql != sql || old.parameters != parameters
    let difference: String? =
      if isAnother { "it is frozen of another query: \(old.sql.prefix(160))" } else if old.sha256 != sha256 {
        "the query returns other rows than were frozen at \(old.madeAt) (\(table.rows.count) now, \(old.rowCount) then)"
      } else if views != self.views.map({ [$0.name, $0.sql] }) {
        "a view has another statement than when it was frozen at \(old.madeAt)"
      } else { nil }
    guard let difference else { return }
    throw EvokeError(
      .labelTaken, label, reason: difference,
      remedy: "take another label, or take it out first: evoke forget --materialized \(ShellText.quoted(label))")
  }

  /// Its rows, in the caller's transaction, which writes nothing that other frozen results read; the key.
  ///
  /// - Parameters:
  ///   - tables: what its query reads.
  ///   - verb: the command that freezes it.
  @discardableResult
  public func insert(reading tables: [String], verb: String, _ connection: Connection) throws -> Int {
    connection.writesFrozenOnly()
    let now = Machine.now
    let hash = sha256
    let options: JSONValue = [
      "label": .string(label), "parameters": .string(parameters), "sha256": .string(hash), "sql": .string(sql),
    ]
    let activity = try connection.enterEvent(kind: "materialization", verb: verb, options: options)
    let key = try connection.insert(
      MaterializationRow(
        activityID: activity, label: label, view: view, sql: sql, parameters: parameters, rowCount: table.rows.count,
        sha256: hash, madeAt: now))
    connection.freezes(key)
    for (position, column) in table.columns.enumerated() {
      try connection.insert(
        MaterializedColumnRow(
          materializationID: key, position: position, name: column.name, type: column.kind.rawValue,
          description: column.description))
    }
    for (position, row) in table.rows.enumerated() {
      try connection.insert(
        MaterializedRowRow(materializationID: key, position: position, cells: CellText.of(row)))
    }
    for name in tables {
      try connection.insert(MaterializedTableRow(materializationID: key, object: name, isWritten: 0))
    }
    for view in views {
      try connection.insert(
        MaterializedViewRow(materializationID: key, object: view.name, sql: view.sql, isChanged: 0))
    }
    return key
  }

  /// Takes the frozen result of a label out; how many rows it has.
  ///
  /// - Throws: `E-WH-010` where there is none.
  public static func forget(_ label: String, in warehouse: Warehouse, dryRun: Bool) throws -> Int {
    let result = try warehouse.read { try FrozenResult(label, in: $0) }
    if !dryRun {
      try warehouse.write { connection in
        connection.writesFrozenOnly()
        for row in try connection.materializations(label: label) {
          try connection.dropActivity(activity: row.activityID)
        }
        try connection.dropUncitedNumbers()
      }
    }
    return result.table.rows.count
  }

  /// Asks every frozen query again.
  ///
  /// - Parameter limits: of each.
  /// - Returns: how many there are, and of those that differ the label and how.
  public static func differences(
    in warehouse: Warehouse, limits: QueryLimits = .usual, progress: (Double, String) -> Void
  ) throws -> (count: Int, differing: [(label: String, detail: String)]) {
    let rows = try warehouse.read { try $0.materializations(label: nil) }
    var differing: [(label: String, detail: String)] = []
    for (done, row) in rows.enumerated() {
      progress(Double(done) / Double(rows.count), row.label)
      let result = try warehouse.read { try FrozenResult(row, in: $0) }
      if result.sha256 != row.sha256 || result.table.rows.count != row.rowCount {
        differing.append((row.label, "its stored rows are not those that were frozen"))
      } else if let difference = try result.difference(in: warehouse, limits: limits) {
        differing.append((row.label, difference))
      }
    }
    return (rows.count, differing)
  }
}
