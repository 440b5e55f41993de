import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import GRDB
import GRDBSQLite

/// An open warehouse: one folder with a SQLite catalog and immutable HDF5 arrays.
///
/// One process writes at a time (a lock file names the holder and dies with it); readers are free.
/// Closing checkpoints the journal, so that a closed warehouse is one plain file.
public final class Warehouse: Sendable {
  /// What a process opens a warehouse for.
  public enum Access: Sendable, Equatable {
    case reading
    /// Writing, on behalf of a command whose name stands in the lock.
    case writing(String)
  }

  /// "Evok", SQLite's application_id of the catalog.
  public static let applicationID = 0x4576_6f6b
  /// The program's version, in every environment row.
  public static let version = "0.1.0"
  /// The SQLite library this process runs with.
  public static var sqliteVersion: String { unsafe String(cString: sqlite3_libversion()) }

  /// The folder.
  public let directory: String
  public let access: Access
  private let queue: DatabaseQueue
  private let lock: FileLock?

  public var catalogPath: String { directory + "/catalog.sqlite" }

  private init(directory: String, access: Access, queue: DatabaseQueue, lock: FileLock?) {
    self.directory = directory
    self.access = access
    self.queue = queue
    self.lock = lock
  }

  /// Makes a warehouse in a new or empty folder; true when it was made, false when it already was one.
  ///
  /// What an interruption left of an earlier attempt is finished.
  @discardableResult
  public static func create(at directory: String) throws -> Bool {
    let catalog = directory + "/catalog.sqlite"
    if Files.exists(catalog), !isUnfinished(catalog) {
      try open(directory, .writing("init")).close()
      return false
    }
    let found = Files.exists(directory) ? try Files.names(in: directory) : []
    let strange = found.filter {
      !["arrays", "quarantine", "writer.lock"].contains($0) && !$0.hasPrefix("catalog.sqlite")
    }
    guard strange.isEmpty else {
      throw EvokeError(
        .warehouseExists, directory, reason: "the folder holds \(strange.sorted().prefix(3).joined(separator: ", "))",
        remedy: "name a new folder, for example \(directory).evoke")
    }
    for folder in ["", "/arrays", "/quarantine"] { try Files.makeDirectory(directory + folder) }
    try open(directory, .writing("init"), creating: true).close()
    return true
  }

  /// Whether a catalog has no schema yet: the first migration is one transaction, so it has all of it or none.
  private static func isUnfinished(_ catalog: String) -> Bool {
    // One that cannot be asked is left to `open`, which says why.
    (try? numbers(of: catalog)) == [0, 0]
  }

  /// SQLite's numbers of the application and of the changes to the schema.
  private static func numbers(of catalog: String) throws -> [Int?] {
    let queue = try DatabaseQueue(path: catalog, configuration: configuration(readOnly: false))
    let numbers = try queue.read { database in
      try ["application_id", "schema_version"].map { try Int.fetchOne(database, sql: "PRAGMA \($0)") }
    }
    try queue.close()
    return numbers
  }

  /// Opens an existing warehouse.
  ///
  /// - Throws: `E-WH-001` where there is none, `E-WH-003` with the holder's name when another process writes,
  ///   `E-WH-004` for writing a catalog of a newer schema, `E-WH-015` for a catalog whose migrations are not this
  ///   program's.
  public static func open(_ directory: String, _ access: Access, waiting seconds: Double = 5) throws -> Warehouse {
    guard Files.exists(directory + "/catalog.sqlite") else {
      throw EvokeError(
        .notAWarehouse, directory, reason: "there is no catalog.sqlite in it",
        remedy: "make one with: evoke init \(directory)")
    }
    return try open(directory, access, creating: false, waiting: seconds)
  }

  private static func open(_ directory: String, _ access: Access, creating: Bool, waiting seconds: Double = 5) throws
    -> Warehouse
  {
    let catalog = directory + "/catalog.sqlite"
    guard case .writing(let command) = access else {
      settle(directory)
      let warehouse = Warehouse(
        directory: directory, access: access,
        queue: try Connection.translated {
          try DatabaseQueue(path: catalog, configuration: configuration(readOnly: true))
        },
        lock: nil)
      try warehouse.checkIdentity()
      return warehouse
    }
    let lock = try takeLock(directory, command: command, waiting: seconds)
    do {
      let queue = try Connection.translated {
        try DatabaseQueue(path: catalog, configuration: configuration(readOnly: false))
      }
      let warehouse = Warehouse(directory: directory, access: access, queue: queue, lock: lock)
      if !creating { try warehouse.checkIdentity() }
      try CatalogSeal.remove(directory)
      try warehouse.journal(Files.fileSystem(of: directory).isNetwork ? "DELETE" : "WAL")
      try warehouse.migrate()
      return warehouse
    } catch {
      lock.release()
      throw error
    }
  }

  private static func takeLock(_ directory: String, command: String, waiting seconds: Double) throws -> FileLock {
    let path = directory + "/writer.lock"
    let holder =
      "pid \(ProcessInfo.processInfo.processIdentifier) (evoke \(command), user \(Machine.userName), host \(Machine.hostname), since \(Machine.now))"
    if let lock = try FileLock.acquire(path, holder: holder, waiting: seconds) { return lock }
    throw EvokeError(
      .warehouseLocked, directory,
      reason: "the catalog is being written by \(FileLock.holder(path) ?? "another process"); waited \(Int(seconds)) s",
      remedy: "wait until it ends, or stop it, and run the same command again")
  }

  /// Turns a catalog that an interrupted writer left in WAL mode back into one plain file, when nobody writes.
  ///
  /// Where that cannot be done (a disk that is only read, say), the catalog is read with its journal.
  private static func settle(_ directory: String) {
    let catalog = directory + "/catalog.sqlite"
    guard Files.exists(catalog + "-wal"),
      let lock = try? FileLock.acquire(directory + "/writer.lock", holder: "recovery", waiting: 0)
    else { return }
    defer { lock.release() }
    try? makePlain(catalog)
  }

  private static func makePlain(_ catalog: String) throws {
    let queue = try DatabaseQueue(path: catalog, configuration: configuration(readOnly: false))
    try takeInJournal(queue)
    try queue.close()
  }

  /// Copies the journal into the catalog's file and leaves none.
  private static func takeInJournal(_ queue: DatabaseQueue) throws {
    try queue.writeWithoutTransaction { database in
      _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      _ = try Row.fetchAll(database, sql: "PRAGMA journal_mode=DELETE")
    }
  }

  private static func configuration(readOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA trusted_schema=OFF")
      try database.execute(sql: "PRAGMA cell_size_check=ON")
      if !readOnly { try database.execute(sql: "PRAGMA synchronous=FULL") }
    }
    return configuration
  }

  private func journal(_ mode: String) throws {
    try Connection.translated {
      try queue.writeWithoutTransaction { _ = try Row.fetchAll($0, sql: "PRAGMA journal_mode=\(mode)") }
    }
  }

  /// Ends the access: checkpoints and leaves one plain file when no one else has the catalog open.
  public func close() throws {
    // What is committed stands in the journal, where readers find it.
    if lock != nil { try? Self.takeInJournal(queue) }
    try Connection.translated { try queue.close() }
    // A catalog without a seal is one whose bits `verify` cannot vouch for.
    if lock != nil, !Files.exists(catalogPath + "-wal") { try? CatalogSeal.set(directory) }
    lock?.release()
  }

  /// One consistent read.
  public func read<T>(_ body: (Connection) throws -> T) throws -> T {
    try Connection.translated { try queue.read { try body(Connection($0)) } }
  }

  /// One transaction: everything or nothing.
  public func write<T>(_ body: (Connection) throws -> T) throws -> T {
    precondition(access != .reading, "writing a warehouse opened for reading")
    return try Connection.translated {
      Machine.crashPoint()
      let result = try queue.write { try body(Connection($0)) }
      Machine.crashPoint()
      return result
    }
  }

  /// The user's own SQL: reads only, cannot attach other files.
  ///
  /// - Throws: `E-WH-014` for anything that would write, `E-QRY-002` for SQL that does not compile.
  public func userQuery(_ sql: String, _ arguments: [String: SQLValue] = [:]) throws -> [SQLTable] {
    do {
      return try queue.read { database in
        _ = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_ATTACHED, 0)
        var tables: [SQLTable] = []
        let statements = try database.allStatements(sql: sql)
        while let statement = try statements.next() {
          try UserSQL.check(statement.sql)
          let named = arguments.filter { statement.sql.contains(":" + $0.key) }
          let columns = statement.columnNames
          let cursor = try Row.fetchCursor(statement, arguments: Connection.bind(named))
          var rows: [SQLRow] = []
          while let row = try cursor.next() {
            rows.append(SQLRow(columns: columns, values: row.databaseValues.map(Connection.value)))
          }
          tables.append(SQLTable(columns: columns, rows: rows))
        }
        return tables
      }
    } catch let error as DatabaseError where [.SQLITE_ERROR, .SQLITE_MISUSE].contains(error.resultCode) {
      throw EvokeError(
        .invalidSQL, String(sql.prefix(200)), reason: error.message ?? "SQLite could not compile it",
        remedy: "correct the statement; evoke schema lists tables and columns")
    } catch let error as DatabaseError {
      throw Connection.evokeError(error)
    }
  }
}
