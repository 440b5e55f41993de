import ArraySQL
import Diagnostics
import FileSystem
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// What a user's own statement may take.
public struct QueryLimits: Sendable, Equatable {
  /// nil: any time.
  public let seconds: Double?
  /// Of all its results.
  public let rows: Int
  /// Bytes of one value: SQLite makes texts of a gigabyte of a few letters.
  static let valueBytes: Int32 = 64 << 20
  /// Bytes of a pattern of LIKE and GLOB: to compare one takes steps by the product of its length and the text's, between which
  /// SQLite does not ask whether the time is over.
  static let patternBytes: Int32 = 256
  /// Texts and bytes of all rows together, where rows are counted: a million of the largest values is more than any memory.
  var resultBytes: Int { rows == .max ? .max : 1 << 30 }

  public init(seconds: Double?, rows: Int) { (self.seconds, self.rows) = (seconds, rows) }

  /// Of statements that the program makes itself.
  public static let own = QueryLimits(seconds: nil, rows: .max)
  /// Of statements that people write, unless they allow more.
  public static let usual = QueryLimits(seconds: usualSeconds, rows: usualRows)
  public static let usualSeconds = 600.0
  public static let usualRows = 1_000_000
}

extension Warehouse {
  /// The user's own SQL: reads only, cannot attach other files, and ends at its limits.
  ///
  /// - Parameter withArrays: whether it may ask the arrays themselves (`ArraySQL`).
  /// - Throws: `E-WH-014` for anything that would write, `E-QRY-002` for SQL that does not compile, `E-QRY-012` and
  ///   `E-QRY-013` where it takes longer or returns more than the limits allow; of arrays `E-WH-006` and `E-WH-007`, where a file
  ///   is missing or not what was stored, `E-NAM-002`.
  public func userQuery(
    _ sql: String, _ arguments: [String: SQLValue] = [:], limits: QueryLimits = .own, withArrays: Bool = false
  ) throws -> [SQLTable] {
    let clock = QueryClock(limits.seconds)
    let overtime = Self.overtime(sql, limits)
    do {
      return try queue.read { database in
        if withArrays { try offerArrays(database) }
        // Given back, as VACUUM attaches a file of its own.
        let attached = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_ATTACHED, 0)
        let length = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, QueryLimits.valueBytes)
        let pattern = unsafe sqlite3_limit(
          database.sqliteConnection, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, QueryLimits.patternBytes)
        clock.start(database)
        // Once the statement's turn has come: to wait for others takes none of its time.
        let watchdog = clock.seconds.map { Watchdog($0, overtime) }
        defer {
          watchdog?.stop()
          clock.stop(database)
          _ = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_ATTACHED, attached)
          _ = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, length)
          _ = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, pattern)
        }
        return try Self.tables(of: sql, arguments, limits, database)
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT && clock.isOver {
      throw overtime
    } catch let error as DatabaseError where withArrays && ArraySQL.Failure(error) != nil {
      throw Self.arrayError(error, sql)
    } catch let error as DatabaseError where [.SQLITE_ERROR, .SQLITE_MISUSE].contains(error.resultCode) {
      throw EvokeError(
        .invalidSQL, String(sql.prefix(200)), reason: error.message ?? "SQLite could not compile it",
        remedy: "correct the statement; evoke schema lists tables and columns")
    } catch let error as DatabaseError {
      throw Connection.evokeError(error)
    }
  }

  private static func overtime(_ sql: String, _ limits: QueryLimits) -> EvokeError {
    EvokeError(
      .questionTimedOut, String(sql.prefix(200)),
      reason: "its time of \(limits.seconds.map { "\($0) s" } ?? "none") is over",
      remedy: "narrow it, or allow more by --timeout SECONDS")
  }

  private func offerArrays(_ database: Database) throws {
    // The catalog may be read from a private copy: its own folder is not the arrays'.
    guard let connection = unsafe database.sqliteConnection else { preconditionFailure("a closed connection reads") }
    let status = unsafe ArraySQL.add(to: connection, folder: directory)
    if status != SQLITE_OK { throw DatabaseError(resultCode: ResultCode(rawValue: status)) }
  }

  private static func arrayError(_ error: DatabaseError, _ sql: String) -> EvokeError {
    let code: ErrorCode =
      switch ArraySQL.Failure(error) {
      case .damaged, nil: .arrayCorrupt
      case .missing: .arrayMissing
      case .outside: .outsideWarehouse
      case .denied: .permissionDenied
      }
    let reason = (error.message ?? "SQLite result \(error.extendedResultCode.rawValue)")
      .replacingOccurrences(of: ArraySQL.remedy, with: "")
    let remedy =
      switch code {
      case .outsideWarehouse: "run evoke verify, and trust nothing in this warehouse until it finds nothing"
      case .permissionDenied: "change the permissions of its files (chmod), or run as a user who has them"
      default: "evoke repair makes it again, or says what to import again"
      }
    return EvokeError(code, String(sql.prefix(200)), reason: reason, remedy: remedy)
  }

  private static func tables(
    of sql: String, _ arguments: [String: SQLValue], _ limits: QueryLimits, _ database: Database
  ) throws -> [SQLTable] {
    var tables: [SQLTable] = []
    var (count, bytes) = (0, 0)
    let statements = try database.allStatements(sql: sql)
    while let statement = try statements.next() {
      try UserSQL.check(statement.sql)
      let named = arguments.filter { statement.sql.contains(":" + $0.key) }
      let columns = statement.columnNames
      let declared = declaredKinds(statement)
      let cursor = try Row.fetchCursor(statement, arguments: Connection.bind(named))
      var rows: [SQLRow] = []
      while try cursor.next() != nil {
        count += 1
        guard count <= limits.rows else {
          throw EvokeError(
            .tooManyRows, String(statement.sql.prefix(200)), reason: "it returns more than \(limits.rows) rows",
            remedy: "narrow it with WHERE or LIMIT, or allow more by --max-rows N")
        }
        let row = SQLRow(columns: columns, values: values(of: statement))
        bytes += row.values.reduce(0) { $0 + $1.size }
        guard bytes <= limits.resultBytes else {
          throw EvokeError(
            .tooManyRows, String(statement.sql.prefix(200)),
            reason: "its rows hold more than \(limits.resultBytes) bytes",
            remedy: "narrow it with WHERE or LIMIT, or select fewer columns")
        }
        rows.append(row)
      }
      tables.append(SQLTable(columns: columns, declared: declared, rows: rows))
    }
    return tables
  }

  /// The values of the row that a statement has come to. GRDB would end a text at its first U+0000.
  private static func values(of statement: GRDB.Statement) -> [SQLValue] {
    let row = unsafe statement.sqliteStatement
    return (0..<Int32(statement.columnCount)).map { place in
      switch unsafe sqlite3_column_type(row, place) {
      case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(row, place))
      case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(row, place))
      case SQLITE_TEXT:
        let start = unsafe sqlite3_column_text(row, place)
        let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(row, place)))
        return .text(unsafe String(decoding: bytes, as: UTF8.self))
      case SQLITE_BLOB:
        let start = unsafe sqlite3_column_blob(row, place)
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(row, place)))
        return .blob(unsafe Array(bytes))
      default: return .null
      }
    }
  }

  /// What the schema declares of each column of a result.
  private static func declaredKinds(_ statement: GRDB.Statement) -> [Statement.Kind?] {
    (0..<Int32(statement.columnCount)).map { place in
      guard let name = unsafe sqlite3_column_decltype(statement.sqliteStatement, place) else { return nil }
      return Statement.Kind(rawValue: unsafe String(cString: name).lowercased())
    }
  }

  /// The tables that a statement reads, also through views.
  ///
  /// - Throws: `E-QRY-002` for SQL that does not compile.
  public func tablesRead(by sql: String) throws -> [String] {
    let names = try read { try $0.tableNames() }.map(\.name)
    return try Connection.translated {
      try queue.read { database in
        let region = try database.makeStatement(sql: sql).databaseRegion
        return names.filter { region.isModified(byEventsOfKind: .insert(tableName: $0)) }
      }
    }
  }
}

extension SQLValue {
  /// Of a text or bytes.
  fileprivate var size: Int {
    switch self {
    case .null, .integer, .real: 0
    case .text(let text): text.utf8.count
    case .blob(let bytes): bytes.count
    }
  }
}

extension ArraySQL.Failure {
  fileprivate init?(_ error: DatabaseError) { self.init(resultCode: error.extendedResultCode.rawValue) }
}

/// Ends the process where a statement did not stop at its time: in the middle of one value (LIKE, instr, replace, trim, printf)
/// SQLite asks nobody, and may take hours. Such a statement only reads; a writer that asked it dies as one that is killed.
private final class Watchdog: Sendable {
  /// Seconds that a statement is given to be stopped in.
  private static let patience = 5.0
  private let isStopped = Mutex(false)

  init(_ seconds: Double, _ fault: EvokeError) {
    let end = ContinuousClock.now + .seconds(seconds + Self.patience)
    Thread.detachNewThread { [self] in
      while !isStopped.withLock({ $0 }) {
        guard ContinuousClock.now < end else {
          FileHandle.standardError.write(Data((fault.description.visible + "\n").utf8))
          PrivateFolder.removeAll()
          _exit(fault.code.exit.rawValue)
        }
        usleep(100_000)
      }
    }
  }

  func stop() { isStopped.withLock { $0 = true } }
}

/// Stops a statement when its time is over: SQLite asks between steps of its virtual machine.
private final class QueryClock {
  /// Up to thirty years, which a clock can add.
  let seconds: Double?
  private var end = ContinuousClock.now
  private(set) var isOver = false

  init(_ seconds: Double?) { self.seconds = seconds.map { min($0, 1e9) } }

  func start(_ database: Database) {
    guard let seconds else { return }
    end = ContinuousClock.now + .seconds(seconds)
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe sqlite3_progress_handler(
      database.sqliteConnection, 10_000,
      { context in
        guard let context = unsafe context else { return 0 }
        return unsafe Unmanaged<QueryClock>.fromOpaque(context).takeUnretainedValue().check() ? 1 : 0
      }, context)
  }

  func stop(_ database: Database) { unsafe sqlite3_progress_handler(database.sqliteConnection, 0, nil, nil) }

  private func check() -> Bool {
    isOver = isOver || ContinuousClock.now >= end
    return isOver
  }
}
