import ArraySQL
import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

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
    /// Writing although rows are not what was written, which the command records or mends.
    case repairing(String)
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
  let queue: DatabaseQueue
  private let lock: FileLock?
  /// How far this process has come as a writer.
  let session = Mutex(WriterSession())

  public var catalogPath: String { directory + "/catalog.sqlite" }

  init(directory: String, access: Access, queue: DatabaseQueue, lock: FileLock?) {
    self.directory = directory
    self.access = access
    self.queue = queue
    self.lock = lock
  }

  /// Makes a warehouse in a new or empty folder, and brings the catalog of one that stands there up to date.
  ///
  /// What an interruption left of an earlier attempt is finished.
  @discardableResult
  public static func create(at directory: String) throws -> Creation {
    let catalog = directory + "/catalog.sqlite"
    try requireFiles(directory)
    if Files.exists(catalog), !isUnfinished(catalog) {
      let warehouse = try open(directory, .writing("init"))
      let renewal = warehouse.renewal
      try warehouse.close()
      return renewal.map { .renewed($0) } ?? .unchanged
    }
    let found = Files.exists(directory) ? try Files.names(in: directory) : []
    let strange = found.filter {
      !["arrays", "quarantine", WriterLock.name].contains($0) && !$0.hasPrefix("catalog.sqlite")
    }
    guard strange.isEmpty else {
      throw EvokeError(
        .warehouseExists, directory, reason: "the folder holds \(strange.sorted().prefix(3).joined(separator: ", "))",
        remedy: "name a new folder, for example \(directory).evoke")
    }
    for folder in ["", "/arrays", "/quarantine"] { try Files.makeDirectory(directory + folder) }
    try open(directory, .writing("init"), creating: true).close()
    return .made
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
  ///   program's, `E-WH-016` for writing one whose rows are not what was written, `E-WH-020` where this user may not.
  public static func open(_ directory: String, _ access: Access, waiting seconds: Double = 5) throws -> Warehouse {
    try requirePermission(directory, access)
    try requireFiles(directory)
    guard Files.exists(directory + "/catalog.sqlite") else {
      throw EvokeError(
        .notAWarehouse, directory, reason: "there is no catalog.sqlite in it",
        remedy: "make one with: evoke init \(directory)")
    }
    var comparesBytes = false
    if case .repairing = access { comparesBytes = true }
    return try open(directory, access, creating: false, waiting: seconds, comparesBytes: comparesBytes)
  }

  /// Opens a catalog to be read that may be of an earlier schema: to ask what the first one has, too.
  ///
  /// - Throws: as `open`.
  public static func openEarlier(_ directory: String) throws -> Warehouse {
    try requirePermission(directory, .reading)
    try requireFiles(directory)
    let queue = try Connection.translated { try CatalogRecovery.reader(of: directory) }
    let warehouse = Warehouse(directory: directory, access: .reading, queue: queue, lock: nil)
    try warehouse.checkIdentity(takesEarlier: true)
    return warehouse
  }

  /// - Parameters:
  ///   - comparesBytes: the catalog's bytes are compared with the seal whatever the file system says of it.
  ///   - keepsCopy: a catalog of an earlier schema stays in quarantine as it was.
  static func open(
    _ directory: String, _ access: Access, creating: Bool, waiting seconds: Double = 5, comparesBytes: Bool = false,
    keepsCopy: Bool = true
  ) throws -> Warehouse {
    let catalog = directory + "/catalog.sqlite"
    let command: String
    switch access {
    case .writing(let name), .repairing(let name): command = name
    case .reading:
      let queue = try Connection.translated { try CatalogRecovery.reader(of: directory) }
      let warehouse = Warehouse(directory: directory, access: access, queue: queue, lock: nil)
      try warehouse.checkIdentity()
      return warehouse
    }
    for name in ownFolders { try WarehousePath.requireOwn(name, in: directory) }
    let lock = try WriterLock.take(directory, command: command, waiting: seconds)
    do {
      let queue = try Connection.translated {
        try DatabaseQueue(path: catalog, configuration: configuration(readOnly: false))
      }
      let warehouse = Warehouse(directory: directory, access: access, queue: queue, lock: lock)
      if !creating {
        try warehouse.checkIdentity()
        try warehouse.checkSeal(comparesBytes: comparesBytes)
      }
      try warehouse.migrate(keepsCopy: keepsCopy)
      return warehouse
    } catch {
      lock.release()
      throw error
    }
  }

  /// What SQLite opens by name must be files: a pipe would be waited for, and a device never ends.
  ///
  /// - Throws: `E-WH-001`.
  private static func requireFiles(_ directory: String) throws {
    for suffix in [""] + CatalogRecovery.journals + ["-shm"] {
      let path = directory + "/catalog.sqlite" + suffix
      guard let kind = Files.kind(of: path), kind != .file else { continue }
      throw EvokeError(
        .notAWarehouse, path, reason: "it is no file but a folder, a pipe or a device",
        remedy: "take it away, and put a backup in its place: evoke repair --from BACKUP")
    }
  }

  /// What is written below a warehouse's folder beside its catalog.
  private static let ownFolders = ["arrays", "quarantine", "spool", "partial"]

  /// The error for what this user may not do with a warehouse, where something stands.
  private static func requirePermission(_ directory: String, _ access: Access) throws {
    let catalog = directory + "/catalog.sqlite"
    let use: Files.Use = access == .reading ? .reading : .writing
    let refusal = Files.refusal(of: use, at: catalog) ?? (use == .writing ? Files.refusal(of: use, at: directory) : nil)
    if let refusal { throw refusal }
  }

  /// Copies the journal into the catalog's file and leaves none.
  static func takeInJournal(_ queue: DatabaseQueue) throws {
    try queue.writeWithoutTransaction { database in
      _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      _ = try Row.fetchAll(database, sql: "PRAGMA journal_mode=DELETE")
    }
  }

  static func configuration(readOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      guard let connection = unsafe database.sqliteConnection else { preconditionFailure("a closed connection opens") }
      for status in unsafe [RowSQL.add(to: connection), RowSQL.leaveOutTriggers(of: connection)]
      where status != SQLITE_OK {
        throw DatabaseError(resultCode: ResultCode(rawValue: status))
      }
      try database.execute(sql: "PRAGMA trusted_schema=OFF")
      try database.execute(sql: "PRAGMA cell_size_check=ON")
      if !readOnly {
        try database.execute(sql: "PRAGMA synchronous=FULL")
        // What is deleted is overwritten: people may have asked for it.
        try database.execute(sql: "PRAGMA secure_delete=ON")
      }
      // Sorting spills into a file, where there is a place for one.
      if Files.scratchFolder == nil { try database.execute(sql: "PRAGMA temp_store=MEMORY") }
    }
    return configuration
  }

  /// Sets or asks something of the catalog that is to be written to, outside any transaction.
  func pragma(_ text: String) throws {
    do {
      try CatalogReaders.named(directory) {
        try Connection.translated {
          try queue.writeWithoutTransaction { _ = try Row.fetchAll($0, sql: "PRAGMA \(text)") }
        }
      }
    } catch let error as EvokeError where error.code == .refusedSQL {
      // SQLite opens for reading what it cannot open for writing, whatever kept it from that.
      throw EvokeError(
        .writeFailed, catalogPath, reason: "it could be opened for reading only",
        remedy: "check its permissions and how many files may be open (ulimit -n), and run the same command again")
    }
  }

  /// Ends the access: checkpoints and leaves one plain file when no one else has the catalog open.
  public func close() throws {
    // What is committed stands in the journal, where readers find it.
    let (isChanged, isSound) = session.withLock { ($0.isChanged, $0.isSound) }
    let isEnded = isChanged && (try? end()) != nil
    try Connection.translated { try queue.close() }
    // A catalog whose seal is not renewed has its rows compared by the next writer.
    if isEnded, isSound, !Files.exists(catalogPath + "-wal") { try? renewSeal() }
    lock?.release()
  }

  /// Writes the catalog anew without its free pages, so that nothing of deleted rows is left in the file.
  public func compact() throws {
    precondition(access != .reading, "writing a warehouse opened for reading")
    forgetSeal()
    try Connection.translated { try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM") } }
  }

  /// One consistent read.
  public func read<T>(_ body: (Connection) throws -> T) throws -> T {
    try Connection.translated { try queue.read { try body(Connection($0)) } }
  }

  func copyPages(to copy: DatabaseQueue) throws { try queue.backup(to: copy) }

  /// What would be written, all of which is taken back: no byte of the catalog changes.
  public func rehearse<T>(_ body: (Connection) throws -> T) throws -> T {
    precondition(access != .reading, "writing a warehouse opened for reading")
    return try Connection.translated {
      try queue.writeWithoutTransaction { database in
        var result: T?
        try database.inTransaction(.immediate) {
          result = try body(Connection(database, ChangedRows()))
          return .rollback
        }
        guard let result else { preconditionFailure("a transaction without its body") }
        return result
      }
    }
  }

  private func inTransaction<T>(_ database: Database, _ body: (Connection) throws -> T) throws -> T {
    var result: T?
    var tables: Set<String> = []
    try database.inTransaction {
      let changes = ChangedRows()
      database.add(transactionObserver: changes)
      defer { database.remove(transactionObserver: changes) }
      let connection = Connection(database, changes)
      result = try body(connection)
      try connection.dropSummaries(touchedBy: changes)
      try connection.sealRows(changes)
      try connection.markWritten(changes)
      tables = changes.tables
      return .commit
    }
    session.withLock { $0.tables.formUnion(tables) }
    guard let result else { preconditionFailure("a transaction without its body") }
    return result
  }

  /// One transaction: everything or nothing. It also records the hashes of the rows it wrote.
  public func write<T>(_ body: (Connection) throws -> T) throws -> T {
    precondition(access != .reading, "writing a warehouse opened for reading")
    return try CatalogReaders.named(directory) {
      try Connection.translated {
        try begin()
        Machine.crashPoint()
        let result = try queue.writeWithoutTransaction { database in
          let result = try inTransaction(database, body)
          keepLog(database)
          return result
        }
        Machine.crashPoint()
        return result
      }
    }
  }
}

extension GRDB.Statement {
  /// Its parameters, all of them NULL. GRDB checks and copies the values of a row at twice the cost of inserting it.
  func emptyParameters() -> StatementParameters {
    setUncheckedArguments(StatementArguments())
    return unsafe StatementParameters(of: sqliteStatement)
  }
}
