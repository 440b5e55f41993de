/// The values of one column in one group of rows, in pages.
struct ColumnChunk {
  /// A dictionary is written where it holds no more values and bytes, and saves half of the values' bytes.
  static let dictionaryValues = 1 << 16
  static let dictionaryBytes = 1 << 20
  /// Bounds are stated of texts no longer than that.
  static let boundBytes = 64

  private let column: ParquetColumn
  private let cells: [ParquetValue]
  private(set) var bytes: [UInt8] = []
  /// Where the first data page begins in `bytes`; before it stands the dictionary, if there is one.
  private var dataStart = 0

  init(_ column: ParquetColumn, _ cells: [ParquetValue]) {
    (self.column, self.cells) = (column, cells)
    let values = cells.filter { $0 != .null }.map(encoded)
    if let dictionary = Dictionary(of: values) {
      appendPage(type: 2, dictionary.plain) { header in
        var own = ThriftStructure()
        own.int(1, dictionary.count)
        own.int(2, Encoding.plain.rawValue)
        header.structure(7, own)
      }
      dataStart = bytes.count
      let width = HybridRuns.width(below: dictionary.count)
      appendPages(values, .dictionary) { range in
        [UInt8(width)] + HybridRuns.encoded(Array(dictionary.places[range]), width: width)
      }
    } else {
      appendPages(values, .plain) { range in Array(values[range].joined()) }
    }
  }

  private enum Encoding: Int {
    case plain = 0
    case runs = 3
    case dictionary = 8
  }

  /// A value as it stands in a page: little-endian, texts and bytes after their length.
  private func encoded(_ value: ParquetValue) -> [UInt8] {
    switch (column.kind, value) {
    case (.integer, .integer(let number)): Self.littleEndian(UInt64(bitPattern: number), 8)
    case (.real, .real(let number)): Self.littleEndian(number.bitPattern, 8)
    case (.text, .text(let text)): Self.littleEndian(UInt64(text.utf8.count), 4) + text.utf8
    case (.bytes, .bytes(let content)): Self.littleEndian(UInt64(content.count), 4) + content
    default: preconditionFailure("\(column.name) is \(column.kind), not \(value)")
    }
  }

  static func littleEndian(_ word: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
  }

  // MARK: Pages

  /// The data pages; `content` encodes those values, numbered without NULLs, that are in one.
  private mutating func appendPages(
    _ values: [[UInt8]], _ encoding: Encoding, content: (Range<Int>) -> [UInt8]
  ) {
    var (row, value) = (0, 0)
    while row < cells.count {
      var levels: [UInt32] = []
      var (size, end) = (0, value)
      while row < cells.count, levels.count < ParquetWriter.pageRows, size < ParquetWriter.pageBytes {
        let isPresent = cells[row] != .null
        levels.append(isPresent ? 1 : 0)
        if isPresent {
          size += values[end].count
          end += 1
        }
        row += 1
      }
      let runs = HybridRuns.encoded(levels, width: 1)
      appendPage(type: 0, Self.littleEndian(UInt64(runs.count), 4) + runs + content(value..<end)) { header in
        var own = ThriftStructure()
        own.int(1, levels.count)
        own.int(2, encoding.rawValue)
        own.int(3, Encoding.runs.rawValue)
        own.int(4, Encoding.runs.rawValue)
        header.structure(5, own)
      }
      value = end
    }
  }

  private mutating func appendPage(type: Int, _ content: [UInt8], _ describe: (inout ThriftStructure) -> Void) {
    var header = ThriftStructure()
    header.int(1, type)
    header.int(2, content.count)
    header.int(3, content.count)
    describe(&header)
    bytes += header.ended
    bytes += content
  }

  // MARK: Description

  /// Its entry in the footer.
  ///
  /// - Parameter offset: where it begins in the file.
  func entry(at offset: Int) -> ThriftStructure {
    var metadata = ThriftStructure()
    metadata.int(1, column.kind.physical)
    let encodings: [Encoding] = dataStart > 0 ? [.plain, .runs, .dictionary] : [.plain, .runs]
    metadata.ints(2, encodings.map(\.rawValue))
    metadata.binaries(3, [Array(column.name.utf8)])
    metadata.int(4, 0)
    metadata.long(5, cells.count)
    metadata.long(6, bytes.count)
    metadata.long(7, bytes.count)
    if !column.metadata.isEmpty { metadata.structures(8, ParquetWriter.pairs(column.metadata)) }
    metadata.long(9, offset + dataStart)
    if dataStart > 0 { metadata.long(11, offset) }
    metadata.structure(12, statistics)
    var chunk = ThriftStructure()
    chunk.long(2, 0)
    chunk.structure(3, metadata)
    return chunk
  }

  /// The number of NULLs and the bounds. There are none where a value is NaN, which some readers take for the largest
  /// number and some for none, and of texts and bytes where one of them would be long.
  private var statistics: ThriftStructure {
    var statistics = ThriftStructure()
    statistics.long(3, cells.count { $0 == .null })
    if let (low, high) = bounds {
      statistics.binary(5, high)
      statistics.binary(6, low)
    }
    return statistics
  }

  private var bounds: (low: [UInt8], high: [UInt8])? {
    switch column.kind {
    case .integer:
      let numbers = cells.compactMap { if case .integer(let number) = $0 { number } else { nil } }
      guard let low = numbers.min(), let high = numbers.max() else { return nil }
      return (Self.littleEndian(UInt64(bitPattern: low), 8), Self.littleEndian(UInt64(bitPattern: high), 8))
    case .real:
      let numbers = cells.compactMap { if case .real(let number) = $0 { number } else { nil } }
      guard let low = numbers.min(), let high = numbers.max(), !numbers.contains(where: \.isNaN) else { return nil }
      // The two zeros are equal: a bound that is zero includes both.
      return (
        Self.littleEndian((low == 0 ? -0.0 : low).bitPattern, 8),
        Self.littleEndian((high == 0 ? 0.0 : high).bitPattern, 8)
      )
    case .text, .bytes:
      let values = cells.compactMap { value -> [UInt8]? in
        switch value {
        case .text(let text): Array(text.utf8)
        case .bytes(let content): content
        default: nil
        }
      }
      guard let low = values.min(by: { $0.lexicographicallyPrecedes($1) }),
        let high = values.max(by: { $0.lexicographicallyPrecedes($1) }), max(low.count, high.count) <= Self.boundBytes
      else { return nil }
      return (low, high)
    }
  }

  // MARK: Dictionary

  /// Distinct values by their bytes: texts that Swift holds for equal may have other bytes.
  private struct Dictionary {
    private(set) var plain: [UInt8] = []
    private(set) var count = 0
    /// Of each value its place among the distinct ones.
    private(set) var places: [UInt32] = []

    /// nil where it would not save half of the bytes.
    init?(of values: [[UInt8]]) {
      var known: [[UInt8]: UInt32] = [:]
      places.reserveCapacity(values.count)
      var size = 0
      for value in values {
        size += value.count
        if let place = known[value] {
          places.append(place)
          continue
        }
        guard count < ColumnChunk.dictionaryValues, plain.count + value.count <= ColumnChunk.dictionaryBytes else {
          return nil
        }
        known[value] = UInt32(count)
        places.append(UInt32(count))
        plain += value
        count += 1
      }
      let indexed = plain.count + values.count * HybridRuns.width(below: count) / 8
      guard count > 0, indexed <= size / 2 else { return nil }
    }
  }
}
