import ContentIdentity

/// Rows of a table that an archive's catalog does not hold, as consent keeps persons back: known by their hashes, so that the
/// results of units and the roots of runs are still those of all rows.
public struct WithheldRows: Sendable {
  /// What the hashes are of: rows that are not here, rows that stand here in the place of such and tell of no person, or what
  /// keys and results are hashes of, which is here with other names of people.
  enum Part: String, CaseIterable {
    case absent = "(withheld)"
    case standIn = "(stand-in)"
    case recipe = "(recipe)"
  }

  public let table: String
  /// Whether rows are here and what their keys, or the result of a unit, are hashes of is not; the hashes are then those.
  public let isRecipe: Bool
  /// Key of the activity whose rows they were; nil for rows that went with none.
  public let activityKey: String?
  /// SHA-256 over their hashes, as of every table's rows.
  public let sha256: String
  /// SHA-256 of each, sorted.
  public let hashes: [String]
  /// Whether `sha256`, by which they are declared, is that of the hashes.
  public let isSound: Bool

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
    let list = JSONValue.array(activities.sorted().map { .int($0) }).canonical
    let persons = HashedTables.current.personal.compactMap(\.persons)
    try recordingRows(owned + shared) {
      for rows in persons { try execute(rows.removal, ["activities": .text(list)]) }
      for change in persons.compactMap(\.standIn) { try execute(change, ["activities": .text(list)]) }
      try dropWithheldMembers(activities: list)
      try dropUnusedSessions()
      try dropUnusedSubjects()
      try dropUnusedRaters()
    }
  }

  /// Records of some tables and activities which rows a change takes away, and which stand in their places.
  private func recordingRows(_ places: [(activity: Int?, table: HashedTable)], _ change: () throws -> Void) throws {
    var hasher = RowHasher(self)
    let before = try places.map { try hasher.hashes($0.table, of: $0.activity) }
    try change()
    var after = RowHasher(self)
    for (place, hashes) in zip(places, before) {
      let left = try after.hashes(place.table, of: place.activity)
      let (gone, new) = (hashes.without(left), left.without(hashes))
      guard !gone.isEmpty || !new.isEmpty else { continue }
      // What stood in already and goes was no row of the results.
      let standIns = try recorded(.standIn, place.table.name, place.activity)
      let absent = try recorded(.absent, place.table.name, place.activity)
      try record(absent + gone.without(standIns), .absent, place.table.name, place.activity)
      try record(standIns.without(gone) + new, .standIn, place.table.name, place.activity)
    }
  }

  /// Puts other texts in the place of those that name people, in all tables: `replaced` gives them, nil for a text that stays.
  /// Rows that results are hashed of stand in for those that were, and of units whose arrays have other names it is recorded that
  /// their results are hashes of what is not here.
  public func replaceTexts(_ replaced: (String) throws -> String?) throws {
    var changes: [(column: TextColumn, old: String, new: String)] = []
    for column in HashedTables.current.texts {
      for text in try rows(column.values).compactMap(\.values.first?.string) {
        if let new = try replaced(text) { changes.append((column, text, new)) }
      }
    }
    let units = try activityHashes().filter { $0.unitKey != nil }
    for unit in units { try recordNames(of: unit, replaced) }
    let tables = Set(changes.map(\.column.table)).filter { ResultTables.named($0) != nil }.sorted()
    let places = tables.flatMap { name in
      units.map { (activity: Int?($0.activityID), table: HashedTables.current[name]) }
    }
    try recordingRows(places) {
      for change in changes {
        try execute(change.column.change, ["old": .text(change.old), "new": .text(change.new)])
      }
    }
  }

  /// The result of a unit is a hash over the names of its arrays, too.
  private func recordNames(of unit: Rows.ActivityHashes, _ replaced: (String) throws -> String?) throws {
    guard let result = unit.resultSHA256.flatMap(SHA256Digest.init(hexadecimal:)),
      try madeArrays(activity: unit.activityID).contains(where: { try replaced($0.name) != nil })
    else { return }
    try record([result], .recipe, ArtifactRow.table, unit.activityID)
  }

  /// Records that what these keys of a table are hashes of is not here.
  public func recordRecipes(_ keys: Set<String>, of table: String) throws {
    let known = try recorded(.recipe, table, nil)
    let hashes = keys.compactMap(SHA256Digest.init(hexadecimal:))
    precondition(hashes.count == keys.count, "keys that are hashes have 64 digits")
    try record(Array(Set(known + hashes)), .recipe, table, nil)
  }

  /// Keys of a table that are hashes of what is not here.
  public func withheldRecipes(of table: String) throws -> Set<String> {
    Set(try recorded(.recipe, table, nil).map(\.hex))
  }

  private func recorded(_ part: WithheldRows.Part, _ table: String, _ activity: Int?) throws -> [SHA256Digest] {
    let object = WithheldRows.object(table, part)
    return try rowDigests(activity: activity).first { $0.object == object }.map { WithheldRows.digests($0.rowHashes) }
      ?? []
  }

  private func record(
    _ hashes: [SHA256Digest], _ part: WithheldRows.Part, _ table: String, _ activity: Int?
  ) throws {
    try dropWithheldDigest(activity: activity, object: WithheldRows.object(table, part))
    guard !hashes.isEmpty else { return }
    let digest = RowDigest(WithheldRows.object(table, part), hashes, sums: [:])
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
      guard parts.count == 2, let part = WithheldRows.Part(rawValue: parts[1]), part != .standIn else { return nil }
      let hashes = WithheldRows.digests(row.rowHashes)
      return WithheldRows(
        table: parts[0], isRecipe: part == .recipe, activityKey: row.activityKey, sha256: row.sha256,
        hashes: hashes.map(\.hex), isSound: RowDigest(row.object, hashes, sums: [:]).sha256 == row.sha256)
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
    for table in HashedTables.current.owned {
      let absent = part(.absent, table)
      guard !absent.isEmpty else { continue }
      let rows = try hasher.hashes(table, of: activity).without(part(.standIn, table)) + absent
      complete.removeAll { $0.table == table.name }
      complete.append(RowDigest(table.name, rows, sums: [:]))
    }
    return complete
  }
}

extension SHA256Digest {
  /// Of 64 hexadecimal digits; nil for another text.
  fileprivate init?(hexadecimal text: String) {
    let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
    guard digits.count == 64, text.count == 64 else { return nil }
    self.init(stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
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
