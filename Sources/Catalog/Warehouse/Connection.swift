import Diagnostics
import Foundation
import GRDB
import Names
import Queries

/// The catalog inside one read or write access.
public struct Connection {
  let database: Database
  /// What the transaction has touched; nil while reading.
  let changes: ChangedRows?

  init(_ database: Database, _ changes: ChangedRows? = nil) { (self.database, self.changes) = (database, changes) }

  /// Rows of a statement; `:name` parameters come from `arguments`.
  public func rows(_ sql: String, _ arguments: [String: SQLValue] = [:]) throws -> [SQLRow] {
    try table(sql, arguments).rows
  }

  public func table(_ sql: String, _ arguments: [String: SQLValue] = [:]) throws -> SQLTable {
    try Self.translated {
      let statement = try database.makeStatement(sql: sql)
      let columns = statement.columnNames
      let cursor = try Row.fetchCursor(statement, arguments: Self.bind(arguments))
      var rows: [SQLRow] = []
      while let row = try cursor.next() {
        rows.append(SQLRow(columns: columns, values: Self.values(of: row)))
      }
      return SQLTable(columns: columns, rows: rows)
    }
  }

  /// What is wrong by one of `queries/checks`.
  public func failures(of check: Queries.Query) throws -> [(object: String, problem: String)] {
    try fetch(Statement("checks/\(check.name)", parameters: [], columns: ["object", "problem"]), []) {
      (try $0.text(), try $0.text())
    }
  }

  /// Runs a statement that returns nothing.
  public func execute(_ sql: String, _ arguments: [String: SQLValue] = [:]) throws {
    try Self.translated { try database.execute(sql: sql, arguments: Self.bind(arguments)) }
  }

  /// Inserts one row; `conflict` is `OR IGNORE`, `OR REPLACE` or empty.
  @discardableResult
  public func insert(_ table: String, _ values: [(String, SQLValue)], conflict: String = "") throws -> Int {
    let columns = values.map { "\"\($0.0)\"" }.joined(separator: ", ")
    let places = values.map { ":\($0.0)" }.joined(separator: ", ")
    try execute(
      "INSERT \(conflict) INTO \"\(table)\" (\(columns)) VALUES (\(places))",
      Dictionary(values, uniquingKeysWith: { _, last in last }))
    return Int(database.lastInsertedRowID)
  }

  /// One value of a one-row statement.
  public func value(_ sql: String, _ arguments: [String: SQLValue] = [:]) throws -> SQLValue {
    try rows(sql, arguments).first?.values.first ?? .null
  }

  /// The whole number of a one-row statement.
  func integer(_ sql: String) throws -> Int {
    guard let number = try value(sql).int else {
      throw EvokeError(
        .catalogFailed, sql, reason: "it gives no whole number", remedy: "check the catalog with evoke verify")
    }
    return number
  }

  static func bind(_ arguments: [String: SQLValue]) -> StatementArguments {
    StatementArguments(arguments.mapValues { Self.databaseValue(Self.composed($0)) })
  }

  /// What is asked for by name is asked for as the catalog spells it.
  private static func composed(_ value: SQLValue) -> SQLValue {
    if case .text(let text) = value { .name(text) } else { value }
  }

  static func databaseValue(_ value: SQLValue) -> DatabaseValue {
    switch value {
    case .null: .null
    case .integer(let n): n.databaseValue
    case .real(let d): d.databaseValue
    case .text(let s): s.databaseValue
    case .blob(let b): Data(b).databaseValue
    }
  }

  /// By their places: `databaseValues` makes a string of every column's name.
  static func values(of row: Row) -> [SQLValue] { (0..<row.count).map { value(row[$0] as DatabaseValue) } }

  static func value(_ value: DatabaseValue) -> SQLValue {
    switch value.storage {
    case .null: .null
    case .int64(let n): .integer(n)
    case .double(let d): .real(d)
    case .string(let s): .text(s)
    case .blob(let data): .blob(Array(data))
    }
  }

  /// SQLite's errors as Evoke's.
  static func translated<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw Self.evokeError(error)
    }
  }

  /// SQLite calls it an input/output error when the index of the write-ahead log finds no room.
  private static let roomCodes: [ResultCode] = [
    .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMMAP, .SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_WRITE,
  ]

  static func evokeError(_ error: DatabaseError) -> EvokeError {
    let text = error.message ?? "SQLite result \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL:
      return EvokeError(.diskFull, "catalog.sqlite", reason: text, remedy: "free space and run the command again")
    case .SQLITE_IOERR where roomCodes.contains(error.extendedResultCode):
      return EvokeError(
        .diskFull, "catalog.sqlite", reason: "\(text): a file beside the catalog cannot grow",
        remedy: "free space and run the command again")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return EvokeError(.warehouseLocked, "catalog.sqlite", reason: text, remedy: "wait and run the command again")
    case .SQLITE_READONLY, .SQLITE_AUTH:
      return EvokeError(
        .refusedSQL, error.sql ?? "statement", reason: text, remedy: "use SELECT; writing goes through evoke's verbs")
    default:
      return EvokeError(
        .catalogFailed, error.sql.map { String($0.prefix(200)) } ?? "catalog.sqlite", reason: text,
        remedy: "run evoke doctor; if the statement is yours, correct it")
    }
  }
}
