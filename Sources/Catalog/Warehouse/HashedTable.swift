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
  /// Reads what these rows hash to, by `RowSQL`, of `:shape` and `:references`.
  let digest: String
  /// Reads one of them, if there is any.
  let first: String
  /// Columns that hold the number of a row elsewhere, by their places, and the statements that read all their numbers.
  let references: [(place: Int, target: String, numbers: String)]
  /// The names of the table and of its columns as `RowSQL` takes them.
  let shape: [UInt8]
  /// The same of the row of a number.
  let row: String
  /// Finds the activities that have not as many rows as were hashed.
  let losers: String
  /// Counts the rows of an activity as `row_validity` holds them; nil where rows do not say whether they may be
  /// reported.
  let validity: String?
  /// How the rows of persons are taken out; nil where the table has none.
  let persons: PersonalRows?

  fileprivate init(
    _ name: String, _ columns: [Column], key: [String], owner: String?, hasFurtherOwners: Bool, time: Time,
    persons: PersonalRows?
  ) {
    (self.name, self.columns, self.key, self.owner) = (name, columns, key, owner)
    (self.hasFurtherOwners, self.time, self.persons) = (hasFurtherOwners, time, persons)
    head = CanonicalRow.head(name)
    hasIdentity = columns.contains(where: \.isIdentity)
    let names = columns.map { "\"\($0.name)\"" }
    let selection = "SELECT " + (key.map { "\"\($0)\"" } + names).joined(separator: ", ")
    let source = " FROM \"\(name)\" WHERE " + (owner ?? "1")
    rows = selection + source
    digest = "SELECT row_digest(" + ([":shape", ":references"] + names).joined(separator: ", ") + ")" + source
    first = "SELECT 1" + source + " LIMIT 1"
    references = columns.enumerated().compactMap { place, column in
      column.target.map { (place, $0, "SELECT DISTINCT " + names[place] + source) }
    }
    shape = columns.reduce(into: [0] + head) { $0 += $1.head }
    row = selection + " FROM \"\(name)\" WHERE \"\(key[0])\" = :number"
    let condition = owner.map { $0.replacing(":activity", with: "row_digest.activity_id") } ?? "1"
    losers =
      "SELECT activity_id FROM row_digest WHERE object = '\(name)' AND activity_id IS NOT NULL "
      + "AND row_count <> (SELECT count(*) FROM \"\(name)\" WHERE \(condition))"
    validity = owner.flatMap { Self.validity(of: name, Set(columns.map(\.name)), where: $0) }
  }

  /// By quantity, where the table has one, validity and flags.
  private static func validity(of table: String, _ columns: Set<String>, where owner: String) -> String? {
    guard columns.isSuperset(of: ["valid", "flags"]) else { return nil }
    let quantity = columns.contains("quantity") ? "quantity" : "''"
    return "SELECT '\(table)' AS object, \(quantity) AS quantity, valid, flags, count(*) AS row_count "
      + "FROM \"\(table)\" WHERE \(owner) GROUP BY 2, 3, 4 ORDER BY 2, 3, 4"
  }
}

/// How the rows of a table that speak of one person are taken out of a catalog.
///
/// Such a row names a subject or rater or, in a table that names none, goes with a row that does, or is a family of nothing but
/// such rows, whose name tells of whom; one over several persons (which counts them) is a row of a group, whatever row lends it
/// its keys.
struct PersonalRows: Sendable {
  /// Takes out those of the activities of the list `:activities` that lend a row of a group nothing.
  let removal: String
  /// Takes name and figures out of those that do; nil where rows of the table lend nothing.
  let standIn: String?

  /// Columns by which a row names a person, and what a row that lends its keys has of that person alone.
  private static let names = ["subject", "rater"]
  private static let figures = ["session", "effective_n", "prediction_array", "prediction_column"]
  /// Columns of rows over several persons.
  private static let counts = ["subject_count", "n_a"]
  /// Tables whose rows are lineage: each array that stays behind has a tombstone of its own.
  private static let lineage: Set = [StoredArrayRow.table]
  /// Tables whose rows are made of rows of another, and of whom those are.
  private static let members = [FamilyRow.table: FamilyMemberRow.table]

  fileprivate init?(of table: String, _ shapes: TableShapes) {
    let columns = shapes.columns[table, default: []]
    guard let owner = shapes.owner(of: table, among: .several), let person = Self.condition(table, shapes),
      let key = columns.first(where: \.isKey)?.name
    else { return nil }
    let lent = shapes.columns.keys.sorted().flatMap { other in
      shapes.references(of: other).filter { $0.target == table }.map { (other, $0.name) }
    }
    let rows = "(\(owner)) AND (\(person))"
    let free = lent.map { "\"\(key)\" NOT IN (SELECT \"\($1)\" FROM \"\($0)\" WHERE \"\($1)\" IS NOT NULL)" }
    removal = "DELETE FROM \"\(table)\" WHERE " + ([rows] + free).joined(separator: " AND ")
    let own = columns.map(\.name).filter((Self.names + Self.figures).contains)
    standIn =
      lent.isEmpty || own.isEmpty
      ? nil : "UPDATE \"\(table)\" SET \(own.map { "\"\($0)\" = NULL" }.joined(separator: ", ")) WHERE \(rows)"
  }

  /// SQL that holds for rows of one person; nil where no row of the table is.
  private static func condition(_ table: String, _ shapes: TableShapes) -> String? {
    guard !lineage.contains(table) else { return nil }
    if let member = members[table] { return condition(table, of: member, shapes) }
    let columns = shapes.columns[table, default: []]
    let naming = columns.filter { names.contains($0.name) || $0.target.map(names.contains) == true }
    let through = shapes.references(of: table).compactMap { reference -> String? in
      guard let target = reference.target, !names.contains(target), members[target] != table,
        let inner = condition(target, shapes),
        let key = shapes.columns[target]?.first(where: \.isKey)
      else { return nil }
      let row = "\"\(reference.name)\" IN (SELECT \"\(key.name)\" FROM \"\(target)\" WHERE \(inner))"
      return counts(table, shapes).map { "\(row) AND \"\($0)\" IS NULL" } ?? row
    }
    let parts = naming.isEmpty ? through : naming.map { "\"\($0.name)\" IS NOT NULL" }
    return parts.isEmpty ? nil : parts.joined(separator: " OR ")
  }

  /// SQL that holds for rows none of whose members is of a group.
  private static func condition(_ table: String, of member: String, _ shapes: TableShapes) -> String? {
    guard let key = shapes.columns[table]?.first(where: \.isKey)?.name, let person = condition(member, shapes),
      let reference = shapes.references(of: member).first(where: { $0.target == table })?.name
    else { return nil }
    return "\"\(key)\" NOT IN (SELECT \"\(reference)\" FROM \"\(member)\" WHERE NOT (\(person)))"
  }

  private static func counts(_ table: String, _ shapes: TableShapes) -> String? {
    shapes.columns[table]?.map(\.name).first(where: counts.contains)
  }
}

/// A column of texts, apart from keys, hashes and the names of studies, by which an archive is asked for.
struct TextColumn: Sendable {
  let table: String
  /// Reads its different texts.
  let values: String
  /// Puts `:new` in the place of `:old`.
  let change: String

  fileprivate init(_ table: String, _ column: String) {
    self.table = table
    values = "SELECT DISTINCT \"\(column)\" FROM \"\(table)\" WHERE \"\(column)\" IS NOT NULL"
    change = "UPDATE \"\(table)\" SET \"\(column)\" = :new WHERE \"\(column)\" = :old"
  }
}

/// How the rows of an activity are found.
public enum HashedRows {
  /// Tables whose rows go with activities, and the statement that reads those of the activity `:activity`.
  public static var owned: [(name: String, rows: String)] { HashedTables.current.owned.map { ($0.name, $0.rows) } }
  /// Those of them that may speak of one person.
  package static var personal: [String] { HashedTables.current.personal.map(\.name) }
}

extension Connection {
  /// The rows that an activity has in a table of results, in the order of the table's columns.
  public func storedRows(of table: any ResultRow.Type, activity: Int) throws -> [[SQLValue]] {
    try rows(HashedTables.current[table.table].rows, ["activity": .int(activity)]).map { row in
      table.columns.map { row[$0] }
    }
  }
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
  /// Reads the names of those of `owned` that have rows of the activity `:activity`.
  let present: String
  /// The program's own records.
  let records: [HashedTable]
  /// Take the text `:folder` out of the records of what was done, column by column.
  let strips: [String]
  /// Those of `owned` that may speak of one person, each before those it refers to.
  let personal: [HashedTable]
  /// Columns with texts that people, or what they called things, may stand in.
  let texts: [TextColumn]

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
      let owner = Self.made.contains(table.name) ? nil : shapes.owner(of: table.name)
      let hashed = columns.filter { !$0.isNumber && !exempt.contains($0.name) }.sorted { $0.name < $1.name }.map {
        HashedTable.Column(
          name: $0.name, target: $0.isInteger ? $0.target : nil, head: CanonicalRow.head($0.name),
          isIdentity: exempt.isDisjoint(with: identity) && identity.contains($0.name))
      }
      return HashedTable(
        table.name, hashed, key: columns.filter(\.isKey).map(\.name), owner: owner,
        hasFurtherOwners: shapes.ownerCount(of: table.name) > 1,
        time: Self.made.contains(table.name)
          ? .never : owner != nil || Self.data.contains(table.tier) ? .transaction : .end,
        persons: owner == nil ? nil : PersonalRows(of: table.name, shapes))
    }
    byName = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
    let hashed = tables.filter { $0.time != .never }.sorted { $0.name < $1.name }
    owned = hashed.filter { $0.owner != nil }
    present = owned.map { "SELECT '\($0.name)' WHERE EXISTS (\($0.first))" }.joined(separator: " UNION ALL ")
    shared = hashed.filter { $0.owner == nil && $0.time == .transaction }
    records = hashed.filter { $0.time == .end }
    let operations = described.filter { $0.tier == "operations" && !Self.summaries.contains($0.name) }
    strips = operations.filter { Self.hashedTexts[$0.name] != [] }.flatMap { table in
      let texts = shapes.columns[table.name, default: []].filter { $0.isText && !$0.isKey && $0.target == nil }
      return texts.map(\.name).filter { Self.hashedTexts[table.name]?.contains($0) != true }.map { column in
        "UPDATE \"\(table.name)\" SET \"\(column)\" = replace(\"\(column)\", :folder, '') "
          + "WHERE instr(\"\(column)\", :folder) > 0"
      }
    }
    let order = shapes.parentsFirst.reversed()
    personal = order.compactMap { name in hashed.first { $0.name == name && $0.persons != nil } }
    texts = described.filter { !Self.untold.contains($0.name) }.flatMap { table in
      let own = shapes.columns[table.name, default: []].filter { $0.isText && $0.target == nil }.map(\.name)
      return own.filter {
        !$0.hasSuffix("_key") && !$0.contains("sha256") && [table.name, $0] != [StudyRow.table, "name"]
      }
      .map { TextColumn(table.name, $0) }
    }
  }

  /// What scores come to, kept as long as the scores are the same.
  static let summaries: Set = [SummarisedRunRow.table, OverSubjectsRow.table, OverLayersRow.table]

  /// Hashes, counts and summaries of rows, which are made of the rows.
  static let made: Set = summaries.union([RowDigestRow.table, RowValidityRow.table])

  /// Tables whose texts are this program's.
  private static let untold: Set = made.union([SchemaDocRow.table, MigrationRow.table])

  /// Tiers of tables that hold data.
  private static let data: Set = ["imported", "computed", "result"]

  /// Texts of records that keys are hashes of, by table, none where that is all of its texts; what names a folder in them cannot
  /// be told otherwise. Artifacts are renamed.
  static let hashedTexts: [String: Set<String>] = [
    ActivityRow.table: [], ArtifactRow.table: [], MigrationRow.table: [], RowDigestRow.table: [],
    UnitRow.table: ["parameters", "inputs"],
  ]

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
    let isText: Bool
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
        Column(
          name: row.column, isInteger: row.type == "INTEGER", isText: row.type == "TEXT", isKey: row.keyPosition > 0))
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

  /// Which activities are asked for.
  enum Owners: String {
    /// The one of the number `:activity`.
    case one = "= :activity"
    /// Those of the JSON array `:activities`.
    case several = "IN (SELECT value FROM json_each(:activities))"
  }

  /// SQL that holds for the rows of a table that go with activities; an activity's own row goes with it first of all.
  func owner(of table: String, among owners: Owners = .one) -> String? {
    let own = references(of: table).first { $0.target == ActivityRow.table }
    if table == ActivityRow.table { return "activity_id \(owners.rawValue)" }
    if let own {
      return own.isInteger
        ? "\"\(own.name)\" \(owners.rawValue)"
        : "\"\(own.name)\" \(owners == .one ? "=" : "IN") "
          + "(SELECT activity_key FROM activity WHERE activity_id \(owners.rawValue))"
    }
    for reference in references(of: table) {
      guard let target = reference.target, let owner = owner(of: target, among: owners),
        let key = columns[target]?.first(where: \.isKey)
      else { continue }
      return "\"\(reference.name)\" IN (SELECT \"\(key.name)\" FROM \"\(target)\" WHERE \(owner))"
    }
    return nil
  }

  /// How many references of a table lead to a row with which it goes, and which goes with an activity.
  func ownerCount(of table: String) -> Int {
    references(of: table).count { $0.target.flatMap { owner(of: $0) } != nil }
  }

  /// References of a table to rows with which its rows go.
  func references(of table: String) -> [Column] { columns[table, default: []].filter(\.goesWithTarget) }
}
