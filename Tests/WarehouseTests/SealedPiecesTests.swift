import Diagnostics
import FileSystem
import Foundation
import Testing
import Upkeep
import Warehouse

/// The seal of a catalog that is hashed in pieces, as those over 64 MB are.
@Suite struct SealedPiecesTests {
  /// A closed warehouse whose catalog is sealed in pieces.
  private func sealed(in folder: TemporaryFolder) throws -> String {
    let directory = try SmallWarehouse(in: folder).directory
    try CatalogSeal.set(directory, mostWhole: 0)
    return directory
  }

  private func write(_ directory: String, _ body: (Connection) throws -> Void) throws {
    let warehouse = try Warehouse.open(directory, .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write(body)
  }

  /// Texts that fill pages all over a table, among which later ones come to stand.
  private func fill(_ connection: Connection, _ range: Range<Int>, bytes: Int) throws {
    for number in range {
      try connection.execute(
        "INSERT INTO study (name, kind, sha256, definition) VALUES ('\((number * 7919) % 10_007)', 'k', '\(number)', "
          + "hex(zeroblob(\(bytes / 2))))")
    }
  }

  private func line(_ directory: String) throws -> Substring {
    let text = try String(contentsOfFile: CatalogSeal.path(directory), encoding: .utf8)
    return try #require(text.split(separator: "\n").first)
  }

  /// Whether the seal is in pieces and that of the catalog's bytes, every one of which is hashed.
  private func expectSealed(_ directory: String, _ comment: Comment? = nil) throws {
    let found = try line(directory)
    #expect(found.hasPrefix("# SHA-256 of each 65536 bytes of catalog.sqlite: "), comment)
    let whole = try CatalogHashes(of: directory + "/catalog.sqlite", mostWhole: 0).line
    #expect(found + "\n" == String(decoding: whole, as: UTF8.self), comment)
    #expect(try Warehouse.sealWarning(directory) == nil, comment)
  }

  @Test func `a catalog in pieces is sealed as if every byte were hashed, whatever was written`() throws {
    let folder = try TemporaryFolder()
    let directory = try sealed(in: folder)
    try expectSealed(directory)
    try write(directory) { try fill($0, 0..<300, bytes: 9000) }
    try expectSealed(directory, "a large catalog grew")
    try write(directory) { try fill($0, 300..<303, bytes: 20) }
    try expectSealed(directory, "little was added")
    // Logs of over 4 MB, which are copied into the catalog between transactions.
    let warehouse = try Warehouse.open(directory, .writing("test"))
    for part in 0..<6 {
      try warehouse.write { try fill($0, 1000 + 100 * part..<1100 + 100 * part, bytes: 25_000) }
    }
    try warehouse.write { try $0.execute("DELETE FROM study WHERE kind = 'k' AND CAST(name AS INTEGER) % 3 = 0") }
    try warehouse.close()
    try expectSealed(directory, "long logs")
    let compacted = try Warehouse.open(directory, .writing("test"))
    try compacted.write { try $0.execute("DELETE FROM study WHERE kind = 'k' AND CAST(name AS INTEGER) % 3 = 1") }
    try compacted.compact()
    try compacted.close()
    #expect(try Warehouse.sealWarning(directory) == nil)
    #expect(try #require(CatalogSeal(of: directory)).difference(in: directory) == nil)
  }

  @Test func `logs that readers keep from the catalog, or others copy into it, leave no page out of the seal`() throws {
    let folder = try TemporaryFolder()
    let directory = try sealed(in: folder)
    let catalog = directory + "/catalog.sqlite"
    try write(directory) { try fill($0, 0..<300, bytes: 9000) }
    try CatalogSeal.set(directory, mostWhole: 0)
    let warehouse = try Warehouse.open(directory, .writing("test"))
    try warehouse.write { try fill($0, 400..<500, bytes: 30_000) }
    let reader = try Warehouse.open(directory, .reading)
    try reader.read { connection in
      _ = try connection.value("SELECT count(*) FROM study")
      try warehouse.write { try fill($0, 500..<600, bytes: 30_000) }
      try warehouse.write { try fill($0, 600..<700, bytes: 30_000) }
    }
    try reader.close()
    try warehouse.write { try fill($0, 700..<701, bytes: 20) }
    try warehouse.close()
    try expectSealed(directory, "a reader")
    let second = try Warehouse.open(directory, .writing("test"))
    for part in 0..<3 {
      try second.write {
        try fill($0, 2000 + 10 * part..<2010 + 10 * part, bytes: 9000)
        try $0.execute("UPDATE study SET kind = 'l' WHERE CAST(sha256 AS INTEGER) % 40 = \(part)")
      }
      #expect(try run("/usr/bin/sqlite3", [catalog, "PRAGMA wal_checkpoint(TRUNCATE)"]).status == 0)
    }
    try second.write { try fill($0, 3000..<3001, bytes: 20) }
    try second.close()
    try expectSealed(directory, "another program")
  }

  @Test func `a bit that turns over where nothing is written is not sealed as right by the next writer`() throws {
    let folder = try TemporaryFolder()
    let directory = try sealed(in: folder)
    try write(directory) { try fill($0, 0..<300, bytes: 9000) }
    try CatalogSeal.set(directory, mostWhole: 0)
    let file = directory + "/catalog.sqlite"
    var data = try Data(contentsOf: URL(fileURLWithPath: file))
    let text = Data(repeating: UInt8(ascii: "0"), count: 3000)
    let place = try #require(data.range(of: text, in: data.count / 2..<data.count)).lowerBound
    data[place] ^= 1
    try data.write(to: URL(fileURLWithPath: file))
    #expect(try Warehouse.sealWarning(directory) != nil)
    // As where the disk forgot: the file system says what it said.
    let state = try #require(Files.state(of: file)?.text)
    let lines = try String(contentsOfFile: CatalogSeal.path(directory), encoding: .utf8).split(separator: "\n")
    try "\(lines[0])\n# file: \(state)\n".write(toFile: CatalogSeal.path(directory), atomically: true, encoding: .utf8)
    #expect(try Warehouse.sealWarning(directory) == nil)
    try write(directory) { try $0.execute("INSERT INTO dataset (name) VALUES ('late')") }
    let failed = try Verification.run(directory, level: 1).filter { $0.state == .failed }
    #expect(failed.map(\.check) == ["catalog is as its last writer left it"])
    let first = place / CatalogHashes.pieceBytes * CatalogHashes.pieceBytes
    #expect(failed.first?.detail == "the 65536 bytes from byte \(first) on are not what its last writer left")
    // A repair reads every byte, and then every row.
    #expect(try Warehouse.catalogDamage(directory)?.code == .catalogEdited)
    let rows = try Verification.run(directory, level: 2).filter { $0.state == .failed && $0.level == 2 }
    #expect(rows.map(\.object).allSatisfy { $0.hasPrefix("study ") } && !rows.isEmpty)
  }

  @Test func `a catalog whose log was taken away before it was noted is hashed again`() throws {
    let folder = try TemporaryFolder()
    let log = folder.path + "/none-wal"
    var pieces = WrittenPieces()
    try pieces.note(log, holdsSome: false)
    #expect(pieces.isComplete)
    try Data().write(to: URL(fileURLWithPath: log))
    try pieces.note(log, holdsSome: false)
    #expect(pieces.isComplete)
    try pieces.note(log, holdsSome: true)
    #expect(!pieces.isComplete)
  }

  @Test(arguments: ["UPDATE dataset SET consent = 'open'", "DELETE FROM used WHERE role = 'source'"])
  func `nothing is written over an edit of a catalog in pieces`(edit: String) throws {
    let folder = try TemporaryFolder()
    let directory = try sealed(in: folder)
    #expect(try run("/usr/bin/sqlite3", [directory + "/catalog.sqlite", edit]).status == 0)
    let seal = try line(directory)
    let error = #expect(throws: EvokeError.self) { try Warehouse.open(directory, .writing("gc")).close() }
    #expect(error?.code == .catalogEdited)
    #expect(try line(directory) == seal && Warehouse.sealWarning(directory) != nil)
  }

  @Test func `a seal that cannot be read is none, and one of a whole file is that of sha256sum`() throws {
    let folder = try TemporaryFolder()
    let directory = try sealed(in: folder)
    let path = CatalogSeal.path(directory)
    let own = try line(directory)
    let head = try #require(own.split(separator: ":").first)
    let unreadable = [String(own.dropLast()), "\(head): ", ""]
    for bad in unreadable {
      try bad.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(CatalogSeal(of: directory) == nil, "\(bad.suffix(80))")
    }
    try String(own.dropLast(64)).write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try CatalogSeal(of: directory)?.holds(for: directory) == false)
    try CatalogSeal.set(directory)
    let sum = try run("/usr/bin/env", ["-C", directory, "sha256sum", "--check", "--quiet", "catalog.sqlite.sha256"])
    #expect(sum.status == 0)
  }
}
