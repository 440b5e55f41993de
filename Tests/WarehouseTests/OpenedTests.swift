import Diagnostics
import Foundation
import Schema
import Testing
import Upkeep
import Warehouse

/// Which catalogs a program opens: its own, and a newer one for reading.
@Suite struct OpenedTests {
  private func changed(_ sql: String) throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let (status, _) = try run("/usr/bin/sqlite3", [directory + "/catalog.sqlite", sql])
    #expect(status == 0)
    return (folder, directory)
  }

  private func refusal(_ directory: String, _ access: Warehouse.Access) -> ErrorCode? {
    let error = #expect(throws: EvokeError.self) { try Warehouse.open(directory, access).close() }
    return error?.code
  }

  @Test(arguments: [
    "UPDATE migration SET sha256 = '00' || substr(sha256, 3)",
    "UPDATE migration SET name = '0001_other' WHERE name = '0001_catalog'",
    "DELETE FROM migration", "ALTER TABLE migration RENAME TO migration_of_old",
  ])
  func `a catalog of another build is refused at once, with a remedy`(sql: String) throws {
    let (folder, directory) = try changed(sql)
    #expect(refusal(directory, .writing("test")) == .otherCatalog)
    #expect(refusal(directory, .reading) == .otherCatalog)
    let error = #expect(throws: EvokeError.self) { try Warehouse.create(at: directory) }
    #expect(error?.code == .otherCatalog && error?.remedy.contains("new warehouse") == true)
    let findings = try Verification.run(directory, level: 1)
    #expect(findings.contains { $0.check == "catalog opens" && $0.state == .failed })
    withExtendedLifetime(folder) {}
  }

  @Test func `a newer schema is read and not written`() throws {
    let (folder, directory) = try changed(
      "INSERT INTO migration VALUES ('9999_more', 'aa', 'then'); CREATE TABLE more (a INTEGER) STRICT; "
        + "PRAGMA user_version = \(Schema.migrations.count + 1)")
    #expect(refusal(directory, .writing("test")) == .newerSchema)
    let warehouse = try Warehouse.open(directory, .reading)
    #expect(try warehouse.read { try $0.storage() }.count == 1)
    try warehouse.close()
    withExtendedLifetime(folder) {}
  }
}
