import ContentIdentity

/// The hash of what a unit computed: what `unit.result_sha256` holds.
///
/// SHA-256 of the RFC 8785 JSON of `{"arrays": [[name, hash] by name], "tables": {table: hash}}`; the hash of a table is
/// the SHA-256 over the SHA-256 of its rows, sorted (`CanonicalRow`). A worker's result and the catalog give the same.
public enum ResultHash {
  /// Of rows that a worker has left.
  public static func of(
    _ rows: [any ResultRow], unit: String, arrays: [(name: String, sha256: String)]
  ) -> String {
    var layouts: [String: Layout] = [:]
    var hashes: [String: [SHA256Digest]] = [:]
    var canonical = CanonicalRow()
    var sha256 = SHA256()
    for row in rows {
      let kind = type(of: row)
      let layout = layouts[kind.table] ?? Layout(kind)
      layouts[kind.table] = layout
      let values = row.values
      canonical.begin(layout.table.head)
      for (column, place) in zip(layout.table.columns, layout.places) {
        canonical.append(column.head, place.map { values[$0] } ?? .text(unit))
      }
      sha256.update(canonical.bytes)
      hashes[kind.table, default: []].append(sha256.take())
    }
    return of(hashes.map { RowDigest($0.key, $0.value, sums: [:]) }, arrays: arrays)
  }

  /// Where the hashed columns of a table stand among the values of its rows.
  private struct Layout {
    let table: HashedTable
    /// nil for the unit's key, which a row does not know.
    let places: [Int?]

    init(_ kind: any ResultRow.Type) {
      let table = HashedTables.current[kind.table]
      self.table = table
      places = table.columns.map { column in
        let place = kind.columns.firstIndex(of: column.name)
        guard column.target == nil, place != nil || kind.hasUnitKey && column.name == "unit_key" else {
          preconditionFailure("\(table.name).\(column.name) is known in the catalog alone")
        }
        return place
      }
    }
  }

  /// Of digests of the catalog; those of tables no unit computes are left out.
  static func of(_ digests: [RowDigest], arrays: [(name: String, sha256: String)]) -> String {
    let tables = digests.filter { ResultTables.named($0.table) != nil }
    return JSONValue.object([
      "arrays": .array(arrays.sorted { $0.name < $1.name }.map { .array([.string($0.name), .string($0.sha256)]) }),
      "tables": .object(Dictionary(uniqueKeysWithValues: tables.map { ($0.table, .string($0.sha256)) })),
    ]).sha256
  }
}
