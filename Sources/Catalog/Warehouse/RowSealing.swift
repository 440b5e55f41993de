import ContentIdentity
import GRDB

/// What a transaction has touched of rows whose hashes are recorded.
final class ChangedRows: TransactionObserver {
  private(set) var tables: Set<String> = []
  private(set) var thinned: Set<String> = []
  /// Tables with rows that were there before and may be others now, or gone.
  private(set) var altered: Set<String> = []
  /// Tables of which a new row may have taken the place of another activity's.
  var replaced: Set<String> = []
  /// How rows were inserted so far: making the SQL of a statement costs as much as running it.
  var insertions: [Insertion: PreparedInsertion] = [:]
  /// A result that the transaction froze, which knows what it wrote.
  var frozen: Int?
  /// Whether the transaction writes to frozen results alone, whatever tables a cascade could reach.
  var writesFrozenOnly = false

  func observes(eventsOfKind event: DatabaseEventKind) -> Bool {
    switch event {
    case .insert(let table): tables.insert(table)
    case .update(let table, _):
      tables.insert(table)
      altered.insert(table)
    case .delete(let table):
      tables.insert(table)
      altered.insert(table)
      thinned.insert(table)
    }
    // Which statement runs is enough: of rows without a row number SQLite tells nothing more.
    return false
  }

  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ database: Database) {}
  func databaseDidRollback(_ database: Database) {}
}

extension Connection {
  /// Hashes what the transaction has written: the rows of its activities, and every shared table it touched.
  ///
  /// An activity and its rows are written in one transaction, and by nobody afterwards.
  func sealRows(_ changes: ChangedRows) throws {
    var hasher = RowHasher(self)
    for table in HashedTables.current.owned
    where changes.replaced.contains(table.name) || (table.hasFurtherOwners && changes.thinned.contains(table.name)) {
      // Activities that have lost rows are hashed again.
      let losers = try rows(table.losers).compactMap(\.values.first?.int)
      for activity in losers { try unsealActivity(activity: activity) }
    }
    for row in try unsealedActivities() { try seal(row.activityID, &hasher) }
    for table in HashedTables.current.shared where changes.tables.contains(table.name) {
      try sealShared(table, &hasher)
    }
  }

  /// Tells frozen results which of the tables they read the transaction wrote to; a statement that found no row counts.
  func markWritten(_ changes: ChangedRows) throws {
    let written = changes.tables.subtracting(HashedTables.summaries)
    let tables = changes.writesFrozenOnly ? written.filter { $0.hasPrefix("materializ") } : written
    guard !tables.isEmpty else { return }
    try markWrittenTables(
      tables: JSONValue.array(tables.sorted().map { .string($0) }).canonical, fresh: changes.frozen)
  }

  /// Says that this transaction writes to frozen results alone.
  public func writesFrozenOnly() { changes?.writesFrozenOnly = true }

  /// Says that this transaction freezes a result.
  public func freezes(_ materialization: Int) { changes?.frozen = materialization }

  private func sealShared(_ table: HashedTable, _ hasher: inout RowHasher) throws {
    try dropSharedDigest(object: table.name)
    if let digest = try hasher.digest(table, of: nil) { try insert(digest.row(of: nil)) }
  }

  /// Hashes tables whose rows go with no activity.
  func seal(_ tables: [HashedTable]) throws {
    var hasher = RowHasher(self)
    for table in tables { try sealShared(table, &hasher) }
  }

  /// Records the hashes of all rows of an activity, and how many of them may be reported.
  private func seal(_ activity: Int, _ hasher: inout RowHasher) throws {
    let digests = try hasher.filledTables(of: activity).compactMap { try hasher.digest($0, of: activity) }
    try dropRowDigests(activity: activity)
    for digest in digests { try insert(digest.row(of: activity)) }
    try countRows(of: activity)
    try sealActivity(rowsSHA256: RowDigest.hash(of: digests), activity: activity)
  }
}

extension RowDigest {
  /// SHA-256 over the tables of an activity, by name: what `activity.rows_sha256` holds.
  static func hash(of digests: [RowDigest]) -> String {
    JSONValue.object(Dictionary(uniqueKeysWithValues: digests.map { ($0.table, .string($0.sha256)) })).sha256
  }
}
