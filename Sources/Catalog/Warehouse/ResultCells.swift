import ContentIdentity

/// How a value of a computed row travels from a worker.
///
/// NULL is `null`, a real the JSON number, a text `{"t": text}`, an integer `{"i": number}`, or `{"i": "digits"}` where
/// it lies beyond +-2^53 and a JSON number would round it.
extension SQLValue {
  private static let exact = (-(Int64(1) << 53)...(Int64(1) << 53))

  /// - Throws: `StrictCodingError` for an infinite number; NaN is NULL, as in `SQLValue.number`.
  func cell(at place: @autoclosure () -> String) throws -> JSONValue {
    switch self {
    case .null: return .null
    case .integer(let n): return ["i": Self.exact.contains(n) ? .number(Double(n)) : .string(String(n))]
    case .real(let d) where d.isNaN: return .null
    case .real(let d):
      guard d.isFinite else { throw StrictCodingError(place: place(), reason: "it is infinite") }
      return .number(d)
    case .text(let s): return ["t": .string(s)]
    case .blob: throw StrictCodingError(place: place(), reason: "bytes are stored as arrays, not in rows")
    }
  }

  init(cell: JSONValue, at place: @autoclosure () -> String) throws {
    switch cell {
    case .null: self = .null
    case .number(let d): self = .real(d)
    case .object(let members) where members.count == 1:
      if case .string(let text) = members["t"] {
        self = .text(text)
      } else if let n = members["i"].flatMap(Self.integer) {
        self = .integer(n)
      } else {
        fallthrough
      }
    default: throw StrictCodingError(place: place(), reason: "\(cell.canonical.prefix(80)) is no cell")
    }
  }

  /// Each integer has one spelling.
  private static func integer(_ json: JSONValue) -> Int64? {
    switch json {
    case .number(let d): Int64(exactly: d).flatMap { exact.contains($0) ? $0 : nil }
    case .string(let s): Int64(s).flatMap { !exact.contains($0) && String($0) == s ? $0 : nil }
    default: nil
    }
  }
}

/// Reads the cells of one computed row from the first column to the last.
public struct CellReader {
  private let table: String
  private let columns: [String]
  private let cells: [JSONValue]
  private var position = 0

  init(_ table: String, columns: [String], cells: [JSONValue]) throws {
    guard cells.count == columns.count else {
      throw StrictCodingError(place: table, reason: "a row has \(cells.count) cells for \(columns.count) columns")
    }
    (self.table, self.columns, self.cells) = (table, columns, cells)
  }

  /// The value of the next column, nil for NULL.
  private mutating func next<T>(_ wanted: String, _ value: (SQLValue) -> T?) throws -> T? {
    defer { position += 1 }
    let cell = try SQLValue(cell: cells[position], at: place(position))
    if cell == .null { return nil }
    guard let value = value(cell) else {
      throw StrictCodingError(place: place(position), reason: "\(cell) is not \(wanted)")
    }
    return value
  }

  private func place(_ position: Int) -> String { "\(table).\(columns[position])" }

  private mutating func present<T>(_ read: (inout CellReader) throws -> T?) throws -> T {
    if let value = try read(&self) { return value }
    throw StrictCodingError(place: place(position - 1), reason: "it is NULL, which it never may be")
  }

  @inline(never) public mutating func optionalInteger() throws -> Int? {
    try next("an integer") { if case .integer(let n) = $0 { Int(n) } else { nil } }
  }
  @inline(never) public mutating func optionalReal() throws -> Double? {
    try next("a real") { if case .real(let d) = $0 { d } else { nil } }
  }
  @inline(never) public mutating func optionalText() throws -> String? {
    try next("a text") { if case .text(let s) = $0 { s } else { nil } }
  }
  @inline(never) public mutating func integer() throws -> Int { try present { try $0.optionalInteger() } }
  @inline(never) public mutating func real() throws -> Double { try present { try $0.optionalReal() } }
  @inline(never) public mutating func text() throws -> String { try present { try $0.optionalText() } }
}

extension ResultRow {
  /// The cells of a row, in the order of `columns`.
  ///
  /// - Throws: `StrictCodingError` for an infinite number.
  public func cells() throws -> [JSONValue] {
    try zip(Self.columns, values).map { column, value in try value.cell(at: "\(Self.table).\(column)") }
  }

  public init(cells: [JSONValue]) throws {
    var reader = try CellReader(Self.table, columns: Self.columns, cells: cells)
    try self.init(&reader)
  }
}

extension ResultTables {
  /// The type of a table's rows; nil for a table no unit writes to.
  public static func named(_ table: String) -> (any ResultRow.Type)? { all.first { $0.table == table } }

  /// Sorts what is of several tables so that each comes after those it refers to.
  public static func position(of table: any ResultRow.Type) -> Int {
    guard let position = all.firstIndex(where: { $0 == table }) else { preconditionFailure("no table \(table.table)") }
    return position
  }
}
