import ContentIdentity
import Diagnostics
import Schema

extension Warehouse {
  /// Whether this program knows the catalog: writing needs a schema of its own migrations, reading also takes those of
  /// a newer program that come after them.
  ///
  /// - Parameter takesEarlier: whether one of fewer migrations than this program's may be read.
  /// - Throws: `E-WH-001`, `E-WH-004` and `E-WH-015` as `open` says.
  func checkIdentity(takesEarlier: Bool = false) throws {
    let identifier = try read { try $0.integer("PRAGMA application_id") }
    guard identifier == Self.applicationID else {
      throw EvokeError(
        .notAWarehouse, catalogPath, reason: "the SQLite file was not made by Evoke", remedy: "name another folder")
    }
    let applied = try appliedMigrations()
    for (migration, known) in zip(applied, Schema.migrations)
    where migration.name != known.name || migration.sha256 != SHA256.hex(of: known.sql) {
      throw otherCatalog("its \(migration.name) is another than this program's \(known.name)")
    }
    if applied.isEmpty { throw otherCatalog("it names no migration") }
    if access == .reading, !takesEarlier, applied.count < Schema.migrations.count {
      throw EvokeError(
        .otherCatalog, catalogPath, reason: "schema \(applied.count), this program reads \(Schema.migrations.count)",
        remedy: "bring it up to date with: evoke init \(directory)")
    }
    if access != .reading, applied.count > Schema.migrations.count {
      throw EvokeError(
        .newerSchema, catalogPath, reason: "schema \(applied.count), this program knows \(Schema.migrations.count)",
        remedy: "install a newer Evoke; reading works")
    }
  }

  /// The catalog's file as SQLite sees it.
  public struct Health: Sendable {
    /// Migrations applied.
    public let schema: Int
    /// `wal` or `delete`.
    public let journal: String
    /// What a quick check found.
    public let damage: [String]
  }

  /// Asks SQLite about the catalog's file.
  public func health() throws -> Health {
    try read { connection in
      Health(
        schema: try connection.integer("PRAGMA user_version"),
        journal: try connection.value("PRAGMA journal_mode").string ?? "unknown",
        damage: try connection.rows("PRAGMA quick_check").compactMap { $0.values.first?.string }.filter { $0 != "ok" })
    }
  }

  private func appliedMigrations() throws -> [Rows.AppliedMigrations] {
    do {
      return try read { try $0.appliedMigrations() }
    } catch let error as EvokeError where error.code == .catalogFailed && error.reason.hasPrefix("no such") {
      throw otherCatalog(error.reason)
    }
  }

  private func otherCatalog(_ reason: String) -> EvokeError {
    EvokeError(
      .otherCatalog, catalogPath, reason: reason,
      remedy: "use the build of Evoke that made it, or import and run again in a new warehouse")
  }
}
