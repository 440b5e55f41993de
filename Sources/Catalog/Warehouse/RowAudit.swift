/// A row that is not as it was written, by its table, key and columns.
public struct RowDifference: Sendable, Equatable {
  /// Table; `row_digest`, `row_validity`, `activity` or `unit` where the rows are right and what is recorded of them is
  /// not.
  public let table: String
  /// Key of the row, or whose rows they are.
  public let key: String
  /// Columns with another value; none where a row was added or is missing.
  public let columns: [String]
  public let detail: String

  /// The row as a finding names it.
  public var object: String { "\(table) \(key)" }
}

/// Compares the rows of the catalog with the hashes that were recorded when they were written.
public struct RowAudit: Sendable {
  public private(set) var differences: [RowDifference] = []
  /// Rows that were hashed.
  public private(set) var rowCount = 0
  /// What the result of each unit hashes to, by its key.
  public private(set) var results: [String: String] = [:]
  /// Activities of which something differs.
  private(set) var activities: [Int] = []

  /// As many rows of one table and activity are named.
  private static let namedRows = 20

  /// Compares everything, or only what some units computed or imports brought, by the keys of their activities.
  ///
  /// - Parameter records: whether the program's own records are as they were when a writer last ended, which those of
  ///   one at work are not.
  public init(
    _ connection: Connection, units: Set<String>? = nil, records: Bool = false,
    progress: (Double, String) -> Void = { _, _ in }
  ) throws {
    var hasher = RowHasher(connection)
    var activities = try connection.activityHashes()
    if let units { activities.removeAll { !units.contains($0.activityKey) } }
    for (done, activity) in activities.enumerated() {
      progress(Double(done) / Double(activities.count), activity.label ?? activity.verb)
      try compare(activity, connection, &hasher)
    }
    if units == nil {
      let stored = try Self.stored(connection.rowDigests(activity: nil))
      for table in HashedTables.current.shared + (records ? HashedTables.current.records : []) {
        try compare(table, stored[table.name], of: nil, "", &hasher)
      }
    }
    dropConsequences()
  }

  private static func stored(_ recorded: [Rows.RowDigests]) throws -> [String: RowDigest] {
    Dictionary(try recorded.map { ($0.object, try RowDigest($0)) }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func compare(
    _ activity: Rows.ActivityHashes, _ connection: Connection, _ hasher: inout RowHasher
  ) throws {
    let found = differences.count
    defer { if differences.count > found { activities.append(activity.activityID) } }
    let name = activity.label ?? "\(activity.verb) \(activity.activityKey.prefix(12))"
    let written = try connection.rowDigests(activity: activity.activityID)
    let stored = try Self.stored(written)
    let before = differences.count
    var digests: [RowDigest] = []
    let present = Set(try hasher.filledTables(of: activity.activityID).map(\.name)).union(stored.keys)
    for table in HashedTables.current.owned where present.contains(table.name) {
      let found = try compare(table, stored[table.name], of: activity.activityID, " of \(name)", &hasher)
      if let found { digests.append(found) }
    }
    if differences.count == before {
      if RowDigest.hash(of: digests) != activity.rowsSHA256 {
        note("activity", name, "its rows do not hash to what is recorded")
      }
      if try !connection.areCountsKept(of: activity.activityID) {
        note("row_validity", name, "it does not count the rows as they are")
      }
    }
    guard let unit = activity.unitKey, let recorded = activity.resultSHA256 else { return }
    // A result is a hash over the names of its arrays, too, which may have named people.
    guard !written.contains(where: { $0.object == WithheldRows.object(ArtifactRow.table, .recipe) }) else {
      results[unit] = recorded
      return
    }
    let arrays = try connection.madeArrays(activity: activity.activityID).map { (name: $0.name, sha256: $0.sha256) }
    let complete = try RowDigest.complete(digests, recorded: written, of: activity.activityID, &hasher)
    let result = ResultHash.of(complete, arrays: arrays)
    results[unit] = result
    if differences.count == before, result != recorded {
      note("unit", name, "its result hashes to \(result.prefix(12))…, recorded is \(recorded.prefix(12))…")
    }
  }

  private mutating func note(_ table: String, _ key: String, _ detail: String, columns: [String] = []) {
    differences.append(RowDifference(table: table, key: key, columns: columns, detail: detail))
  }

  /// Compares the rows of one table; what they hash to.
  @discardableResult
  private mutating func compare(
    _ table: HashedTable, _ stored: RowDigest?, of activity: Int?, _ owner: String, _ hasher: inout RowHasher
  ) throws -> RowDigest? {
    let found = try hasher.digest(table, of: activity)
    if let found { rowCount += found.count }
    guard stored != found else { return found }
    var left = Dictionary((stored?.rows ?? []).map { ($0, 1) }, uniquingKeysWith: +)
    var strange: [String] = []
    for row in try found == nil ? [] : hasher.namedRows(table, of: activity) {
      if let count = left[row.hash], count > 0 { left[row.hash] = count - 1 } else { strange.append(row.key) }
    }
    let missing = left.values.reduce(0, +)
    if strange.isEmpty, missing == 0 {
      note("row_digest", table.name + owner, "it is not that of the rows")
      return found
    }
    let columns = table.columns.map(\.name).filter { stored?.sums[$0] != found?.sums[$0] }
    let added = strange.count - missing
    for key in strange.prefix(Self.namedRows) {
      if added == strange.count {
        note(table.name, key, "the row was added" + owner)
      } else {
        let what = columns.isEmpty ? "values were exchanged between rows" : columns.joined(separator: ", ")
        let verb = columns.isEmpty ? "" : columns.count == 1 ? " is not what was written" : " are not what was written"
        note(table.name, key, what + verb + owner, columns: columns)
      }
    }
    if strange.count > Self.namedRows { note(table.name, "…", "\(strange.count - Self.namedRows) more rows" + owner) }
    if added < 0 { note(table.name, "…", "\(-added) rows are missing" + owner) }
    return found
  }

  /// Leaves out rows that differ only because a row they refer to does, which is named itself.
  private mutating func dropConsequences() {
    let tables = Set(differences.map(\.table))
    differences.removeAll { difference in
      guard let table = HashedTables.current.byName[difference.table], !difference.columns.isEmpty else { return false }
      return difference.columns.allSatisfy { name in
        table.columns.contains { $0.name == name && $0.target.map(tables.contains) == true }
      }
    }
  }
}
