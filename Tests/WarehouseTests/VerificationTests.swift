import ContentIdentity
import Diagnostics
import Foundation
import HDF5File
import LabelledArrays
import Testing
import Upkeep
import Warehouse

@Suite struct VerificationTests {
  private func failures(_ directory: String, level: Int = 3) throws -> [VerificationFinding] {
    try Verification.run(directory, level: level).filter { $0.state == .failed }
  }

  private func flip(_ path: String, byte: Int, bit: UInt8) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[byte] ^= 1 << bit
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    try data.write(to: URL(fileURLWithPath: path))
  }

  private func sql(_ directory: String, _ text: String) throws {
    let (status, _) = try run("/usr/bin/sqlite3", [directory + "/catalog.sqlite", text])
    #expect(status == 0)
  }

  private func reference(_ name: String, _ directory: String) throws -> ArrayReference {
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let rows = try warehouse.read { try $0.arrayFiles() }
    return try warehouse.reference(try #require(rows.first { $0.name == name }))
  }

  @Test func aWarehouseAsItWasWrittenPassesEveryLevel() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let findings = try Verification.run(small.directory, level: 4)
    #expect(findings.filter { $0.state != .ok } == [])
    #expect(Set(findings.map(\.level)) == [1, 2, 3, 4])
  }

  @Test func levelsThatThereAreNotAreRefused() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    for level in [6, 0] {
      let error = #expect(throws: EvokeError.self) { try Verification.run(small.directory, level: level) }
      #expect(error?.code == .notInThisVersion)
    }
  }

  /// Any flipped bit of an array file is found by its bytes, and libhdf5, which does not survive every damage, is not
  /// given the file.
  @Test func anyFlippedBitOfAnArrayFileIsFoundWithoutOpeningIt() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let reference = try reference(SmallWarehouse.derived, small.directory)
    let original = try Data(contentsOf: URL(fileURLWithPath: reference.file))
    for draw in 0..<60 {
      let byte = (draw * 7919 + 13) % original.count
      try flip(reference.file, byte: byte, bit: UInt8(draw % 8))
      let found = try failures(small.directory, level: 2)
      #expect(
        found.contains { $0.object == SmallWarehouse.derived && $0.detail.contains("not as it was written") },
        "byte \(byte): \(found)")
      try original.write(to: URL(fileURLWithPath: reference.file))
    }
    #expect(try failures(small.directory, level: 2) == [])
  }

  /// The hash is over axes and values: units are nowhere else.
  @Test func anArrayWithoutUnitsIsRefused() throws {
    let folder = try TemporaryFolder()
    let array = LabelledArray(axes: [.time([0, 1, 2])], values: [1, 2, 3], units: "V")
    for hasUnits in [true, false] {
      let path = folder.path + "/array-\(hasUnits).h5"
      let writer = try HDF5Writer(creating: path)
      try writer.dataset("g/values", array.values, shape: [3])
      try writer.scale("g/time_s", [0, 1, 2], name: "time", units: "s")
      try writer.attach(scale: "g/time_s", to: "g/values", axis: 0)
      if hasUnits { try writer.attribute("units", "V", on: "g/values") }
      try writer.close()
      let reference = ArrayReference(
        name: "bare", file: path, path: "g/values", sha256: ArrayHash.of(array, path: "g/values"))
      guard !hasUnits else {
        #expect(try ArrayReader.read(reference) == array)
        continue
      }
      let error = #expect(throws: EvokeError.self) { try ArrayReader.read(reference) }
      #expect(error?.code == .arrayCorrupt && error?.reason.contains("units") == true)
    }
  }

  @Test func everyFlippedBitOfTheCatalogIsFound() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let path = small.directory + "/catalog.sqlite"
    let original = try Data(contentsOf: URL(fileURLWithPath: path))
    for draw in 0..<25 {
      try flip(path, byte: (draw * 104_729 + 7) % original.count, bit: UInt8(draw % 8))
      #expect(try !failures(small.directory, level: 1).isEmpty)
      try original.write(to: URL(fileURLWithPath: path))
    }
  }

  @Test func aChangedValueIsFoundWhateverTheFileSays() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try sql(small.directory, "UPDATE stored_array SET units = 'V' WHERE name = '\(SmallWarehouse.derived)'")
    let found = try failures(small.directory, level: 2)
    #expect(found.contains { $0.object == SmallWarehouse.derived && $0.level == 2 })
    #expect(found.contains { $0.check == "catalog is as its last writer left it" })
  }

  @Test func aMissingArrayFileIsFoundAtLevelOne() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try FileManager.default.removeItem(atPath: try reference(SmallWarehouse.derived, small.directory).file)
    let found = try failures(small.directory, level: 1)
    #expect(found.map(\.object) == [SmallWarehouse.derived])
  }

  @Test(arguments: [
    ("UPDATE unit SET parameters = '{\"order\":2}'", "unit keys are"),
    ("UPDATE activity SET options = '{}' WHERE kind = 'import'", "import keys are"),
    ("UPDATE study SET definition = '{}'", "runs are named"),
    ("DELETE FROM used WHERE role = 'source'", "ancestry"),
    (
      "DELETE FROM generated WHERE artifact_id = (SELECT artifact_id FROM artifact WHERE kind = 'result')",
      "was made by"
    ),
    ("CREATE VIEW mine AS SELECT 1", "this program's"),
    ("UPDATE stored_array SET logical_sha256 = 'x' WHERE kind = 'feature'", "one hash"),
  ])
  func tamperingWithTheCatalogIsFound(statement: String, check: String) throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try sql(small.directory, statement)
    #expect(try failures(small.directory).contains { $0.check.contains(check) })
  }

  @Test func aChangedSourceFailsAndAnAbsentOneIsANote() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    try "else".write(toFile: small.source, atomically: true, encoding: .utf8)
    #expect(try failures(small.directory, level: 2).map(\.object) == [small.source])
    try FileManager.default.removeItem(atPath: small.source)
    let findings = try Verification.run(small.directory, level: 2)
    #expect(findings.filter { $0.state == .failed } == [])
    #expect(findings.contains { $0.state == .note && $0.object == small.source })
  }

  @Test func leftoversAreNotesAndGoAway() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let manager = FileManager.default
    try manager.createDirectory(atPath: small.directory + "/arrays/zz", withIntermediateDirectories: true)
    try manager.createDirectory(
      atPath: small.directory + "/spool/abc-4000000/results", withIntermediateDirectories: true)
    for path in ["arrays/zz/orphan.h5", "arrays/.tmp-4000000-1.h5", "spool/abc-4000000/results/x.json"] {
      try "x".write(toFile: small.directory + "/" + path, atomically: true, encoding: .utf8)
    }
    let mine = "arrays/.tmp-\(ProcessInfo.processInfo.processIdentifier)-1.h5"
    try "x".write(toFile: small.directory + "/" + mine, atomically: true, encoding: .utf8)
    #expect(try failures(small.directory) == [])
    let notes = try Verification.run(small.directory, level: 1).filter { $0.state == .note }
    #expect(notes.map(\.object) == ["arrays/.tmp-4000000-1.h5", "arrays/zz/orphan.h5", "spool/abc-4000000"])
    let warehouse = try Warehouse.open(small.directory, .writing("gc"))
    #expect(try Leftovers.remove(from: warehouse).count == 3)
    try warehouse.close()
    #expect(manager.fileExists(atPath: small.directory + "/" + mine))
    #expect(!manager.fileExists(atPath: small.directory + "/spool"))
    #expect(try Verification.run(small.directory, level: 2).filter { $0.state != .ok } == [])
  }

  @Test func theArrayHashIsWhatTenLinesOfPythonSay() throws {
    let python = try run("/usr/bin/python3", ["-c", "import h5py"])
    guard python.status == 0 else { return }
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let reference = try reference(SmallWarehouse.derived, small.directory)
    let (status, output) = try run("/usr/bin/python3", [Fixture.path("array_hash.py"), reference.file, reference.path])
    #expect(status == 0)
    #expect(output.trimmingCharacters(in: .whitespacesAndNewlines) == reference.sha256)
  }
}
