import ContentIdentity
import Diagnostics
import FrozenResults
import TypedTables
import Warehouse

/// A number that is to be cited.
public struct CitationRequest: Sendable {
  /// What storing it did.
  public enum Outcome: String, Sendable {
    case cited, replaced, unchanged
  }

  public let label: String
  public let text: String
  private let format: String?
  private let frozen: FrozenResult
  private let units: [String]

  /// Asks the query.
  ///
  /// - Throws: `E-CIT-004` for a label or format that cannot be taken, `E-CIT-001` where the query does not return one row
  ///   with a value, `E-CIT-002` where its units cannot be told, `E-QRY-002` and its like for SQL that cannot be run.
  public init(label: String, sql: String, format: String?, limits: QueryLimits, in warehouse: Warehouse) throws {
    guard label.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}/) != nil else {
      throw EvokeError(
        .citationMalformed, "label \(label)",
        reason: "it has other signs than letters, digits and . _ : + -, or is too long",
        remedy: "take a label such as tab1.r3.c2")
    }
    let tables = try warehouse.userQuery(sql, limits: limits)
    guard let table = tables.first, tables.count == 1, table.rows.count == 1, let row = table.rows.first,
      let value = row.values.first, !value.isNull
    else { throw Self.noValue(sql, tables) }
    if case .blob = value { throw Self.noValue(sql, tables) }
    self.label = label
    self.format = format
    text = try format.map { try NumberFormat($0).text(value) } ?? NumberFormat.plain(value)
    units = try CitedUnits.keys(of: sql, row: row, in: warehouse)
    // Of a column without a value nothing says the type, and nothing rests on it.
    let told = Dictionary(
      zip(row.columns, row.values).enumerated().filter { $1.1.isNull && table.declared[$0] == nil }.map {
        ($0.element.0, Statement.Kind.text)
      }, uniquingKeysWith: { first, _ in first })
    frozen = FrozenResult(
      label: "cited/" + label, view: nil, sql: sql, parameters: [:],
      table: try TypedTable(table, of: nil, told: told))
  }

  private static func noValue(_ sql: String, _ tables: [SQLTable]) -> EvokeError {
    let reason: String
    if tables.count != 1 {
      reason = "there are \(tables.count) statements"
    } else if tables[0].rows.count != 1 {
      reason = "it returns \(tables[0].rows.count) rows"
    } else {
      reason = tables[0].rows[0].values.first?.isNull == false ? "its value is of bytes" : "its value is NULL"
    }
    return EvokeError(
      .noCitedValue, String(sql.prefix(120)), reason: reason,
      remedy: "narrow it to one row whose first column is the number")
  }

  /// Stores it with its row, in one transaction; nothing where the same query, row, format and units stand under the label.
  ///
  /// - Throws: `E-QRY-016` where something else does and is not to be replaced.
  public func store(in warehouse: Warehouse, replacing: Bool, dryRun: Bool) throws -> Outcome {
    let reads = try warehouse.tablesRead(by: frozen.sql)
    let old = try warehouse.read { connection in
      try connection.citations(label: label).isEmpty ? nil : Citation(label, in: connection)
    }
    if let old, old.frozen.sql == frozen.sql, old.sha256 == frozen.sha256, old.format == format, isMade(of: old) {
      if !dryRun, try frozen.store(in: warehouse) { return .cited }
      return .unchanged
    }
    guard old == nil || replacing else {
      throw EvokeError(
        .labelTaken, label,
        reason: "it stands for \(old?.text ?? text), of another query, row or format, or of other units",
        remedy: "take another label, or --replace the number")
    }
    if old == nil, try warehouse.read({ try !$0.materializations(label: frozen.label).isEmpty }) {
      throw EvokeError(
        .labelTaken, frozen.label, reason: "a result is frozen under this label, which the number's row needs",
        remedy:
          "take another label, or take it out first: evoke forget --materialized \(ShellText.quoted(frozen.label))")
    }
    try frozen.requireFreezable(reading: reads)
    guard !dryRun else { return old == nil ? .cited : .replaced }
    try warehouse.write { connection in
      for row in try connection.citations(label: label) { try connection.dropActivity(activity: row.activityID) }
      try connection.dropUncitedNumbers()
      try insert(reading: reads, connection)
    }
    return old == nil ? .cited : .replaced
  }

  /// Whether it is made of what an earlier number is made of, which is still what it was.
  private func isMade(of old: Citation) -> Bool {
    Set(old.units.map(\.key)) == Set(units) && old.units.allSatisfy { $0.result == $0.resultNow }
  }

  private func insert(reading tables: [String], _ connection: Connection) throws {
    let key = try frozen.insert(reading: tables, verb: "cite add", connection)
    let number = try connection.insert(
      PaperNumberRow(
        label: label, text: text, value: frozen.table.rows[0][0].double, query: frozen.sql, sha256: frozen.sha256))
    let citation = try connection.insert(CitationRow(materializationID: key, paperNumberID: number, format: format))
    for unit in units {
      guard let result = try connection.unitStates(keys: JSONValue.array([.string(unit)]).canonical).first?.resultSHA256
      else {
        throw EvokeError(
          .citedRowUnknown, label, reason: "\(unit.prefix(80)) is no unit that is done",
          remedy: "return the keys of units in the columns that begin with unit_key")
      }
      try connection.insert(CitedUnitRow(citationID: citation, unitKey: unit, resultSHA256: result))
    }
  }
}
