/// Writes rows as an Apache Parquet file.
///
/// Written here, because the libraries that do it are larger than this program, and what a table of results needs is
/// little: flat columns that may be NULL, plain or dictionary encoding, no compression. Rows are taken one by one and
/// leave in groups, so that memory holds one group whatever the table's length. NULL is a definition level of 0; an empty
/// text and NaN are values.
///
/// Source: Apache Parquet 2.10, `README.md`, `Encodings.md` and `parquet.thrift`.
package struct ParquetWriter {
  /// Largest number of rows of a group, and of the bytes of their values before one more row is added.
  package static let groupRows = 65_536
  package static let groupBytes = 64 << 20
  /// The same of a page.
  package static let pageRows = 16_384
  package static let pageBytes = 1 << 20
  private static let mark = Array("PAR1".utf8)

  private let columns: [ParquetColumn]
  private let sink: ([UInt8]) throws -> Void
  private var cells: [[ParquetValue]]
  private var cellBytes = 0
  private var groups: [ThriftStructure] = []
  private var offset = 0
  private var rowCount = 0

  /// - Parameter sink: takes the bytes of the file, part by part.
  package init(_ columns: [ParquetColumn], to sink: @escaping ([UInt8]) throws -> Void) throws {
    (self.columns, self.sink) = (columns, sink)
    cells = columns.map { _ in [] }
    try put(Self.mark)
  }

  /// Adds a row; a value is NULL or of its column's kind.
  package mutating func append(_ row: [ParquetValue]) throws {
    precondition(row.count == columns.count, "a value for every column")
    for (place, value) in row.enumerated() {
      cells[place].append(value)
      cellBytes += Self.size(of: value)
    }
    rowCount += 1
    if cells.first?.count == Self.groupRows || cellBytes >= Self.groupBytes { try endGroup() }
  }

  /// Ends the file.
  ///
  /// - Parameters:
  ///   - metadata: key-value pairs of the whole file.
  ///   - program: name and version of what wrote it.
  package mutating func finish(metadata: [(key: String, value: String)], program: String) throws {
    try endGroup()
    var root = ThriftStructure()
    root.binary(4, "schema".utf8)
    root.int(5, columns.count)
    var order = ThriftStructure()
    order.structure(1, ThriftStructure())
    var footer = ThriftStructure()
    footer.int(1, 2)
    footer.structures(2, [root] + columns.map(\.element))
    footer.long(3, rowCount)
    footer.structures(4, groups)
    if !metadata.isEmpty { footer.structures(5, Self.pairs(metadata)) }
    footer.binary(6, program.utf8)
    footer.structures(7, columns.map { _ in order })
    let bytes = footer.ended
    try put(bytes + ColumnChunk.littleEndian(UInt64(bytes.count), 4) + Self.mark)
  }

  private mutating func endGroup() throws {
    guard let count = cells.first?.count, count > 0 else { return }
    let start = offset
    var entries: [ThriftStructure] = []
    for (place, column) in columns.enumerated() {
      let chunk = ColumnChunk(column, cells[place])
      entries.append(chunk.entry(at: offset))
      try put(chunk.bytes)
      cells[place].removeAll(keepingCapacity: true)
    }
    cellBytes = 0
    var group = ThriftStructure()
    group.structures(1, entries)
    group.long(2, offset - start)
    group.long(3, count)
    group.long(5, start)
    group.long(6, offset - start)
    groups.append(group)
  }

  private mutating func put(_ bytes: [UInt8]) throws {
    try sink(bytes)
    offset += bytes.count
  }

  private static func size(of value: ParquetValue) -> Int {
    switch value {
    case .null: 1
    case .integer, .real: 8
    case .text(let text): 4 + text.utf8.count
    case .bytes(let content): 4 + content.count
    }
  }

  static func pairs(_ metadata: [(key: String, value: String)]) -> [ThriftStructure] {
    metadata.map { key, value in
      var pair = ThriftStructure()
      pair.binary(1, key.utf8)
      pair.binary(2, value.utf8)
      return pair
    }
  }
}
