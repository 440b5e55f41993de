import ContentIdentity
import GRDB

/// Hashes rows of the catalog, in one pass over each table.
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
    var hashes: [SHA256Digest] = []
    var sums = [UInt64](repeating: 0, count: table.columns.count)
    try eachRow(table, of: activity) { hash, row, _ in
      hashes.append(hash)
      for (place, value) in row.values.enumerated() { sums[place] &+= value }
    }
    guard !hashes.isEmpty else { return nil }
    let named = zip(table.columns.map(\.name), sums).filter { $0.1 != 0 }
    return RowDigest(table.name, hashes, sums: Dictionary(uniqueKeysWithValues: named))
  }

  /// The hashes of a table's rows of an activity, or of those nobody owns.
  mutating func hashes(_ table: HashedTable, of activity: Int?) throws -> [SHA256Digest] {
    var hashes: [SHA256Digest] = []
    try eachRow(table, of: activity) { hash, _, _ in hashes.append(hash) }
    return hashes
  }

  /// The first 8 bytes of the hashes of rows, and the rows' keys.
  mutating func namedRows(_ table: HashedTable, of activity: Int?) throws -> [(hash: UInt64, key: String)] {
    var rows: [(UInt64, String)] = []
    try eachRow(table, of: activity) { hash, _, values in
      let key = zip(table.key, values.values).map { name, value in
        "\(name)=\(value.string ?? value.int.map(String.init) ?? "NULL")"
      }
      rows.append((hash.head, key.joined(separator: ", ")))
    }
    return rows
  }

  private mutating func eachRow(
    _ table: HashedTable, of activity: Int?, _ take: (SHA256Digest, CanonicalRow, RowContent) -> Void
  ) throws {
    let arguments = activity.map { [("activity", SQLValue.int($0))] } ?? []
    let cursor = try connection.cursor(table.rows, arguments)
    while let values = try cursor.next() {
      let hash = try hash(table, values)
      take(hash, row, values)
    }
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
