import Testing

/// The counts that a catalog keeps of the rows that may be reported, against the rows.
enum KeptCounts {
  private static let columns = "activity_id, object, quantity, valid, flags, row_count"

  /// SQL text that returns what is kept and is not so, and what is so and is not kept: where it stands, activity,
  /// table, quantity, validity, flags and count. Rows are counted in every table that says of its rows whether they may
  /// be reported, by the unit they name, else by that of their fit.
  static func differences(_ program: Program, in warehouse: String = "toy.evoke") throws -> String {
    let tables = try program.rows(
      """
      SELECT m.name, max(c.name = 'unit_key'), max(c.name = 'quantity')
      FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name <> 'row_validity'
      GROUP BY m.name HAVING max(c.name = 'valid') AND max(c.name = 'flags')
      """, in: warehouse)
    try #require(tables.count > 15)
    let counts = tables.map { table in
      let place = table[1] == "1" ? "t.unit_key" : "(SELECT f.unit_key FROM fit f WHERE f.fit_key = t.fit_key)"
      let quantity = table[2] == "1" ? "t.quantity" : "''"
      return "SELECT v.activity_id, '\(table[0])', \(quantity), t.valid, t.flags, count(*) "
        + "FROM \(table[0]) t JOIN activity v ON v.activity_key = \(place) GROUP BY 1, 2, 3, 4, 5"
    }
    let (counted, kept) = (counts.joined(separator: " UNION ALL "), "SELECT \(columns) FROM row_validity")
    func lacking(_ here: String, _ rows: String, _ others: String) -> String {
      "SELECT '\(here)' AS place, \(columns) FROM (SELECT \(columns) FROM (\(rows)) EXCEPT SELECT * FROM (\(others)))"
    }
    let named = "WITH counted(\(columns)) AS (\(counted)) SELECT * FROM counted"
    return lacking("kept", kept, named) + " UNION ALL " + lacking("counted", named, kept)
  }
}
