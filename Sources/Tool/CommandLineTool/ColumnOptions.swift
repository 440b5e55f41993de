import ArgumentParser
import Warehouse

/// Which columns of rows are printed.
struct ColumnOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Columns, comma-separated; all unless told.", valueName: "names"))
  var columns: String?

  func validate() throws {
    if names?.isEmpty == true { throw ValidationError("--columns names columns.") }
  }

  /// In their order; nil: all.
  var names: [String]? { columns?.split(separator: ",").map(String.init) }

  /// The columns asked for, of rows that no view gives.
  ///
  /// - Throws: `E-QRY-001` for a column that is not there, with the nearest names.
  func of(_ table: SQLTable, _ name: String) throws -> SQLTable {
    guard let names else { return table }
    try ViewSelection.require(
      names, of: name, in: table.columns, otherwise: "name some of them, separated by commas, or leave --columns out")
    return SQLTable(
      columns: names, rows: table.rows.map { row in SQLRow(columns: names, values: names.map { row[$0] }) })
  }
}
