import ContentIdentity
import Foundation
import Testing
import Upkeep
import Warehouse

@Suite struct ForgottenTests {
  /// Records of what was done: they stay when results are forgotten.
  private static let history: Set = ["unit", "attempt", "divergence", "run_unit"]

  private func filling<T>(_ directory: String, _ body: (Filling) throws -> T) throws -> T {
    let warehouse = try Warehouse.open(directory, .writing("test"))
    defer { try? warehouse.close() }
    return try warehouse.write { connection in
      let unit = try connection.rows("SELECT activity_id, activity_key FROM activity WHERE kind = 'unit'")[0]
      return try body(
        try Filling(connection, given: ["unit_key": unit["activity_key"], "activity_id": unit["activity_id"]]))
    }
  }

  @Test func `every table with a unit or an activity goes with it or is history`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let (owned, named) = try filling(small.directory) { ($0.owned, $0.tables(having: ["unit_key", "activity_id"])) }
    // A stimulus outlives the import of its media; a summary goes with any row that it is made of.
    #expect(named.subtracting(owned) == Self.history.union(["activity", "over_layers", "stimulus"]))
    #expect(owned.isSuperset(of: ["source_estimate", "region_resolution", "fold_score", "event", "stored_array"]))
  }

  @Test func `nothing of a forgotten unit is left in any table`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let owned = try filling(small.directory) { try $0.fill() }
    func counts() throws -> [String: Int] {
      let warehouse = try Warehouse.open(small.directory, .reading)
      defer { try? warehouse.close() }
      return try warehouse.read { connection in
        Dictionary(
          uniqueKeysWithValues: try owned.map { ($0, try connection.value("SELECT count(*) FROM \"\($0)\"").int ?? 0) })
      }
    }
    let before = try counts()
    #expect(owned.count > 35 && before.values.allSatisfy { $0 > 0 })
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    _ = try Forgetting.forget("ratings.csv", in: warehouse, cascade: true, dryRun: false)
    try warehouse.close()
    // The forgotten import stays on record with what it read, and these rows are hashed.
    let left = try counts().filter { $0.value > 0 && !["used", "row_digest"].contains($0.key) }
    #expect(left.isEmpty, "\(left)")
    let reader = try Warehouse.open(small.directory, .reading)
    defer { try? reader.close() }
    let hashed = try reader.read { try $0.rows("SELECT object FROM row_digest WHERE activity_id IS NOT NULL") }
    #expect(Set(hashed.map { $0.text("object") }) == ["activity", "used"])
    #expect(try reader.read { try RowAudit($0).differences } == [])
  }
}
