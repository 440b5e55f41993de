import ContentIdentity

/// Rows of a table that an archive's catalog does not hold, as consent keeps persons back: known by their hashes, so that the
/// results of units and the roots of runs are still those of all rows.
public struct WithheldRows: Sendable {
  /// What the hashes are of: rows that are not here, or rows that stand here in the place of such and tell of no person.
  enum Part: String, CaseIterable {
    case absent = "(withheld)"
    case standIn = "(stand-in)"
  }

  public let table: String
  /// Key of the activity whose rows they were; nil for rows that went with none.
  public let activityKey: String?
  /// SHA-256 over their hashes, as of every table's rows.
  public let sha256: String
  /// SHA-256 of each, sorted.
  public let hashes: [String]

  /// Under which a part of a table's rows stands in `row_digest`.
  static func object(_ table: String, _ part: Part) -> String { "\(table) \(part.rawValue)" }

  static func digests(_ bytes: [UInt8]) -> [SHA256Digest] {
    stride(from: 0, to: bytes.count - 31, by: 32).compactMap { SHA256Digest(bytes[$0..<$0 + 32]) }
  }
}

extension Connection {
  /// Takes the rows of persons that go with some activities out of the catalog and records their hashes. Of persons of whom
  /// nothing is left the names go too. Rows of groups stay, with a row that tells of no person where one lent them its keys.
  public func withholdPersons(of activities: Set<Int>) throws {
    guard !activities.isEmpty else { return }
    let shared = HashedTables.current.shared.map { (activity: Int?.none, table: $0) }
    let owned = try activities.sorted().flatMap { activity in
      let stored = Set(try rowDigests(activity: activity).map(\.object))
      return HashedTables.current.personal.filter { stored.contains($0.name) }.map {
        (activity: Int?(activity), table: $0)
      }
    }
    let places = owned + shared
    var hasher = RowHasher(self)
    let before = try places.map { try hasher.hashes($0.table, of: $0.activity) }
    let list = JSONValue.array(activities.sorted().map { .int($0) }).canonical
    let persons = HashedTables.current.personal.compactMap(\.persons)
    for rows in persons { try execute(rows.removal, ["activities": .text(list)]) }
    for change in persons.compactMap(\.standIn) { try execute(change, ["activities": .text(list)]) }
    try dropWithheldMembers(activities: list)
    try dropUnusedSessions()
    try dropUnusedSubjects()
    try dropUnusedRaters()
    var after = RowHasher(self)
    for (place, hashes) in zip(places, before) {
      let left = try after.hashes(place.table, of: place.activity)
      try record(hashes.without(left), .absent, place.table, place.activity)
      try record(left.without(hashes), .standIn, place.table, place.activity)
    }
  }

  private func record(
    _ hashes: [SHA256Digest], _ part: WithheldRows.Part, _ table: HashedTable, _ activity: Int?
  ) throws {
    guard !hashes.isEmpty else { return }
    let digest = RowDigest(WithheldRows.object(table.name, part), hashes, sums: [:])
    try insert(
      RowDigestRow(
        activityID: activity, object: digest.table, rowCount: digest.count, sha256: digest.sha256, columnSums: "{}",
        rowHashes: hashes.sorted().flatMap(\.bytes)))
  }

  /// Takes a text, such as a folder, out of all that records say in words.
  public func strip(_ text: String) throws {
    for statement in HashedTables.current.strips { try execute(statement, ["folder": .text(text)]) }
  }

  /// What was taken out, table by table.
  public func withheldRows() throws -> [WithheldRows] {
    try withheldDigests().compactMap { row in
      let parts = row.object.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2, parts[1] == WithheldRows.Part.absent.rawValue else { return nil }
      return WithheldRows(
        table: parts[0], activityKey: row.activityKey, sha256: row.sha256,
        hashes: WithheldRows.digests(row.rowHashes).map(\.hex))
    }
  }
}

extension RowDigest {
  /// The digests of an activity's rows as they were before some were withheld.
  static func complete(
    _ digests: [RowDigest], recorded: [Rows.RowDigests], of activity: Int, _ hasher: inout RowHasher
  ) throws -> [RowDigest] {
    func part(_ part: WithheldRows.Part, _ table: HashedTable) -> [SHA256Digest] {
      let object = WithheldRows.object(table.name, part)
      return recorded.first { $0.object == object }.map { WithheldRows.digests($0.rowHashes) } ?? []
    }
    guard recorded.contains(where: { $0.object.hasSuffix(WithheldRows.Part.absent.rawValue) }) else { return digests }
    var complete = digests
    for table in HashedTables.current.personal {
      let absent = part(.absent, table)
      guard !absent.isEmpty else { continue }
      let rows = try hasher.hashes(table, of: activity).without(part(.standIn, table)) + absent
      complete.removeAll { $0.table == table.name }
      complete.append(RowDigest(table.name, rows, sums: [:]))
    }
    return complete
  }
}

extension [SHA256Digest] {
  /// Each as often as it is here more than there.
  fileprivate func without(_ others: [SHA256Digest]) -> [SHA256Digest] {
    var left = Dictionary(others.map { ($0, 1) }, uniquingKeysWith: +)
    return filter { hash in
      guard let count = left[hash], count > 0 else { return true }
      left[hash] = count - 1
      return false
    }
  }
}
