import Foundation
import Testing
import Upkeep
import Warehouse

/// Keys that are hashes of what their rows say, and those of which that is recorded as not being here.
@Suite struct RecipeTests {
  private func failures(_ directory: String) throws -> [String] {
    try Verification.run(directory, level: 3).filter { $0.state == .failed }.map { "\($0.check): \($0.detail)" }
  }

  @Test func `a recipe under other names fails until it is recorded and declared`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    #expect(try failures(small.directory) == [])
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    let recipes = try warehouse.read { try Recipe.all($0) }
    #expect(Set(recipes.map(\.kind)) == Set(Recipe.Kind.allCases) && recipes.allSatisfy { $0.fault == nil })
    try warehouse.write { connection in
      try connection.execute("UPDATE unit SET parameters = '{\"order\":2}'")
      try connection.execute("UPDATE study SET definition = '{\"study\":\"large\"}'")
    }
    let faults = try warehouse.read { try Recipe.all($0) }.filter { $0.fault != nil }
    #expect(Set(faults.map(\.kind)) == [.unit, .study, .run])
    try warehouse.close()
    #expect(try failures(small.directory).contains { $0.hasPrefix("unit keys are the hashes") })
    let again = try Warehouse.open(small.directory, .writing("test"))
    try again.write { connection in
      for fault in faults { try connection.recordRecipes([fault.key], of: fault.table) }
      #expect(try connection.withheldRecipes(of: "unit") == Set(faults.filter { $0.kind == .unit }.map(\.key)))
    }
    let stones = try again.read { try $0.withheldRows() }.map { rows in
      "{\"axes\":[],\"bytes\":null,\"kind\":\"recipe\",\"name\":\"\(rows.table)\",\"reason\":\"names\",\"rows\":[\"\(rows.hashes[0])\"],"
        + "\"sha256\":\"\(rows.sha256)\",\"shape\":null}"
    }
    try again.close()
    let found = try failures(small.directory)
    #expect(found.count == 3 && found.allSatisfy { $0.contains("nothing says so") }, "\(found)")
    try "[\(stones.joined(separator: ","))]".write(
      toFile: small.directory + "/tombstones.json", atomically: true, encoding: .utf8)
    #expect(try failures(small.directory) == [])
    // Nobody adds a key to those that are declared.
    let last = try Warehouse.open(small.directory, .writing("test"))
    let hashes = "row_hashes = CAST(row_hashes || zeroblob(32) AS BLOB)"
    try last.write { try $0.execute("UPDATE row_digest SET \(hashes) WHERE object = 'unit (recipe)'") }
    try last.close()
    let added = try failures(small.directory)
    #expect(added.count == 1 && added[0].contains("are not those that were recorded"), "\(added)")
  }
}
