import Foundation
import Queries
import Testing
import Warehouse

/// Each published view of what the catalog holds, and of what was frozen of it, on the hand-made rows: what it must return,
/// value by value.
@Suite struct CatalogViewTests: ViewRows {
  @Test func materializedSaysWhatIsStaleAndWhy() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: Self.frozen), .reading)
    defer { try? warehouse.close() }
    let found = try warehouse.userQuery(
      "SELECT label, view, row_count, sha256, made_at, is_stale, reason FROM materialized")[0].rows.map(\.values)
    #expect(
      found == [
        ["table1", .null, .integer(1), "cd", "2026-01-05T00:00:00Z", .integer(0), .null],
        [
          "table2", "layer_sweep", .integer(3), "ab", "2026-01-04T00:00:00Z", .integer(1),
          "another statement: layer_sweep; written to since: fit, score",
        ],
      ])
  }

  /// Numbers of a publication, read from the frozen results.
  private static let numbers = """
    INSERT INTO paper_number VALUES (1, 'tab1.r1', 'r = 0.25', 0.25, 'SELECT r FROM layer_sweep', 'ab'),
      (2, 'n', '18', 18, 'SELECT 1', 'cd');
    INSERT INTO citation VALUES (1, 1, 1, 'r = %.2f'), (2, 2, 2, NULL);
    INSERT INTO cited_unit VALUES (1, 'u-fit1', 'x'), (1, 'u-fit0', 'cc');
    """

  @Test func citedNumbersStandBesideTheirQueriesAndUnits() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: Self.frozen + Self.numbers), .reading)
    defer { try? warehouse.close() }
    let found = try warehouse.userQuery("SELECT label, text, value, format, sql, units, is_stale FROM cited")[0]
    #expect(
      found.rows.map(\.values) == [
        ["n", "18", .real(18), .null, "SELECT 1", .null, .integer(0)],
        [
          "tab1.r1", "r = 0.25", .real(0.25), "r = %.2f", "SELECT r FROM layer_sweep", "u-fit0,u-fit1", .integer(1),
        ],
      ])
  }

  @Test func alignmentAuditSaysHowTheOnsetIsKnown() throws {
    let found = try rows(
      "SELECT dataset, stimulus, subject, series, offset_s, onset_source, best_lag_s, verdict FROM alignment_audit")
    #expect(found == [["held", "clip", "s1", "bold", .real(-4), "option", .null, "ok"]])
  }

  @Test func arrayCatalogNamesAxesInTheirOrder() throws {
    let found = try rows("SELECT name, kind, axes, shape, layer_key, file, path, logical_sha256 FROM array_catalog")
    #expect(
      found == [
        [
          "held/clip/original/tiny/hs.0@1", "feature", #"["time","feature"]"#, "[20,3]", "hs.0", "arrays/aa/bb.h5",
          "hs.0/values", "bb",
        ]
      ])
  }

  @Test func unitStatusCountsAttemptsAndShowsTheLastOne() throws {
    let found = try rows(
      "SELECT study, state, reason, attempts, message, seconds, peak_bytes, label FROM unit_status WHERE unit_key = 'u-bad'"
    )
    #expect(
      found == [["sweep", "failed", "new", .integer(2), "E-ENC-001 constant", .real(2.5), .integer(200), "broken"]])
    #expect(
      try rows("SELECT study FROM unit_status WHERE unit_key = 'u-isc' ORDER BY study")
        == [["control"], ["sweep"], ["windows"]])
    #expect(try rows("SELECT study, state FROM unit_status WHERE unit_key = 'u-alone'") == [[.null, "planned"]])
    #expect(try rows("SELECT count(*) FROM unit_status WHERE unit_key = 'u-old'") == [[.integer(0)]])
  }

  @Test func lineageReachesSourceBytesThroughArrays() throws {
    let found = try rows(
      "SELECT ancestor, ancestor_kind, depth, role, ancestor_sha256 FROM lineage WHERE descendant = 'u-fit0' ORDER BY depth, ancestor"
    )
    #expect(
      found == [
        ["held/clip/annotation/arousal/r1", "array", .integer(1), "target", "ff"],
        ["held/clip/original/tiny/hs.0@1", "array", .integer(1), "features-0", "bb"],
        ["/data/a.csv", "source", .integer(2), "source", "dd"], ["/data/b.csv", "source", .integer(2), "source", "ee"],
        ["/data/clip.wav", "source", .integer(2), "sound", "aa"],
      ])
  }

  @Test func environmentOfRunHasARowPerStart() throws {
    let found = try rows(
      "SELECT run_id, attempt, cpu_model, blas_kernel, threads FROM environment_of_run ORDER BY attempt")
    #expect(
      found == [
        ["run1", .integer(1), "Test CPU", "Haswell", .integer(1)],
        ["run1", .integer(2), "Other CPU", "SkylakeX", .integer(2)],
      ])
  }

  @Test func importLogPutsAFindingBesideItsSource() throws {
    let found = try rows("SELECT source, verb, state, code FROM import_log ORDER BY verb, source IS NULL, source")
    #expect(
      found == [
        ["/data/a.csv", "import annotations", "done", .null],
        ["/data/b.csv", "import annotations", "done", "E-TAB-001"],
        [.null, "import annotations", "done", "E-TAB-002"], ["/data/clip.wav", "import audio", "done", "E-MED-001"],
      ])
  }

  @Test func divergenceLogNamesBothEnvironments() throws {
    let found = try rows(
      "SELECT unit_key, first_sha256, second_sha256, max_abs_difference, environment_first, environment_second FROM divergence_log"
    )
    #expect(
      found == [
        [
          "u-feature", "bb", "b2", .real(0.5), "abcabcabcabc Test CPU Haswell x1 evoke 0.1.0",
          "abcabcabcabc Other CPU SkylakeX x2 evoke 0.1.0",
        ]
      ])
  }

  @Test func recordingQualityHasARowPerChannelWithTheLowerRank() throws {
    let found = try rows(
      "SELECT channel, is_bad, reasons, is_interpolated, sd_uv, deviation_z, recording_rank, prepared FROM recording_quality"
    )
    #expect(
      found == [
        ["Cz", .integer(0), "", .integer(0), .real(10), .real(0.5), .integer(0), "held/s1/eeg/prepared"],
        [
          "Pz", .integer(1), "variance correlation", .integer(1), .real(1000), .real(9.5), .integer(0),
          "held/s1/eeg/prepared",
        ],
      ])
    let components = try rows("SELECT component, reasons, eog_r, converged FROM recording_component")
    #expect(components == [[.integer(0), "eog", .real(0.875), .integer(1)]])
  }

  @Test func stemEnergySharesAddUpToOne() throws {
    let found = try rows("SELECT element, rms_dbfs, energy_share, silent_fraction, separation FROM stem_energy")
    #expect(
      found == [
        ["soundtrack", .real(-15.25), .real(0.75), .real(0), "spleeter"],
        ["voice", .real(-20), .real(0.25), .real(0.125), "spleeter"],
      ])
  }

  /// Of a voice of 10 s and a soundtrack of 30 s, accepted in other lengths, three quarters of the energy is the soundtrack's.
  @Test func stemsOfUnlikeLengthsShareTheirEnergyNotTheirLevel() throws {
    let folder = try TemporaryFolder()
    let stems = """
      INSERT INTO stimulus VALUES (901, 1, NULL, NULL, 'heard', 30, NULL, NULL, NULL, 0);
      INSERT INTO stem_file VALUES (901, 1, 901, 1, 'voice', 100, 1000, 0.25, -6, 0, NULL),
        (902, 1, 901, 1, 'soundtrack', 200, 6000, 0.25, -6, 0, NULL);
      """
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: stems), .reading)
    defer { try? warehouse.close() }
    let found = try warehouse.userQuery(
      "SELECT element, energy_share FROM stem_energy WHERE separation = 'imported'")[0].rows.map(\.values)
    #expect(found == [["soundtrack", .real(0.75)], ["voice", .real(0.25)]])
  }

  /// What a residual is of ends with the shortest of both stems and the original, and is unknown where one of them is.
  @Test(
    arguments: [[10, 30, 20], [30, 10, 20], [30, 20, 10], [20, 20, 20], [20, 20, nil], [20, nil, 20]] as [[Double?]])
  func residualsEndWithTheShortest(lengths: [Double?]) throws {
    let folder = try TemporaryFolder()
    let (voice, soundtrack, original) = (try #require(lengths[0]), lengths[1], lengths[2])
    let other = soundtrack.map { ", (902, 1, 901, 1, 'soundtrack', 100, \(Int($0 * 100)), 0.25, -6, 0, -40)" }
    let stems = """
      INSERT INTO stimulus VALUES (901, 1, NULL, NULL, 'heard', \(original.map(\.description) ?? "NULL"), NULL, NULL, NULL, 0);
      INSERT INTO stem_file VALUES (901, 1, 901, 1, 'voice', 100, \(Int(voice * 100)), 0.25, -6, 0, -40)\(other ?? "\n");
      """
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: stems), .reading)
    defer { try? warehouse.close() }
    let found = try warehouse.userQuery(
      "SELECT residual_db, residual_s FROM stem_energy WHERE separation = 'imported'")[0].rows.map(\.values)
    let known = lengths.compactMap(\.self)
    let shortest: SQLValue = known.count == 3 ? .real(min(known[0], known[1], known[2])) : .null
    #expect(found == Array(repeating: [.real(-40), shortest], count: soundtrack == nil ? 1 : 2))
  }

  /// A film whose sound cancels and ends before its picture, in two languages; its fit carries the flag.
  @Test func soundsAreShownWithWhatIsAgainstThem() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: Self.sounds), .reading)
    defer { try? warehouse.close() }
    func rows(_ sql: String) throws -> [[SQLValue]] { try warehouse.userQuery(sql)[0].rows.map(\.values) }
    let found = try rows(
      "SELECT element, channel_correlation, mono_loss_db, sound_minus_picture_start_s, sound_minus_picture_end_s, "
        + "other_streams, remarkable, separation, dc, first_sound_s, last_sound_s FROM sound_passport "
        + "ORDER BY element, separation")
    #expect(
      found == [
        [
          "original", .real(-1), .real(46), .real(0.25), .real(-5.75),
          #"[{"index":2,"codec":"ac3","language":"fra","channels":6,"rate_hz":48000.0}]"#,
          "sound_cancels sound_clipped",
          .null, .real(0), .real(0), .real(4),
        ],
        ["soundtrack", .null, .real(0), .null, .null, .null, "", "spleeter", .real(0), .null, .null],
        [
          "voice", .real(0.5), .real(1.25), .null, .null, .null, "sound_offset", "spleeter", .real(-0.5), .real(0.25),
          .real(18.5),
        ],
      ])
    #expect(
      try rows("SELECT unit_key, flags FROM sound_flag ORDER BY unit_key")
        == [["u-fit1", "sound_cancels sound_clipped"], ["u-lld", "sound_offset"]])
    let flags = try rows("SELECT DISTINCT flags FROM layer_sweep WHERE unit_key = 'u-fit1'")
    #expect(flags == [["near_nonstationary sound_cancels sound_clipped"]])
    #expect(try rows("SELECT rms_dbfs FROM stem_energy WHERE element = 'original'") == [[.real(-35)]])
  }

  /// Two frozen results, one of them stale; the rows here are written with those that it reads.
  private static let frozen = """
    INSERT INTO activity (activity_id, kind, verb, activity_key, options, state, started_at) VALUES
      (91, 'materialization', 'query --materialize', 'm1', '{}', 'done', '2026-01-04T00:00:00Z'),
      (92, 'materialization', 'query --materialize', 'm2', '{}', 'done', '2026-01-05T00:00:00Z');
    INSERT INTO materialization VALUES
      (1, 91, 'table2', 'layer_sweep', 'SELECT r FROM layer_sweep', '{}', 3, 'ab', '2026-01-04T00:00:00Z'),
      (2, 92, 'table1', NULL, 'SELECT 1', '{}', 1, 'cd', '2026-01-05T00:00:00Z');
    INSERT INTO materialized_table VALUES (1, 'score', 1), (1, 'fit', 1), (1, 'exclusion', 0), (2, 'exclusion', 0);
    INSERT INTO materialized_view VALUES (1, 'layer_sweep', 'SELECT 1', 1), (1, 'current_unit', 'SELECT 2', 0);
    """

  static let sounds = """
    INSERT INTO stimulus VALUES (901, (SELECT dataset_id FROM dataset LIMIT 1), NULL, NULL, 'heard', 4, NULL, NULL, NULL, 0.25);
    INSERT INTO stream VALUES (901, 0, 'video', 'h264', NULL, NULL, NULL, 320, 240, 25, 0, 10, NULL, 1),
      (901, 1, 'audio', 'aac', 'eng', 44100, 2, NULL, NULL, NULL, 0.25, 4, 1024, 1),
      (901, 2, 'audio', 'ac3', 'fra', 48000, 6, NULL, NULL, NULL, 0, 10, NULL, 0);
    INSERT INTO element VALUES (901, 901, 'original', -81, NULL, NULL, 176400, 'ff');
    INSERT INTO sound VALUES (901, (SELECT activity_id FROM activity WHERE kind = 'import' LIMIT 1), 901, 'original', 2,
      -1, 46, 0.002, 0, 0, 0, 4, -35, 'sound_cancels sound_clipped');
    INSERT INTO artifact VALUES (901, 'array', 'heard-array', 'fe', 4);
    INSERT INTO stored_array (array_id, artifact_id, activity_id, name, kind, dataset, stimulus, element, feature_set,
      dtype, shape, bytes, units, parameters, file, path, logical_sha256, axes_sha256, file_sha256, file_stamp)
      SELECT 901, 901, min(activity_id), 'heard-array', 'feature', (SELECT name FROM dataset LIMIT 1), 'heard', 'original',
      'lld12', '<f4', '[1]', 4, '1', '{}', 'x', 'y', 'fe', '', '', '' FROM activity;
    INSERT INTO used SELECT activity_id, 901, 'features' FROM activity WHERE activity_key = 'u-fit1';
    INSERT INTO artifact VALUES (902, 'array', 'held/clip/voice', 'f1', 4), (903, 'array', 'voice-array', 'f2', 4);
    INSERT INTO activity VALUES (902, 'unit', 'extract', 'u-voice', '{}', 'held', 'done', NULL, '2026-01-01T00:00:00Z', NULL);
    INSERT INTO stored_array (array_id, artifact_id, activity_id, name, kind, dataset, stimulus, element, feature_set,
      dtype, shape, bytes, units, parameters, file, path, logical_sha256, axes_sha256, file_sha256, file_stamp)
      VALUES (902, 902, 902, 'held/clip/voice', 'stem', 'held', 'clip', 'voice', NULL, '<f4', '[1]', 4, '1', '{}', 'x',
      'v', 'f1', '', '', ''), (903, 903, 902, 'voice-array', 'feature', 'held', 'clip', 'voice', 'lld12', '<f4', '[1]', 4, '1', '{}',
      'x', 'w', 'f2', '', '', '');
    INSERT INTO generated SELECT a.activity_id, 902 FROM activity a JOIN stem t ON t.unit_key = a.activity_key
      WHERE t.array = 'held/clip/voice';
    INSERT INTO used VALUES (902, 902, 'stem');
    INSERT INTO generated VALUES (902, 903);
    INSERT INTO used SELECT activity_id, 903, 'features' FROM activity WHERE activity_key = 'u-lld';
    """

  @Test func localisationsOfThePresentStudyAreListedWithWhatLeaks() throws {
    let recordings = try rows("SELECT inverse, channel_count, rank, channels_left_out FROM source_localisation")
    #expect(recordings == [["sloreta", .integer(32), .integer(31), "[\"GND\"]"]])
    let regions = try rows(
      "SELECT region, hemisphere, own_share, leaks_most_from, leak_share, valid, flags FROM source_resolution")
    #expect(
      regions == [
        ["insula-lh", "left", .real(0.0625), "superiortemporal-lh", .real(0.25), .integer(0), "leak_outweighs_own"],
        ["cuneus-rh", "right", .real(0.5), .null, .null, .integer(1), ""],
      ])
  }

  @Test func currentUnitsLeaveOutSupersededExpansions() throws {
    let found = try rows("SELECT study, study_kind, unit_key FROM current_unit WHERE unit_key IN ('u-fit0', 'u-old')")
    #expect(found == [["sweep", "layer_sweep", "u-fit0"], ["again", "layer_sweep", "u-fit0"]])
  }

  @Test(arguments: Queries.views.map(\.name))
  func everyViewIsSelectableByStockSqlite3OnTheClosedCatalog(view: String) throws {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder, adding: Self.sounds + Self.frozen + Self.numbers)
    #expect(FileManager.default.fileExists(atPath: directory + "/catalog.sqlite-wal") == false)
    let (status, output) = try run(
      "/usr/bin/sqlite3", ["-readonly", directory + "/catalog.sqlite", "SELECT count(*) FROM \"\(view)\""])
    #expect(status == 0)
    #expect((Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 0)
  }
}
