import Lineage
import Warehouse

extension ViewSelection {
  /// The rows, and the permit with which they may leave.
  ///
  /// - Throws: `E-CNS-001` where consent keeps them in, and what `rows` throws.
  func leavingRows(in warehouse: Warehouse) throws -> (table: SQLTable, permit: DeparturePermit) {
    let table = try rows(in: warehouse)
    return (table, try departure(of: table, in: warehouse).permit(in: warehouse))
  }

  /// What would leave with the rows of this selection.
  func departure(of table: SQLTable, in warehouse: Warehouse) throws -> Departure {
    let known = try columnsOfSource(in: warehouse)
    let columns = Departure.tellingColumns.filter(known.contains)
    var telling = SQLTable(columns: [], rows: [])
    if !columns.isEmpty {
      var selection = self
      selection.columns = columns + (order.map { columns.contains($0.column) ? [] : [$0.column] } ?? [])
      let (sql, values) = try selection.statement(in: warehouse)
      let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
      telling = try warehouse.userQuery("SELECT DISTINCT \(names) FROM (\(sql)\n)", values, limits: limits)[0]
    }
    var departure = try warehouse.read { try Departure(name, showing: table, telling: telling, in: $0) }
    let (sql, values) = try statement(in: warehouse)
    try departure.judge(name, sql, values, columns: table.columns, in: warehouse)
    return departure
  }
}
