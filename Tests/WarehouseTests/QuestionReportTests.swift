import Queries
import Testing
import Vocabulary
import Warehouse

/// The reports of what readers ask first, on rows with a planted answer; what is not to be reported is in none of them.
@Suite struct QuestionReportTests {
  private func rows(_ report: String, _ columns: String, after changes: String) throws -> [[SQLValue]] {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder, adding: changes)
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let sql = try #require(Queries.reports.first { $0.name == report }).sql
    return try warehouse.userQuery("SELECT \(columns) FROM (\n\(sql)\n)")[0].rows.map(\.values)
  }

  /// SQL that enters rows of a table once more with some columns changed.
  private func copied(_ table: String, _ condition: String, _ changes: String) -> String {
    """
    CREATE TEMP TABLE copied AS SELECT * FROM \(table) WHERE \(condition); UPDATE copied SET \(changes);
    INSERT INTO \(table) SELECT * FROM copied; DROP TABLE copied;
    """
  }

  private let invalid = "UPDATE score SET valid = 0, value = 0.9, low = NULL WHERE quantity = 'r' AND fit_key = "

  @Test func `the best layer of a cell is one that may be reported`() throws {
    let columns = "study, layer_key, r, p_max, layers, layers_left_out, unit_key"
    let again: [SQLValue] = ["again", "hs.0", .real(0.25), .null, .integer(1), .integer(0), "u-fit0"]
    #expect(
      try rows("best_layer", columns, after: "")
        == [again, ["sweep", "hs.1", .real(0.5), .real(0.004), .integer(2), .integer(0), "u-fit1"]])
    #expect(
      try rows("best_layer", columns, after: invalid + "'fit1';")
        == [again, ["sweep", "hs.0", .real(0.25), .real(0.09375), .integer(1), .integer(1), "u-fit0"]])
  }

  @Test func `layers of one cell are compared, whichever fits their units hold besides`() throws {
    // A fit of another element in the unit of hs.0, by which that unit's kind may be told.
    let besides =
      copied("fit", "fit_key = 'fit0'", "fit_key = 'a', element = 'voice'")
      + copied("score", "fit_key = 'fit0'", "fit_key = 'a', value = 0.75, low = NULL")
    let found = try rows("best_layer", "element, layer_key, r, layers", after: besides).filter { $0[3] == .integer(2) }
    #expect(found == [["original", "hs.1", .real(0.5), .integer(2)]])
    #expect(try rows("best_layer", "r", after: besides).filter { $0 == [.real(0.75)] }.count == 2)
  }

  @Test func `what is said about time says whether it counts`() throws {
    let statements = """
      INSERT INTO clock_ledger (activity_id, dataset, series, source, object, statement, value, unit, verdict,
        overruled_by, finding)
      VALUES (1, 'zz', 'eeg', 'json', 'a.json', 'rate', 250.0, 'Hz', 'used', NULL, NULL),
        (1, 'zz', 'eeg', 'header', 'a.vhdr', 'rate', 256.0, 'Hz', 'overruled', 'json', 'E-CLK-001');
      """
    #expect(
      try rows("clock_ledger", "source, value, used, overruled_by, finding, dataset", after: statements)
        .filter { $0[5] == "zz" } == [
          ["header", .real(256), .integer(0), "json", "E-CLK-001", "zz"],
          ["json", .real(250), .integer(1), .null, .null, "zz"],
        ])
  }

  @Test func `the voice is ahead where its difference is positive, and holds by the family`() throws {
    let columns = "layer_key, voice_minus_soundtrack, q_bh, holds"
    let ahead = "UPDATE element_contrast SET difference = 0.25, low = 0.125, high = 0.5"
    #expect(try rows("voice_beats_soundtrack", columns, after: "").isEmpty)
    #expect(
      try rows("voice_beats_soundtrack", columns, after: ahead + ";")
        == [["hs.0", .real(0.25), .real(0.0625), .integer(0)]])
    #expect(
      try rows("voice_beats_soundtrack", columns, after: ahead + ", q_bh = 0.03125;")
        == [["hs.0", .real(0.25), .real(0.03125), .integer(1)]])
    #expect(try rows("voice_beats_soundtrack", columns, after: ahead + ", valid = 0;").isEmpty)
  }

  @Test(arguments: [
    ("other", "0.03125", "1", [SQLValue.integer(2), .integer(2), .integer(0), .integer(1)]),
    ("other", "0.25", "1", [.integer(2), .integer(1), .integer(0), .integer(0)]),
    ("other", "NULL", "1", [.integer(2), .integer(1), .integer(0), .null]),
    ("held", "0.03125", "1", [.integer(2), .integer(2), .integer(0), .null]), ("other", "0.03125", "0", nil),
  ])
  func `what replicates is found in every cohort of several datasets`(
    dataset: String, q: String, valid: String, found: [SQLValue]?
  ) throws {
    let second =
      copied("fit", "fit_key = 'fit1'", "fit_key = 'fitX', dataset = '\(dataset)', cohort = 'other'")
      + copied("score", "fit_key = 'fit1'", "fit_key = 'fitX', valid = \(valid)")
      + "INSERT INTO family_member VALUES ('f1', 'fitX', 'r', \(q), 0.05, NULL);"
    let rows = try rows("replicates", "cohorts, found_in, left_out, replicates", after: second)
    #expect(rows == [found].compactMap { $0 })
  }

  @Test func `regions in which a contrast is positive and supported are counted`() throws {
    let more =
      copied(
        "contrast", "contrast_id = 1", "contrast_id = 2, difference = 0.25, low = NULL, high = NULL, q_bh = 0.03125")
      + copied("contrast", "contrast_id = 1", "contrast_id = 3, difference = 0.5, low = NULL, high = NULL, valid = 0")
    let columns = "contrast, regions, positive, supported, left_out, difference_least, difference_most"
    let found = try rows("beats_baseline", columns, after: more)
    #expect(
      found == [
        ["middle_vs_final", .integer(2), .integer(1), .integer(1), .integer(1), .real(-0.25), .real(0.25)]
      ])
    let missing = more + "UPDATE contrast SET q_bh = NULL WHERE contrast_id = 2;"
    #expect(try rows("beats_baseline", "positive, supported", after: missing) == [[.integer(1), .null]])
    #expect(try rows("beats_baseline", "1", after: "UPDATE contrast SET valid = 0;").isEmpty)
  }

  /// A report says the same as what the study's check and the figure count.
  @Test(
    arguments: [
      (0.25, 0.03125), (0.25, Significance.level), (0.25, 0.0501), (-0.25, 0.01), (0, 0.01), (0.25, nil),
    ] as [(Double, Double?)])
  func `regions are counted alike by the report, the check and the figure`(difference: Double, q: Double?) throws {
    let more = copied(
      "contrast", "contrast_id = 1",
      "contrast_id = 2, difference = \(difference), low = NULL, high = NULL, q_bh = \(q.map { "\($0)" } ?? "NULL")")
    let stored = try rows("beats_baseline", "regions, positive, supported", after: more)
    let own = SupportCount([(-0.25, 0.03125), (difference, q)])
    #expect(
      stored == [[.int(own.regions), .int(own.positive), own.supported.map { .int($0) } ?? .null]],
      "\(stored)")
  }

  /// SQL has no constants of Swift: every level by which a report finds is the one.
  @Test func `the level of a test is the same in reports`() {
    var met = 0
    for (name, sql) in Queries.reports.map({ ($0.name, $0.sql) }) {
      for match in sql.matches(of: /\b(p|q|p_\w+|q_\w+) (<=?|>=?) ([0-9.]+)/) {
        #expect(Double(match.3) == Significance.level && ["<=", ">"].contains(match.2), "\(name): \(match.0)")
        met += 1
      }
    }
    #expect(met >= 4)
  }

  @Test func `windows stand beside each other with the range of their scores`() throws {
    let longer =
      copied("fit", "fit_key = 'w/a'", "fit_key = 'w/b', target_parameters = '{\"synchrony\":{\"window_s\":20}}'")
      + copied("score", "fit_key = 'w/a'", "fit_key = 'w/b', value = 0.25")
      + copied(
        "synchrony", "synchrony_id = 1",
        "synchrony_id = 2, window_s = 20.0, parameters = '{\"synchrony\":{\"window_s\":20}}'")
    let columns = "window_s, r, windows, left_out, r_range"
    #expect(
      try rows("window_sensitivity", columns, after: longer) == [
        [.real(10), .real(0.5), .integer(2), .integer(0), .real(0.25)],
        [.real(20), .real(0.25), .integer(2), .integer(0), .real(0.25)],
      ])
    #expect(
      try rows("window_sensitivity", columns, after: longer + invalid + "'w/b';") == [
        [.real(10), .real(0.5), .integer(1), .integer(1), .real(0)]
      ])
  }

  @Test func `reductions of one cell stand beside each other with the range of their scores`() throws {
    let reduced = """
      UPDATE unit SET parameters = '{"features":[{"reduction":null}]}' WHERE unit_key IN ('u-fit0', 'u-fit1');
      UPDATE unit SET parameters = '{"features":[{"reduction":{"components":12}}]}' WHERE unit_key = 'u-lld';
      UPDATE fit SET feature_set = 'tiny', model = 'tiny', layer_key = 'hs.1', depth = 8, rel_depth = 1.0
        WHERE fit_key = 'fitL';
      """
    let columns = "layer_key, reduction, r, reductions, r_range"
    #expect(
      try rows("reduction_sensitivity", columns, after: reduced) == [
        ["hs.1", "none", .real(0.5), .integer(2), .real(0.375)],
        ["hs.1", #"{"components":12}"#, .real(0.125), .integer(2), .real(0.375)],
      ])
    #expect(try rows("reduction_sensitivity", columns, after: reduced + invalid + "'fitL';").isEmpty)
  }
}
