import Diagnostics
import Foundation
import Lineage
import Testing
import Upkeep
import Warehouse

@Suite struct ForgettingTests {
  private func writing<T>(_ directory: String, _ body: (Warehouse) throws -> T) throws -> T {
    let warehouse = try Warehouse.open(directory, .writing("test"))
    defer { try? warehouse.close() }
    return try body(warehouse)
  }

  private func count(_ table: String, _ directory: String) throws -> Int {
    try writing(directory) { try $0.userQuery("SELECT count(*) AS n FROM \"\(table)\"")[0].rows[0].int("n") }
  }

  @Test func anImportThatResultsNeedIsKept() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let error = #expect(throws: EvokeError.self) {
      try writing(small.directory) { try Forgetting.forget("ratings.csv", in: $0, cascade: false, dryRun: false) }
    }
    #expect(error?.code == .stillNeeded)
    #expect(error?.reason.contains("changes of arousal") == true)
    #expect(try count("stored_array", small.directory) == 3)
  }

  @Test(arguments: ["ratings.csv", "held/clip/annotation/valence"])
  func forgettingWithResultsLeavesAVerifiableWarehouseAndALogEntry(name: String) throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let outcome = try writing(small.directory) { try Forgetting.forget(name, in: $0, cascade: true, dryRun: false) }
    #expect(outcome.units == ["changes of arousal"])
    #expect(outcome.files.count == 2)
    for table in ["stored_array", "annotation_series", "stimulus", "dataset", "source_file"] {
      #expect(try count(table, small.directory) == 0, "\(table)")
    }
    let findings = try Verification.run(small.directory, level: 3)
    #expect(findings.filter { $0.state == .failed } == [])
    #expect(findings.filter { $0.state == .note } == [])
    let states = try writing(small.directory) { warehouse in
      (
        try warehouse.userQuery("SELECT state FROM import_log")[0].rows.map { $0.text("state") },
        try warehouse.userQuery("SELECT state FROM unit")[0].rows.map { $0.text("state") }
      )
    }
    #expect(states.0 == ["forgotten"])
    #expect(states.1 == ["planned"])
    #expect(FileManager.default.fileExists(atPath: small.source))
  }

  @Test func aDryRunChangesNothing() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let outcome = try writing(small.directory) {
      try Forgetting.forget("ratings.csv", in: $0, cascade: true, dryRun: true)
    }
    #expect(outcome.units.count == 1)
    #expect(try count("stored_array", small.directory) == 3)
  }

  @Test func anUnknownImportIsSaidToBeUnknown() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let error = #expect(throws: EvokeError.self) {
      try writing(small.directory) { try Forgetting.forget("nothing.csv", in: $0, cascade: true, dryRun: false) }
    }
    #expect(error?.code == .unknownName)
  }

  @Test func aMovedSourceIsRelocatedWhenItsBytesAreTheSame() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let new = folder.path + "/elsewhere"
    try FileManager.default.createDirectory(atPath: new, withIntermediateDirectories: true)
    try "else".write(toFile: new + "/ratings.csv", atomically: true, encoding: .utf8)
    let changed = #expect(throws: EvokeError.self) {
      try writing(small.directory) { try Relocation.relocate($0, from: folder.path, to: new, dryRun: false) }
    }
    #expect(changed?.code == .sourceChanged)
    try FileManager.default.removeItem(atPath: new + "/ratings.csv")
    try FileManager.default.moveItem(atPath: small.source, toPath: new + "/ratings.csv")
    let moves = try writing(small.directory) { try Relocation.relocate($0, from: folder.path, to: new, dryRun: false) }
    #expect(moves.map(\.new) == [new + "/ratings.csv"])
    #expect(try Verification.run(small.directory, level: 3).filter { $0.state != .ok } == [])
  }

  @Test func whyEndsAtSourceBytes() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let text = try writing(small.directory) { try Ancestry.text(of: SmallWarehouse.derived, in: $0) }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("array \(SmallWarehouse.derived)  sha256 "))
    #expect(lines[1].contains("made by changes v1 \"changes of arousal\""))
    #expect(lines[2].contains("features: array held/clip/annotation/arousal"))
    #expect(lines[3].contains("made by import annotations"))
    #expect(lines[4].contains("source ratings.csv  sha256 "))
  }
}
