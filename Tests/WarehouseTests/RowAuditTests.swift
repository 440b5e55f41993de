import ContentIdentity
import Diagnostics
import Foundation
import Testing
import Upkeep
import Warehouse

/// Rows that are not what was written, and what is recorded of them.
@Suite struct RowAuditTests {
  private struct Undone: Error {}

  /// A row in every table of data, and in every one that goes with an activity.
  private func filled(_ folder: TemporaryFolder) throws -> Warehouse {
    let small = try SmallWarehouse(in: folder)
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    try warehouse.write { connection in
      let unit = try connection.rows("SELECT activity_id, activity_key FROM activity WHERE kind = 'unit'")[0]
      let filling = try Filling(
        connection, given: ["unit_key": unit["activity_key"], "activity_id": unit["activity_id"]])
      for tier in ["imported", "computed", "result"] { try filling.fill(tier: tier) }
      for (unit, result) in try RowAudit(connection).results {
        try connection.unitDone(resultSHA256: result, unit: unit)
      }
      try connection.execute("UPDATE activity SET rows_sha256 = NULL")
    }
    return warehouse
  }

  /// What an audit finds of edits made at once, which are then undone.
  private func differences(_ warehouse: Warehouse, _ edits: String...) throws -> [RowDifference] {
    try differences(warehouse, edits)
  }

  private func differences(_ warehouse: Warehouse, _ edits: [String]) throws -> [RowDifference] {
    var found: [RowDifference] = []
    do {
      try warehouse.write { connection in
        for pragma in ["defer_foreign_keys", "ignore_check_constraints"] {
          _ = try connection.rows("PRAGMA \(pragma) = ON")
        }
        for edit in edits { try connection.execute(edit) }
        found = try RowAudit(connection).differences
        throw Undone()
      }
    } catch is Undone {}
    return found
  }

  private struct Column {
    let table: String
    let name: String
    let type: String
    let isNumber: Bool
    /// Leads to the activity its row goes with.
    let isOwner: Bool
    /// Of a table that no other one refers to, and neither its key nor a reference: an edit tells of one row alone.
    let isAlone: Bool
  }

  /// Columns of the tables whose rows are hashed.
  private func columns(_ warehouse: Warehouse) throws -> [Column] {
    try warehouse.read { connection in
      try connection.rows(
        """
        SELECT d.object, d.column_name, c.type, c.pk = 1 AND c.type = 'INTEGER' AND r."from" IS NULL
            AND (SELECT count(*) FROM pragma_table_info(d.object) WHERE pk > 0) = 1 AS is_number,
          coalesce(r.on_delete = 'CASCADE', 0) AS is_owner,
          c.pk = 0 AND r."from" IS NULL AND d.object NOT IN (
            SELECT f."table" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f) AS is_alone
        FROM schema_doc d JOIN pragma_table_info(d.object) c ON c.name = d.column_name
        LEFT JOIN pragma_foreign_key_list(d.object) r ON r."from" = d.column_name
        WHERE d.tier IN ('imported', 'computed', 'result') AND d.exempt IS NULL AND d.column_name <> ''
        ORDER BY d.object, c.cid
        """
      ).map {
        Column(
          table: $0.text("object"), name: $0.text("column_name"), type: $0.text("type"),
          isNumber: $0.int("is_number") == 1, isOwner: $0.int("is_owner") == 1, isAlone: $0.int("is_alone") == 1)
      }
    }
  }

  @Test func `an edit of any column that is not exempt is named by table, key and column`() throws {
    let folder = try TemporaryFolder()
    let warehouse = try filled(folder)
    defer { try? warehouse.close() }
    #expect(try warehouse.read { try RowAudit($0).differences } == [])
    let columns = try columns(warehouse).filter { !$0.isNumber }
    #expect(Set(columns.map(\.table)).count > 50 && columns.count > 500)
    // One column of every table at a time.
    var alone = Dictionary(grouping: columns.filter(\.isAlone), by: \.table)
    #expect(alone.values.map(\.count).reduce(0, +) > 200)
    while !alone.isEmpty {
      let edited = alone.values.map { $0[0] }
      let found = try differences(warehouse, edited.map { try Self.edit(of: $0, warehouse) })
      let names = Dictionary(grouping: found, by: \.table).mapValues { $0.map(\.columns) }
      #expect(names == Dictionary(uniqueKeysWithValues: edited.map { ($0.table, [[$0.name]]) }))
      #expect(found.allSatisfy { $0.key.contains("=") }, "\(found)")
      alone = alone.mapValues { Array($0.dropFirst()) }.filter { !$0.value.isEmpty }
    }
    for column in columns where !column.isAlone {
      let place = "\"\(column.name)\""
      let found = try differences(warehouse, Self.edit(of: column, warehouse))
      let own = found.filter { $0.table == column.table }
      if column.isOwner {
        // The row goes with another activity, or with none.
        #expect(!own.isEmpty, "\(column.table).\(place)")
      } else {
        #expect(
          own.map(\.columns) == [[column.name]] && own.allSatisfy { $0.key.contains("=") },
          "\(column.table).\(place): \(found)")
        // Rows that went with their activity by way of the column go with none now.
        let orphans = try orphans(of: column, warehouse)
        #expect(Set(found.map(\.table)).subtracting(orphans) == [column.table], "\(column.table).\(place): \(found)")
      }
    }
  }

  /// Tables whose rows are owned by way of a reference to the column, and those that are owned by way of these.
  private func orphans(of column: Column, _ warehouse: Warehouse) throws -> Set<String> {
    let references = try warehouse.read {
      try $0.rows(
        """
        SELECT t.name AS child, r."table" AS parent, coalesce(r."to", k.name) AS parent_column
        FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) r
        JOIN pragma_table_info(r."table") k ON k.pk = 1
        WHERE t.type = 'table' AND r.on_delete = 'CASCADE'
        """)
    }
    var orphans = Set(
      references.filter { $0.text("parent") == column.table && $0.text("parent_column") == column.name }
        .map { $0.text("child") })
    while true {
      let more = Set(references.filter { orphans.contains($0.text("parent")) }.map { $0.text("child") })
      if more.isSubset(of: orphans) { return orphans }
      orphans.formUnion(more)
    }
  }

  /// SQL that gives one row another value in a column.
  private static func edit(of column: Column, _ warehouse: Warehouse) throws -> String {
    let place = "\"\(column.name)\""
    let value = column.type == "TEXT" ? "coalesce(\(place), '') || 'x'" : "coalesce(\(place), 0) + 1000"
    return "UPDATE \"\(column.table)\" SET \(place) = \(value) WHERE \(try one(of: column.table, warehouse))"
  }

  /// A condition that one row of a table meets.
  private static func one(of table: String, _ warehouse: Warehouse) throws -> String {
    let keys = try warehouse.read {
      try $0.rows("SELECT name FROM pragma_table_info('\(table)') WHERE pk > 0 ORDER BY pk")
    }
    .map { "\"\($0.text("name"))\"" }.joined(separator: ", ")
    return "(\(keys)) = (SELECT \(keys) FROM \"\(table)\" LIMIT 1)"
  }

  @Test func `every table of data goes with an activity or is shared, and its rows are found by an index`() throws {
    let folder = try TemporaryFolder()
    let warehouse = try filled(folder)
    defer { try? warehouse.close() }
    let tables = Set(try columns(warehouse).map(\.table))
    let digests = try warehouse.read {
      try $0.rows("SELECT object, activity_id IS NULL AS is_shared FROM row_digest")
    }
    #expect(Set(digests.map { $0.text("object") }).isSuperset(of: tables))
    // Nobody's: several imports may speak of them.
    let shared = Set(digests.filter { $0.int("is_shared") == 1 }.map { $0.text("object") }).intersection(tables)
    #expect(
      shared == [
        "acquisition_run", "claim", "cohort", "cohort_member", "dataset", "element", "feature", "feature_space",
        "paper_number", "rater", "run", "run_unit", "session", "source_file", "stimulus", "stream", "study", "subject",
      ])
    for table in HashedRows.owned {
      let plan = try warehouse.read { try $0.rows("EXPLAIN QUERY PLAN " + table.rows, ["activity": .int(1)]) }
      let steps = plan.map { $0.text("detail") }
      #expect(steps.allSatisfy { !$0.hasPrefix("SCAN") }, "\(table.name): \(steps)")
    }
  }

  @Test(arguments: ["0062", "00", "80"]) func `texts are hashed by all of their bytes`(_ bytes: String) throws {
    let folder = try TemporaryFolder()
    let warehouse = try filled(folder)
    defer { try? warehouse.close() }
    let found = try differences(
      warehouse, "UPDATE stimulus SET name = CAST(CAST(name AS BLOB) || x'\(bytes)' AS TEXT)")
    #expect(found.map(\.table).contains("stimulus") && found.allSatisfy { $0.columns.contains("name") })
  }

  @Test func `rows that are missing or were added are found`() throws {
    let folder = try TemporaryFolder()
    let warehouse = try filled(folder)
    defer { try? warehouse.close() }
    let missing = try differences(warehouse, "DELETE FROM score")
    #expect(missing.map(\.detail) == ["1 rows are missing of changes of arousal"])
    let added = try differences(
      warehouse,
      "INSERT INTO score SELECT fit_key, 'more', value, low, high, interval_kind, generalises_to, tail, r2, "
        + "r_pooled, lambda_median, lambda_at_edge, noise_ceiling, r_normalised, r2_normalised, folds_counted, "
        + "folds_total, stimuli_counted, flags, valid FROM score")
    #expect(
      added.count == 1 && added[0].detail.hasPrefix("the row was added") && added[0].key.hasSuffix("quantity=more"))
    let subjects = try differences(warehouse, "INSERT INTO subject (dataset_id, name) VALUES (1, 'nobody')")
    #expect(subjects.map(\.table) == ["subject"])
  }

  @Test(arguments: [
    ("UPDATE row_digest SET column_sums = '{}' WHERE object = 'fit'", "row_digest"),
    ("UPDATE activity SET rows_sha256 = 'x' WHERE kind = 'unit'", "activity"),
    ("UPDATE activity SET rows_sha256 = NULL WHERE kind = 'import'", "activity"),
    ("UPDATE unit SET result_sha256 = 'x'", "unit"),
    ("DELETE FROM row_digest WHERE object = 'fit'", "fit"),
    ("UPDATE activity SET started_at = 'then' WHERE kind = 'unit'", "activity"),
    ("UPDATE row_validity SET row_count = row_count + 1 WHERE object = 'score'", "row_validity"),
    ("UPDATE row_validity SET valid = 1 - valid WHERE object = 'group_test'", "row_validity"),
    ("UPDATE row_validity SET quantity = 'r' WHERE object = 'lag_curve'", "row_validity"),
    ("DELETE FROM row_validity WHERE object = 'synchrony'", "row_validity"),
    (
      "INSERT INTO row_validity SELECT activity_id, 'score', 'r', 0, 'more', 1 FROM activity WHERE kind = 'import'",
      "row_validity"
    ),
  ])
  func `what is recorded of rows is compared too`(edit: String, table: String) throws {
    let folder = try TemporaryFolder()
    let warehouse = try filled(folder)
    defer { try? warehouse.close() }
    #expect(Set(try differences(warehouse, edit).map(\.table)) == [table])
  }
}
