import CArraySQL

/// SQL over the rows of a catalog, for the program itself.
///
/// `row_digest(shape, references, column...)`: the hashes of rows, as `CanonicalRow` defines their bytes, and of every column the
/// sum of 64 bits of its values. `shape`: byte 0 and the table's name, then the columns' names; `references`: for every number in
/// a column that leads to another row, sorted, the column's place, the number and the hash of that row. The result holds the sums
/// (8 bytes each, big-endian), then the hashes of the rows (32 bytes each), sorted; NULL without rows.
public enum RowSQL {
  /// Adds it to an SQLite connection; a result code of SQLite.
  public static func add(to connection: OpaquePointer) -> Int32 { unsafe carraysql_register_rows(connection) }

  /// Runs no trigger for what an SQLite connection writes: a statement with one costs as much again as its row, and the
  /// program does what the catalog's triggers do once in a transaction. A result code of SQLite.
  public static func leaveOutTriggers(of connection: OpaquePointer) -> Int32 {
    unsafe carraysql_leave_out_triggers(connection)
  }
}

/// The parameters of a prepared statement, which keep their values until they are given others: rows of millions pass here.
@safe public struct StatementParameters {
  private let statement: OpaquePointer

  /// - Parameter statement: an SQLite statement, which outlives this.
  public init(of statement: OpaquePointer) { unsafe self.statement = statement }

  /// To be called before the first value of every row; a result code of SQLite, as of all.
  public func begin() -> Int32 { unsafe carraysql_rebind(statement) }

  public func bindNull(at place: Int32) -> Int32 { unsafe carraysql_bind_null(statement, place) }
  public func bind(_ number: Int64, at place: Int32) -> Int32 {
    unsafe carraysql_bind_integer(statement, place, number)
  }
  public func bind(_ number: Double, at place: Int32) -> Int32 { unsafe carraysql_bind_real(statement, place, number) }
  /// A text up to its first U+0000.
  public func bind(_ text: String, at place: Int32) -> Int32 { unsafe carraysql_bind_text(statement, place, text) }
  public func bind(_ bytes: [UInt8], at place: Int32) -> Int32 {
    unsafe bytes.withUnsafeBytes { unsafe carraysql_bind_blob(statement, place, $0.baseAddress, $0.count) }
  }
}
