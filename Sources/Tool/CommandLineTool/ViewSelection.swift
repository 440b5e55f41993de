import ContentIdentity
import Diagnostics
import Queries
import Warehouse

/// Rows of a published view or report that meet conditions.
struct ViewSelection {
  let name: String
  var conditions: [Condition] = []
  /// Columns in this order; all when nil.
  var columns: [String]?
  /// Column to order by, and whether downwards.
  var order: (column: String, descends: Bool)?
  var limit: Int?
  var limits = QueryLimits.own

  /// The view or report with its columns.
  func described(in warehouse: Warehouse) throws -> CatalogText.Object? {
    guard let query = (Queries.views + Queries.reports).first(where: { $0.name == name }) else { return nil }
    return try warehouse.read { try $0.described(query) }
  }

  /// - Throws: `E-QRY-001` for a view or column that is not there, with the nearest names.
  func rows(in warehouse: Warehouse) throws -> SQLTable {
    let (sql, values) = try statement(in: warehouse)
    return try warehouse.userQuery(sql, values, limits: limits)[0]
  }

  /// The statement that selects the rows, with the values of its parameters.
  ///
  /// - Throws: `E-QRY-001` for a view or column that is not there, with the nearest names.
  func statement(in warehouse: Warehouse) throws -> (sql: String, values: [String: SQLValue]) {
    let source = try source()
    let known = try columnsOfSource(in: warehouse)
    let wanted = columns ?? known
    try Self.require(wanted + conditions.map(\.column) + (order.map { [$0.column] } ?? []), of: name, in: known)
    var sql = "SELECT \(wanted.map { "\"\($0)\"" }.joined(separator: ", ")) FROM \(source)"
    var values: [String: SQLValue] = [:]
    let texts = try textColumns(of: source, in: warehouse)
    for (i, condition) in conditions.enumerated() {
      sql += (i == 0 ? " WHERE " : " AND ") + condition.clause("value_\(i)_")
      if !condition.value.isEmpty { values["value_\(i)_"] = condition.bound(isText: texts.contains(condition.column)) }
    }
    // Rows that tie stand, and are limited, in the order of the view.
    var terms: [String] = []
    if let order { terms.append("\"\(order.column)\"" + (order.descends ? " DESC" : "")) }
    if let view = Queries.views.first(where: { $0.name == name }) { terms += view.order.map { "\"\($0)\"" } }
    if !terms.isEmpty { sql += " ORDER BY " + terms.joined(separator: ", ") }
    if let limit { sql += " LIMIT \(limit)" }
    return (sql, values)
  }

  func columnsOfSource(in warehouse: Warehouse) throws -> [String] {
    try warehouse.userQuery("SELECT * FROM \(source()) LIMIT 0")[0].columns
  }

  /// Rows of scores computed here only, unless a condition says of which origin they are: one figure never holds both.
  func ofOneOrigin(in warehouse: Warehouse) throws -> ViewSelection {
    let hasOrigin = try described(in: warehouse)?.columns.contains { $0.name == "origin" } == true
    guard hasOrigin, !conditions.contains(where: { $0.column == "origin" }) else { return self }
    var selection = self
    selection.conditions.append(Condition(column: "origin", equals: "computed"))
    return selection
  }

  /// What differs of the units that computed the selected rows, and of those that compare them, from what was written; before
  /// them views that are not this program's.
  ///
  /// Rows of other programs are compared as their imports brought them.
  ///
  /// - Throws: `E-QRY-001` for a view whose rows are not of units.
  func differences(in warehouse: Warehouse) throws -> [RowDifference] {
    var keys = self
    keys.columns = ["unit_key"]
    let units = Set(try keys.rows(in: warehouse).rows.compactMap { $0["unit_key"].string })
    return try warehouse.changedViews()
      + warehouse.read { connection in
        let list = JSONValue.array(units.sorted().map { .string($0) }).canonical
        let comparing = try connection.comparingUnits(keys: list).map(\.unitKey)
        return try RowAudit(connection, units: units.union(comparing)).differences
      }
  }

  /// - Parameter otherwise: what helps where no name is near.
  /// - Throws: `E-QRY-001` for the first of the columns that a view does not have, with the nearest names.
  static func require(
    _ columns: [String], of view: String, in known: [String], otherwise: String? = nil
  ) throws {
    for column in columns where !known.contains(column) {
      throw EvokeError(
        .unknownQuestion, "\(view).\(column)", reason: "\(view) has the columns \(known.joined(separator: ", "))",
        remedy: NearMiss.suggestion(column, in: known, otherwise: otherwise ?? "evoke explain \(view) describes them"))
    }
  }

  private func source() throws -> String {
    if Queries.views.contains(where: { $0.name == name }) { return "\"\(name)\"" }
    if let report = Queries.reports.first(where: { $0.name == name }) {
      return "(\n\(report.sql)\n)"
    }
    throw EvokeError(
      .unknownQuestion, name, reason: "no published view or report has this name",
      remedy: NearMiss.suggestion(
        name, in: (Queries.views + Queries.reports).map(\.name),
        otherwise: name.contains(" ")
          ? "evoke sql runs statements; evoke query --list names the views" : "evoke query --list names them all"))
  }

  /// Those of the conditions' columns that hold text, so that `subject=01` is not taken for a number.
  private func textColumns(of source: String, in warehouse: Warehouse) throws -> Set<String> {
    var texts: Set<String> = []
    for column in Set(conditions.map(\.column)) {
      let sql = "SELECT typeof(\"\(column)\") FROM \(source) WHERE \"\(column)\" IS NOT NULL LIMIT 1"
      if try warehouse.userQuery(sql)[0].rows.first?.values[0].string == "text" { texts.insert(column) }
    }
    return texts
  }
}
