import ArgumentParser
import Diagnostics
import FileSystem
import Lineage
import TableText
import TypedTables
import Warehouse

/// A format of a result: text, or a file of typed columns.
enum ResultFormat: ExpressibleByArgument, Equatable {
  case text(TableFormat)
  case parquet

  init?(argument: String) {
    if argument == "parquet" {
      self = .parquet
    } else if let format = TableFormat(rawValue: argument) {
      self = .text(format)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { TableFormat.allCases.map(\.rawValue) + ["parquet"] }

  /// By the ending of a file's name; nil for one that tells nothing.
  init?(path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(argument: String(path[path.index(after: dot)...]).lowercased())
  }
}

/// How the rows of a question are written, and where.
struct ResultOptions: ParsableArguments {
  @Option(help: "table, csv, tsv, json, ndjson, md, tex or parquet; by the ending of -o unless told.")
  var format: ResultFormat?

  @Option(help: ArgumentHelp("Significant digits of numbers as text; all of them unless told.", valueName: "n"))
  var digits: Int?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Write to a file, if consent lets the rows leave.", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("type"),
    help: ArgumentHelp(
      "Type of an expression's column in Parquet: integer, real, text or blob; repeatable.", valueName: "column=type"))
  var types: [String] = []

  func validate() throws {
    if let digits, !(1...17).contains(digits) { throw ValidationError("--digits is 1 to 17") }
    _ = try told()
  }

  /// Types of columns that the command line says.
  func told() throws -> [String: Statement.Kind] {
    try types.reduce(into: [:]) { told, text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let kind = Statement.Kind(rawValue: parts[1]) else {
        throw ValidationError("--type is COLUMN=integer, real, text or blob.")
      }
      told[parts[0]] = kind
    }
  }

  private func format(_ global: GlobalOptions) -> ResultFormat {
    format ?? output.flatMap(ResultFormat.init(path:)) ?? .text(global.json ? .json : .table)
  }

  /// Whether anything is said of how rows are written.
  var isAsked: Bool { format != nil || digits != nil || output != nil }

  /// Before anything is asked.
  ///
  /// - Throws: `E-QRY-015` for bytes that would go to a terminal; what the parser throws for options without effect.
  func check(_ global: GlobalOptions) throws {
    let isParquet = format(global) == .parquet
    if !isParquet, !types.isEmpty { throw ValidationError("--type goes with --format parquet; texts have no types.") }
    if isParquet, digits != nil { throw ValidationError("--digits goes with texts; Parquet keeps every bit.") }
    guard isParquet, output == nil, Output.dataGoToTerminal else { return }
    throw EvokeError(
      .bytesToTerminal, "--format parquet", reason: "the output is a terminal",
      remedy: "name a file: -o FILE.parquet")
  }

  /// The permit to write rows: what is printed stays, a file leaves the warehouse.
  ///
  /// - Throws: `E-CNS-001` where consent keeps them in.
  func permit(in warehouse: Warehouse, _ departure: () throws -> Departure) throws -> DeparturePermit {
    output == nil ? .printed : try departure().permit(in: warehouse)
  }

  /// Writes the rows of one question.
  ///
  /// - Parameters:
  ///   - view: describes the columns.
  ///   - about: what a file says of itself, by key.
  func write(
    _ table: SQLTable, of view: CatalogText.Object?, about: [(key: String, value: String)], _ permit: DeparturePermit,
    _ global: GlobalOptions
  ) throws {
    switch format(global) {
    case .text: try write([table], permit, global)
    case .parquet: try write(TypedTable(table, of: view, told: try told()), about: about, permit, global)
    }
  }

  /// Writes rows whose types are known.
  func write(
    _ typed: TypedTable, about: [(key: String, value: String)], _ permit: DeparturePermit, _ global: GlobalOptions
  ) throws {
    switch format(global) {
    case .text: try write([typed.table], permit, global)
    case .parquet: try put(typed.parquet(about: about + permit.statements), permit, global)
    }
  }

  /// Writes the rows of several questions one after another.
  func write(_ tables: [SQLTable], _ permit: DeparturePermit, _ global: GlobalOptions) throws {
    guard case .text(let format) = format(global) else {
      throw EvokeError(
        .mixedColumn, "--format parquet", reason: "there are \(tables.count) results, and a file holds one table",
        remedy: "ask one question, or take another format")
    }
    let text = tables.map { format.text($0, digits: digits) }.joined(separator: "\n")
    if output == nil { try Output.write(text) } else { try put(Array(text.utf8), permit, global) }
  }

  private func put(_ bytes: [UInt8], _: DeparturePermit, _ global: GlobalOptions) throws {
    guard let output else { return try Output.write(bytes) }
    try global.requireOutside(output)
    try Files.write(bytes, to: output)
    global.note("wrote \(output)")
  }
}
