import Diagnostics
import GRDB

/// Brings the rows of another catalog into this one, each after those it refers to.
///
/// Numbers of rows mean nothing elsewhere: a row is known by its table's UNIQUE columns or key, one without by all that
/// is hashed of it, and references follow. Rows of activities come with their activity or not at all; of rows that both
/// catalogs have, NULLs are filled, records of what was done stay as they are, and any other difference is a collision.
public final class RowTransfer {
  /// What comes, and under which names.
  public struct Selection: Sendable {
    /// Numbers of the activities that come, in their catalog.
    public var activities: [Int]
    /// Keys of the units whose results come.
    public var units: Set<String>
    /// New names of studies and labels.
    public var names: [String: String]

    public init(activities: [Int], units: Set<String>, names: [String: String]) {
      (self.activities, self.units, self.names) = (activities, units, names)
    }
  }

  /// A row that both catalogs have, and that says other things.
  public struct Collision: Sendable, Equatable {
    public let table: String
    public let key: String
    public let columns: [String]
  }

  /// Rows of activities that were to come rest on rows of others that neither come nor are here.
  public struct Unsupported: Error {
    /// Numbers of those that were to come, in their catalog.
    public let activities: Set<Int>
  }

  private struct Place: Hashable {
    let table: String
    let number: Int64
  }

  /// A row of an activity that does not come.
  private struct Absent: Error {}

  let theirs: Connection
  let ours: Connection
  let selection: Selection
  private let shapes: TableShapes
  private let tables: [String: TransferTable]
  private let withheld: WithheldKeys
  private var numbers: [Place: Int64] = [:]
  public private(set) var collisions: [Collision] = []
  /// Rows that are new, or in which something that was NULL is told.
  public private(set) var changed = 0
  /// Words that differ and stay as they are here: `dataset film: licence CC0 (there: CC-BY-4.0)`.
  public internal(set) var notes: [String] = []

  public init(from theirs: Connection, to ours: Connection, _ selection: Selection) throws {
    (self.theirs, self.ours, self.selection) = (theirs, ours, selection)
    shapes = try TableShapes(ours)
    withheld = try WithheldKeys(from: theirs, to: ours)
    tables = Dictionary(uniqueKeysWithValues: shapes.columns.keys.map { [shapes] in ($0, TransferTable($0, shapes)) })
  }

  /// Documents of the catalog itself, and what is made of the rows.
  private static let own: Set = HashedTables.made.union([SchemaDocRow.table, MigrationRow.table])
  /// Rows that come when another refers to them.
  private static let wanted: Set = [ArtifactRow.table, EnvironmentRow.table]

  /// Every row, in the caller's transaction.
  ///
  /// - Throws: `Unsupported`, `E-WH-005` for a catalog that does not hold together.
  public func bring() throws {
    var unsupported: Set<Int> = []
    for name in shapes.parentsFirst where !Self.own.contains(name) && !Self.wanted.contains(name) {
      let table = try table(name)
      if table.owner == nil {
        try bringShared(table)
      } else {
        for activity in selection.activities {
          do {
            try each(table, [("activity", .int(activity))]) { try transfer(table, $0) }
          } catch is Absent {
            unsupported.insert(activity)
          }
        }
      }
    }
    guard unsupported.isEmpty else { throw Unsupported(activities: unsupported) }
  }

  /// Rows that go with no activity; those that refer to what does not come stay there.
  private func bringShared(_ table: TransferTable) throws {
    var left = 0
    try each(table, []) { row in
      do {
        try transfer(table, row)
      } catch is Absent {
        left += 1
      }
    }
    guard left > 0 else { return }
    notes.append(
      "\(left) of \(table.name) \(left == 1 ? "refers" : "refer") to what was left there, and stay there too")
  }

  private func table(_ name: String) throws -> TransferTable {
    guard let table = tables[name] else {
      throw EvokeError(
        .catalogFailed, name, reason: "the catalog has no such table", remedy: "check it with evoke verify")
    }
    return table
  }

  private func each(
    _ table: TransferTable, _ arguments: [(String, SQLValue)], _ take: ([SQLValue]) throws -> Void
  ) throws {
    let cursor = try theirs.cursor(table.rows, arguments)
    while let row = try cursor.next() { try take(Self.values(row, table)) }
  }

  /// - Throws: `E-WH-005` for a text that would not be the same here.
  private static func values(_ row: RowContent, _ table: TransferTable) throws -> [SQLValue] {
    guard row.texts.isEmpty else {
      throw EvokeError(
        .catalogFailed, "a row of \(table.name)", reason: "a text of it holds U+0000 or is no UTF-8",
        remedy: "correct it in the other warehouse")
    }
    return row.values
  }

  /// Our number of a row of theirs, which comes where it goes with no activity.
  public func number(_ number: Int, in name: String) throws -> Int {
    Int(try resolve(name, Int64(number)))
  }

  private func resolve(_ name: String, _ number: Int64) throws -> Int64 {
    let place = Place(table: name, number: number)
    if let known = numbers[place] { return known }
    let table = try table(name)
    guard let own = table.number, let row = try theirs.cursor(table.row(own), [("number", .integer(number))]).next()
    else {
      throw EvokeError(
        .catalogFailed, "\(name) \(number)", reason: "a row of the other warehouse refers to it, and it is not there",
        remedy: "check that warehouse with evoke verify")
    }
    try transfer(table, Self.values(row, table), isReferred: true)
    guard let found = numbers[place] else {
      if table.owner != nil { throw Absent() }
      throw EvokeError(
        .catalogFailed, "\(name) \(number)", reason: "a row that comes refers to it, and it has no number here",
        remedy: "check both warehouses with evoke verify")
    }
    return found
  }

  private func transfer(_ table: TransferTable, _ row: [SQLValue], isReferred: Bool = false) throws {
    if let number = table.number, let own = row[number].int,
      numbers[Place(table: table.name, number: Int64(own))] != nil
    {
      return
    }
    var values = row
    for (place, column) in table.columns.enumerated() where place != table.number {
      guard let target = column.target else { continue }
      if column.isInteger, case .integer(let number) = row[place] {
        values[place] = .integer(try resolve(target, number))
      } else if let key = row[place].string, withheld.isAbsent(key, of: target) {
        throw Absent()
      }
    }
    try adapt(&values, of: table)
    if let column = WithheldKeys.columns[table.name], let key = row[table.place(column)].string,
      withheld.contains(key, of: table.name) || isAbsentRun(table, row)
    {
      // Where it is here, it is whole.
      guard let existing = try find(table, values) else { throw Absent() }
      if let number = table.number { remember(table, row, existing[number]) }
      return
    }
    // A new activity's rows are new, unless they have names; those of an activity that does not come are here.
    let isOfAnother = isReferred && table.owner != nil
    let isNew = table.owner != nil && !table.isNamed && !isReferred
    if !isNew, let existing = try find(table, values) {
      if let number = table.number { remember(table, row, existing[number]) }
      if !isOfAnother { try join(table, existing, values) }
    } else if !isOfAnother {
      let places = table.columns.indices.filter { $0 != table.number }
      let number = try ours.insert(
        table.name, columns: places.map { table.columns[$0].name }, places.map { values[$0] })
      remember(table, row, .int(number))
      changed += 1
    }
  }

  private func isAbsentRun(_ table: TransferTable, _ row: [SQLValue]) -> Bool {
    table.name == RunRow.table && row[table.place("run_id")].string.map { withheld.runs.contains($0) } == true
  }

  private func remember(_ table: TransferTable, _ row: [SQLValue], _ number: SQLValue) {
    guard let place = table.number, let theirs = row[place].int, let ours = number.int else { return }
    numbers[Place(table: table.name, number: Int64(theirs))] = Int64(ours)
  }

  private func find(_ table: TransferTable, _ values: [SQLValue]) throws -> [SQLValue]? {
    try Connection.translated {
      let statement = try ours.database.cachedStatement(sql: table.found)
      let arguments = StatementArguments(table.identity.map { Connection.databaseValue(values[$0]) })
      return try Row.fetchOne(statement, arguments: arguments)?.databaseValues.map(Connection.value)
    }
  }

  /// Of a row that both have: fills what is NULL here, and finds what differs.
  private func join(_ table: TransferTable, _ existing: [SQLValue], _ values: [SQLValue]) throws {
    var changes = try joined(table, existing, values)
    var differing: [String] = []
    for place in table.columns.indices
    where place != table.number && existing[place] != values[place] && !values[place].isNull && changes[place] == nil {
      let column = table.columns[place]
      if existing[place].isNull && !table.exempt.contains(place) && !table.isRecord {
        changes[place] = values[place]
      } else if !table.exempt.contains(place), !table.isRecord, column.target != ActivityRow.table,
        column.target != ArtifactRow.table
      {
        differing.append(column.name)
      }
    }
    if !differing.isEmpty {
      let key = table.identity.compactMap { values[$0].string ?? values[$0].int.map(String.init) }
      collisions.append(Collision(table: table.name, key: key.joined(separator: " "), columns: differing))
    }
    let set = changes.filter { $0.value != existing[$0.key] }.sorted { $0.key < $1.key }
    guard !set.isEmpty else { return }
    changed += 1
    let arguments = set.map(\.value) + table.key.map { existing[$0] }
    try Connection.translated {
      try ours.database.execute(
        sql: table.update(set.map(\.key)), arguments: StatementArguments(arguments.map(Connection.databaseValue)))
    }
  }
}
