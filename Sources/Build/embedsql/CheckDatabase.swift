import CSQLite

/// An empty catalog in memory that forgives nothing: no text in double quotes, references are followed.
@safe
final class CheckDatabase {
  struct Failure: Error {
    let message: String
    /// Byte of the statement's text; nil where SQLite names none.
    let offset: Int?
  }

  /// A column of a result.
  struct Column {
    let name: String
    /// Declared type of the table's column it shows; nil for an expression.
    let declared: String?
    let table: String?
    /// Of the table's column; an outer join may bring a NULL all the same.
    let isNotNull: Bool
  }

  /// What SQLite says of a statement.
  struct Shape {
    let isReadOnly: Bool
    /// Without their colon, in the order of their first use.
    let parameters: [String]
    let columns: [Column]
  }

  private let handle: OpaquePointer

  init() throws {
    var opened: OpaquePointer?
    guard unsafe sqlite3_open(":memory:", &opened) == SQLITE_OK, let opened = unsafe opened,
      unsafe csqlite_strict(opened) == 0
    else { throw Failure(message: "SQLite cannot open a database in memory", offset: nil) }
    unsafe handle = opened
    try execute("PRAGMA trusted_schema=OFF")
  }

  deinit { unsafe sqlite3_close_v2(handle) }

  /// Runs every statement of a text.
  func execute(_ sql: String) throws {
    var start = 0
    while let rest = try step(sql, from: start) { start = rest }
  }

  /// What one statement reads and returns; a text of several is refused.
  func shape(_ sql: String) throws -> Shape {
    try unsafe withStatement(sql, from: 0) { statement, end in
      guard let statement = unsafe statement else { throw Failure(message: "there is no statement", offset: nil) }
      if try unsafe withStatement(sql, from: end, { next, _ in unsafe next != nil }) {
        throw Failure(message: "there is more than one statement", offset: end + 1)
      }
      return unsafe shape(of: statement)
    }
  }

  private func shape(of statement: OpaquePointer) -> Shape {
    let names = unsafe (1...max(1, sqlite3_bind_parameter_count(statement))).map {
      unsafe sqlite3_bind_parameter_name(statement, $0).map { unsafe String(cString: $0) } ?? "?"
    }
    let count = unsafe sqlite3_bind_parameter_count(statement)
    return unsafe Shape(
      isReadOnly: sqlite3_stmt_readonly(statement) != 0,
      parameters: names.prefix(Int(count)).map { String($0.dropFirst($0 == "?" ? 0 : 1)) },
      columns: (0..<sqlite3_column_count(statement)).map { unsafe column($0, of: statement) })
  }

  private func column(_ i: Int32, of statement: OpaquePointer) -> Column {
    func text(_ pointer: UnsafePointer<CChar>?) -> String? { unsafe pointer.map { unsafe String(cString: $0) } }
    let table = unsafe text(sqlite3_column_table_name(statement, i))
    let origin = unsafe text(sqlite3_column_origin_name(statement, i))
    var isNotNull: Int32 = 0
    var isKey: Int32 = 0
    var type: UnsafePointer<CChar>?
    if let table, let origin {
      unsafe sqlite3_table_column_metadata(handle, nil, table, origin, &type, nil, &isNotNull, &isKey, nil)
    }
    let declared = unsafe text(sqlite3_column_decltype(statement, i))
    let isRowNumber = isKey != 0 && declared == "INTEGER"
    return unsafe Column(
      name: text(sqlite3_column_name(statement, i)) ?? "", declared: declared, table: table,
      isNotNull: isNotNull != 0 || isRowNumber)
  }

  /// Rows of a statement, each value as text.
  func rows(_ sql: String) throws -> [[String?]] {
    try unsafe withStatement(sql, from: 0) { statement, _ in
      var rows: [[String?]] = []
      while unsafe sqlite3_step(statement) == SQLITE_ROW {
        rows.append(
          unsafe (0..<sqlite3_column_count(statement)).map { i in
            unsafe sqlite3_column_text(statement, i).map { unsafe String(cString: $0) }
          })
      }
      return rows
    }
  }

  /// Runs the statement that starts at a byte; the byte after it, nil at the end.
  private func step(_ sql: String, from start: Int) throws -> Int? {
    try unsafe withStatement(sql, from: start) { statement, end in
      guard let statement = unsafe statement else { return nil }
      guard unsafe [SQLITE_DONE, SQLITE_ROW].contains(sqlite3_step(statement)) else {
        throw unsafe Failure(message: String(cString: sqlite3_errmsg(handle)), offset: start)
      }
      return end
    }
  }

  /// Prepares the statement that starts at a byte of a text; `body` gets it and the byte after it.
  private func withStatement<T>(_ sql: String, from start: Int, _ body: (OpaquePointer?, Int) throws -> T) throws -> T {
    try unsafe sql.withCString { text in
      var statement: OpaquePointer?
      var tail: UnsafePointer<CChar>?
      let from = unsafe text + start
      guard unsafe sqlite3_prepare_v2(handle, from, -1, &statement, &tail) == SQLITE_OK else {
        let offset = unsafe sqlite3_error_offset(handle)
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        throw Failure(message: message, offset: offset < 0 ? nil : start + Int(offset))
      }
      defer { unsafe sqlite3_finalize(statement) }
      return try unsafe body(statement, tail.map { unsafe $0 - text } ?? start)
    }
  }
}
