/// Writes the types of rows and the functions of queries.
struct RowsWriter {
  private let catalog: Catalog

  init(_ catalog: Catalog) { self.catalog = catalog }

  var text: String {
    let typed = catalog.queries.filter { ["reports", "lookups", "changes"].contains($0.file.folder) }
    return """
      // Generated from schema/ and queries/: a type for the rows of each table, a function for each query.
      //
      //   for unit in try connection.unitStates(keys: list) { print(unit.unitKey, unit.message) }
      //   let fit = FitRow(fitKey: key, dataset: "toy", ...)         // NULL and DEFAULT columns may be left out
      //   try connection.insert(fit, of: unitKey)                    // rows of a unit: the unit's key is added
      //   let key = try connection.insert(ActivityRow(...))          // other tables: the new row's number
      //   let key = try connection.identify(DatasetRow(name: "toy")) // the row of that identity, new where there is none
      //
      // A name of SQL is the same name in camel case (`unit_key`: `unitKey`). A column is optional unless the schema or
      // the query's header says that it is never NULL; a NULL there is an error that names query and column.

      /// Rows that queries return, by the query's name.
      public enum Rows {}

      \(catalog.tables.map(table).joined(separator: "\n"))
      /// The tables whose rows units compute, each after those it refers to.
      public enum ResultTables { public static let all: [any ResultRow.Type] = [\(resultTables)] }

      \(typed.filter { !$0.results.isEmpty }.map(rows).joined(separator: "\n"))

      extension Statement {
      \(typed.map(statement).joined(separator: "\n"))

        /// Every statement of `queries/` that the program runs.
        public static let all: [Statement] = [
          \(typed.map { "." + SwiftNames.value($0.file.name) }.joined(separator: ", "))
        ]
      }

      extension Connection {
      \(typed.map(function).joined(separator: "\n"))
      }

      """
  }

  private static func type(_ kind: SQLFile.Kind, _ isOptional: Bool) -> String {
    let name = [SQLFile.Kind.integer: "Int", .real: "Double", .text: "String", .blob: "[UInt8]"][kind] ?? ""
    return name + (isOptional ? "?" : "")
  }

  /// Columns and parameters that hold a place in the file system, byte for byte as the system spells it, or a text that is
  /// hashed, or run, as it stands.
  private static let places: Set = ["path", "folder", "file", "old", "new", "words", "cells", "sql"]

  /// The value a column or parameter is stored as; any text but a place is a name, or made of names.
  private static func stored(_ name: String, _ kind: SQLFile.Kind, _ isOptional: Bool) -> String {
    switch kind {
    case .text where !places.contains(name): isOptional ? ".optionalName(\(name))" : ".name(\(name))"
    case .integer: isOptional ? ".optionalInt(\(name))" : ".int(\(name))"
    case .real: isOptional ? ".optionalReal(\(name))" : ".number(\(name))"
    case .text: isOptional ? ".optionalText(\(name))" : ".text(\(name))"
    case .blob: isOptional ? ".optionalBlob(\(name))" : ".blob(\(name))"
    }
  }

  // MARK: Tables

  private func table(_ table: Catalog.Table) -> String {
    let columns = table.columns.filter { !$0.isRowNumber && !(table.isOfUnit && $0.name == "unit_key") }
    let conformance = table.isResult ? "ResultRow" : table.identity.isEmpty ? "TableRow" : "NamedRow"
    var lines = ["/// A row of `\(table.name)`.", "public struct \(Self.rowType(table)): \(conformance) {"]
    lines.append("  public static let table = \"\(table.name)\"")
    lines.append("  public static let columns = \(Self.list(columns.map(\.name)))")
    if conformance == "NamedRow" { lines.append("  public static let identity = \(Self.list(table.identity))") }
    if table.isResult { lines.append("  public static let hasUnitKey = \(table.isOfUnit)") }
    lines += columns.map { "  public let \(SwiftNames.value($0.name)): \(Self.type($0.kind, $0.isOptional))" }
    let names = columns.map { SwiftNames.value($0.name) }
    let own = names.map { "self.\($0)" }
    lines.append("  public init(\(columns.map(Self.parameter).joined(separator: ", "))) {")
    // One assignment of all: a line for each would double the file.
    lines.append("    (\(own.joined(separator: ", "))) = (\(names.joined(separator: ", ")))")
    lines.append("  }")
    if table.isResult {
      let read = columns.map { (name: $0.name, kind: $0.kind, isOptional: $0.isOptional) }
      lines.append("  public init(_ reader: inout CellReader) throws { try \(Self.reading(read)) }")
    }
    let values = columns.map { Self.stored(SwiftNames.value($0.name), $0.kind, $0.isOptional) }
    lines += ["  public var values: [SQLValue] { [\(values.joined(separator: ", "))] }", "}", ""]
    return lines.joined(separator: "\n")
  }

  private static func rowType(_ table: Catalog.Table) -> String { SwiftNames.type(table.name) + "Row" }

  /// Tables whose rows units compute, each after those it refers to.
  private var resultTables: String {
    let results = catalog.tables.filter(\.isResult)
    var ordered: [Catalog.Table] = []
    while let next = results.first(where: { table in
      !ordered.contains { $0.name == table.name }
        && results.allSatisfy { other in
          other.name == table.name || !table.parents.contains(other.name) || ordered.contains { $0.name == other.name }
        }
    }) { ordered.append(next) }
    precondition(ordered.count == results.count, "tables of results refer to each other in a circle")
    return ordered.map { Self.rowType($0) + ".self" }.joined(separator: ", ")
  }

  private static func list(_ names: [String]) -> String { "[\(names.map { "\"\($0)\"" }.joined(separator: ", "))]" }

  /// `self.init(name: reader.text(), size: reader.optionalReal())`
  private static func reading(_ columns: [(name: String, kind: SQLFile.Kind, isOptional: Bool)]) -> String {
    let values = columns.map { column in
      let read = column.isOptional ? "optional" + SwiftNames.type(column.kind.rawValue) : column.kind.rawValue
      return "\(SwiftNames.value(column.name)): reader.\(read)()"
    }
    return "self.init(\(values.joined(separator: ", ")))"
  }

  private static func parameter(_ column: Catalog.Column) -> String {
    let head = "\(SwiftNames.value(column.name)): \(type(column.kind, column.isOptional))"
    if let initial = column.initial, !column.isOptional {
      return head + " = " + (initial.hasPrefix("'") ? "\"\(initial.dropFirst().dropLast())\"" : initial)
    }
    return column.isOptional ? head + " = nil" : head
  }

  // MARK: Queries

  private func statement(_ query: Catalog.Query) -> String {
    let kinds = query.parameters.map { "(\"\($0.name)\", .\($0.kind.rawValue))" }.joined(separator: ", ")
    let columns = Self.list(query.results.map(\.name))
    let value = "Statement(\"\(query.file.place)\", parameters: [\(kinds)], columns: \(columns))"
    return "  public static let \(SwiftNames.value(query.file.name)) = \(value)"
  }

  private func function(_ query: Catalog.Query) -> String {
    let name = SwiftNames.value(query.file.name)
    let parameters = query.parameters.map { parameter in
      "\(SwiftNames.value(parameter.name)): \(Self.type(parameter.kind, parameter.isOptional))"
    }.joined(separator: ", ")
    let values = query.parameters.map {
      "(\"\($0.name)\", \(Self.stored(SwiftNames.value($0.name), $0.kind, $0.isOptional)))"
    }.joined(separator: ", ")
    let head = "  /// \(query.file.description)\n  public func \(name)(\(parameters)) throws"
    guard !query.results.isEmpty else { return "\(head) { try self.run(.\(name), [\(values)]) }" }
    let type = "Rows.\(SwiftNames.type(query.file.name))"
    return "\(head) -> [\(type)] { try self.fetch(.\(name), [\(values)]) { try \(type)(&$0) } }"
  }

  private func rows(_ query: Catalog.Query) -> String {
    let results = query.results
    let place: Set = ["name", "file", "path", "logical_sha256", "axes_sha256", "file_sha256", "file_stamp"]
    let isPlace = results.count { place.contains($0.name) && $0.kind == .text && !$0.isOptional } == place.count
    let type = SwiftNames.type(query.file.name)
    let read = results.map { (name: $0.name, kind: $0.kind, isOptional: $0.isOptional) }
    var lines = ["extension Rows {", "  /// \(query.file.description)"]
    lines.append("  public struct \(type): \(isPlace ? "ArrayPlace" : "Sendable") {")
    lines += results.map { "    public let \(SwiftNames.value($0.name)): \(Self.type($0.kind, $0.isOptional))" }
    lines += ["  }", "}"]
    // In an extension, so that Swift makes the initialiser by members.
    let reading = (results.allSatisfy(\.isOptional) ? "" : "try ") + Self.reading(read)
    lines.append("extension Rows.\(type) { public init(_ reader: inout RowReader) throws { \(reading) } }")
    return lines.joined(separator: "\n")
  }
}
