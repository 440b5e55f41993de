import ContentIdentity
import GRDB

/// Hashes rows of the catalog, in one pass over each table: SQL does where the rows themselves are not asked for.
struct RowHasher: ~Copyable {
  private struct Place: Hashable {
    let table: String
    let number: Int64
  }

  private let connection: Connection
  private let tables = HashedTables.current
  private var references: [Place: SHA256Digest] = [:]
  private var row = CanonicalRow()
  private var sha256 = SHA256()

  init(_ connection: Connection) { self.connection = connection }

  /// The digest of a table's rows of an activity, or of those nobody owns; nil where there are none.
  mutating func digest(_ table: HashedTable, of activity: Int?) throws -> RowDigest? {
    let owner = Self.owner(activity)
    guard try table.references.isEmpty || connection.cursor(table.first, owner).next() != nil else { return nil }
    let references = try references(of: table, owner)
    let given: [(String, SQLValue)] = [("shape", .blob(table.shape)), ("references", .blob(references))] + owner
    return try connection.cursor(table.digest, given).next()?.values[0].bytes.map { RowDigest(table, $0) }
  }

  /// The tables with rows of an activity among those whose rows go with one.
  func filledTables(of activity: Int) throws -> [HashedTable] {
    var names: Set<String> = []
    let cursor = try connection.cursor(tables.present, Self.owner(activity))
    while let name = try cursor.next()?.values[0].string { names.insert(name) }
    return tables.owned.filter { names.contains($0.name) }
  }

  private static func owner(_ activity: Int?) -> [(String, SQLValue)] {
    activity.map { [("activity", .int($0))] } ?? []
  }

  /// What stands for the rows that rows of a table refer to, as `RowSQL` takes it.
  private mutating func references(of table: HashedTable, _ owner: [(String, SQLValue)]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for reference in table.references {
      var numbers: [Int64] = []
      let cursor = try connection.cursor(reference.numbers, owner)
      while let values = try cursor.next()?.values {
        if case .integer(let number) = values[0] { numbers.append(number) }
      }
      // As their bytes are ordered: negative numbers last.
      for number in numbers.sorted(by: { UInt64(bitPattern: $0) < UInt64(bitPattern: $1) }) {
        bytes.append(bigEndian: UInt64(reference.place))
        bytes.append(bigEndian: UInt64(bitPattern: number))
        try self.reference(reference.target, number).append(to: &bytes)
      }
    }
    return bytes
  }

  /// The hashes of a table's rows of an activity, or of those nobody owns.
  mutating func hashes(_ table: HashedTable, of activity: Int?) throws -> [SHA256Digest] {
    var hashes: [SHA256Digest] = []
    try eachRow(table, of: activity) { hash, _ in hashes.append(hash) }
    return hashes
  }

  /// The first 8 bytes of the hashes of rows, and the rows' keys.
  mutating func namedRows(_ table: HashedTable, of activity: Int?) throws -> [(hash: UInt64, key: String)] {
    var rows: [(UInt64, String)] = []
    try eachRow(table, of: activity) { hash, values in
      let key = zip(table.key, values.values).map { name, value in
        "\(name)=\(value.string ?? value.int.map(String.init) ?? "NULL")"
      }
      rows.append((hash.head, key.joined(separator: ", ")))
    }
    return rows
  }

  private mutating func eachRow(
    _ table: HashedTable, of activity: Int?, _ take: (SHA256Digest, RowContent) -> Void
  ) throws {
    let cursor = try connection.cursor(table.rows, Self.owner(activity))
    while let values = try cursor.next() { take(try hash(table, values), values) }
  }

  /// The hash of a row, or of what it is known by, of its key and its columns.
  private mutating func hash(
    _ table: HashedTable, _ content: RowContent, isIdentity: Bool = false
  ) throws -> SHA256Digest {
    let (first, values) = (table.key.count, content.values)
    // References before all else: to follow one uses the same bytes.
    var targets: [Int: SHA256Digest] = [:]
    for (place, column) in table.columns.enumerated() {
      guard let target = column.target, case .integer(let number) = values[first + place] else { continue }
      if !isIdentity || column.isIdentity { targets[place] = try reference(target, number) }
    }
    row.begin(table.head, isIdentity: isIdentity)
    for (place, column) in table.columns.enumerated() where !isIdentity || column.isIdentity {
      if let target = targets[place] {
        row.append(column.head, row: target)
      } else if let bytes = content.texts[first + place] {
        row.append(column.head, text: bytes)
      } else {
        row.append(column.head, values[first + place])
      }
    }
    sha256.update(row.bytes)
    return sha256.take()
  }

  /// What stands for a row where another refers to it: the hash of its identity, else of all its columns.
  private mutating func reference(_ name: String, _ number: Int64) throws -> SHA256Digest {
    let place = Place(table: name, number: number)
    if let known = references[place] { return known }
    let table = tables[name]
    // That a row is missing is said by the check of references.
    var found = SHA256Digest.zero
    if let values = try connection.cursor(table.row, [("number", .integer(number))]).next() {
      found = try hash(table, values, isIdentity: table.hasIdentity)
    }
    references[place] = found
    return found
  }
}

/// One row of a statement.
struct RowContent {
  let values: [SQLValue]
  /// The bytes of texts that a string does not hold: it ends at U+0000, and what is no UTF-8 is mended in it.
  let texts: [Int: [UInt8]]

  fileprivate init(_ row: Row) throws {
    values = Connection.values(of: row)
    var texts: [Int: [UInt8]] = [:]
    for (place, value) in values.enumerated() {
      guard case .text(let text) = value else { continue }
      texts[place] = try row.withUnsafeData(atIndex: place) { bytes in
        bytes.flatMap { $0.elementsEqual(text.utf8) ? nil : Array($0) }
      }
    }
    self.texts = texts
  }
}

/// Rows of a statement one after the other.
struct ValueCursor {
  private let cursor: RowCursor

  func next() throws -> RowContent? { try cursor.next().map { try RowContent($0) } }

  fileprivate init(_ cursor: RowCursor) { self.cursor = cursor }
}

extension Connection {
  /// Rows of a statement that is kept prepared.
  func cursor(_ sql: String, _ arguments: [(String, SQLValue)]) throws -> ValueCursor {
    let values = StatementArguments(
      Dictionary(uniqueKeysWithValues: arguments.map { ($0.0, Self.databaseValue($0.1)) }))
    return ValueCursor(try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: values))
  }
}
