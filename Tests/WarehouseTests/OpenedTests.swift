import ContentIdentity
import Diagnostics
import Foundation
import Schema
import Testing
import Upkeep
import Warehouse

/// Which catalogs a program opens: its own, and a newer one for reading.
@Suite struct OpenedTests {
  @Test func `a migration that warehouses have is never edited`() {
    let landed = [
      "0001_catalog": "69a14b5fef9125acb3f51894b7d4b518cdeff8b87339cca0972158c779894032",
      "0002_citations": "f13e78510d65b32ae7c60755375b8f5672f09644205156b0cc8f16157b84a27c",
      "0003_pooled_score": "3b886014b0d42bb73f5bcf734a0b33d70c81a104fbbe641c17cfafb747ae5603",
      "0004_cohort_contrast": "29b75e1b0957ede4022f9018a9f1ed64a8ff2cdfb03c531d765be453cf86aa3a",
      "0005_transfer": "0db82fc587ae342ef8c94860cf08d7bc5347f55b9e2371815520d8db0e3492f5",
      "0006_external_score": "ca05e3a7c8ffb79424e72973007f1fbd61dcb18eae23efd276597c6e51e85e14",
      "0007_consistency": "e67074f136e79c54c63a2989ad73dc8f7cfaf1b5cc4d7f966cdcdb99c013a8c9",
      "0008_gradient": "c84a82c0faeda17f5489227ee3bc42d0122d81395528a1664dca11bc75e9896c",
      "0009_factor_share": "6388e3b28ec96af5439d0b8135f5b2708694016f994aa5dfb8a904f41ef11fa2",
      "0010_inference": "e249bdfee921cb502a1d44616b00dbf07f4c6aaf73ccaeb4131f6881f280bafc",
      "0011_fold_delay": "44a79cc53dff33fc699dff7dd8eb413e70fb9d10692d79fa51459c7a6b541ee7",
      "0012_questions": "cef89b5f97677a9e422baca273ff74e31e06edcf236dc5b2a92b2393a35c2795",
      "0013_row_validity": "34b7875e73f7160ee525fda92bf2b02bf63e29e5cae93cf72b5dfd9215811a02",
      "0014_current_runs": "1bd452150fb5cadfbf7338dded06807ac9e9343bb0bc663b2634184923fc872e",
      "0015_synchrony_maps_and_penalties": "371a187693804a28eb754fcaec60f905e450436aac94ad97cd351a31a5346c7a",
      "0016_largest_scores": "0fa4ebca1d4a79c4503aa50fbbfbf1a1458d53d9bd078e0af02b584636a723fb",
      "0017_synchrony_memory": "2b7d600cf06dfb7ef1bcc3f5e172dee273c848c9de98aa4ff99eeddf443cf463",
      "0018_static_synchrony": "ae4344021508b9fba5f772f711875aca1562ace6caeef5ebb290b11b08014fb6",
      "0019_summaries": "ba09b8a841d468684b3a719a1fdf546675a90421fb0f041728a4f48708d23396",
    ]
    let hashes = Schema.migrations.map { ($0.name, SHA256.hex(of: $0.sql)) }
    #expect(hashes.filter { landed[$0.0] != nil && landed[$0.0] != $0.1 }.map(\.0) == [])
    #expect(Array(hashes.map(\.0).prefix(landed.count)) == landed.keys.sorted())
  }

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

  /// Undoes what came after the first twelve migrations.
  private static let earlier = Result { try Fixture.text("schema_12.sql") }

  @Test func `an unpacked catalog of an earlier schema is brought up to date, and one of this is left as it is`() throws
  {
    let folder = try TemporaryFolder()
    let directory = try SmallWarehouse(in: folder).directory
    let (status, _) = try run("/usr/bin/sqlite3", [directory + "/catalog.sqlite", try Self.earlier.get()])
    #expect(status == 0)
    let files = try FileManager.default.subpathsOfDirectory(atPath: directory).sorted()
    #expect(try Warehouse.sealUnpacked(directory))
    // An archive unpacked is what stood in it: no copy of its catalog joins it.
    #expect(try FileManager.default.subpathsOfDirectory(atPath: directory).sorted() == files)
    let catalog = try Warehouse.open(directory, .reading)
    #expect(try catalog.health().schema == Schema.migrations.count)
    try catalog.close()
    #expect(try Verification.run(directory, level: 1).filter { $0.state == .failed } == [])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: directory + "/catalog.sqlite"))
    #expect(try !Warehouse.sealUnpacked(directory))
    #expect(try Data(contentsOf: URL(fileURLWithPath: directory + "/catalog.sqlite")) == bytes)
    withExtendedLifetime(folder) {}
  }

  @Test func `a catalog of an earlier schema whose writer died is compared row by row before it is brought up to date`()
    throws
  {
    for edit in ["", "UPDATE stimulus SET name = 'another'"] {
      let folder = try TemporaryFolder()
      let directory = try SmallWarehouse(in: folder).directory
      try CatalogSeal.set(directory, writer: "run (pid 1)")
      let (status, _) = try run("/usr/bin/sqlite3", [directory + "/catalog.sqlite", try Self.earlier.get(), edit])
      #expect(status == 0)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: directory + "/catalog.sqlite"))
      if edit.isEmpty {
        try Warehouse.open(directory, .writing("test")).close()
        #expect(try Verification.run(directory, level: 2).filter { $0.state == .failed } == [])
        let catalog = try Warehouse.open(directory, .reading)
        #expect(try catalog.health().schema == Schema.migrations.count)
        try catalog.close()
      } else {
        #expect(refusal(directory, .writing("test")) == .catalogEdited)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory + "/catalog.sqlite")) == bytes)
      }
      withExtendedLifetime(folder) {}
    }
  }

  @Test func `what scores of an earlier catalog come to is kept once it is brought up to date`() throws {
    let (folder, directory) = try changed(Self.earlier.get())
    try CatalogSeal.set(directory)
    try Warehouse.create(at: directory)
    let other = try TemporaryFolder()
    let fresh = try warehouseWithRows(in: other)
    let kept = try [directory, fresh].map { directory in
      let warehouse = try Warehouse.open(directory, .reading)
      defer { try? warehouse.close() }
      return try ["summarised_run", "over_subjects", "over_layers"].map { table in
        try warehouse.userQuery("SELECT * FROM \(table) ORDER BY 1, 2")[0].rows.map(\.values)
      }
    }
    #expect(kept[0] == kept[1] && kept[0].allSatisfy { $0.count > 3 })
    withExtendedLifetime((folder, other)) {}
  }

  @Test func `rows hashed by a program that did not count them are counted when the catalog is brought up to date`()
    throws
  {
    let (folder, directory) = try changed(Self.earlier.get())
    try CatalogSeal.set(directory)
    #expect(refusal(directory, .reading) == .otherCatalog)
    let creation = try Warehouse.create(at: directory)
    guard case .renewed(.schema(from: 12, to: Schema.migrations.count, let copy?)) = creation else {
      Issue.record("\(creation)")
      return
    }
    let left = try run("/usr/bin/sqlite3", ["\(directory)/\(copy)", "PRAGMA user_version"])
    #expect(left == (0, "12\n"))
    #expect(try Warehouse.create(at: directory) == .unchanged)
    let other = try TemporaryFolder()
    let fresh = try warehouseWithRows(in: other)
    // Rows of a table that came later are not brought back.
    let sql = "SELECT * FROM row_validity WHERE object <> 'synchrony_gradient'"
    let counts = try [directory, fresh].map { directory in
      let warehouse = try Warehouse.open(directory, .reading)
      defer { try? warehouse.close() }
      return try warehouse.read { try $0.rows(sql).map(\.values) }
    }
    #expect(counts[0] == counts[1] && counts[0].count > 10)
    withExtendedLifetime((folder, other)) {}
  }
}
