import ArgumentParser
import TableText
import Warehouse

extension TableFormat: ExpressibleByArgument {}

/// How rows are printed.
struct FormatOptions: ParsableArguments {
  @Option(help: "table, csv, tsv, json, ndjson, md or tex.")
  var format: TableFormat?

  @Option(help: ArgumentHelp("Significant digits of numbers; all of them unless told.", valueName: "n"))
  var digits: Int?

  func validate() throws {
    if let digits, !(1...17).contains(digits) { throw ValidationError("--digits is 1 to 17") }
  }

  /// Rows where the format is no matter.
  static func plain(_ table: SQLTable, _ global: GlobalOptions) -> String {
    (global.json ? TableFormat.json : .table).text(table)
  }

  func text(_ table: SQLTable, _ global: GlobalOptions) -> String {
    (format ?? (global.json ? .json : .table)).text(table, digits: digits)
  }
}
