import ContentIdentity

/// The hashes of rows of one table: all of an activity, or all that nobody owns.
struct RowDigest: Equatable {
  let table: String
  let count: Int
  /// SHA-256 over the SHA-256 of every row, sorted.
  let sha256: String
  /// Of every column that is not NULL throughout, the sum of 64 bits of its values, modulo 2^64.
  let sums: [String: UInt64]
  /// The first 8 bytes of every row's SHA-256, sorted.
  let rows: [UInt64]

  /// - Parameter hashes: of the rows, in any order.
  init(_ table: String, _ hashes: [SHA256Digest], sums: [String: UInt64]) {
    let sorted = hashes.sorted()
    (self.table, self.sums) = (table, sums)
    (count, rows, sha256) = (sorted.count, sorted.map(\.head), Self.hash(sorted))
  }

  /// - Parameter digest: what `RowSQL` gives of rows, of which there is at least one.
  init(_ table: HashedTable, _ digest: [UInt8]) {
    let hashes = 8 * table.columns.count
    self.table = table.name
    count = (digest.count - hashes) / 32
    rows = stride(from: hashes, to: digest.count, by: 32).map { Self.word(digest, at: $0) }
    sha256 = SHA256.hex(of: Array(digest[hashes...]))
    let words = table.columns.enumerated().map { ($1.name, Self.word(digest, at: 8 * $0)) }
    sums = Dictionary(uniqueKeysWithValues: words.filter { $0.1 != 0 })
  }

  /// SHA-256 over sorted hashes, each as its 32 bytes.
  private static func hash(_ sorted: [SHA256Digest]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * sorted.count)
    for digest in sorted { digest.append(to: &bytes) }
    return SHA256.hex(of: bytes)
  }

  /// A number of 8 bytes, the highest first.
  private static func word(_ bytes: [UInt8], at start: Int) -> UInt64 {
    bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// - Throws: `JSONError` where the sums are none.
  init(_ row: Rows.RowDigests) throws {
    (table, count, sha256) = (row.object, row.rowCount, row.sha256)
    let members = try JSONValue(parsing: row.columnSums).objectValue ?? [:]
    sums = members.compactMapValues { $0.stringValue.flatMap { UInt64($0, radix: 16) } }
    rows = stride(from: 0, to: row.rowHashes.count - 7, by: 8).map { Self.word(row.rowHashes, at: $0) }
  }

  func row(of activity: Int?) -> RowDigestRow {
    let columns = sums.mapValues { JSONValue.string(String($0, radix: 16)) }
    return RowDigestRow(
      activityID: activity, object: table, rowCount: count, sha256: sha256,
      columnSums: JSONValue.object(columns).canonical,
      rowHashes: rows.reduce(into: []) { $0.append(bigEndian: $1) })
  }
}
