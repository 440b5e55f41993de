import Diagnostics
import Queries
import Testing
import Warehouse

/// The statements of `queries/` against a catalog with rows.
@Suite struct StatementTests {
  private static func value(_ kind: Statement.Kind) -> SQLValue {
    switch kind {
    case .integer: .int(1)
    case .real: .real(0.5)
    case .text: .text("held")
    case .blob: .blob([1])
    }
  }

  @Test(arguments: ["reports", "lookups", "changes"])
  func `every statement runs`(kind: String) throws {
    let folder = try TemporaryFolder()
    let isChange = kind == "changes"
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), isChange ? .writing("test") : .reading)
    defer { try? warehouse.close() }
    for statement in Statement.all where statement.place.hasPrefix(kind + "/") {
      let arguments = statement.parameters.map {
        ($0.name, statement.sql.contains("json_each(:\($0.name))") ? .text("[\"u-feature\"]") : Self.value($0.kind))
      }
      if isChange {
        try warehouse.write { try $0.run(statement, arguments) }
      } else {
        let named = Dictionary(arguments, uniquingKeysWith: { first, _ in first })
        let table = try warehouse.read { try $0.table(statement, named) }
        #expect(table.columns == statement.columns, "\(statement.place)")
      }
    }
  }

  @Test func `every query of the program is a statement`() {
    let places =
      Queries.reports.map { "reports/" + $0.name } + Queries.lookups.map { "lookups/" + $0.name }
      + Queries.changes.map { "changes/" + $0.name }
    #expect(Set(Statement.all.map(\.place)) == Set(places))
    #expect(places.count > 90)
  }

  private func refusal(_ read: (inout RowReader) throws -> Void) throws -> EvokeError? {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    return #expect(throws: EvokeError.self) {
      // The unit that no study asked for has no study.
      try warehouse.read { connection in
        _ = try connection.fetch(.unitCounts, []) { (row: inout RowReader) in try read(&row) }
      }
    }
  }

  @Test func `NULL in a column that is never NULL names query and column`() throws {
    let error = try refusal { _ = try $0.text() }
    #expect(error?.code == .catalogFailed && error?.object == "reports/unit_counts.study")
    #expect(error?.reason.contains("NULL") == true)
  }

  @Test func `a text in a column of numbers names query and column`() throws {
    let error = try refusal { row in
      _ = row.optionalText()
      _ = try row.real()
    }
    #expect(error?.object == "reports/unit_counts.step")
  }

  @Test func `rows go in by name and a row of the same identity is found again`() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write { connection in
      let first = try connection.identify(DatasetRow(name: "new", licence: "CC0"))
      #expect(try connection.identify(DatasetRow(name: "new")) == first)
      #expect(try connection.identify(DatasetRow(name: "other")) != first)
      try connection.insert(
        StemRow(
          dataset: "new", stimulus: "clip", element: "voice", separation: "m", rateHz: 44100, sampleCount: 2,
          meanSquare: 0.5, rmsDbfs: -3, silentFraction: 0, array: "a", monoLossDb: 0, clippedShare: 0, dc: 0,
          remarkable: ""),
        of: "u-feature")
    }
    let sql = "SELECT unit_key, rate_hz, energy_share FROM stem WHERE dataset = 'new'"
    let row = try warehouse.userQuery(sql)[0].rows[0]
    #expect(row.values == [.text("u-feature"), .real(44100), .null])
  }
}
