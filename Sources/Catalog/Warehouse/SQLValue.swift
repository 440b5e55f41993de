import Names

/// A value of a column or a statement parameter.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  public static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }
  public static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
  /// A text that is no place in the file system, as the catalog holds it: in Unicode NFC, so that one name is one row.
  @inline(never) public static func name(_ value: String) -> SQLValue { .text(value.composed) }
  @inline(never) public static func optionalName(_ value: String?) -> SQLValue { value.map { .name($0) } ?? .null }
  public static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
  /// NaN is stored as NULL.
  public static func optional(_ value: Double?) -> SQLValue { value.map { .number($0) } ?? .null }
  public static func optional(_ value: Int?) -> SQLValue { value.map { .int($0) } ?? .null }
  /// A real; NaN is stored as NULL.
  @inline(never) public static func number(_ value: Double) -> SQLValue { value.isNaN ? .null : .real(value) }

  // One name for each type, so that a long list of values is typed fast; never inlined, because the lists of all tables
  // would be half the module's machine code.
  @inline(never) public static func optionalText(_ value: String?) -> SQLValue { optional(value) }
  @inline(never) public static func optionalReal(_ value: Double?) -> SQLValue { optional(value) }
  @inline(never) public static func optionalInt(_ value: Int?) -> SQLValue { optional(value) }
  @inline(never) public static func optionalBlob(_ value: [UInt8]?) -> SQLValue { value.map { .blob($0) } ?? .null }

  public var string: String? { if case .text(let s) = self { s } else { nil } }
  public var int: Int? {
    switch self {
    case .integer(let n): Int(n)
    case .real(let d): Int(exactly: d)
    default: nil
    }
  }
  public var double: Double? {
    switch self {
    case .integer(let n): Double(n)
    case .real(let d): d
    default: nil
    }
  }
  public var bytes: [UInt8]? { if case .blob(let b) = self { b } else { nil } }
  public var isNull: Bool { self == .null }

  /// For people, a real with all its digits, of bytes their number.
  public func text(null: String) -> String {
    switch self {
    case .null: null
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    case .blob(let bytes): "\(bytes.count) bytes"
    }
  }
}

/// One row of a result: its column names are shared by the result.
public struct SQLRow: Sendable {
  public let columns: [String]
  public let values: [SQLValue]

  public init(columns: [String], values: [SQLValue]) {
    self.columns = columns
    self.values = values
  }

  /// The value of a column; a column the statement does not have is a programmer error.
  public subscript(column: String) -> SQLValue {
    guard let i = columns.firstIndex(of: column) else { preconditionFailure("no column \(column)") }
    return values[i]
  }

  public func text(_ column: String) -> String { self[column].string ?? "" }
  public func optionalText(_ column: String) -> String? { self[column].string }
  public func int(_ column: String) -> Int { self[column].int ?? 0 }
  public func double(_ column: String) -> Double { self[column].double ?? .nan }
}

/// The columns and rows a statement returned.
public struct SQLTable: Sendable {
  public let columns: [String]
  /// Of each column what the schema declares; nil for an expression.
  public let declared: [Statement.Kind?]
  public let rows: [SQLRow]

  public init(columns: [String], rows: [SQLRow]) {
    self.init(columns: columns, declared: columns.map { _ in nil }, rows: rows)
  }

  public init(columns: [String], declared: [Statement.Kind?], rows: [SQLRow]) {
    precondition(columns.count == declared.count, "a type, or none, for every column")
    (self.columns, self.declared, self.rows) = (columns, declared, rows)
  }
}
