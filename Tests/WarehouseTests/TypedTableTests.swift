import Diagnostics
import ParquetFile
import Queries
import Testing
import TypedTables
import Warehouse

/// Every column has one type, whatever rows there are.
@Suite struct TypedTableTests {
  private func typed(
    _ sql: String, told: [String: Statement.Kind] = [:], in warehouse: Warehouse
  ) throws -> TypedTable {
    try TypedTable(warehouse.userQuery(sql)[0], of: nil, told: told)
  }

  private func refusal(_ sql: String, told: [String: Statement.Kind] = [:], _ warehouse: Warehouse) -> EvokeError? {
    #expect(throws: EvokeError.self) { try typed(sql, told: told, in: warehouse) }
  }

  @Test(arguments: Queries.views.map(\.name))
  func aViewHasTheSameTypesWithAndWithoutRows(name: String) throws {
    let folder = try TemporaryFolder()
    let full = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? full.close() }
    let empty = try Warehouse.inMemory()
    let query = try #require(Queries.views.first { $0.name == name })
    let tables = try [empty, full].map { warehouse in
      try TypedTable(
        warehouse.userQuery("SELECT * FROM \"\(name)\"")[0], of: warehouse.read { try $0.described(query) }, told: [:])
    }
    #expect(tables[0].columns == tables[1].columns)
    #expect(tables[0].columns.allSatisfy { $0.description?.isEmpty == false })
    // Their files, too.
    let heads = try tables.map { try $0.parquet(about: []).prefix(4) }
    #expect(heads.allSatisfy { $0 == Array("PAR1".utf8)[...] })
  }

  @Test func aTextEndsWhereItEndsAndNotAtItsFirstZero() throws {
    let warehouse = try Warehouse.inMemory()
    let table = try typed("SELECT 'a' || char(0) || 'b' AS x, zeroblob(0) AS y, '' AS z, 1e999 AS i", in: warehouse)
    #expect(table.rows == [[.text("a\0b"), .blob([]), .text(""), .real(.infinity)]])
  }

  @Test func ofAnExpressionTheValuesDecideAllOfThem() throws {
    let warehouse = try Warehouse.inMemory()
    let mixed = try typed("SELECT NULL AS x UNION ALL SELECT 1 UNION ALL SELECT 0.5", in: warehouse)
    #expect(mixed.columns.map(\.kind) == [.real])
    #expect(mixed.rows == [[.null], [.real(1)], [.real(0.5)]])
    #expect(try typed("SELECT 1 AS x", in: warehouse).columns.map(\.kind) == [.integer])
    #expect(try typed("SELECT '1' AS x", in: warehouse).columns.map(\.kind) == [.text])
    #expect(try typed("SELECT x'01' AS x", in: warehouse).columns.map(\.kind) == [.blob])
  }

  @Test func whatHasNoOneTypeIsRefusedByItsName() throws {
    let warehouse = try Warehouse.inMemory()
    let mixed = refusal("SELECT 1 AS x UNION ALL SELECT 'a'", warehouse)
    #expect(
      mixed?.code == .mixedColumn && mixed?.object == "column x" && mixed?.reason.contains("integer and text") == true)
    // 2^53 + 1 is no number of float64.
    #expect(refusal("SELECT 9007199254740993 AS x UNION ALL SELECT 0.5", warehouse)?.code == .mixedColumn)
    let none = refusal("SELECT NULL AS x", warehouse)
    #expect(none?.code == .mixedColumn && none?.remedy.contains("--type x=real") == true)
    #expect(try typed("SELECT NULL AS x", told: ["x": .real], in: warehouse).columns.map(\.kind) == [.real])
    #expect(refusal("SELECT 'a' AS x", told: ["x": .real], warehouse)?.reason.contains("row 1") == true)
    #expect(refusal("SELECT 1 AS x, 2 AS x", warehouse)?.reason == "two columns have this name")
    #expect(refusal("SELECT 1 AS x", told: ["y": .real], warehouse)?.code == .unknownQuestion)
    // The schema says text of the first part of a union, and the second brings a number.
    #expect(refusal("SELECT name FROM dataset UNION ALL SELECT 1", warehouse)?.object == "column name")
  }

  @Test func aColumnOfATableHasItsTypeWithoutAnyRow() throws {
    let warehouse = try Warehouse.inMemory()
    let table = try typed("SELECT name, duration_s, stimulus_id FROM stimulus", in: warehouse)
    #expect(table.columns.map(\.kind) == [.text, .real, .integer])
  }

  @Test func ofAColumnOfBlobsTheValuesDecideWhereThereAreAny() throws {
    func columns(_ values: [SQLValue]) throws -> [TypedTable.Column] {
      let rows = values.map { SQLRow(columns: ["session"], values: [$0]) }
      return try TypedTable(SQLTable(columns: ["session"], declared: [.blob], rows: rows), of: nil, told: [:]).columns
    }
    #expect(try columns([.null, .text("1"), .text("2")]).map(\.kind) == [.text])
    #expect(try columns([.integer(1), .real(0.5)]).map(\.kind) == [.real])
    #expect(try columns([.blob([1])]).map(\.kind) == [.blob])
    #expect(try columns([.null]).map(\.kind) == [.blob])
    let mixed = #expect(throws: EvokeError.self) { try columns([.text("1"), .blob([1])]) }
    #expect(mixed?.code == .mixedColumn)
  }

  @Test func unitsAreWhatNamesEndIn() {
    #expect(ColumnUnit.of("lag_s") == "s" && ColumnUnit.of("rate_hz") == "Hz" && ColumnUnit.of("sd_uv") == "uV")
    #expect(ColumnUnit.of("r") == nil && ColumnUnit.of("flags") == nil && ColumnUnit.of("seconds") == "s")
  }
}
