import Plans
import Warehouse

/// A row of a table with a name for each value.
protocol RowValues {
  static var table: String { get }
  static var columns: [String] { get }
  /// In the order of the columns.
  var values: [SQLValue] { get }
}

extension ResultRows {
  init<Row: RowValues>(_ rows: [Row]) {
    self.init(table: Row.table, columns: Row.columns, rows: rows.map(\.values))
  }
}
