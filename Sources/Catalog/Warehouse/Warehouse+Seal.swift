import Diagnostics
import FileSystem
import Foundation
import GRDB
import Schema

/// How far a writing process has come.
struct WriterSession {
  /// Something may have been written.
  var isChanged = false
  /// Tables that were touched.
  var tables: Set<String> = []
  /// The views are installed anew.
  var lacksViews = false
  /// Another program wrote to the catalog.
  var wasEdited = false
  /// What was found where the catalog is not what its last writer left.
  var audit: RowAudit?
  /// The seal, which held when the catalog was opened; nil where it did not.
  var seal: CatalogSeal?
  /// What is written to since; nil where that is not known.
  var written: WrittenPieces?
  /// What is to be told to people.
  var remark: String?
  /// What opening did to the catalog; nil: nothing.
  var renewal: Renewal?

  /// Whether every row is as it was written, or was accepted.
  var isSound: Bool { audit.map(\.differences.isEmpty) ?? true }
}

extension Warehouse {
  /// What people should know of how the catalog was found.
  public var remark: String? { session.withLock { $0.remark } }
  /// What opening it to write did to a catalog that another program made; nil: nothing.
  public var renewal: Renewal? { session.withLock { $0.renewal } }

  /// Before the first writing: the seal says so, and the journal is opened.
  func begin() throws {
    try session.withLock { session in
      guard !session.isChanged else { return }
      let writer = FileLock.holder(directory + "/" + WriterLock.name) ?? "another process"
      // One that has none is sealed as it is, so that there is where to say so; at no time without its writer.
      if let seal = CatalogSeal(of: directory) {
        try seal.mark(directory, writer: writer)
      } else if Files.exists(catalogPath) {
        try CatalogSeal.set(directory, writer: writer)
      }
      let isNetwork = Files.fileSystem(of: directory).isNetwork
      try pragma("journal_mode=\(isNetwork ? "DELETE" : "WAL")")
      // A log is copied into the catalog once it is noted what it holds.
      try pragma("wal_autocheckpoint=0")
      if !isNetwork { session.written = WrittenPieces() }
      session.isChanged = true
    }
  }

  /// Bytes of a log that is copied into the catalog between two transactions, a thousand pages as is SQLite's way.
  private static let longLog = 4 << 20

  /// Notes what the log holds and, where it is long, copies it into the catalog, as far as readers let it. To be called
  /// where no transaction of this process can come between: the next one may make the log begin anew. A log that cannot be
  /// copied (a full disk) holds what was committed, and is copied at the end or by the next to open.
  func keepLog(_ database: Database) {
    guard !directory.isEmpty else { return }
    noteLog()
    guard let size = Files.size(of: logPath), size > Self.longLog else { return }
    do { _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(PASSIVE)") } catch {}
  }

  private var logPath: String { catalogPath + "-wal" }

  /// A log that cannot be read may hold anything.
  private func noteLog() {
    session.withLock { session in
      let holdsSome = !session.tables.isEmpty
      do { try session.written?.note(logPath, holdsSome: holdsSome) } catch { session.written = nil }
    }
  }

  /// The catalog is written to past its log: all of it is to be hashed.
  func forgetSeal() { session.withLock { $0.seal = nil } }

  /// Seals the catalog that this process has written and closed.
  func renewSeal() throws {
    let (seal, written) = session.withLock { ($0.seal, $0.written) }
    guard let seal, let written else { return try CatalogSeal.set(directory) }
    try seal.renew(directory, written: written)
  }

  /// Whether the catalog is what its last writer left. Where its bytes are not, or that writer was interrupted, every
  /// row is compared; one whose rows are right is sealed again.
  ///
  /// - Throws: `E-WH-016` where a row is not what was written, but for a repair.
  func checkSeal(comparesBytes: Bool) throws {
    if Files.exists(logPath) { try Connection.translated { try Self.takeInJournal(queue) } }
    let seal = CatalogSeal(of: directory)
    if let confirmed = try seal?.confirmed(in: directory, always: comparesBytes) {
      return session.withLock { $0.seal = confirmed }
    }
    let applied = try read { try $0.integer("PRAGMA user_version") }
    try checkTables(migrations: applied)
    let isInterrupted = try !recordsAreHashed()
    let audit = try audit(records: !isInterrupted, migrations: applied)
    if let first = audit.differences.first, case .writing = access {
      throw Self.edited(first, count: audit.differences.count)
    }
    if audit.differences.isEmpty { try begin() }
    session.withLock { session in
      session.audit = audit
      session.lacksViews = true
      session.tables.formUnion(HashedTables.current.records.map(\.name))
      guard !isInterrupted, audit.differences.isEmpty else { return }
      session.wasEdited = true
      session.remark =
        "catalog.sqlite was changed by another program, or has lost its seal; every row is what was written: "
        + "it is sealed again"
    }
  }

  /// Whether the program's own records are as they were hashed: no writer is at work, or has died, which has committed more
  /// than it has hashed. Where the seal is gone, none is known of; the first of all, which makes the catalog, has hashed nothing
  /// until it ends.
  public func recordsAreHashed() throws -> Bool {
    if let seal = CatalogSeal(of: directory) { return seal.writer == nil }
    let records = Set(HashedTables.current.records.map(\.name))
    return try read { try $0.rowDigests(activity: nil) }.contains { records.contains($0.object) }
  }

  /// The first row that is not what was written, every one compared; nil where all are.
  public func changedRow() throws -> RowDifference? {
    let isEnded = try recordsAreHashed()
    return try read { try RowAudit($0, records: isEnded).differences.first }
  }

  /// What makes another catalog of this one asks first.
  ///
  /// - Throws: `E-WH-016` where the catalog is not what its last writer left, and a row is not what was written.
  public func requireWritten() throws {
    if let seal = CatalogSeal(of: directory), try seal.writer == nil && seal.holds(for: directory) { return }
    if let first = try changedRow() { throw Self.edited(first, count: 1) }
  }

  private static func edited(_ first: RowDifference, count: Int) -> EvokeError {
    EvokeError(
      .catalogEdited, first.object, reason: first.detail + (count > 1 ? " (and \(count - 1) more)" : ""),
      remedy: "evoke verify names all; put a backup in its place, or keep it so with evoke repair --accept-edit REASON")
  }

  /// Compares every row; those of an earlier schema as they will be in this one, in a transaction that is taken back.
  private func audit(records: Bool, migrations applied: Int) throws -> RowAudit {
    let lacking = Schema.migrations.dropFirst(applied)
    guard !lacking.isEmpty else { return try read { try RowAudit($0, records: records) } }
    return try rehearse { connection in
      for migration in lacking { try connection.execute(migration.sql) }
      let tables = lacking.flatMap { CatalogText.tables(in: $0.sql) }
      if tables.contains(where: { $0.name == RowValidityRow.table }) { try connection.countAllRows() }
      return try RowAudit(connection, records: records)
    }
  }

  /// Whether SQLite finds the file sound and its tables and indexes are those that this program's first migrations make.
  ///
  /// - Throws: `E-WH-016`.
  private func checkTables(migrations applied: Int) throws {
    func texts(_ connection: Connection) throws -> [String: String] {
      let all = try connection.schemaObjects().filter { $0.type != "view" && !$0.name.hasPrefix("sqlite_stat") }
      return Dictionary(all.map { ($0.name, $0.sql) }, uniquingKeysWith: { $0 + $1 })
    }
    let own = try DatabaseQueue().write { database in
      for migration in Schema.migrations.prefix(applied) { try database.execute(sql: migration.sql) }
      return try texts(Connection(database))
    }
    let (damage, found) = try read { connection in
      (try connection.pageProblems().map(\.problem).filter { $0 != "ok" }, try texts(connection))
    }
    let strange = Set(own.keys).union(found.keys).sorted().first { own[$0] != found[$0] }
    guard let reason = damage.first ?? strange.map({ "\($0) is not this program's" }) else { return }
    throw EvokeError(.catalogEdited, "catalog.sqlite", reason: reason, remedy: "put a backup in its place")
  }

  /// Published views whose statements are not this program's: what they show is not what rows hold, whatever these hash to.
  public func changedViews() throws -> [RowDifference] {
    func views(_ warehouse: Warehouse) throws -> [String: String] {
      let all = try warehouse.read { try $0.schemaObjects() }.filter { $0.type == "view" }
      return Dictionary(all.map { ($0.name, $0.sql) }, uniquingKeysWith: { first, _ in first })
    }
    let (own, found) = (try views(.inMemory()), try views(self))
    return own.keys.sorted().filter { own[$0] != found[$0] }.map {
      RowDifference(table: "view", key: $0, columns: [], detail: "its statement is not this program's")
    }
  }

  /// Ends the writing: summarises what was computed, hashes the records that were touched and turns the catalog into one
  /// plain file.
  func end() throws {
    let touched = session.withLock { $0.tables }
    let records = HashedTables.current.records.filter { touched.contains($0.name) }
    try write { connection in
      try connection.summariseRuns()
      try connection.seal(records)
    }
    try Connection.translated { try Self.takeInJournal(queue) }
  }

  /// A line for people where a catalog to be read is not what its last writer left, or nothing says whether it is; nil where
  /// it is, and while somebody writes.
  public static func sealWarning(_ directory: String) throws -> String? {
    guard let seal = CatalogSeal(of: directory) else {
      return "catalog.sqlite has no seal that can be read: evoke verify --level 2 compares its rows"
    }
    guard seal.writer == nil, try !seal.holds(for: directory) else { return nil }
    return "catalog.sqlite is not as its last writer left it: evoke verify --level 2 names what differs"
  }
}
