import Diagnostics
import FileSystem
import Foundation
import Schema
import Testing
import Upkeep
import Warehouse

/// What a writer does with a catalog that is not what its last writer left.
@Suite struct SealTests {
  private func sql(_ directory: String, _ text: String) throws {
    #expect(try run("/usr/bin/sqlite3", [directory + "/catalog.sqlite", text]).status == 0)
  }

  private func failures(_ directory: String, root: String? = nil) throws -> [VerificationFinding] {
    try Verification.run(directory, level: 3, root: root).filter { $0.state == .failed }
  }

  private func bytes(_ directory: String, _ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))
  }

  /// Opens for writing and closes again; what it told.
  @discardableResult
  private func write(_ directory: String, _ body: (Connection) throws -> Void = { _ in }) throws -> String? {
    let warehouse = try Warehouse.open(directory, .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write(body)
    return warehouse.remark
  }

  @Test(arguments: [
    ("UPDATE annotation_series SET scale_high = 2 WHERE name = 'valence'", "annotation_series annotation_series_id=2"),
    ("UPDATE dataset SET consent = 'open'", "dataset dataset_id=1"),
    ("UPDATE unit SET label = 'else'", "unit unit_key="), ("DELETE FROM used WHERE role = 'source'", "used …"),
    ("UPDATE activity SET started_at = 'then' WHERE kind = 'import'", "activity activity_id=1"),
    ("DROP INDEX fit_unit", "catalog.sqlite"), ("CREATE TABLE mine (a)", "catalog.sqlite"),
  ])
  func `nothing is written over an edit, whatever the verb`(edit: String, object: String) throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try sql(small.directory, edit)
    let edited = try bytes(small.directory, "catalog.sqlite")
    let seal = try bytes(small.directory, "catalog.sqlite.sha256")
    for command in ["gc", "run"] {
      let error = #expect(throws: EvokeError.self) { try Warehouse.open(small.directory, .writing(command)).close() }
      #expect(error?.code == .catalogEdited && error?.object.hasPrefix(object) == true, "\(String(describing: error))")
      #expect(error?.code.exit == .failed)
    }
    #expect(try bytes(small.directory, "catalog.sqlite") == edited)
    #expect(try bytes(small.directory, "catalog.sqlite.sha256") == seal)
    #expect(try Warehouse.sealWarning(small.directory) != nil)
  }

  @Test(arguments: [
    "UPDATE annotation_series SET scale_high = 2 WHERE name = 'valence'", "UPDATE unit SET label = 'else'",
    "UPDATE environment SET threads = 99",
  ])
  func `an edit beside which the seal is taken away is found`(edit: String) throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try write(small.directory) { _ = try $0.environment(blasKernel: "k", threads: 1, libraries: [:]) }
    try sql(small.directory, edit)
    try FileManager.default.removeItem(atPath: small.directory + "/catalog.sqlite.sha256")
    #expect(try failures(small.directory).contains { $0.check == "rows are what was written" })
    #expect(try Warehouse.sealWarning(small.directory) != nil)
    let error = #expect(throws: EvokeError.self) { try Warehouse.open(small.directory, .writing("gc")).close() }
    #expect(error?.code == .catalogEdited, "\(String(describing: error))")
  }

  @Test func `a catalog without a seal whose rows are right is sealed again, and says so`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try FileManager.default.removeItem(atPath: small.directory + "/catalog.sqlite.sha256")
    #expect(try failures(small.directory) == [])
    #expect(try write(small.directory)?.contains("sealed again") == true)
    #expect(try Warehouse.sealWarning(small.directory) == nil && failures(small.directory) == [])
  }

  /// A copy made by the program of a warehouse that may be at work.
  private func backUp(_ directory: String, to copy: String) throws {
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    _ = try Backup.make(of: warehouse, at: copy)
  }

  @Test func `a backup of an earlier schema is replaced, one of a later is not`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let copy = folder.path + "/copy"
    try backUp(small.directory, to: copy)
    let last = Schema.migrations.count
    try sql(
      copy,
      "DELETE FROM migration WHERE name = '\(Schema.migrations[last - 1].name)'; PRAGMA user_version = \(last - 1)")
    try backUp(small.directory, to: copy)
    #expect(try failures(copy) == [])
    try sql(copy, "INSERT INTO migration VALUES ('9999_more', 'aa', 'then'); PRAGMA user_version = \(last + 1)")
    let error = #expect(throws: EvokeError.self) { try backUp(small.directory, to: copy) }
    #expect(error?.code == .warehouseExists && error?.reason.contains("schema \(last + 1)") == true)
  }

  @Test(arguments: ["folder", "pipe", "link"])
  func `a lock that is no file, and folders that lead elsewhere, are refused by name`(kind: String) throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let other = folder.path + "/other"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: other + "/notes"))
    func refusal() -> EvokeError? {
      #expect(throws: EvokeError.self) { try Warehouse.open(small.directory, .writing("gc"), waiting: 0).close() }
    }
    let lock = small.directory + "/writer.lock"
    switch kind {
    case "folder": try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: true)
    case "pipe": #expect(mkfifo(lock, 0o644) == 0)
    default: try FileManager.default.createSymbolicLink(atPath: lock, withDestinationPath: other + "/notes")
    }
    #expect(refusal()?.object == lock)
    #expect(FileLock.holder(lock) == nil && FileLock.isHeld(lock) == false)
    #expect(try Data(contentsOf: URL(fileURLWithPath: other + "/notes")) == Data("mine".utf8))
    try FileManager.default.removeItem(atPath: lock)
    for name in ["arrays", "quarantine", "spool", "partial"] {
      let place = small.directory + "/" + name
      if FileManager.default.fileExists(atPath: place) {
        try FileManager.default.moveItem(atPath: place, toPath: place + ".own")
      }
      try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: other)
      let error = refusal()
      #expect(error?.code == .outsideWarehouse && error?.object == place)
      try FileManager.default.removeItem(atPath: place)
    }
  }

  @Test func `an edit is not copied into a catalog with a seal of its own`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let copy = folder.path + "/copy"
    try sql(small.directory, "UPDATE annotation_series SET scale_high = 2 WHERE name = 'valence'")
    let error = #expect(throws: EvokeError.self) { try backUp(small.directory, to: copy) }
    #expect(error?.code == .catalogEdited && !FileManager.default.fileExists(atPath: copy))
  }

  @Test func `a copy of a warehouse at work is a whole one, in which others may write`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let copy = folder.path + "/copy"
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write { _ = try $0.environment(blasKernel: "k", threads: 1, libraries: [:]) }
    try backUp(small.directory, to: copy)
    #expect(try failures(copy) == [])
    try write(copy) { try $0.execute("INSERT INTO subject (dataset_id, name) VALUES (1, 's1')") }
    #expect(try failures(copy) == [])
  }

  private func accept(_ directory: String, _ reason: String) throws -> [RowDifference] {
    let warehouse = try Warehouse.open(directory, .repairing("test"))
    defer { try? warehouse.close() }
    return try warehouse.acceptEdit(reason: reason)
  }

  @Test func `an edit that is accepted is an activity, and hashes follow it`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try sql(small.directory, "UPDATE annotation_series SET scale_high = 2 WHERE name = 'valence'")
    let differences = try accept(small.directory, "the scale ends at 2")
    #expect(differences.map(\.columns) == [["scale_high"]])
    #expect(try failures(small.directory) == [])
    try write(small.directory)
    let warehouse = try Warehouse.open(small.directory, .reading)
    defer { try? warehouse.close() }
    let edits = try warehouse.read { try $0.rows("SELECT options FROM activity WHERE kind = 'edit'") }
    #expect(edits.count == 1 && edits[0].text("options").contains("the scale ends at 2"))
    #expect(edits[0].text("options").contains("annotation_series_id=2"))
    #expect(try accept(small.directory, "again") == [])
  }

  @Test func `what is done again alike within a second is an activity of its own`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write { connection in
      let numbers = try (0..<40).map { _ in
        try connection.enterEvent(kind: "edit", verb: "repair --accept-edit", options: ["reason": "better so"])
      }
      #expect(Set(numbers).count == 40)
      let rows = try connection.rows("SELECT DISTINCT activity_key, started_at FROM activity WHERE kind = 'edit'")
      #expect(rows.count == 40 && Set(rows.map { $0.text("started_at") }).count < 40)
    }
  }

  @Test func `a catalog that another program has rewritten without changing a row is sealed again, and says so`() throws
  {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try sql(small.directory, "PRAGMA page_size = 8192; VACUUM")
    #expect(try Warehouse.sealWarning(small.directory) != nil)
    #expect(try write(small.directory)?.contains("sealed again") == true)
    #expect(try failures(small.directory) == [])
    #expect(try Warehouse.sealWarning(small.directory) == nil)
    #expect(try write(small.directory) == nil)
  }

  @Test func `who opens for writing and writes nothing leaves catalog and seal as they were`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let before = try ["catalog.sqlite", "catalog.sqlite.sha256"].map { try bytes(small.directory, $0) }
    try Warehouse.open(small.directory, .writing("test")).close()
    #expect(try ["catalog.sqlite", "catalog.sqlite.sha256"].map { try bytes(small.directory, $0) } == before)
  }

  @Test func `a copy of a warehouse is known by its bytes`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let copy = folder.path + "/copy.evoke"
    try FileManager.default.copyItem(atPath: small.directory, toPath: copy)
    #expect(try Warehouse.sealWarning(copy) == nil)
    #expect(try write(copy) == nil)
    #expect(try failures(copy) == [])
  }

  /// A warehouse as it is when its writer dies after a commit.
  private func interrupted(_ folder: TemporaryFolder) throws -> String {
    let small = try SmallWarehouse(in: folder)
    let copy = folder.path + "/dead.evoke"
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write { try $0.execute("INSERT INTO subject (dataset_id, name) VALUES (1, 's1')") }
    try FileManager.default.copyItem(atPath: small.directory, toPath: copy)
    return copy
  }

  @Test func `after a writer's death its rows are compared before the catalog is sealed`() throws {
    let folder = try TemporaryFolder()
    let directory = try interrupted(folder)
    let seal = String(decoding: try bytes(directory, "catalog.sqlite.sha256"), as: UTF8.self)
    #expect(seal.contains("# written by: pid "))
    try write(directory)
    #expect(try failures(directory) == [])
    #expect(try Warehouse.sealWarning(directory) == nil)
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    #expect(try warehouse.read { try $0.value("SELECT count(*) FROM subject") } == .integer(1))
  }

  @Test func `an edit after a writer's death is found`() throws {
    let folder = try TemporaryFolder()
    let directory = try interrupted(folder)
    try sql(directory, "UPDATE subject SET name = 's2'")
    let error = #expect(throws: EvokeError.self) { try Warehouse.open(directory, .writing("gc")).close() }
    #expect(error?.code == .catalogEdited && error?.object == "subject subject_id=1")
  }

  @Test func `an edit of which every hash is made anew is told by the root alone`() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    /// Hashes rows, result and root as their writer would.
    func hash(_ connection: Connection) throws {
      for (unit, result) in try RowAudit(connection).results {
        let activity = try connection.value("SELECT activity_id FROM activity WHERE activity_key = '\(unit)'").int
        try connection.unitDone(resultSHA256: result, unit: unit)
        try connection.execute(
          "DELETE FROM generated WHERE artifact_id IN (SELECT artifact_id FROM artifact WHERE kind = 'result')")
        try connection.execute("DELETE FROM artifact WHERE kind = 'result'")
        try connection.recordGeneration(
          try #require(activity), of: connection.artifact(kind: "result", name: unit, sha256: result))
      }
      try connection.execute("UPDATE activity SET rows_sha256 = NULL")
      try connection.recordRoots()
    }
    func root() throws -> String {
      let warehouse = try Warehouse.open(small.directory, .reading)
      defer { try? warehouse.close() }
      return try #require(try warehouse.read { try $0.runRoots() }.first?.rootSHA256)
    }
    try write(small.directory) { connection in
      let unit = try connection.value("SELECT unit_key FROM unit").string ?? ""
      try connection.insert(CheckRow(name: "r", expected: "number", observed: "0.1", pass: 1), of: unit)
      try hash(connection)
    }
    let first = try root()
    #expect(first.count == 64 && first.allSatisfy(\.isHexDigit))
    #expect(try failures(small.directory, root: first) == [])
    try write(small.directory) { connection in
      try connection.execute("UPDATE \"check\" SET observed = '0.9'")
      try hash(connection)
    }
    #expect(try failures(small.directory) == [])
    #expect(try failures(small.directory, root: first).map(\.check) == ["a run has the root asked for"])
    #expect(try failures(small.directory, root: try root()) == [])
  }
}
