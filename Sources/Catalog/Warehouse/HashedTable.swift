import GRDB
import Schema

/// Why a column is left out of the hashes of its rows.
public enum Exemption: String, Sendable, CaseIterable {
  /// A path or folder, which moves with the files.
  case place
  /// Which of several rows counts now, or how far the work has come.
  case state
}

/// A table as far as its rows are hashed.
struct HashedTable: Sendable {
  struct Column: Sendable {
    let name: String
    /// The table of one of whose rows it holds the number, which means nothing elsewhere.
    let target: String?
    /// Its name in the bytes of a row.
    let head: [UInt8]
    /// Rows that refer to a row know it by this one.
    let isIdentity: Bool
  }

  let name: String
  /// Its name in the bytes of a row.
  let head: [UInt8]
  /// What enters the hash of a row, by name: neither the row's own number nor an exempt column.
  let columns: [Column]
  /// Columns of the primary key, by which a row is named.
  let key: [String]
  /// Whether some of the columns are what a row is known by to rows that refer to it; else all of them are.
  let hasIdentity: Bool
  /// SQL that holds for the rows of the activity `:activity`; nil where a row goes with none.
  let owner: String?
  /// Whether a row goes with rows of another activity too.
  let hasFurtherOwners: Bool
  /// When its rows are hashed.
  let time: Time

  /// When rows are hashed: with the transaction that writes them, or, those of the program's own records (units,
  /// attempts, environments), when the writer ends.
  enum Time: Sendable { case transaction, end, never }

  /// Reads the columns of the key, then those that are hashed, of the rows of an activity, else of all rows.
  let rows: String
  /// The same of the row of a number.
  let row: String
  /// Finds the activities that have not as many rows as were hashed.
  let losers: String

  fileprivate init(
    _ name: String, _ columns: [Column], key: [String], owner: String?, hasFurtherOwners: Bool, time: Time
  ) {
    (self.name, self.columns, self.key, self.owner) = (name, columns, key, owner)
    (self.hasFurtherOwners, self.time) = (hasFurtherOwners, time)
    head = CanonicalRow.head(name)
    hasIdentity = columns.contains(where: \.isIdentity)
    let names = (key + columns.map(\.name)).map { "\"\($0)\"" }.joined(separator: ", ")
    let selection = "SELECT \(names) FROM \"\(name)\""
    rows = selection + " WHERE " + (owner ?? "1")
    row = selection + " WHERE \"\(key[0])\" = :number"
    let condition = owner.map { $0.replacing(":activity", with: "row_digest.activity_id") } ?? "1"
    losers =
      "SELECT activity_id FROM row_digest WHERE object = '\(name)' AND activity_id IS NOT NULL "
      + "AND row_count <> (SELECT count(*) FROM \"\(name)\" WHERE \(condition))"
  }
}

/// How the rows of an activity are found.
public enum HashedRows {
  /// Tables whose rows go with activities, and the statement that reads those of the activity `:activity`.
  public static var owned: [(name: String, rows: String)] { HashedTables.current.owned.map { ($0.name, $0.rows) } }
}

/// Whose rows are whose, derived from this program's schema.
///
/// A row belongs to the activity with which it is deleted: by its own `activity_id` or `unit_key`, else by the first
/// reference to a row that belongs to one. Rows of imported, computed and result tables that go with no activity are
/// shared, since several imports may speak of one stimulus.
struct HashedTables: Sendable {
  /// Every table.
  let byName: [String: HashedTable]
  /// Hashed tables with rows of activities, and those whose rows nobody owns, by name.
  let owned: [HashedTable]
  let shared: [HashedTable]
  /// The program's own records.
  let records: [HashedTable]

  static let current: HashedTables = {
    do {
      return try DatabaseQueue().write { database in
        for migration in Schema.migrations { try database.execute(sql: migration.sql) }
        return try HashedTables(Connection(database), Schema.migrations.flatMap { CatalogText.tables(in: $0.sql) })
      }
    } catch { preconditionFailure("the schema cannot be read: \(error)") }
  }()

  /// - Parameter described: the tables with their tiers and exempt columns.
  private init(_ connection: Connection, _ described: [CatalogText.Object]) throws {
    let shapes = try TableShapes(connection)
    let tables = described.map { table in
      let exempt = Set(table.columns.filter { $0.exemption != nil }.map(\.name))
      let columns = shapes.columns[table.name, default: []]
      let identity = shapes.identities[table.name, default: []]
      let owner = table.name == RowDigestRow.table ? nil : shapes.owner(of: table.name)
      let hashed = columns.filter { !$0.isNumber && !exempt.contains($0.name) }.sorted { $0.name < $1.name }.map {
        HashedTable.Column(
          name: $0.name, target: $0.isInteger ? $0.target : nil, head: CanonicalRow.head($0.name),
          isIdentity: exempt.isDisjoint(with: identity) && identity.contains($0.name))
      }
      return HashedTable(
        table.name, hashed, key: columns.filter(\.isKey).map(\.name), owner: owner,
        hasFurtherOwners: shapes.ownerCount(of: table.name) > 1,
        time: table.name == RowDigestRow.table
          ? .never : owner != nil || Self.data.contains(table.tier) ? .transaction : .end)
    }
    byName = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
    let hashed = tables.filter { $0.time != .never }.sorted { $0.name < $1.name }
    owned = hashed.filter { $0.owner != nil }
    shared = hashed.filter { $0.owner == nil && $0.time == .transaction }
    records = hashed.filter { $0.time == .end }
  }

  /// Tiers of tables that hold data.
  private static let data: Set = ["imported", "computed", "result"]

  /// A table this program knows.
  subscript(name: String) -> HashedTable {
    guard let table = byName[name] else { preconditionFailure("no table \(name)") }
    return table
  }
}

/// Columns, keys and references of all tables, as SQLite tells them.
struct TableShapes {
  struct Column {
    let name: String
    let isInteger: Bool
    let isKey: Bool
    /// The key of the table, a number that SQLite gives.
    var isNumber = false
    var target: String?
    /// Deleted with the row it refers to.
    var goesWithTarget = false
  }

  private(set) var columns: [String: [Column]] = [:]
  private(set) var identities: [String: [String]] = [:]

  init(_ connection: Connection) throws {
    for row in try connection.tableColumns() {
      columns[row.object, default: []].append(
        Column(name: row.column, isInteger: row.type == "INTEGER", isKey: row.keyPosition > 0))
    }
    for row in try connection.tableReferences() {
      guard let place = columns[row.object]?.firstIndex(where: { $0.name == row.column }) else { continue }
      columns[row.object]?[place].target = row.target
      columns[row.object]?[place].goesWithTarget = row.onDelete == "CASCADE"
    }
    for (table, all) in columns where all.count(where: \.isKey) == 1 {
      columns[table] = all.map { column in
        var column = column
        column.isNumber = column.isKey && column.isInteger && column.target == nil
        return column
      }
    }
    for row in try connection.tableIdentities() { identities[row.object, default: []].append(row.column) }
  }

  /// SQL that holds for the rows of a table that go with the activity `:activity`; its own row goes with it first of all.
  func owner(of table: String) -> String? {
    let own = references(of: table).first { $0.target == ActivityRow.table }
    if table == ActivityRow.table { return "activity_id = :activity" }
    if let own {
      return own.isInteger
        ? "\"\(own.name)\" = :activity"
        : "\"\(own.name)\" = (SELECT activity_key FROM activity WHERE activity_id = :activity)"
    }
    for reference in references(of: table) {
      guard let target = reference.target, let owner = owner(of: target),
        let key = columns[target]?.first(where: \.isKey)
      else { continue }
      return "\"\(reference.name)\" IN (SELECT \"\(key.name)\" FROM \"\(target)\" WHERE \(owner))"
    }
    return nil
  }

  /// How many references of a table lead to a row with which it goes, and which goes with an activity.
  func ownerCount(of table: String) -> Int { references(of: table).count { $0.target.flatMap(owner) != nil } }

  private func references(of table: String) -> [Column] { columns[table, default: []].filter(\.goesWithTarget) }
}
