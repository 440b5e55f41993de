import Queries
import Testing
import Warehouse

/// Scores of other programs stand beside ours in `encoding_score` and in nothing else.
@Suite struct ExternalScoreTests {
  /// A score about everything that was fitted, better than any of ours.
  private static let scores = """
    INSERT INTO activity (activity_id, kind, verb, activity_key, options, dataset, state, environment_id, started_at)
      VALUES (900, 'import', 'import scores', 'imp9', '{}', 'held', 'done', NULL, '2026-01-02T00:00:00Z');
    INSERT INTO external_score (activity_id, name, software, study, dataset, cohort, subject, session, rater, feature_set,
      model, layer_key, depth, rel_depth, element, covariate_mode, target_kind, target, target_parameters, region,
      hemisphere, region_group, delays_s, stimulus_count, r, low, high, p_external)
    SELECT 900, 'lab', 'himalaya 0.4', s.name, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model,
      f.layer_key, f.depth, f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters,
      f.region, f.hemisphere, f.region_group, f.delays_s, f.stimulus_count, 0.99, 0.98, 0.995, 0.0001
    FROM fit f JOIN run_unit u ON u.unit_key = f.unit_key JOIN run r ON r.run_id = u.run_id
    JOIN study s ON s.study_id = r.study_id;
    """

  /// Every row of every view and report.
  private func answers(adding sql: String) throws -> [String: SQLTable] {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: sql), .reading)
    defer { try? warehouse.close() }
    let views = Queries.views.map { ($0.name, "SELECT * FROM \"\($0.name)\"") }
    let reports = Queries.reports.map { ($0.name, $0.sql) }
    return Dictionary(uniqueKeysWithValues: try (views + reports).map { ($0, try warehouse.userQuery($1)[0]) })
  }

  @Test func `they change no row of any view or report, and none of ours beside them`() throws {
    let (own, both) = (try answers(adding: ""), try answers(adding: Self.scores))
    // What the catalog holds is counted, and larger.
    let counting: Set = ["contents"]
    for (name, table) in own where !counting.contains(name) {
      let rows = both[name]?.rows.filter { name != "encoding_score" || $0["origin"] == "computed" }
      #expect(rows?.map(\.values) == table.rows.map(\.values), "\(name)")
    }
    let added = try #require(both["encoding_score"]).rows.filter { $0["origin"] == "external" }
    #expect(added.count > 10 && added.allSatisfy { $0["r"] == .real(0.99) && $0["p_external"] == .real(0.0001) })
    // Nothing that this program says of its own scores is said of them; valid = 1 leaves them out.
    let judged = ["run_id", "valid", "flags", "p", "p_floor", "q_bh", "p_max", "family", "beats_twins"]
    #expect(added.allSatisfy { row in judged.allSatisfy { row[$0].isNull } && row["unit_key"] == "imp9" })
    #expect(both["contents"]?.rows.last?.values == ["external scores", .integer(Int64(added.count))])
  }
}
