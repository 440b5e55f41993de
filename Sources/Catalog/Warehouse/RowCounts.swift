/// How many rows of an activity may be reported, and how the others are flagged: what `row_validity` holds, so that
/// nobody has to read the rows to tell.
///
/// They are counted with the hashes of the rows, so that whatever makes those anew counts anew, and are compared with
/// the rows wherever the hashes are.
extension Connection {
  /// Counts the rows of an activity and keeps the counts.
  func countRows(of activity: Int) throws {
    try dropRowValidity(activity: activity)
    for count in try countedRows(of: activity) {
      _ = try insert(RowValidityRow.table, columns: RowValidityRow.columns, [.int(activity)] + count)
    }
  }

  /// Counts the rows of every activity, in a catalog whose rows were hashed before they were counted.
  func countAllRows() throws {
    for activity in try activityHashes() { try countRows(of: activity.activityID) }
  }

  /// Whether the counts that are kept are those of the rows.
  func areCountsKept(of activity: Int) throws -> Bool {
    let kept = try rowValidity(activity: activity).map { row in
      [SQLValue.text(row.object), .text(row.quantity), .int(row.valid), .text(row.flags), .int(row.rowCount)]
    }
    return try kept == countedRows(of: activity)
  }

  /// Table, quantity, validity, flags and number of the rows that are alike in these, in the order of the first four.
  private func countedRows(of activity: Int) throws -> [[SQLValue]] {
    var counts: [[SQLValue]] = []
    for statement in HashedTables.current.owned.compactMap(\.validity) {
      let rows = try cursor(statement, [("activity", .int(activity))])
      while let row = try rows.next() { counts.append(row.values) }
    }
    return counts
  }
}
