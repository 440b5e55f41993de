extension Catalog {
  /// Folders of queries and whether their statements may write.
  private static let folders = ["views": false, "reports": false, "lookups": false, "checks": false, "changes": true]

  /// Prepares a query and types what goes in and what comes out.
  static func query(_ file: SQLFile, _ database: CheckDatabase) throws -> Query {
    guard let writes = folders[file.folder] else {
      throw file.problem("queries stand in \(folders.keys.sorted().joined(separator: ", "))", at: 1)
    }
    let shape: CheckDatabase.Shape
    do { shape = try database.shape(file.text) } catch let failure as CheckDatabase.Failure {
      throw file.problem(failure)
    }
    guard shape.isReadOnly != writes else {
      throw file.problem(
        writes ? "it changes nothing; it belongs to lookups" : "it writes; it belongs to changes", at: body(file))
    }
    switch file.folder {
    case "views":
      try read(file, database)
      return Query(file: file, parameters: [], results: [])
    case "checks":
      guard shape.columns.map(\.name) == ["object", "problem"], shape.parameters.isEmpty else {
        throw file.problem("a check has no parameters and the columns object and problem", at: body(file))
      }
      return Query(file: file, parameters: [], results: [])
    default:
      try checkNames(file, shape)
      return Query(
        file: file, parameters: file.parameters, results: try shape.columns.map { try result($0, of: file, shape) })
    }
  }

  /// Reads a view as users do: SQLite lets a view call only functions that it holds for harmless, none of JSON's. Every
  /// column has a type, SQLite's or the header's.
  private static func read(_ view: SQLFile, _ database: CheckDatabase) throws {
    let shape: CheckDatabase.Shape
    do { shape = try database.shape("SELECT * FROM \"\(view.name)\"") } catch let failure as CheckDatabase.Failure {
      throw view.problem(CheckDatabase.Failure(message: failure.message, offset: nil))
    }
    for column in shape.columns {
      let declared = column.declared.flatMap { SQLFile.Kind(rawValue: $0.lowercased()) }
      let header = view.columns.first { $0.name == column.name }
      if let declared, let header, declared != header.kind {
        throw view.problem("\(column.name) is \(declared.rawValue) in the schema", at: header.line)
      }
      if declared == nil, header == nil {
        throw view.problem(
          "SQLite knows no type of \(column.name): write -- column \(column.name) (integer|real|text|blob): meaning",
          at: body(view))
      }
    }
    for header in view.columns where !shape.columns.contains(where: { $0.name == header.name }) {
      throw view.problem("the view has no column \(header.name)", at: header.line)
    }
    guard let order = view.order else { return }
    for name in order.names where !shape.columns.contains(where: { $0.name == name }) {
      throw view.problem("it is ordered by \(name), which is no column of it", at: order.line)
    }
  }

  /// The first line that is no comment.
  private static func body(_ file: SQLFile) -> Int {
    (file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { !$0.hasPrefix("--") } ?? 0) + 1
  }

  /// Everything the header declares is there, everything that needs it is declared, no name stands twice.
  private static func checkNames(_ file: SQLFile, _ shape: CheckDatabase.Shape) throws {
    for name in shape.parameters where !file.parameters.contains(where: { $0.name == name }) {
      throw file.problem(
        "the parameter has no type: write -- parameter \(name): integer|real|text|blob", at: body(file))
    }
    for parameter in file.parameters where !shape.parameters.contains(parameter.name) {
      throw file.problem("the statement has no parameter \(parameter.name)", at: parameter.line)
    }
    for column in file.columns where !shape.columns.contains(where: { $0.name == column.name }) {
      throw file.problem("the result has no column \(column.name)", at: column.line)
    }
    for (i, column) in shape.columns.enumerated()
    where shape.columns.prefix(i).contains(where: { $0.name == column.name }) {
      throw file.problem("two columns are named \(column.name)", at: body(file))
    }
    if file.folder == "changes", !shape.columns.isEmpty {
      throw file.problem("a change returns nothing", at: body(file))
    }
    if file.folder != "changes", SelectList(file.text).hasStar {
      throw file.problem("name the columns: * is another list in another schema", at: body(file))
    }
  }

  /// A result column, by the header or by the table's column it shows.
  private static func result(
    _ column: CheckDatabase.Column, of file: SQLFile, _ shape: CheckDatabase.Shape
  ) throws -> SQLFile.Declaration {
    let list = SelectList(file.text)
    let declared = column.declared.flatMap { SQLFile.Kind(rawValue: $0.lowercased()) }
    if let header = file.columns.first(where: { $0.name == column.name }) {
      if let declared, declared != header.kind, !list.isCompound {
        throw file.problem("\(column.name) is \(declared.rawValue) in the schema", at: header.line)
      }
      return header
    }
    guard let declared, !list.isCompound else {
      throw file.problem(
        "SQLite knows no type of \(column.name): write -- column \(column.name): integer|real|text|blob [never NULL]",
        at: body(file))
    }
    return SQLFile.Declaration(
      name: column.name, kind: declared, isOptional: !(column.isNotNull && list.isPlain(column)), line: 0)
  }
}
