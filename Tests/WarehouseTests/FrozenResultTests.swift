import Diagnostics
import Foundation
import FrozenResults
import Testing
import TypedTables
import Upkeep
import Warehouse

/// Results frozen under labels: given back exactly, stale when they may differ, asked again.
@Suite struct FrozenResultTests {
  private static let sql = "SELECT fit_key, value, low, flags FROM score ORDER BY fit_key, quantity"

  private func frozen(
    _ label: String, _ sql: String, _ parameters: [String: SQLValue] = [:], told: [String: Statement.Kind] = [:],
    in warehouse: Warehouse
  ) throws -> FrozenResult {
    let table = try warehouse.userQuery(sql, parameters)[0]
    return FrozenResult(
      label: label, view: nil, sql: sql, parameters: parameters, table: try TypedTable(table, of: nil, told: told))
  }

  private func stale(_ warehouse: Warehouse) throws -> [[SQLValue]] {
    try warehouse.userQuery("SELECT label, is_stale, reason FROM materialized")[0].rows.map(\.values)
  }

  @Test("what was frozen is given back bit for bit, with the types of its columns")
  func exact() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    let sql = """
      WITH t(n, r, t, b, none) AS (VALUES
        (9223372036854775807, 0.1, 'e' || char(769), x'00ff', NULL), (-9223372036854775808, 1e999, '', x'', NULL),
        (NULL, -1e999, 'a,b:"c"' || char(92, 10), NULL, NULL), (0, 1.0, 'NULL', NULL, NULL),
        (9007199254740993, 5e-324, '[1]', NULL, NULL), (1, 100000000000000000000.0, 'inf', NULL, NULL))
      SELECT * FROM t
      """
    let result = try frozen("odd", sql, told: ["none": .real], in: warehouse)
    #expect(try result.store(in: warehouse))
    let back = try warehouse.read { try FrozenResult("odd", in: $0) }
    #expect(back.table.columns == result.table.columns)
    #expect(back.table.columns.map(\.kind) == [.integer, .real, .text, .blob, .real])
    #expect(back.table.rows == result.table.rows)
    // Texts that only look alike are equal to Swift.
    #expect(back.table.rows[0][2].string.map { Array($0.utf8) } == [0x65, 0xCC, 0x81])
    #expect(back.sha256 == result.sha256)
    #expect(try back.difference(in: warehouse) == nil)
    #expect(
      try warehouse.userQuery("SELECT row_count, sha256 FROM materialized")[0].rows[0].values
        == [.integer(6), .text(result.sha256)])
    #expect(try warehouse.userQuery("SELECT cells ->> 0 FROM materialized_row")[0].rows[0].values == [.integer(.max)])
  }

  @Test("the same query with the same rows changes nothing; anything else is refused under the label")
  func again() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    #expect(try frozen("scores", Self.sql, in: warehouse).store(in: warehouse))
    #expect(try !frozen("scores", Self.sql, in: warehouse).store(in: warehouse))
    let other = try frozen("scores", Self.sql + " LIMIT 1", in: warehouse)
    #expect(#expect(throws: EvokeError.self) { try other.store(in: warehouse) }?.code == .labelTaken)
    try warehouse.write { try $0.execute("UPDATE score SET flags = 'few_draws' WHERE quantity = 'r'") }
    let changed = try frozen("scores", Self.sql, in: warehouse)
    #expect(#expect(throws: EvokeError.self) { try changed.store(in: warehouse) }?.code == .labelTaken)
    #expect(try FrozenResult.forget("scores", in: warehouse, dryRun: true) == changed.table.rows.count)
    #expect(try FrozenResult.forget("scores", in: warehouse, dryRun: false) == changed.table.rows.count)
    #expect(try warehouse.userQuery("SELECT count(*) FROM materialized_row")[0].rows[0].values == [.integer(0)])
    #expect(try changed.store(in: warehouse))
    #expect(
      #expect(throws: EvokeError.self) { try warehouse.read { try FrozenResult("score", in: $0) } }?.remedy.contains(
        "scores") == true)
  }

  @Test("taking one label out leaves the others fresh, and no result of frozen results is frozen")
  func forgetting() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    for label in ["one", "two"] { #expect(try frozen(label, Self.sql, in: warehouse).store(in: warehouse)) }
    _ = try FrozenResult.forget("one", in: warehouse, dryRun: false)
    #expect(try stale(warehouse) == [["two", .integer(0), .null]])
    #expect(try frozen("three", Self.sql, in: warehouse).isNew(in: warehouse))
    #expect(try !frozen("two", Self.sql, in: warehouse).isNew(in: warehouse))
    let own = try frozen("own", "SELECT label FROM materialized", in: warehouse)
    #expect(#expect(throws: EvokeError.self) { try own.store(in: warehouse) }?.code == .refusedSQL)
  }

  @Test("what another program wrote makes every frozen result stale")
  func edited() throws {
    let folder = try TemporaryFolder()
    let directory = try SmallWarehouse(in: folder).directory
    var warehouse = try Warehouse.open(directory, .writing("test"))
    #expect(try frozen("names", "SELECT name FROM stimulus ORDER BY name", in: warehouse).store(in: warehouse))
    try warehouse.close()
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    shell.arguments = [directory + "/catalog.sqlite", "VACUUM"]
    try shell.run()
    shell.waitUntilExit()
    warehouse = try Warehouse.open(directory, .writing("test"))
    defer { try? warehouse.close() }
    #expect(try stale(warehouse).map { $0[1] } == [.integer(1)])
  }

  @Test("a result is stale once a table it reads, also through views, is written to, and no other is")
  func staleness() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    let view = "SELECT study, r, is_peak FROM layer_sweep ORDER BY study, r"
    #expect(try frozen("own", Self.sql, in: warehouse).store(in: warehouse))
    #expect(try frozen("sweep", view, in: warehouse).store(in: warehouse))
    #expect(try stale(warehouse) == [["own", .integer(0), .null], ["sweep", .integer(0), .null]])
    // A state that no hash covers, of a table that only the view reads.
    try warehouse.write { try $0.execute("UPDATE run SET is_current = 0 WHERE run_id = 'run2'") }
    #expect(
      try stale(warehouse) == [["own", .integer(0), .null], ["sweep", .integer(1), "written to since: run"]])
    let differing = try FrozenResult.differences(in: warehouse) { _, _ in }
    #expect(differing.count == 2 && differing.differing.map(\.label) == ["sweep"])
    try warehouse.write { try $0.execute("UPDATE run SET is_current = 1 WHERE run_id = 'run2'") }
    #expect(try FrozenResult.differences(in: warehouse) { _, _ in }.differing.isEmpty)
    // Found equal by the same query, it is no longer stale.
    #expect(try !frozen("sweep", view, in: warehouse).store(in: warehouse))
    #expect(try stale(warehouse) == [["own", .integer(0), .null], ["sweep", .integer(0), .null]])
  }

  @Test func aViewWithAnotherStatementIsSaid() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    #expect(try frozen("sweep", "SELECT study, r FROM layer_sweep", in: warehouse).store(in: warehouse))
    let views = try warehouse.userQuery("SELECT object FROM materialized_view ORDER BY 1")[0].rows.map(\.values)
    #expect(views.contains(["current_unit"]) && views.contains(["layer_sweep"]) && !views.contains(["group_score"]))
    try warehouse.write { try $0.markChangedView(view: "current_unit", sql: "SELECT 1") }
    #expect(try stale(warehouse) == [["sweep", .integer(1), "another statement: current_unit"]])
  }

  @Test("level 4 of a verification names each result that its query does not return, and what differs")
  func verification() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    func failures() throws -> [String] {
      try Verification.run(small.directory, level: 4).filter { $0.level == 4 && $0.state == .failed }.map {
        "\($0.object): \($0.detail)"
      }
    }
    var warehouse = try Warehouse.open(small.directory, .writing("test"))
    let sql = "SELECT name, duration_s FROM stimulus WHERE name = :name"
    #expect(try frozen("stimuli", sql, ["name": "clip"], in: warehouse).store(in: warehouse))
    try warehouse.close()
    #expect(try failures() == [])
    warehouse = try Warehouse.open(small.directory, .writing("test"))
    try warehouse.write { try $0.execute("UPDATE stimulus SET duration_s = 2.5") }
    try warehouse.close()
    #expect(try failures() == ["stimuli: row 1: duration_s was null, is 2.5"])
    // An edited cell is found by its own hash.
    let edited = try run(
      "/usr/bin/sqlite3", [small.directory + "/catalog.sqlite", "UPDATE materialized_row SET cells = '[\"clip\",2.5]'"])
    #expect(edited.status == 0)
    #expect(try failures() == ["stimuli: its stored rows are not those that were frozen"])
    let rows = try Verification.run(small.directory, level: 2).filter { $0.level == 2 && $0.state == .failed }
    #expect(rows.contains { $0.object.hasPrefix("materialized_row") })
  }
}
