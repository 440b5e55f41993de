import Diagnostics
import Queries

/// A statement of `queries/` with the names and types of its parameters.
public struct Statement: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case integer, real, text, blob
  }

  /// Folder and name: `lookups/unit_states`.
  public let place: String
  public let parameters: [(name: String, kind: Kind)]
  /// Of its result; none for a change.
  public let columns: [String]

  public init(_ place: String, parameters: [(String, Kind)], columns: [String]) {
    self.place = place
    self.parameters = parameters
    self.columns = columns
  }

  public var sql: String { Queries.text(of: place) }
}

/// Reads the columns of one row from the first to the last.
///
/// Its methods are never inlined: every query's rows are read by them, and building would take twice as long.
public struct RowReader {
  private let statement: Statement
  private let values: [SQLValue]
  private var position = 0

  init(_ statement: Statement, _ values: [SQLValue]) {
    self.statement = statement
    self.values = values
  }

  private mutating func next() -> SQLValue {
    defer { position += 1 }
    return values[position]
  }

  @inline(never) public mutating func optionalInteger() -> Int? { next().int }
  @inline(never) public mutating func optionalReal() -> Double? { next().double }
  @inline(never) public mutating func optionalText() -> String? { next().string }
  @inline(never) public mutating func optionalBlob() -> [UInt8]? { next().bytes }

  /// - Throws: `E-WH-005`, as the other readers of columns that are never NULL, for a NULL and for another type.
  @inline(never) public mutating func integer() throws -> Int { try present { $0.optionalInteger() } }
  @inline(never) public mutating func real() throws -> Double { try present { $0.optionalReal() } }
  @inline(never) public mutating func text() throws -> String { try present { $0.optionalText() } }
  @inline(never) public mutating func blob() throws -> [UInt8] { try present { $0.optionalBlob() } }

  private mutating func present<T>(_ read: (inout RowReader) -> T?) throws -> T {
    if let value = read(&self) { return value }
    let found = values[position - 1].isNull ? "NULL" : "of another type"
    throw EvokeError(
      .catalogFailed, "\(statement.place).\(statement.columns[position - 1])",
      reason: "it is \(found), which it never should be", remedy: "run evoke verify; if it finds nothing, report this")
  }
}

extension SQLTable {
  /// The rows as those of a statement that returns the same columns.
  public func rows<Made>(of statement: Statement, _ make: (inout RowReader) throws -> Made) throws -> [Made] {
    precondition(columns == statement.columns, "not the columns of \(statement.place)")
    return try rows.map { row in
      var reader = RowReader(statement, row.values)
      return try make(&reader)
    }
  }
}

/// A new row of a table. Columns whose value SQLite gives are left out.
public protocol TableRow: Sendable {
  static var table: String { get }
  static var columns: [String] { get }
  /// In the order of `columns`.
  var values: [SQLValue] { get }
}

/// A row that a unit computes. It comes back from the worker as cells.
public protocol ResultRow: TableRow {
  /// Whether the table has the column `unit_key`, which is added where a row is inserted.
  static var hasUnitKey: Bool { get }

  /// - Throws: `StrictCodingError` for a cell of another type and for NULL where there never is one.
  init(_ reader: inout CellReader) throws
}

/// A row that is known by some of its columns, besides its number.
public protocol NamedRow: TableRow {
  static var identity: [String] { get }
}

/// A row with the place and the hashes of a stored array.
public protocol ArrayPlace: Sendable {
  var name: String { get }
  /// Relative to the warehouse.
  var file: String { get }
  /// Dataset inside it.
  var path: String { get }
  var logicalSHA256: String { get }
  var axesSHA256: String { get }
  var fileSHA256: String { get }
  /// `Files.stamp` when the bytes of the file were hashed last.
  var fileStamp: String { get }
}
