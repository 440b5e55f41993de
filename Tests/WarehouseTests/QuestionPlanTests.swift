import Testing
import Vocabulary
import Warehouse

/// Questions about a part of the scores find it by an index, however many scores there are.
@Suite struct QuestionPlanTests {
  private static let parts = [
    "dataset = 'd' AND subject = 's' AND region = 'g' AND layer_key = 'hs.1'", "study = 'a' AND subject = 's'",
    "study = 'a' AND region = 'g' AND element = 'voice'", "region = 'g' AND layer_key = 'hs.1'", "unit_key = 'u'",
  ]
  private static let views = [
    "encoding_score", "layer_sweep", "fold_score_detail", "family_cell", "unique_variance", "temporal_resolution",
  ]

  @Test("a subject's, a region's or a unit's scores are not looked for among all", arguments: views)
  func parts(view: String) throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    for part in Self.parts {
      let plan = try warehouse.read { connection in
        try connection.rows("EXPLAIN QUERY PLAN SELECT * FROM \(view) WHERE \(part)").map { $0.text("detail") }
      }
      let search = try #require(plan.first { $0.hasPrefix("SEARCH f USING INDEX ") }, "\(view): \(part): \(plan)")
      let way = part.contains("unit_key") ? "fit_unit" : part.contains("subject") ? "fit_subject" : "fit_region"
      #expect(search.contains(" \(way) "), "\(view): \(part): \(search)")
      // What external scores do not have is joined as nothing: such a scan never begins.
      let scans = plan.filter { $0.contains(/^SCAN (f|sc|o|n|c|check|m|w|t|l)\b/) && !$0.hasSuffix("LEFT-JOIN") }
      #expect(scans == [], "\(view): \(part)")
      #expect(!plan.contains { $0.contains(/^MATERIALIZE (correction|current_unit|peak|twin)/) }, "\(view): \(part)")
    }
  }

  @Test(
    "what adds all scores up begins with the newest runs and looks up no column that it does not ask for",
    arguments: [("layer_sweep", "r"), ("fold_score_detail", "r"), ("family_cell", "value")],
    ["GROUP BY region, layer_key ORDER BY region, layer_key", "GROUP BY dataset, subject, element", ""])
  func sums(of column: (String, String), groups: String) throws {
    let (view, name) = column
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    let plan = try warehouse.read { connection in
      try connection.rows("EXPLAIN QUERY PLAN SELECT avg(\(name)) FROM \(view) \(groups)").map { $0.text("detail") }
    }
    #expect(!plan.contains { $0.contains(view) }, "\(plan)")
    let way = ["r USING INDEX run_current", "ru USING PRIMARY KEY", "f USING INDEX fit_unit"]
    let places = way.map { step in plan.firstIndex { $0.hasPrefix("SEARCH \(step) ") } ?? -1 }
    #expect(places[0] >= 0 && places == places.sorted(), "\(plan)")
    // That a unit is one, wherever it stands in the plan, and nothing else.
    #expect(plan.count { $0.hasPrefix("CORRELATED SCALAR SUBQUERY") } == 1, "\(plan)")
  }

  @Test(
    "the largest scores are read from their index, first to last",
    arguments: ["", "WHERE element = 'voice' AND valid = 1"], ["r DESC LIMIT 100", "r DESC LIMIT 10", "r LIMIT 100"])
  func largest(condition: String, order: String) throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    let question = "SELECT dataset, subject, region, layer_key, r FROM layer_sweep \(condition) ORDER BY \(order)"
    let plan = try warehouse.read { connection in
      try connection.rows("EXPLAIN QUERY PLAN \(question)").map { $0.text("detail") }
    }
    #expect(plan.contains { $0.contains(/^SCAN sc USING (COVERING )?INDEX score_largest$/) }, "\(plan)")
    #expect(!plan.contains { $0.contains("ORDER BY") }, "\(plan)")
  }

  @Test("a unit that stands twice in a plan is one current unit")
  func currentUnits() throws {
    let twice = "INSERT INTO run_unit SELECT run_id, 1000 + position, unit_key FROM run_unit;"
    let folders = try (0..<2).map { _ in try TemporaryFolder() }
    let units = try zip(folders, [twice, ""]).map { folder, more in
      let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: more), .reading)
      defer { try? warehouse.close() }
      return try warehouse.userQuery("SELECT * FROM current_unit ORDER BY run_id, unit_key")[0].rows.map(\.values)
    }
    #expect(units[0] == units[1] && !units[0].isEmpty)
    withExtendedLifetime(folders) {}
  }

  @Test("every remark on a sound is told of the units that were computed from it", arguments: SoundRemark.allCases)
  func remarks(remark: SoundRemark) throws {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(
      in: folder,
      adding: """
        INSERT INTO stimulus (stimulus_id, dataset_id, name, duration_s)
          SELECT 801, min(dataset_id), 'heard', 4 FROM dataset;
        INSERT INTO sound SELECT 801, min(activity_id), 801, 'original', 2, -1, 46, 0.002, 0, 0, 0, 4, -35,
          '\(remark.rawValue)' FROM activity WHERE kind = 'import';
        INSERT INTO artifact VALUES (801, 'array', 'heard-array', 'fe', 4);
        INSERT INTO stored_array (array_id, artifact_id, activity_id, name, kind, dataset, stimulus, element,
          feature_set, dtype, shape, bytes, units, parameters, file, path, logical_sha256, axes_sha256,
          file_sha256, file_stamp)
          SELECT 801, 801, (SELECT min(activity_id) FROM activity), 'heard-array', 'feature', name, 'heard', 'original',
          'lld12', '<f4', '[1]', 4, '1', '{}', 'x', 'y', 'fe', '', '', '' FROM dataset ORDER BY dataset_id LIMIT 1;
        INSERT INTO used SELECT activity_id, 801, 'features' FROM activity WHERE activity_key = 'u-fit1';
        """)
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let flags = try warehouse.userQuery("SELECT flags FROM sound_flag WHERE unit_key = 'u-fit1'")[0].rows.map(\.values)
    #expect(flags == [[.text(remark.rawValue)]])
  }
}
