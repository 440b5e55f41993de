import Testing
import Warehouse

/// What the catalog's own schema says of tables: columns, references, words a column may hold.
struct TableShape {
  struct Reference {
    let column: String
    let parent: String
    let parentColumn: String?
    let cascades: Bool
  }

  let columns: [(name: String, type: String, isNeeded: Bool, isRowNumber: Bool)]
  let references: [Reference]
  /// First allowed word of a checked column.
  let words: [String: String]
  /// First allowed number of a checked column.
  let numbers: [String: Int]

  init(_ table: String, _ connection: Connection) throws {
    let rows = try connection.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info('\(table)')")
    let keys = rows.count { $0.int("pk") > 0 }
    columns = rows.map {
      let isKey = $0.int("pk") > 0
      return (
        $0.text("name"), $0.text("type"), $0.int("notnull") == 1 || isKey,
        isKey && keys == 1 && $0.text("type") == "INTEGER"
      )
    }
    references = try connection.rows("SELECT * FROM pragma_foreign_key_list('\(table)')").map {
      Reference(
        column: $0.text("from"), parent: $0.text("table"), parentColumn: $0.optionalText("to"),
        cascades: $0.text("on_delete") == "CASCADE")
    }
    let sql = try connection.value("SELECT sql FROM sqlite_schema WHERE name = '\(table)'").string ?? ""
    words = Dictionary(
      sql.matches(of: /CHECK \((\w+) IN \('(\w+)'/).map { (String($0.1), String($0.2)) },
      uniquingKeysWith: { a, _ in a })
    numbers = Dictionary(
      sql.matches(of: /CHECK \((\w+) IN \((\d+)/).map { (String($0.1), Int($0.2) ?? 0) },
      uniquingKeysWith: { a, _ in a })
  }
}

/// Fills tables with made-up rows, each with the parents it needs.
final class Filling {
  let connection: Connection
  let given: [String: SQLValue]
  private(set) var shapes: [String: TableShape] = [:]
  private var filled: [String: Int] = [:]
  private var count = 0

  init(_ connection: Connection, given: [String: SQLValue]) throws {
    self.connection = connection
    self.given = given
    let tables = try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for table in tables.map({ $0.text("name") }) { shapes[table] = try TableShape(table, connection) }
  }

  /// Tables whose rows go with an activity, by way of any number of tables.
  var owned: Set<String> {
    var owned: Set = ["activity"]
    while true {
      let more = shapes.filter { table, shape in
        !owned.contains(table) && shape.references.contains { $0.cascades && owned.contains($0.parent) }
      }
      if more.isEmpty { return owned.subtracting(["activity"]) }
      owned.formUnion(more.keys)
    }
  }

  /// A row in every table that goes with an activity.
  func fill() throws -> Set<String> {
    for table in owned.sorted() { try row(table) }
    return owned
  }

  /// A row in every table of a tier.
  func fill(tier: String) throws {
    let tables = try connection.rows(
      "SELECT object FROM schema_doc WHERE column_name = '' AND tier = :tier ORDER BY object", ["tier": .text(tier)])
    for table in tables { try row(table.text("object")) }
  }

  func tables(having columns: Set<String>) -> Set<String> {
    Set(shapes.filter { !columns.isDisjoint(with: $0.value.columns.map(\.name)) }.keys)
  }

  /// The row number of a new row of the table, or of the one that was made before.
  @discardableResult
  func row(_ table: String) throws -> Int {
    if let known = filled[table] { return known }
    let shape = try #require(shapes[table])
    var values: [(String, SQLValue)] = []
    for column in shape.columns
    where !column.isRowNumber || shape.references.contains(where: { $0.column == column.name }) {
      values.append((column.name, try value(column.name, column.type, column.isNeeded, shape)))
    }
    let key = try connection.insert(table, values.filter { !$0.1.isNull })
    filled[table] = key
    return key
  }

  private func value(_ column: String, _ type: String, _ isNeeded: Bool, _ shape: TableShape) throws -> SQLValue {
    if let known = given[column] { return known }
    // An interval holds its value.
    if type == "REAL", let end = column.split(separator: "_").first(where: { $0 == "low" || $0 == "high" }) {
      return .real(end == "low" ? -1 : 1e9)
    }
    if let reference = shape.references.first(where: { $0.column == column }) {
      if !isNeeded, reference.parent == "environment" { return .null }
      let number = try row(reference.parent)
      let key =
        reference.parentColumn ?? shapes[reference.parent]?.columns.first { $0.isNeeded || $0.isRowNumber }?.name
      let name = key ?? "rowid"
      return try connection.value("SELECT \"\(name)\" FROM \"\(reference.parent)\" WHERE rowid = \(number)")
    }
    if let word = shape.words[column] { return .text(word) }
    if let number = shape.numbers[column] { return .int(number) }
    count += 1
    switch type {
    case "INTEGER": return .int(count)
    case "REAL": return .real(Double(count))
    case "BLOB": return .blob([UInt8(count % 256)])
    // Files stand below the warehouse's folder, those of arrays in theirs.
    default: return .text((["path": "made/", "file": "arrays/"][column] ?? "made ") + "\(count)")
    }
  }
}
