import GRDB

extension Connection {
  /// Rows of a statement, each made by `make` from its columns in their order.
  public func fetch<Made>(
    _ statement: Statement, _ arguments: [(String, SQLValue)], _ make: (inout RowReader) throws -> Made
  ) throws -> [Made] {
    var made: [Made] = []
    try read(statement, arguments) { made.append(try make(&$0)) }
    return made
  }

  /// Apart from `fetch`, which the compiler makes anew for every query.
  @inline(never)
  private func read(
    _ statement: Statement, _ arguments: [(String, SQLValue)], _ take: (inout RowReader) throws -> Void
  ) throws {
    for values in try values(of: statement, arguments) {
      var reader = RowReader(statement, values)
      try take(&reader)
    }
  }

  private func values(of statement: Statement, _ arguments: [(String, SQLValue)]) throws -> [[SQLValue]] {
    try Self.translated {
      let prepared = try database.cachedStatement(sql: statement.sql)
      let cursor = try Row.fetchCursor(prepared, arguments: Self.bind(arguments))
      var rows: [[SQLValue]] = []
      while let row = try cursor.next() { rows.append(Self.values(of: row)) }
      return rows
    }
  }

  /// The rows of a statement as they are, to be shown.
  public func table(_ statement: Statement, _ arguments: [String: SQLValue] = [:]) throws -> SQLTable {
    try table(statement.sql, arguments)
  }

  /// Runs a statement of `queries/changes`.
  public func run(_ statement: Statement, _ arguments: [(String, SQLValue)]) throws {
    try Self.translated {
      try database.cachedStatement(sql: statement.sql).execute(arguments: Self.bind(arguments))
    }
  }

  /// What to do where a row of the same key is there.
  public enum Conflict: String, Sendable {
    case fails = ""
    case ignore = "OR IGNORE"
    case replace = "OR REPLACE"
  }

  /// Inserts one row; its number.
  @discardableResult
  public func insert(_ row: some TableRow, or conflict: Conflict = .fails) throws -> Int {
    try insert(type(of: row).table, columns: type(of: row).columns, row.values, conflict)
  }

  /// Inserts a row that a unit computed.
  @discardableResult
  public func insert(_ row: some ResultRow, of unit: String) throws -> Int {
    let (kind, key) = (type(of: row), type(of: row).hasUnitKey)
    return try insert(
      kind.table, columns: kind.columns + (key ? ["unit_key"] : []), row.values + (key ? [.text(unit)] : []), .fails)
  }

  func insert(_ table: String, columns: [String], _ values: [SQLValue], _ conflict: Conflict) throws -> Int {
    if conflict == .replace { changes?.replaced.insert(table) }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    let sql = "INSERT \(conflict.rawValue) INTO \"\(table)\" (\(names)) VALUES (\(places))"
    try Self.translated {
      try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(values.map(Self.databaseValue)))
    }
    return Int(database.lastInsertedRowID)
  }

  /// The number of the row with this row's identity; a new row where there is none.
  public func identify(_ row: some NamedRow) throws -> Int {
    let named = zip(type(of: row).columns, row.values).filter { type(of: row).identity.contains($0.0) }
    let condition = named.map { "\"\($0.0)\" IS ?" }.joined(separator: " AND ")
    let sql = "SELECT rowid FROM \"\(type(of: row).table)\" WHERE \(condition)"
    let key = try Self.translated {
      try Int.fetchOne(
        database.cachedStatement(sql: sql), arguments: StatementArguments(named.map { Self.databaseValue($0.1) }))
    }
    return try key ?? insert(row)
  }

  private static func bind(_ arguments: [(String, SQLValue)]) -> StatementArguments {
    StatementArguments(Dictionary(arguments.map { ($0.0, databaseValue($0.1)) }, uniquingKeysWith: { _, last in last }))
  }
}
