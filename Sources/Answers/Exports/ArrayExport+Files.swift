import ContentIdentity
import Diagnostics
import FileSystem
import HDF5File
import LabelledArrays
import NumPyFile
import ParquetFile
import TableText
import Warehouse

extension ArrayExport {
  /// How an array lies in a table.
  public enum Layout: Sendable {
    /// A row for each coordinate of the first axis, a column for each of the others.
    case wide
    /// A row for each number, with its coordinates.
    case long
  }

  /// An HDF5 file: the numbers in `values`, a dimension scale with its unit for each axis, attributes.
  ///
  /// - Throws: `E-FIL-012` for a file that is there, and what writing throws.
  public func hdf5(to path: String) throws {
    let part = path + ".part"
    try Files.remove(part)
    do {
      let writer = try HDF5Writer(creating: part)
      try writer.dataset("values", .float32, shape: shape, storage: HDF5Storage(deflate: 4))
      for (key, value) in statements { try writer.attribute(Self.attribute(key), value, on: "values") }
      for (position, axis) in axes.enumerated() {
        switch axis.values {
        case .numbers(let numbers, let units):
          try writer.scale(axis.columnName, numbers, name: axis.name, units: units)
        case .labels(let labels): try writer.scale(axis.columnName, labels: labels, name: axis.name)
        }
        try writer.attach(scale: axis.columnName, to: "values", axis: position)
      }
      try read { _, values in try writer.append(rows: values, to: "values") }
      try writer.close()
      try Files.rename(part, to: path)
    } catch {
      try Files.remove(part)
      throw error
    }
  }

  /// Attributes of HDF5 are called as everybody calls them.
  static func attribute(_ key: String) -> String { String(key.dropFirst("evoke.".count)) }

  /// A `.npy` file and beside it `FILE.json` with the axes, their units and all that the array says of itself.
  public func npy(to path: String) throws {
    try Files.write(to: path) { sink in
      try sink(NumPyHeader.bytes(shape: shape))
      try read { _, values in try sink(Self.bytes(values)) }
    }
    try Files.write(sidecar.canonical + "\n", to: path + ".json")
  }

  private static func bytes(_ values: [Float]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 4)
    for value in values {
      let bits = value.bitPattern
      for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
    return bytes
  }

  private var sidecar: JSONValue {
    let axes = self.axes.map { axis -> JSONValue in
      switch axis.values {
      case .numbers(let numbers, let units):
        ["name": .string(axis.name), "units": .string(units), "values": .array(numbers.map { .number($0) })]
      case .labels(let labels): ["name": .string(axis.name), "values": .array(labels.map { .string($0) })]
      }
    }
    let about = statements.map { (Self.attribute($0.key), JSONValue.string($0.value)) }
    return [
      "schema": "evoke.array/1", "axes": .array(axes), "about": .object(Dictionary(uniqueKeysWithValues: about)),
    ]
  }

  /// A CSV file after RFC 4180; NaN is empty.
  public func csv(to path: String, _ layout: Layout) throws {
    try Files.write(to: path) { sink in
      func put(_ cells: [String]) throws { try sink(Array(TableFormat.csvLine(cells).utf8)) }
      try put(columnNames(layout))
      try eachRow(layout) { place, column, values in
        let numbers = values.map { $0.isNaN ? "" : $0.shortest }
        try put(coordinates(place, column).map { axes[$0].text($1) } + numbers)
      }
    }
  }

  /// A Parquet file; NaN stays NaN. Its metadata are what the array says of itself.
  public func parquet(to path: String, _ layout: Layout) throws {
    let names = columnNames(layout)
    try requireDistinct(names, remedy: "take --long, where names stand in rows")
    let heads = layout == .long ? Array(axes) : Array(axes.prefix(1))
    let columns = names.enumerated().map { place, name in
      ParquetColumn(name, place < heads.count && heads[place].labels != nil ? .text : .real)
    }
    try Files.write(to: path) { sink in
      var writer = try ParquetWriter(columns, to: sink)
      try eachRow(layout) { place, column, values in
        let heads = coordinates(place, column).map { axis, place -> ParquetValue in
          switch axes[axis].values {
          case .numbers(let numbers, _): .real(numbers[place])
          case .labels(let labels): .text(labels[place])
          }
        }
        try writer.append(heads + values.map { .real(Double($0)) })
      }
      try writer.finish(metadata: statements, program: "evoke version \(Warehouse.version)")
    }
  }

  /// - Throws: `E-QRY-014` for two columns of one name.
  func requireDistinct(_ columns: [String], remedy: String) throws {
    var known: Set<String> = []
    for column in columns where !known.insert(column).inserted {
      throw EvokeError(
        .mixedColumn, "\(name), column \(column)", reason: "two columns have this name", remedy: remedy)
    }
  }

  func columnNames(_ layout: Layout) -> [String] {
    if layout == .long { return axes.map(\.columnName) + ["value"] }
    let others = Array(axes.dropFirst())
    let names = columns.map { column in zip(others, column).map { $0.text($1) }.joined(separator: "/") }
    return axes.prefix(1).map(\.columnName) + (others.isEmpty ? ["value"] : names)
  }

  /// Axes and places that stand at the head of a row of a table.
  private func coordinates(_ place: Int, _ column: [Int]) -> [(axis: Int, place: Int)] {
    ([place] + column).enumerated().map { (axis: $0, place: $1) }
  }

  /// The rows of a table: the place along the first axis, in a long one those along the others too, and the numbers.
  func eachRow(
    _ layout: Layout, _ body: (_ place: Int, _ column: [Int], _ values: ArraySlice<Float>) throws -> Void
  ) throws {
    let columns = self.columns
    try read { first, values in
      for row in 0..<values.count / max(1, columns.count) {
        let numbers = values[row * columns.count..<(row + 1) * columns.count]
        if layout == .wide {
          try body(first + row, [], numbers)
        } else {
          for (column, number) in zip(columns, numbers.indices) {
            try body(first + row, column, numbers[number...number])
          }
        }
      }
    }
  }
}

extension Float {
  /// The shortest text that gives the same float32.
  var shortest: String {
    let text = description
    return text.hasSuffix(".0") && magnitude < 1e7 ? String(text.dropLast(2)) : text
  }
}
