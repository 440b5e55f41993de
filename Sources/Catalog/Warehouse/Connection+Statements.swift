import ArraySQL
import GRDB

/// How rows of one type are inserted.
struct Insertion: Hashable {
  let type: any TableRow.Type
  let conflict: Connection.Conflict
  let hasUnitKey: Bool

  init(_ type: any TableRow.Type, _ conflict: Connection.Conflict, hasUnitKey: Bool) {
    (self.type, self.conflict, self.hasUnitKey) = (type, conflict, hasUnitKey)
  }

  static func == (a: Insertion, b: Insertion) -> Bool {
    a.type == b.type && a.conflict == b.conflict && a.hasUnitKey == b.hasUnitKey
  }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(type)) }

  func prepared(_ database: Database) throws -> PreparedInsertion {
    let columns = type.columns + (hasUnitKey ? ["unit_key"] : [])
    return try PreparedInsertion(type.table, columns: columns, conflict, database)
  }
}

/// An insertion of rows of one table, prepared.
struct PreparedInsertion {
  private let statement: GRDB.Statement
  private let parameters: StatementParameters
  private let count: Int

  init(_ table: String, columns: [String], _ conflict: Connection.Conflict, _ database: Database) throws {
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    statement = try database.cachedStatement(
      sql: "INSERT \(conflict.rawValue) INTO \"\(table)\" (\(names)) VALUES (\(places))")
    parameters = statement.emptyParameters()
    count = columns.count
  }

  /// Inserts a row; the unit's key follows its values, where there is one.
  func run(_ row: [SQLValue], unit: String?) throws {
    precondition(row.count + (unit == nil ? 0 : 1) == count, "a value for every column")
    try check(parameters.begin())
    var place: Int32 = 0
    for value in row {
      place += 1
      try check(bind(value, at: place))
    }
    if let unit { try check(parameters.bind(unit, at: place + 1)) }
    try statement.execute()
  }

  private func bind(_ value: SQLValue, at place: Int32) -> Int32 {
    switch value {
    case .null: parameters.bindNull(at: place)
    case .integer(let number): parameters.bind(number, at: place)
    case .real(let number): parameters.bind(number, at: place)
    case .text(let text): parameters.bind(text, at: place)
    case .blob(let bytes): parameters.bind(bytes, at: place)
    }
  }

  private func check(_ status: Int32) throws {
    if status != 0 { throw DatabaseError(resultCode: ResultCode(rawValue: status), sql: statement.sql) }
  }
}

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
    if conflict == .replace { changes?.replaced.insert(type(of: row).table) }
    return try insert(row.values, Insertion(type(of: row), conflict, hasUnitKey: false), unit: nil)
  }

  /// Inserts a row that a unit computed.
  @discardableResult
  public func insert(_ row: some ResultRow, of unit: String) throws -> Int {
    let hasKey = type(of: row).hasUnitKey
    return try insert(row.values, Insertion(type(of: row), .fails, hasUnitKey: hasKey), unit: hasKey ? unit : nil)
  }

  private func insert(_ row: [SQLValue], _ insertion: Insertion, unit: String?) throws -> Int {
    try Self.translated {
      let prepared = try changes?.insertions[insertion] ?? insertion.prepared(database)
      do { try prepared.run(row, unit: unit) } catch {
        // What failed cannot be run again.
        changes?.insertions[insertion] = nil
        throw error
      }
      if changes?.insertions[insertion] == nil { changes?.insertions[insertion] = prepared }
    }
    return Int(database.lastInsertedRowID)
  }

  /// Inserts a row of a table by its columns; its number.
  func insert(_ table: String, columns: [String], _ row: [SQLValue]) throws -> Int {
    try Self.translated { try PreparedInsertion(table, columns: columns, .fails, database).run(row, unit: nil) }
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
