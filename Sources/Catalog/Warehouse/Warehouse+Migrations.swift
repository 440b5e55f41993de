import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import GRDB
import Queries
import Schema

extension Warehouse {
  /// Applies the migrations this catalog lacks and installs the current views, in one transaction.
  ///
  /// - Parameter keepsCopy: a catalog of an earlier schema stays in quarantine as it was; not of one that was unpacked, whose
  ///   archive holds it.
  func migrate(keepsCopy: Bool = true) throws {
    let applied = try read { try $0.integer("PRAGMA user_version") }
    let isEarlier = (1..<Schema.migrations.count).contains(applied)
    let copy = isEarlier && keepsCopy ? try backUp(before: applied) : nil
    let isUnsure = session.withLock { $0.lacksViews }
    let viewsAreCurrent = try applied == Schema.migrations.count && installedViewsHash() == Self.viewsHash && !isUnsure
    guard applied < Schema.migrations.count || !viewsAreCurrent else { return }
    let wasEdited = session.withLock { $0.wasEdited }
    try write { connection in
      for migration in Schema.migrations.dropFirst(applied) {
        try connection.execute(migration.sql)
        try connection.insert(
          MigrationRow(name: migration.name, sha256: SHA256.hex(of: migration.sql), appliedAt: Machine.now))
        try Self.document(CatalogText.tables(in: migration.sql), connection)
      }
      if isEarlier { try connection.countAllRows() }
      try Self.installViews(connection)
      // Frozen results may read what it wrote where no hash looks, and so may summaries.
      if wasEdited { try connection.markAllWritten() }
      if isUnsure { try connection.dropSummaries() }
      try connection.execute("PRAGMA application_id=\(Self.applicationID)")
      try connection.execute("PRAGMA user_version=\(Schema.migrations.count)")
    }
    guard applied > 0 else { return }
    let renewal = isEarlier ? Renewal.schema(from: applied, to: Schema.migrations.count, copy: copy) : .views
    session.withLock { $0.renewal = renewal }
  }

  /// A catalog as this program makes them, in memory.
  public static func inMemory() throws -> Warehouse {
    let queue = try Connection.translated { try DatabaseQueue(configuration: configuration(readOnly: false)) }
    let warehouse = Warehouse(directory: "", access: .writing("memory"), queue: queue, lock: nil)
    // Neither journal nor seal.
    warehouse.session.withLock { $0.isChanged = true }
    try warehouse.migrate()
    return warehouse
  }

  /// SHA-256 over the texts of all published views.
  static var viewsHash: String { SHA256.hex(of: Queries.views.map { $0.name + "\n" + $0.sql }.joined(separator: "\n")) }

  private func installedViewsHash() throws -> String? { try read { try $0.viewsHash().first?.description } }

  /// Where the copy is, relative to the warehouse.
  private func backUp(before version: Int) throws -> String {
    let name = "quarantine/catalog-schema-\(version)-\(Int(Date().timeIntervalSince1970)).sqlite"
    let copy = directory + "/" + name
    try Files.makeDirectory(directory + "/quarantine")
    try write { _ in }
    // One that is cut off must not be taken for the catalog; `gc` finds it here.
    let temporary = "\(catalogPath)-schema-\(version).tmp-\(ProcessInfo.processInfo.processIdentifier)"
    try Files.remove(temporary)
    try Files.copy(catalogPath, to: temporary)
    guard try Files.sha256(of: temporary).hex == Files.sha256(of: catalogPath).hex else {
      throw EvokeError(.writeFailed, copy, reason: "the backup differs from the catalog", remedy: "check the disk")
    }
    try Files.synchronise(temporary)
    try Files.rename(temporary, to: copy)
    return name
  }

  private static func installViews(_ connection: Connection) throws {
    for view in try connection.viewNames() {
      try connection.execute("DROP VIEW \"\(view.name)\"")
      try connection.markChangedView(view: view.name, sql: "")
    }
    try connection.dropViewDescriptions()
    for view in Queries.views {
      try connection.execute("CREATE VIEW \"\(view.name)\" AS\n\(view.sql)")
      try document([CatalogText.view(view)], connection)
      try connection.markChangedView(view: view.name, sql: view.sql)
    }
    try connection.insert(SchemaDocRow(object: "views", tier: "view", description: viewsHash), or: .replace)
  }

  private static func document(_ objects: [CatalogText.Object], _ connection: Connection) throws {
    for object in objects {
      try connection.insert(
        SchemaDocRow(object: object.name, tier: object.tier, description: object.description), or: .replace)
      for column in object.columns {
        try connection.insert(
          SchemaDocRow(
            object: object.name, columnName: column.name, tier: object.tier, description: column.description,
            type: column.kind?.rawValue, exempt: column.exemption?.rawValue), or: .replace)
      }
    }
  }
}
