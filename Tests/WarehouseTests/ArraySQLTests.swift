import Diagnostics
import Foundation
import LabelledArrays
import Testing
import Warehouse

/// SQL over arrays: in the program, and as the extension that other clients of SQLite load.
@Suite struct ArraySQLTests {
  private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  private static let extensionFile = checkout + "/.build/release/libevoke_sqlite.so"

  /// What a statement returns of a warehouse, with SQL over arrays.
  private func rows(_ sql: String, of directory: String, arrays: Bool = true) throws -> [[SQLValue]] {
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    return try warehouse.userQuery(sql, withArrays: arrays)[0].rows.map(\.values)
  }

  private func arousal(of directory: String) throws -> LabelledArray {
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let columns = "file, path, logical_sha256 FROM array_catalog WHERE name = '\(SmallWarehouse.imported[0])'"
    let row = try warehouse.userQuery("SELECT \(columns)")[0].rows[0]
    return try ArrayReader.read(
      ArrayReference(
        name: SmallWarehouse.imported[0], file: directory + "/" + row.text("file"), path: row.text("path"),
        sha256: row.text("logical_sha256")))
  }

  @Test func `an array is a table of its elements, NaN is NULL, and coordinates select what is read`() throws {
    let directory = try SmallWarehouse(in: try folder()).directory
    let array = try arousal(of: directory)
    let times = try #require(array.axes[0].numbers)
    let name = SmallWarehouse.imported[0]
    let all = try rows("SELECT rowid, time_s, region, value FROM array('\(name)')", of: directory)
    #expect(all.count == array.values.count && all.count > 10)
    let width = array.values.count / times.count
    for (i, row) in all.enumerated() {
      #expect(row[0] == .integer(Int64(i)) && row[1] == .real(times[i / width]) && row[2] == .null)
      #expect(row[3] == (array.values[i].isNaN ? .null : .real(Double(array.values[i]))))
    }
    #expect(all.contains { $0[3] == .null } == array.values.contains { $0.isNaN })
    let some = try rows(
      "SELECT value FROM array('\(name)') WHERE time_s BETWEEN \(times[3]) AND \(times[5]) AND time_s <> \(times[4])",
      of: directory)
    #expect(some == (all[(3 * width)..<(4 * width)] + all[(5 * width)..<(6 * width)]).map { [$0[3]] })
    let axes = try rows("SELECT axis, \"column\", length FROM array_axes('\(name)')", of: directory)
    #expect(axes[0] == [.text("time"), .text("time_s"), .integer(Int64(times.count))])
    #expect(axes.count == array.axes.count)
  }

  @Test func `the statistics of SQL are those of the program`() throws {
    let directory = try SmallWarehouse(in: try folder()).directory
    let sql =
      "SELECT fisher_z(0.5), fisher_z(1), zscore(5, 3, 4), median(x), stddev(x), corr(x, y) FROM "
      + "(SELECT 1 AS x, 2 AS y UNION ALL SELECT 2, 1 UNION ALL SELECT 4, 5 UNION ALL SELECT NULL, 3)"
    let found = try rows(sql, of: directory)[0].map { $0.double ?? .nan }
    let expected = [atanh(0.5), atanh(1 - 1e-7), 0.5, 2, (7.0 / 3).squareRoot(), 0.8386278693775346]
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12, "\(a) \(b)") }
  }

  @Test func `only SQL that asks for arrays has them`() throws {
    let directory = try SmallWarehouse(in: try folder()).directory
    let error = #expect(throws: EvokeError.self) {
      try rows("SELECT * FROM array('\(SmallWarehouse.imported[0])')", of: directory, arrays: false)
    }
    #expect(error?.code == .invalidSQL)
    let unknown = #expect(throws: EvokeError.self) { try rows("SELECT * FROM array('nothing')", of: directory) }
    #expect(unknown?.code == .invalidSQL && unknown?.reason.contains("array_catalog") == true)
    let away = #expect(throws: EvokeError.self) { try rows("SELECT * FROM h5_tree('../x.h5')", of: directory) }
    #expect(away?.code == .outsideWarehouse)
    let unrecorded = #expect(throws: EvokeError.self) {
      try rows("SELECT * FROM h5_tree('catalog.sqlite')", of: directory)
    }
    #expect(unrecorded?.code == .invalidSQL && unrecorded?.reason.contains("no array file of the catalog") == true)
  }

  @Test func `an array that is not what was stored is an error with file and dataset`() throws {
    let directory = try SmallWarehouse(in: try folder()).directory
    let place = try rows(
      "SELECT file, path FROM array_catalog WHERE name = '\(SmallWarehouse.imported[0])'", of: directory)[0]
    let (inside, path) = (try #require(place[0].string), try #require(place[1].string))
    let file = directory + "/" + inside
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[bytes.count / 2] ^= 1
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    try bytes.write(to: URL(fileURLWithPath: file))
    let sql = "SELECT sum(value) FROM array('\(SmallWarehouse.imported[0])')"
    let changed = #expect(throws: EvokeError.self) { try rows(sql, of: directory) }
    #expect(changed?.code == .arrayCorrupt && changed?.reason.contains("\(inside):\(path)") == true)
    let tree = #expect(throws: EvokeError.self) { try rows("SELECT * FROM h5_tree('\(inside)')", of: directory) }
    #expect(tree?.code == .arrayCorrupt && tree?.reason.contains(inside) == true)
    try FileManager.default.removeItem(atPath: file)
    let gone = #expect(throws: EvokeError.self) { try rows(sql, of: directory) }
    #expect(gone?.code == .arrayMissing && gone?.reason.contains(inside) == true)
  }

  /// Python compares with tables that h5py reads: of arrays that Evoke does not write, and of Evoke's own.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "there is no /usr/bin/python3"))
  func `the extension equals the same SQL over a table copy, and refuses what was tampered with`() throws {
    let script = Self.checkout + "/Tests/Fixtures/array_sql/property.py"
    let made = try run("/usr/bin/python3", [script, Self.extensionFile])
    #expect(made.status == 0 && made.output.contains("comparisons"), "make extension makes it: \(made.output)")
    let directory = try SmallWarehouse(in: try folder()).directory
    let own = try run("/usr/bin/python3", [script, Self.extensionFile, directory])
    #expect(own.status == 0 && own.output.contains("annotation") && own.output.contains("feature"), "\(own.output)")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3"), "there is no /usr/bin/sqlite3"))
  func `stock sqlite3 loads the extension`() throws {
    let directory = try SmallWarehouse(in: try folder()).directory
    let sql = "SELECT count(*) FROM array('\(SmallWarehouse.imported[0])')"
    let found = try run(
      "/usr/bin/sqlite3", ["-cmd", ".load " + Self.extensionFile, directory + "/catalog.sqlite", sql])
    let count = try arousal(of: directory).values.count
    #expect(found.status == 0 && found.output == "\(count)\n", "make extension makes it: \(found.output)")
  }

  /// Kept until the suite's instance, one per test, is gone.
  private let kept: TemporaryFolder
  private func folder() throws -> TemporaryFolder { kept }
  init() throws { kept = try TemporaryFolder() }
}
