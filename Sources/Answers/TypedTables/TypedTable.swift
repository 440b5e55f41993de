import Diagnostics
import Warehouse

/// Rows whose columns have one type each, whatever rows there are.
public struct TypedTable: Sendable {
  public struct Column: Sendable, Equatable {
    public let name: String
    public let kind: Statement.Kind
    /// What the view says of it.
    public let description: String?

    public init(_ name: String, _ kind: Statement.Kind, description: String?) {
      (self.name, self.kind, self.description) = (name, kind, description)
    }
  }

  public let columns: [Column]
  /// Each value NULL or of its column's type.
  public let rows: [[SQLValue]]

  /// A column's type is the one that is told, else that of the view, else that of the table's column, else that of its
  /// values: integers and numbers together are numbers where each integer is one. A table's column of blobs may hold
  /// values of any type, as SQLite keeps them unchanged: where it has values, their type counts.
  ///
  /// - Parameters:
  ///   - view: describes the columns.
  ///   - told: types of columns by their names.
  /// - Throws: `E-QRY-014` for a column of values of several types, of none and no declared type, and for two columns of
  ///   one name; `E-QRY-001` for a type of a column that is not there.
  public init(_ table: SQLTable, of view: CatalogText.Object?, told: [String: Statement.Kind]) throws {
    for (place, name) in table.columns.enumerated() where table.columns.prefix(place).contains(name) {
      throw EvokeError(
        .mixedColumn, "column \(name)", reason: "two columns have this name", remedy: "name one of them with AS")
    }
    for name in told.keys.sorted() where !table.columns.contains(name) {
      throw EvokeError(
        .unknownQuestion, "--type \(name)",
        reason: "the result has the columns \(table.columns.joined(separator: ", "))",
        remedy: NearMiss.suggestion(name, in: table.columns, otherwise: "name one of them"))
    }
    let described = view.map(\.columns) ?? []
    columns = try table.columns.enumerated().map { place, name in
      let header = described.first { $0.name == name }
      let values = table.rows.lazy.map { $0.values[place] }
      let isOfItsValues = table.declared[place] == .blob && values.contains { $0.kind != nil }
      let kind =
        try told[name] ?? header?.kind ?? (isOfItsValues ? nil : table.declared[place])
        ?? Self.kind(of: values, name)
      return Column(name, kind, description: header.flatMap { $0.description.isEmpty ? nil : $0.description })
    }
    let typed = columns
    rows = try table.rows.enumerated().map { number, row in
      try zip(row.values, typed).map { value, column in try Self.value(value, of: column, row: number + 1) }
    }
  }

  /// Of rows that are typed already.
  public init(columns: [Column], rows: [[SQLValue]]) { (self.columns, self.rows) = (columns, rows) }

  /// The same as any result.
  public var table: SQLTable {
    let names = columns.map(\.name)
    return SQLTable(
      columns: names, declared: columns.map(\.kind), rows: rows.map { SQLRow(columns: names, values: $0) })
  }

  private static func kind(of values: some Sequence<SQLValue>, _ name: String) throws -> Statement.Kind {
    var found: Set<Statement.Kind> = []
    for value in values { if let kind = value.kind { found.insert(kind) } }
    if found == [.integer, .real] { return .real }
    if found.count == 1, let kind = found.first { return kind }
    let types = found.map(\.rawValue).sorted().joined(separator: " and ")
    throw EvokeError(
      .mixedColumn, "column \(name)",
      reason: found.isEmpty ? "it is an expression without a value here" : "its values are \(types)",
      remedy: found.isEmpty
        ? "say its type: --type \(name)=real, or integer, text, blob" : "make them one type with CAST in the statement")
  }

  private static func value(_ value: SQLValue, of column: Column, row: Int) throws -> SQLValue {
    switch (column.kind, value) {
    case (_, .null), (.integer, .integer), (.real, .real), (.text, .text), (.blob, .blob): return value
    case (.real, .integer(let number)):
      if let exact = Double(exactly: number) { return .real(exact) }
    case (.integer, .real(let number)):
      if let exact = Int64(exactly: number), number.sign == .plus || number != 0 { return .integer(exact) }
    default: break
    }
    throw EvokeError(
      .mixedColumn, "column \(column.name)",
      reason: "it is \(column.kind.rawValue), and row \(row) has \(value.shown)",
      remedy: "make its values one type with CAST in the statement, or say another: --type \(column.name)=TYPE")
  }
}

extension SQLValue {
  fileprivate var kind: Statement.Kind? {
    switch self {
    case .null: nil
    case .integer: .integer
    case .real: .real
    case .text: .text
    case .blob: .blob
    }
  }

  /// For a message.
  fileprivate var shown: String {
    switch self {
    case .null: "NULL"
    case .integer(let number): "the integer \(number)"
    case .real(let number): "the number \(number)"
    case .text(let text): "the text '\(text.prefix(40))'"
    case .blob(let bytes): "\(bytes.count) bytes"
    }
  }
}
