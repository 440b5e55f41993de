import ContentIdentity
import Warehouse

/// Rows that a unit computed for one table of the catalog.
public struct ResultRows: Sendable {
  public let table: any ResultRow.Type
  /// Each of the type `table`.
  public let rows: [any ResultRow]

  public init<Row: ResultRow>(_ rows: [Row]) {
    table = Row.self
    self.rows = rows
  }
}

extension ResultRows: Codable {
  private enum Keys: String, CodingKey { case table, columns, rows }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(table.table, forKey: .table)
    try container.encode(table.columns, forKey: .columns)
    try container.encode(JSONValue.array(rows.map { .array(try $0.cells()) }), forKey: .rows)
  }

  /// - Throws: `StrictCodingError` for a table that no unit writes to, other columns than this program's, and cells
  ///   that are not of their column's type.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let name = try container.decode(String.self, forKey: .table)
    guard let table = ResultTables.named(name) else {
      throw StrictCodingError(place: name, reason: "no unit writes to such a table")
    }
    let columns = try container.decode([String].self, forKey: .columns)
    guard columns == table.columns else {
      throw StrictCodingError(place: name, reason: "its columns are not \(columns.joined(separator: ", "))")
    }
    self.table = table
    guard let rows = try container.decode(JSONValue.self, forKey: .rows).arrayValue else {
      throw StrictCodingError(place: name, reason: "its rows are no list")
    }
    self.rows = try rows.map { row in
      guard let cells = row.arrayValue else { throw StrictCodingError(place: name, reason: "a row is no list") }
      return try table.init(cells: cells)
    }
  }

  /// Whether every row can be stored.
  ///
  /// - Throws: `StrictCodingError` for an infinite number, and for NaN where NULL may not stand.
  public func check() throws {
    for row in rows { _ = try table.init(cells: row.cells()) }
  }
}
