import Warehouse

extension ResultRows {
  /// Rows of one table, as its type names their columns.
  public init<Row: TableRow>(_ rows: [Row]) {
    self.init(table: Row.table, columns: Row.columns, rows: rows.map(\.values))
  }
}
