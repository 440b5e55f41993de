/// The catalog as its migrations make it, and the queries as SQLite understands them.
struct Catalog {
  struct Column {
    let name: String
    let kind: SQLFile.Kind
    let isOptional: Bool
    /// SQL text of its default.
    let initial: String?
    /// The integer key SQLite gives.
    let isRowNumber: Bool
  }

  struct Table {
    let name: String
    let columns: [Column]
    /// Its rows are results of a unit and go with the unit's activity.
    let isOfUnit: Bool
    /// Units compute its rows: they are of a unit, or of a row that is.
    let isResult: Bool
    /// Tables it refers to.
    let parents: Set<String>
    /// Columns that tell its rows apart besides the row number; empty where there are none or several sets.
    let identity: [String]
  }

  struct Query {
    let file: SQLFile
    let parameters: [SQLFile.Declaration]
    let results: [SQLFile.Declaration]
  }

  let tables: [Table]
  let queries: [Query]

  /// Applies the migrations in order, then the views, and prepares every query.
  ///
  /// - Throws: every problem that was found.
  init(migrations: [SQLFile], queries files: [SQLFile]) throws {
    let database = try CheckDatabase()
    var problems: [Problem] = []
    func noting(_ body: () throws -> Void) throws {
      do { try body() } catch let problem as Problem { problems.append(problem) }
    }
    for migration in migrations { try Self.located(migration) { try database.execute(migration.text) } }
    let names = try database.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    )
    .compactMap { $0[0] }
    for name in names { try noting { try Self.exercise(name, in: migrations, database) } }
    try Problems.check(problems)
    let parents = try Dictionary(uniqueKeysWithValues: names.map { ($0, try Self.parents(of: $0, database)) })
    let results = try Self.results(among: names, parents, database)
    tables = try names.map { try Self.table($0, isResult: results.contains($0), parents[$0] ?? [], database) }
    for view in files where view.folder == "views" { try noting { try Self.create(view, database) } }
    var checked: [Query] = []
    for file in files { try noting { try checked.append(Self.query(file, database)) } }
    try Problems.check(problems)
    queries = checked
  }

  private static func located<T>(_ file: SQLFile, skipped: Int = 0, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let failure as CheckDatabase.Failure {
      throw file.problem(failure, skipped: skipped)
    }
  }

  /// Writes to a table in thought: only then does SQLite look at what its references lead to.
  private static func exercise(_ table: String, in migrations: [SQLFile], _ database: CheckDatabase) throws {
    do {
      for statement in ["INSERT INTO \"\(table)\" DEFAULT VALUES", "DELETE FROM \"\(table)\""] {
        _ = try database.shape(statement)
      }
    } catch let failure as CheckDatabase.Failure {
      throw place(failure, of: table, in: migrations)
    }
  }

  /// `foreign key mismatch - "part" referencing "thing"` and `no such table: main.thing` at the line of the reference.
  private static func place(
    _ failure: CheckDatabase.Failure, of table: String, in migrations: [SQLFile]
  ) -> any Error {
    let quoted = failure.message.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
    let isMismatch = quoted.count == 5
    let child = isMismatch ? quoted[1] : table
    let parent = isMismatch ? quoted[3] : failure.message.split(separator: ".").last.map(String.init) ?? ""
    for file in migrations {
      let lines = file.text.filter { $0 != "\"" }.split(separator: "\n", omittingEmptySubsequences: false)
      guard let start = lines.firstIndex(where: { $0.hasPrefix("CREATE TABLE \(child) (") }) else { continue }
      let line = lines[start...].firstIndex { $0.contains("REFERENCES \(parent)") } ?? start
      return file.problem("a reference of \(child) leads nowhere: \(failure.message)", at: line + 1)
    }
    return failure
  }

  private static func create(_ view: SQLFile, _ database: CheckDatabase) throws {
    let head = "CREATE VIEW \"\(view.name)\" AS\n"
    try located(view, skipped: head.utf8.count) { try database.execute(head + view.text) }
  }

  private static func parents(of table: String, _ database: CheckDatabase) throws -> Set<String> {
    Set(try database.rows("SELECT \"table\" FROM pragma_foreign_key_list('\(table)')").compactMap { $0[0] })
  }

  private static func isOfUnit(_ table: String, _ database: CheckDatabase) throws -> Bool {
    try !database.rows(
      """
      SELECT 1 FROM pragma_foreign_key_list('\(table)')
      WHERE "from" = 'unit_key' AND "table" = 'activity' AND "to" = 'activity_key'
      """
    ).isEmpty
  }

  /// Tables of units, and those that refer to one of them.
  private static func results(
    among names: [String], _ parents: [String: Set<String>], _ database: CheckDatabase
  ) throws -> Set<String> {
    var results = Set(try names.filter { try isOfUnit($0, database) })
    var count = 0
    while count < results.count {
      count = results.count
      results.formUnion(names.filter { !(parents[$0] ?? []).isDisjoint(with: results) })
    }
    return results
  }

  private static func table(
    _ name: String, isResult: Bool, _ parents: Set<String>, _ database: CheckDatabase
  ) throws -> Table {
    let keys = try database.rows("SELECT \"from\" FROM pragma_foreign_key_list('\(name)')")
    let shape = try database.shape("SELECT * FROM \"\(name)\"")
    let rows = try database.rows("SELECT name, type, dflt_value, pk FROM pragma_table_info('\(name)')")
    let columns = try zip(rows, shape.columns).map { row, column in
      guard let kind = SQLFile.Kind(rawValue: (row[1] ?? "").lowercased()) else {
        throw CheckDatabase.Failure(message: "\(name).\(column.name) has no STRICT type", offset: nil)
      }
      let isReference = keys.contains { $0[0] == column.name }
      return Column(
        name: column.name, kind: kind, isOptional: !column.isNotNull, initial: row[2],
        isRowNumber: row[3] != "0" && kind == .integer && !isReference && rows.count { $0[3] != "0" } == 1)
    }
    let indexes = try database.rows("SELECT name FROM pragma_index_list('\(name)') WHERE origin = 'u'")
    let identity = try indexes.first.map { index in
      try database.rows("SELECT name FROM pragma_index_info('\(index[0] ?? "")') ORDER BY seqno").compactMap { $0[0] }
    }
    return Table(
      name: name, columns: columns,
      isOfUnit: try isOfUnit(name, database), isResult: isResult, parents: parents,
      identity: indexes.count == 1 && columns.contains(where: \.isRowNumber) ? identity ?? [] : [])
  }
}

/// Several problems, a line each.
struct Problems: Error, CustomStringConvertible {
  let all: [Problem]
  var description: String { all.map(\.description).joined(separator: "\n") }

  static func check(_ all: [Problem]) throws {
    var seen: Set<String> = []
    if !all.isEmpty { throw Problems(all: all.filter { seen.insert($0.description).inserted }) }
  }
}
