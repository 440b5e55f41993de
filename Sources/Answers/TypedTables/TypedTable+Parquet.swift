import ContentIdentity
import ParquetFile
import Warehouse

extension TypedTable {
  /// The table as a Parquet file.
  ///
  /// The file's metadata have `evoke.columns`, a JSON object with type, and where there are any unit and description, of
  /// each column, and `about`; every chunk of a column has its unit and description, too.
  ///
  /// - Parameter about: what else the file says of itself, by key.
  public func parquet(about: [(key: String, value: String)]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = try ParquetWriter(
      columns.map { column in
        ParquetColumn(column.name, ParquetColumn.Kind(column.kind), metadata: Self.notes(on: column))
      }
    ) { bytes += $0 }
    for row in rows { try writer.append(row.map(ParquetValue.init)) }
    let described = columns.map { column in
      let notes = Self.notes(on: column) + [(key: "type", value: column.kind.rawValue)]
      return (
        column.name, JSONValue.object(Dictionary(uniqueKeysWithValues: notes.map { ($0.key, .string($0.value)) }))
      )
    }
    let all = JSONValue.object(Dictionary(uniqueKeysWithValues: described)).canonical
    try writer.finish(
      metadata: about + [(key: "evoke.columns", value: all)], program: "evoke version \(Warehouse.version)")
    return bytes
  }

  private static func notes(on column: Column) -> [(key: String, value: String)] {
    let notes = [("description", column.description), ("unit", ColumnUnit.of(column.name))]
    return notes.compactMap { key, value in value.map { (key: key, value: $0) } }
  }
}

extension ParquetColumn.Kind {
  init(_ kind: Statement.Kind) {
    switch kind {
    case .integer: self = .integer
    case .real: self = .real
    case .text: self = .text
    case .blob: self = .bytes
    }
  }
}

extension ParquetValue {
  init(_ value: SQLValue) {
    switch value {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text(let text): self = .text(text)
    case .blob(let bytes): self = .bytes(bytes)
    }
  }
}
