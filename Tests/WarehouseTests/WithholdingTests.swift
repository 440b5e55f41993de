import Testing
import Warehouse

/// What an archive's catalog leaves out, over all tables of the schema.
@Suite struct WithholdingTests {
  /// Tables that name a person and stay, and why.
  private static let stated = ["stored_array": "lineage: an array that stays behind has a tombstone of its own"]
  /// Columns by which a row names a person.
  private static let naming: Set = ["subject", "rater", "subject_id", "rater_id"]

  /// A row in every table that goes with an activity, all of one unit.
  private func filled<T>(_ body: (Warehouse, Int, Filling) throws -> T) throws -> T {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    defer { try? warehouse.close() }
    let (unit, filling) = try warehouse.write { connection in
      let row = try connection.rows("SELECT activity_id, activity_key FROM activity WHERE kind = 'unit'")[0]
      let filling = try Filling(
        connection, given: ["unit_key": row["activity_key"], "activity_id": row["activity_id"]])
      _ = try filling.fill()
      // Hashes are made of the rows.
      try connection.execute("DELETE FROM row_digest WHERE column_sums LIKE 'made %'")
      try connection.execute("UPDATE activity SET rows_sha256 = NULL")
      return (row.int("activity_id"), filling)
    }
    return try body(warehouse, unit, filling)
  }

  @Test func `no row of any table names a person, rows of groups stay, and results hash as before`() throws {
    try filled { warehouse, unit, filling in
      let naming = filling.tables(having: Self.naming)
      #expect(naming.intersection(filling.owned).subtracting(HashedRows.personal) == Set(Self.stated.keys))
      let before = try warehouse.read { try RowAudit($0).results }
      try warehouse.write { connection in
        try connection.withholdPersons(of: [unit])
        try connection.execute("UPDATE activity SET rows_sha256 = NULL")
      }
      try warehouse.read { connection in
        for table in naming.subtracting(Self.stated.keys).sorted() {
          let columns = try #require(filling.shapes[table]).columns.map(\.name).filter(Self.naming.contains)
          let named = columns.map { "\"\($0)\" IS NOT NULL" }.joined(separator: " OR ")
          #expect(try connection.value("SELECT count(*) FROM \"\(table)\" WHERE \(named)").int == 0, "\(table)")
        }
        for table in [
          "group_test", "contrast", "pooled_score", "cohort_contrast", "synchrony", "fit", "stored_array",
          "depth_effect",
        ] {
          #expect(try connection.value("SELECT count(*) FROM \"\(table)\"").int ?? 0 > 0, "\(table)")
        }
        // The name of a family of one person's scores says whose.
        for table in [
          "score", "fold_score", "null_summary", "recording", "event", "lag_curve", "subject", "rater", "family_member",
          "family", "declared_family",
        ] {
          #expect(try connection.value("SELECT count(*) FROM \"\(table)\"").int == 0, "\(table)")
        }
        let withheld = try connection.withheldRows()
        #expect(Set(withheld.map(\.table)).isSuperset(of: ["score", "fit", "recording", "subject"]))
        #expect(withheld.allSatisfy { !$0.hashes.isEmpty && $0.hashes.allSatisfy { $0.count == 64 } })
        let after = try RowAudit(connection)
        #expect(after.results == before && !before.isEmpty)
        #expect(after.differences.filter { $0.table != "unit" } == [])
      }
    }
  }

  /// Columns whose texts are keys and hashes, or this program's own; the name of a study is its author's.
  private static let ownTexts: Set = ["schema_doc", "migration", "row_digest", "row_validity"]
  private static func other(_ text: String) -> String? {
    text.contains("anna") ? text.replacing("anna", with: "withheld-0001") : nil
  }

  private func isAsked(_ column: String, of table: String) -> Bool {
    // An activity's kind tells which are units.
    !column.hasSuffix("_key") && !column.contains("sha256")
      && ![["study", "name"], ["run", "run_id"], ["activity", "kind"]].contains([table, column])
  }

  @Test func `a name is replaced in every text of every table, and results hash as before`() throws {
    try filled { warehouse, unit, filling in
      struct Undone: Error {}
      do {
        try warehouse.write { connection in
          let before = try RowAudit(connection).results
          var planted: [(table: String, column: String)] = []
          for (table, shape) in filling.shapes.sorted(by: { $0.key < $1.key })
          where !Self.ownTexts.contains(table) && table != "artifact" {
            for column in shape.columns where column.type == "TEXT" && self.isAsked(column.name, of: table) {
              let isReference = shape.references.contains { $0.column == column.name }
              let isWord = shape.words[column.name] != nil
              if !isReference, !isWord { planted.append((table, column.name)) }
            }
          }
          #expect(planted.count > 100)
          for (table, column) in planted {
            try connection.execute(
              "UPDATE OR IGNORE \"\(table)\" SET \"\(column)\" = 'a/anna_' || coalesce(\"\(column)\", '')")
          }
          // Rows are what was written, and the unit's result is that of its rows.
          try connection.execute("UPDATE activity SET rows_sha256 = NULL")
          let whole = try RowAudit(connection).results
          #expect(whole != before)
          try connection.replaceTexts(Self.other)
          for (table, column) in planted {
            let left = "SELECT count(*) FROM \"\(table)\" WHERE instr(\"\(column)\", 'anna') > 0"
            #expect(try connection.value(left).int == 0, "\(table).\(column)")
          }
          #expect(try RowAudit(connection).results == whole)
          // A result is a hash over the names of its arrays, too: where those are others, it is known by itself.
          try connection.execute("UPDATE artifact SET name = 'anna/' || name WHERE kind = 'array'")
          try connection.replaceTexts(Self.other)
          let stored = try connection.rows(
            "SELECT activity_key, result_sha256 FROM activity JOIN unit ON unit_key = activity_key WHERE activity_id = \(unit)"
          )[0]
          #expect(try RowAudit(connection).results[stored.text("activity_key")] == stored.text("result_sha256"))
          let recipes = try connection.withheldRows().filter(\.isRecipe)
          #expect(recipes.map(\.table) == ["artifact"] && recipes[0].hashes == [stored.text("result_sha256")])
          throw Undone()
        }
      } catch is Undone {}
    }
  }

  /// Texts of records that name a folder, and stay: keys are hashes of them, or they are renamed.
  private static let kept: [String: Set<String>] = [
    "activity": ["verb", "options", "dataset", "kind", "state", "started_at", "rows_sha256"],
    "artifact": ["kind", "name", "sha256"], "migration": ["sha256", "applied_at"],
    "row_digest": ["object", "sha256", "column_sums"], "unit": ["parameters", "inputs"],
  ]

  @Test func `no text of any record names a folder, but those that are stated`() throws {
    try filled { warehouse, _, filling in
      struct Undone: Error {}
      do {
        try warehouse.write { connection in
          let tables = try connection.rows(
            "SELECT object FROM schema_doc WHERE column_name = '' AND tier = 'operations' ORDER BY object"
          ).map { $0.text("object") }
          var planted = 0
          for table in tables where table != "row_digest" && table != "migration" {
            let shape = try #require(filling.shapes[table])
            let keys = Set(
              try connection.rows("SELECT name FROM pragma_table_info('\(table)') WHERE pk > 0").map { $0.text("name") }
            )
            // A key that others refer to is a hash.
            let referred = filling.shapes.values.flatMap(\.references).filter { $0.parent == table }
              .compactMap(\.parentColumn)
            let texts = shape.columns.filter { column in
              column.type == "TEXT" && !keys.contains(column.name) && !referred.contains(column.name)
                && !shape.references.contains { $0.column == column.name }
                && Self.kept[table]?.contains(column.name) != true
            }.map(\.name)
            for column in texts {
              try connection.execute(
                "UPDATE OR IGNORE \"\(table)\" SET \"\(column)\" = '/home/anna/' || coalesce(\"\(column)\", '')")
            }
            try connection.strip("/home/anna/")
            for column in texts {
              planted += 1
              let left = "SELECT count(*) FROM \"\(table)\" WHERE instr(\"\(column)\", '/home/') > 0"
              #expect(try connection.value(left).int == 0, "\(table).\(column)")
            }
          }
          #expect(planted > 30)
          throw Undone()
        }
      } catch is Undone {}
    }
  }
}
