import Foundation
import Testing

/// The build's tool on a small schema and one query: what does not fit stops the build, with file and line.
@Suite struct CheckedSQLTests {
  private static let schema = """
    -- tier: imported. Things.
    CREATE TABLE thing (
      thing_id INTEGER PRIMARY KEY, -- key
      name TEXT NOT NULL, -- name
      size REAL -- size
    ) STRICT;
    CREATE TABLE part (
      thing_id INTEGER NOT NULL REFERENCES thing ON DELETE CASCADE, -- thing
      label TEXT NOT NULL -- label
    ) STRICT;
    """

  private struct Ending {
    let status: Int32
    let errors: String
    let swift: String
  }

  private static let tool: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent + "/embedsql"
  }()

  private func build(_ place: String, _ query: String, schema: String = Self.schema) throws -> Ending {
    let folder = NSTemporaryDirectory() + "evoke-build-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = ["schema/migrations/0001_a.sql": schema, "queries/\(place).sql": query]
    for (name, text) in files {
      let path = "\(folder)/\(name)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.tool)
    process.arguments =
      ["rows", "\(folder)/Rows.swift", "\(folder)/schema", "\(folder)/queries"] + files.keys.map { "\(folder)/\($0)" }
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let errors = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Ending(
      status: process.terminationStatus,
      errors: String(decoding: errors, as: UTF8.self).replacingOccurrences(of: folder + "/", with: ""),
      swift: (try? String(contentsOfFile: "\(folder)/Rows.swift", encoding: .utf8)) ?? "")
  }

  struct Trap: Sendable, CustomTestStringConvertible {
    let what: String
    let place: String
    let query: String
    let errors: String
    var testDescription: String { what }
  }

  private static let traps = [
    Trap(
      what: "wrong column", place: "lookups/a", query: "-- Things.\nSELECT name,\n  colour\nFROM thing",
      errors: "queries/lookups/a.sql:3: error: no such column: colour"),
    Trap(
      what: "wrong table", place: "lookups/a", query: "-- Things.\nSELECT name\nFROM things",
      errors: "queries/lookups/a.sql:3: error: no such table: things"),
    Trap(
      what: "wrong column of a view", place: "views/a",
      query: "-- Things?\n-- column name: name\nSELECT nam\nFROM thing",
      errors: "queries/views/a.sql:3: error: no such column: nam"),
    Trap(
      what: "a function that views must not call", place: "views/a",
      query: "-- Things?\n-- column names: names\nSELECT thing_id,\n  json_array(name) AS names\nFROM thing",
      errors: "queries/views/a.sql:4: error: unsafe use of json_array()"),
    Trap(
      what: "an expression of a view without a type", place: "views/a",
      query: "-- Things?\n-- column most: largest\nSELECT max(size) AS most FROM thing",
      errors: "queries/views/a.sql:3: error: SQLite knows no type of most: write -- column most ("),
    Trap(
      what: "another type of a view's column than the schema's", place: "views/a",
      query: "-- Things?\n-- column size (text): of it\nSELECT size FROM thing",
      errors: "queries/views/a.sql:2: error: size is real in the schema"),
    Trap(
      what: "a type that there is not", place: "views/a",
      query: "-- Things?\n-- column most (number): largest\nSELECT max(size) AS most FROM thing",
      errors: "queries/views/a.sql:2: error: write -- column most (integer|real|text|blob): meaning"),
    Trap(
      what: "a type of a view's column that is not there", place: "views/a",
      query: "-- Things?\n-- column most (real): largest\nSELECT size FROM thing",
      errors: "queries/views/a.sql:2: error: the view has no column most"),
    Trap(
      what: "syntax", place: "lookups/a", query: "-- Things.\nSELECT name\nFROM thing WERE size > 1",
      errors: "queries/lookups/a.sql:3: error: near \"size\": syntax error"),
    Trap(
      what: "text in double quotes", place: "lookups/a",
      query: "-- Things.\nSELECT name FROM thing\nWHERE name = \"red\"",
      errors: "queries/lookups/a.sql:3: error: no such column: red"),
    Trap(
      what: "a lookup that writes", place: "lookups/a", query: "-- Things.\nDELETE FROM thing",
      errors: "queries/lookups/a.sql:2: error: it writes; it belongs to changes"),
    Trap(
      what: "a report that writes", place: "reports/a", query: "-- Things.\nUPDATE thing SET size = 1",
      errors: "queries/reports/a.sql:2: error: it writes; it belongs to changes"),
    Trap(
      what: "a change that reads", place: "changes/a", query: "-- Things.\nSELECT name FROM thing",
      errors: "queries/changes/a.sql:2: error: it changes nothing; it belongs to lookups"),
    Trap(
      what: "a parameter without a type", place: "lookups/a",
      query: "-- Things.\nSELECT name FROM thing WHERE size > :least",
      errors: "queries/lookups/a.sql:2: error: the parameter has no type: write -- parameter least:"),
    Trap(
      what: "a type for a parameter that is not there", place: "lookups/a",
      query: "-- Things.\n-- parameter least: real\nSELECT name FROM thing",
      errors: "queries/lookups/a.sql:2: error: the statement has no parameter least"),
    Trap(
      what: "an expression without a type", place: "lookups/a",
      query: "-- Things.\nSELECT max(size) AS most FROM thing",
      errors: "queries/lookups/a.sql:2: error: SQLite knows no type of most: write -- column most:"),
    Trap(
      what: "another type than the schema's", place: "lookups/a",
      query: "-- Things.\n-- column size: text\nSELECT size FROM thing",
      errors: "queries/lookups/a.sql:2: error: size is real in the schema"),
    Trap(
      what: "columns that are not named", place: "lookups/a", query: "-- Things.\nSELECT t.* FROM thing t",
      errors: "queries/lookups/a.sql:2: error: name the columns"),
    Trap(
      what: "two statements", place: "changes/a", query: "-- Things.\nDELETE FROM part;\nDELETE FROM thing",
      errors: "queries/changes/a.sql:3: error: there is more than one statement"),
    Trap(
      what: "no description", place: "lookups/a", query: "SELECT name FROM thing",
      errors: "queries/lookups/a.sql:1: error: the first line does not say what it answers"),
    Trap(
      what: "an unknown folder", place: "others/a", query: "-- Things.\nSELECT name FROM thing",
      errors: "queries/others/a.sql:1: error: queries stand in changes, checks, lookups, reports, views"),
  ]

  @Test(arguments: traps) func `what does not fit stops the build`(trap: Trap) throws {
    let ending = try build(trap.place, trap.query)
    #expect(ending.status == 1 && ending.swift.isEmpty)
    #expect(ending.errors.hasPrefix(trap.errors), "\(ending.errors)")
  }

  @Test(arguments: [
    ("REFERENCES thing ON", "REFERENCES things ON", "no such table: main.things"),
    ("REFERENCES thing ON", "REFERENCES thing (colour) ON", "foreign key mismatch"),
    ("REFERENCES thing ON", "REFERENCES thing (name) ON", "foreign key mismatch"),
  ])
  func `a reference that leads nowhere stops the build`(right: String, wrong: String, reason: String) throws {
    let schema = Self.schema.replacingOccurrences(of: right, with: wrong)
    let ending = try build("lookups/a", "-- Things.\nSELECT name FROM thing", schema: schema)
    #expect(ending.status == 1)
    #expect(ending.errors.hasPrefix("schema/migrations/0001_a.sql:8: error: a reference of part leads nowhere"))
    #expect(ending.errors.contains(reason) && ending.errors.split(separator: "\n").count == 1)
  }

  @Test func `a default in double quotes stops the build`() throws {
    let schema = Self.schema.replacingOccurrences(
      of: "label TEXT NOT NULL", with: "label TEXT NOT NULL DEFAULT (\"a\")")
    let ending = try build("lookups/a", "-- Things.\nSELECT name FROM thing", schema: schema)
    #expect(ending.status == 1 && ending.errors.hasPrefix("schema/migrations/0001_a.sql:"))
  }

  @Test func `a function takes the parameters and returns the columns with their types`() throws {
    let ending = try build(
      "lookups/great_things",
      """
      -- Things and their parts.
      -- parameter least: real
      -- parameter label: text or NULL
      -- column parts: integer never NULL
      SELECT t.thing_id, t.name, t.size, p.label, (SELECT count(*) FROM part) AS parts
      FROM thing t LEFT JOIN part p USING (thing_id) WHERE t.size > :least AND p.label IS :label
      """)
    #expect(ending.errors == "")
    for line in [
      "public func greatThings(least: Double, label: String?) throws -> [Rows.GreatThings] {",
      "public let thingID: Int\n", "public let name: String\n", "public let size: Double?\n",
      "public let label: String?\n", "public let parts: Int\n", "public struct ThingRow: TableRow {",
      "public init(name: String, size: Double? = nil) {", "public init(thingID: Int, label: String) {",
    ] { #expect(ending.swift.contains(line), "\(line)") }
  }

  @Test(arguments: [
    "SELECT p.label FROM thing t LEFT JOIN part p USING (thing_id)",
    "SELECT (SELECT label FROM part) AS label FROM thing",
    "SELECT label FROM (SELECT label FROM thing LEFT JOIN part USING (thing_id))",
    "WITH q AS (SELECT label FROM thing LEFT JOIN part USING (thing_id)) SELECT label FROM q",
  ])
  func `a column is never NULL only where every row has one`(query: String) throws {
    let ending = try build("lookups/a", "-- Labels.\n" + query)
    #expect(ending.errors == "" && ending.swift.contains("public let label: String?\n"))
  }

  @Test func `rows of units are known by what they refer to, parents first`() throws {
    let schema = """
      CREATE TABLE leaf (fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, size REAL) STRICT;
      CREATE TABLE fit (
        fit_key TEXT PRIMARY KEY,
        unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE
      ) STRICT;
      CREATE TABLE activity (activity_id INTEGER PRIMARY KEY, activity_key TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE used (activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE) STRICT;
      """
    let ending = try build("lookups/a", "-- Fits.\nSELECT fit_key FROM fit", schema: schema)
    #expect(ending.errors == "")
    for line in [
      "static let all: [any ResultRow.Type] = [FitRow.self, LeafRow.self] }",
      "public struct LeafRow: ResultRow {", "public struct FitRow: ResultRow {", "public struct UsedRow: TableRow {",
      "public init(fitKey: String, size: Double? = nil) {", "public init(fitKey: String) {",
    ] { #expect(ending.swift.contains(line), "\(line)") }
    let keys = ending.swift.split(separator: "\n").filter { $0.contains("hasUnitKey") }
    #expect(keys == ["  public static let hasUnitKey = false", "  public static let hasUnitKey = true"])
  }

  @Test func `a union has the types its header gives`() throws {
    let union = "SELECT name FROM thing UNION ALL SELECT NULL"
    #expect(try build("lookups/a", "-- Names.\n" + union).errors.contains("SQLite knows no type of name"))
    let typed = try build("lookups/a", "-- Names.\n-- column name: text\n" + union)
    #expect(typed.errors == "" && typed.swift.contains("public let name: String?\n"))
  }
}
