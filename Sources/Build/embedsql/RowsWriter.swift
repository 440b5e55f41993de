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
      \(typed.map(query).joined(separator: "\n"))
      extension Statement {
        /// Every statement of `queries/` that the program runs.
        public static let all: [Statement] = [
          \(typed.map { "." + SwiftNames.value($0.file.name) }.joined(separator: ", "))
        ]
      }

      """
  }

  private static func type(_ kind: SQLFile.Kind, _ isOptional: Bool) -> String {
    let name = [SQLFile.Kind.integer: "Int", .real: "Double", .text: "String", .blob: "[UInt8]"][kind] ?? ""
    return name + (isOptional ? "?" : "")
  }

  /// The value a column or parameter is stored as.
  private static func stored(_ name: String, _ kind: SQLFile.Kind, _ isOptional: Bool) -> String {
    switch kind {
    case .integer: isOptional ? ".optionalInt(\(name))" : ".int(\(name))"
    case .real: isOptional ? ".optionalReal(\(name))" : ".number(\(name))"
    case .text: isOptional ? ".optionalText(\(name))" : ".text(\(name))"
    case .blob: isOptional ? ".optionalBlob(\(name))" : ".blob(\(name))"
    }
  }

  // MARK: Tables

  private func table(_ table: Catalog.Table) -> String {
    let columns = table.columns.filter { !$0.isRowNumber && !(table.isOfUnit && $0.name == "unit_key") }
    let conformance = table.isOfUnit ? "ResultRow" : table.identity.isEmpty ? "TableRow" : "NamedRow"
    var lines = ["/// A row of `\(table.name)`.", "public struct \(SwiftNames.type(table.name))Row: \(conformance) {"]
    lines.append("  public static let table = \"\(table.name)\"")
    lines.append("  public static let columns = [\(columns.map { "\"\($0.name)\"" }.joined(separator: ", "))]")
    if conformance == "NamedRow" {
      lines.append("  public static let identity = [\(table.identity.map { "\"\($0)\"" }.joined(separator: ", "))]")
    }
    for column in columns {
      lines.append("  public let \(SwiftNames.value(column.name)): \(Self.type(column.kind, column.isOptional))")
    }
    lines.append("  public init(\(columns.map(Self.parameter).joined(separator: ", "))) {")
    for column in columns {
      let name = SwiftNames.value(column.name)
      lines.append("    self.\(name) = \(name)")
    }
    let values = columns.map { Self.stored(SwiftNames.value($0.name), $0.kind, $0.isOptional) }
    lines += ["  }", "  public var values: [SQLValue] {", "    [\(values.joined(separator: ", "))]", "  }", "}", ""]
    return lines.joined(separator: "\n")
  }

  private static func parameter(_ column: Catalog.Column) -> String {
    let head = "\(SwiftNames.value(column.name)): \(type(column.kind, column.isOptional))"
    if let initial = column.initial, !column.isOptional {
      return head + " = " + (initial.hasPrefix("'") ? "\"\(initial.dropFirst().dropLast())\"" : initial)
    }
    return column.isOptional ? head + " = nil" : head
  }

  // MARK: Queries

  private func query(_ query: Catalog.Query) -> String {
    let name = SwiftNames.value(query.file.name)
    let type = SwiftNames.type(query.file.name)
    var lines: [String] = []
    if !query.results.isEmpty { lines += rows(query, type) }
    let kinds = query.parameters.map { "(\"\($0.name)\", .\($0.kind.rawValue))" }.joined(separator: ", ")
    lines.append("extension Statement {")
    let columns = query.results.map { "\"\($0.name)\"" }.joined(separator: ", ")
    lines.append("  public static let \(name) = Statement(")
    lines.append("    \"\(query.file.place)\", parameters: [\(kinds)], columns: [\(columns)])")
    lines += ["}", "extension Connection {", "  /// \(query.file.description)"]
    let parameters = query.parameters.map { parameter in
      "\(SwiftNames.value(parameter.name)): \(Self.type(parameter.kind, parameter.isOptional))"
    }.joined(separator: ", ")
    let values = query.parameters.map {
      "(\"\($0.name)\", \(Self.stored(SwiftNames.value($0.name), $0.kind, $0.isOptional)))"
    }.joined(separator: ", ")
    if query.results.isEmpty {
      lines.append("  public func \(name)(\(parameters)) throws { try self.run(.\(name), [\(values)]) }")
    } else {
      lines.append("  public func \(name)(\(parameters)) throws -> [Rows.\(type)] {")
      lines += ["    try self.fetch(.\(name), [\(values)]) { try Rows.\(type)(&$0) }", "  }"]
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  private func rows(_ query: Catalog.Query, _ type: String) -> [String] {
    let results = query.results
    let place: Set = ["name", "file", "path", "logical_sha256"]
    let isPlace = results.count { place.contains($0.name) && $0.kind == .text && !$0.isOptional } == place.count
    var lines = ["extension Rows {", "  /// \(query.file.description)"]
    lines.append("  public struct \(type): \(isPlace ? "ArrayPlace" : "Sendable") {")
    for result in results {
      lines.append("    public let \(SwiftNames.value(result.name)): \(Self.type(result.kind, result.isOptional))")
    }
    lines.append("    public init(_ reader: inout RowReader) throws {")
    for result in results {
      let read = result.isOptional ? "optional" + SwiftNames.type(result.kind.rawValue) : result.kind.rawValue
      lines.append("      self.\(SwiftNames.value(result.name)) = \(result.isOptional ? "" : "try ")reader.\(read)()")
    }
    return lines + ["    }", "  }", "}"]
  }
}
