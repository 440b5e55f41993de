import Foundation
import Queries
import Testing
import Upkeep
import Warehouse

/// What scores come to over subjects and over layers is what the scores say, at every moment and whoever writes.
@Suite struct SummaryTests {
  private static let views = ["over_subjects": "score_over_subjects", "over_layers": "score_over_layers"]
  private struct Undone: Error {}

  private func shown(_ connection: Connection) throws -> [[SQLValue]] {
    try Self.views.values.sorted().flatMap {
      try connection.rows("SELECT * FROM \($0) ORDER BY run_id, fit_key").map(\.values)
    }
  }

  /// What the views show, and what they show of the scores themselves; runs that are summarised.
  private func compared(_ connection: Connection) throws -> (shown: [[SQLValue]], live: [[SQLValue]], runs: [String]) {
    let runs = try connection.rows("SELECT run_id FROM summarised_run ORDER BY 1").map { $0.text("run_id") }
    let before = try shown(connection)
    try connection.execute("DELETE FROM summarised_run")
    return (before, try shown(connection), runs)
  }

  /// The same of a closed warehouse.
  private func compared(_ directory: String) throws -> (shown: [[SQLValue]], live: [[SQLValue]], runs: [String]) {
    let warehouse = try Warehouse.open(directory, .writing("test"))
    defer { try? warehouse.close() }
    return try warehouse.rehearse(compared)
  }

  private let current = "SELECT run_id FROM run WHERE is_current = 1 AND purpose = 'results' ORDER BY 1"

  @Test func `a closed warehouse has summaries of all current runs, and they are those of the scores`() throws {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let found = try compared(directory)
    #expect(found.shown == found.live && found.shown.count > 15)
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    #expect(try warehouse.userQuery(current)[0].rows.map { $0.text("run_id") } == found.runs && found.runs.count > 3)
    let rows = try warehouse.userQuery(
      """
      SELECT score_count, r_sum, r_square_sum, r_max, p_count, p_at_most_05, valid_count, layer_key, r, unit_key
      FROM score_over_layers WHERE study = 'sweep' ORDER BY layer_key
      """)[0].rows.map(\.values)
    #expect(
      rows == [
        [
          .integer(1), .real(0.125), .real(0.015625), .real(0.125), .integer(0), .integer(0), .integer(1), .null,
          .real(0.125), "u-lld",
        ],
        [
          .integer(2), .real(0.75), .real(0.3125), .real(0.5), .integer(2), .integer(1), .integer(2), "hs.1",
          .real(0.5),
          "u-fit1",
        ],
      ])
    let cells = try warehouse.userQuery(
      """
      SELECT layer_key, score_count, r_count, r_sum, r_max, p_at_most_05, valid_r_count, valid_r_sum
      FROM score_over_subjects WHERE study = 'sweep' ORDER BY layer_key
      """)[0].rows.map(\.values)
    #expect(
      cells == [
        [.null, .integer(1), .integer(1), .real(0.125), .real(0.125), .integer(0), .integer(1), .real(0.125)],
        ["hs.0", .integer(1), .integer(1), .real(0.25), .real(0.25), .integer(0), .integer(1), .real(0.25)],
        ["hs.1", .integer(1), .integer(1), .real(0.5), .real(0.5), .integer(1), .integer(1), .real(0.5)],
      ])
  }

  /// Statements of another program that delete the rows of every table, and of those that the views read replace and change
  /// them, column by column.
  private func edits(_ directory: String) throws -> [String] {
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let columns = try warehouse.read { connection in
      try connection.rows(
        """
        SELECT t.name AS object, c.name AS column, c.type FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid
        """)
    }
    let read = Queries.views.filter { Self.views.values.contains($0.name) || $0.name == "current_unit" }.flatMap {
      $0.sql.split { !$0.isLetter && $0 != "_" }.map(String.init)
    }
    let own = Set(Self.views.keys).union(["summarised_run"])
    let tables = Dictionary(grouping: columns) { $0.text("object") }.filter { !own.contains($0.key) }
    #expect(tables.count > 90 && tables.keys.count(where: Set(read).contains) > 5)
    return tables.sorted { $0.key < $1.key }.flatMap { table, columns in
      ["DELETE FROM \"\(table)\""] + (read.contains(table) ? changes(of: table, columns) : [])
    }
  }

  private func changes(of table: String, _ columns: [SQLRow]) -> [String] {
    let names = columns.map { "\"\($0.text("column"))\"" }
    let changed = zip(names, columns).map { name, column in
      ["INTEGER": "1 - \(name)", "REAL": "\(name) / 2", "TEXT": "'x' || \(name)"][column.text("type")] ?? "NULL"
    }
    return names.indices.flatMap { place in
      let values = names.indices.map { $0 == place ? changed[$0] : names[$0] }.joined(separator: ", ")
      return [
        "REPLACE INTO \"\(table)\" SELECT \(values) FROM \"\(table)\"",
        "UPDATE OR IGNORE \"\(table)\" SET \(names[place]) = \(changed[place])",
      ]
    }
  }

  @Test("no edit of any table by another program leaves an old number", arguments: ["ON", "OFF"])
  func edited(foreignKeys: String) throws {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let edits = try edits(directory)
    let show = Self.views.values.sorted().map { "SELECT '\($0)', * FROM \($0) ORDER BY run_id, fit_key;" }
    var script = ["PRAGMA foreign_keys = \(foreignKeys);", "PRAGMA ignore_check_constraints = ON;"] + show
    for edit in edits {
      script += ["BEGIN;", ".print edited", edit + ";"] + show
      script += [".print live", "DELETE FROM summarised_run;"] + show + ["ROLLBACK;"]
    }
    let file = folder.path + "/edits.sql"
    try script.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    // What references refuse is said, and changes nothing.
    let command = "exec /usr/bin/sqlite3 \"$0\" \".read $1\" 2>/dev/null"
    let (_, output) = try run("/bin/sh", ["-c", command, directory + "/catalog.sqlite", file])
    let parts = output.split(separator: "edited\n", omittingEmptySubsequences: false)
    #expect(parts.count == edits.count + 1 && edits.count > 250)
    #expect(parts[0].split(separator: "\n").count > 15)
    var differing = 0
    for (edit, part) in zip(edits, parts.dropFirst()) {
      let shown = part.split(separator: "live\n", omittingEmptySubsequences: false)
      #expect(shown.count == 2 && shown[0] == shown[1], "\(edit)")
      if shown[0] != parts[0] { differing += 1 }
    }
    #expect(differing > 40)
  }

  @Test func `scores of a unit take the runs that ask for it out, and no other`() throws {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let warehouse = try Warehouse.open(directory, .writing("test"))
    let copied = """
      CREATE TEMP TABLE copied AS SELECT * FROM fit WHERE fit_key = 'fit1'; UPDATE copied SET fit_key = 'more', region = 'A2';
      INSERT INTO fit SELECT * FROM copied; DROP TABLE copied;
      CREATE TEMP TABLE copied AS SELECT * FROM score WHERE fit_key = 'fit1'; UPDATE copied SET fit_key = 'more';
      INSERT INTO score SELECT * FROM copied; DROP TABLE copied;
      """
    let before = try warehouse.rehearse(compared)
    try warehouse.write { connection in
      try connection.execute("UPDATE activity SET rows_sha256 = NULL WHERE activity_key = 'u-fit1'")
      try connection.execute(copied)
    }
    let entered = try warehouse.rehearse(compared)
    #expect(entered.shown == entered.live && entered.shown.count == before.shown.count + 2)
    #expect(entered.runs == before.runs.filter { $0 != "run1" } && entered.runs.count == before.runs.count - 1)
    try warehouse.write { try $0.execute("DELETE FROM fit WHERE fit_key = 'more'") }
    let taken = try warehouse.rehearse(compared)
    #expect(taken.shown == before.shown && taken.runs.isEmpty)
    try warehouse.close()
    let closed = try compared(directory)
    #expect(closed.shown == before.shown && closed.runs == before.runs)
  }

  @Test func `runs that are no longer current are not summarised, and are shown as soon as they are again`() throws {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let before = try compared(directory)
    for isCurrent in [0, 1] {
      let warehouse = try Warehouse.open(directory, .writing("test"))
      try warehouse.write { try $0.execute("UPDATE run SET is_current = \(isCurrent) WHERE run_id = 'run2'") }
      let open = try warehouse.rehearse(compared)
      #expect(open.shown == open.live && (open.shown == before.shown) == (isCurrent == 1))
      try warehouse.close()
    }
    let after = try compared(directory)
    #expect(after.shown == before.shown && after.runs == before.runs)
  }

  @Test(
    "a stored number that is not that of its scores is found, and made anew by the next that writes",
    arguments: views.keys.sorted())
  func numbers(table: String) throws {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let warehouse = try Warehouse.open(directory, .writing("test"))
    let check = try #require(Queries.checks.first { $0.name == "\(table)_is_of_its_rows" })
    #expect(try warehouse.read { try $0.failures(of: check).count } == 0)
    let numbers = try warehouse.read { connection in
      try connection.rows(
        "SELECT name FROM pragma_table_info('\(table)') WHERE type IN ('INTEGER', 'REAL') AND name NOT LIKE '%depth'"
      ).map { $0.text("name") }
    }
    #expect(numbers.count > 8)
    for edit in numbers.map({ "UPDATE \(table) SET \($0) = \($0) + 1" }) + ["DELETE FROM \(table)"] {
      do {
        try warehouse.write { connection in
          try connection.execute(edit)
          #expect(try !connection.failures(of: check).isEmpty, "\(edit)")
          throw Undone()
        }
      } catch is Undone {}
    }
    // What made-up units hash to is made up, too.
    try warehouse.write {
      try $0.execute("UPDATE unit SET result_sha256 = NULL; UPDATE activity SET rows_sha256 = NULL")
    }
    try warehouse.close()
    let before = try compared(directory)
    let (status, _) = try run("/usr/bin/sqlite3", [directory + "/catalog.sqlite", "UPDATE \(table) SET r_sum = 9"])
    #expect(status == 0)
    func failed() throws -> [String] {
      try Verification.run(directory, level: 2).filter { $0.check.contains("summaries") && $0.state == .failed }.map(
        \.check)
    }
    #expect(try !failed().isEmpty)
    try Warehouse.open(directory, .writing("test")).close()
    let after = try compared(directory)
    #expect(after.shown == before.shown && after.shown == after.live && after.runs == before.runs)
    #expect(try failed() == [])
  }
}
