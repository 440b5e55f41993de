import Diagnostics
import Queries
import Schema
import Testing
import Warehouse

@Suite struct SchemaTests {
  private func open() throws -> (TemporaryFolder, Warehouse) {
    let folder = try TemporaryFolder()
    try Warehouse.create(at: folder.path + "/a.evoke")
    return (folder, try Warehouse.open(folder.path + "/a.evoke", .reading))
  }

  @Test func everyTableViewAndColumnIsDescribedInTheCatalog() throws {
    let (folder, warehouse) = try open()
    let missing = try warehouse.read { connection in
      try connection.rows(
        """
        SELECT s.name || '.' || c.name AS what FROM sqlite_schema s, pragma_table_info(s.name) c
        WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite_%' AND NOT EXISTS (
          SELECT 1 FROM schema_doc d WHERE d.object = s.name AND d.column_name = c.name AND length(d.description) > 2)
        UNION ALL
        SELECT s.name FROM sqlite_schema s
        WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite_%' AND NOT EXISTS (
          SELECT 1 FROM schema_doc d WHERE d.object = s.name AND d.column_name = '' AND length(d.description) > 5)
        """
      ).map { $0.text("what") }
    }
    #expect(missing == [])
    withExtendedLifetime(folder) {}
  }

  @Test func noColumnIsDescribedThatIsNotThere() throws {
    let (folder, warehouse) = try open()
    let strange = try warehouse.read { connection in
      try connection.rows(
        """
        SELECT d.object || '.' || d.column_name AS what FROM schema_doc d
        WHERE d.column_name <> '' AND NOT EXISTS (
          SELECT 1 FROM pragma_table_info(d.object) c WHERE c.name = d.column_name)
        """
      ).map { $0.text("what") }
    }
    #expect(strange == [])
    withExtendedLifetime(folder) {}
  }

  @Test("an interval that leaves its own value out cannot be stored, whatever table has one")
  func intervalsHoldTheirValue() throws {
    let (folder, warehouse) = try open()
    let tables = try warehouse.read { connection in
      try connection.rows(
        """
        SELECT s.name, s.sql LIKE '%CHECK (low IS NULL OR (low <= % AND % <= high%' AS holds FROM sqlite_schema s
        WHERE s.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(s.name) c WHERE c.name = 'low')
        ORDER BY 1
        """
      ).map { ($0.text("name"), $0.int("holds")) }
    }
    #expect(
      tables.map(\.0) == [
        "calibration_rate", "cohort_contrast", "consistency", "contrast", "depth_bin", "element_contrast",
        "external_score",
        "group_test", "pooled_score", "score", "synchrony",
        "synchrony_contrast", "transfer",
        "twin_contrast",
      ])
    #expect(tables.allSatisfy { $0.1 == 1 })
    withExtendedLifetime(folder) {}
  }

  @Test func everyTableIsStrictAndSaysItsTier() throws {
    let (folder, warehouse) = try open()
    let loose = try warehouse.read { connection in
      try connection.rows(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
    }
    #expect(loose.map { $0.text("name") } == [])
    let tiers: Set = ["imported", "computed", "result", "operations", "documentation"]
    for table in Schema.migrations.flatMap({ CatalogText.tables(in: $0.sql) }) {
      #expect(tiers.contains(table.tier), "\(table.name)")
    }
    withExtendedLifetime(folder) {}
  }

  @Test("what a result does not say is NULL or refused: no column of a result has a default")
  func resultsHaveNoDefaults() throws {
    let (folder, warehouse) = try open()
    let results = Schema.migrations.flatMap { CatalogText.tables(in: $0.sql) }.filter { $0.tier == "result" }.map(
      \.name)
    #expect(results.count > 20)
    let defaults = try warehouse.read { connection in
      try connection.rows(
        """
        SELECT s.name AS object, c.name AS column FROM sqlite_schema s, pragma_table_info(s.name) c
        WHERE s.type = 'table' AND c.dflt_value IS NOT NULL
        """
      ).map { ($0.text("object"), $0.text("column")) }
    }
    #expect(!defaults.isEmpty)
    #expect(defaults.filter { results.contains($0.0) }.map { "\($0.0).\($0.1)" } == [])
    withExtendedLifetime(folder) {}
  }

  private static let keys = [
    "study", "dataset", "cohort", "subject", "session", "rater", "feature_set", "model", "layer_key", "depth",
    "rel_depth",
    "element", "covariate_mode", "target_kind", "target", "target_parameters", "region", "hemisphere", "region_group",
  ]
  private static let interval = ["low", "high", "interval_kind", "tail"]
  private static let null = [
    "null_kind", "null_draws", "null_mean", "null_p95", "p", "p_floor", "q_bh", "p_max", "family",
  ]
  private static let published: [String: [String]] = [
    "encoding_score": ["run_id"] + keys
      + ["delays_s", "stimulus_count", "subject_count", "dropped_count", "sample_count", "effective_n", "r"] + interval
      + ["r2", "r_pooled", "lambda_median", "lambda_at_edge", "noise_ceiling", "r_normalised"] + null + [
        "flags", "valid",
      ],
    "fold_score_detail": keys + ["fold", "test_stimuli", "train_count", "test_count", "lambda", "r", "r2"],
    "fold_penalty_detail": keys + ["fold", "band", "penalty", "weight"],
    "group_score": keys + ["quantity", "subject_count", "stimulus_count", "mean"] + interval
      + ["test", "statistic", "df1", "df2"] + null + ["p_cluster", "cluster", "generalises_to"],
    "layer_sweep": keys + ["r"] + interval + null + ["is_peak", "peak_share"],
    "layer_contrast": keys + ["contrast", "difference"] + interval + ["unit", "unit_count", "test"] + null,
    "covariate_control": keys + [
      "r_audio_only", "r_visual_only", "r_joint", "r_zeroed_shared", "r_zeroed_banded", "unique_r2", "p_audio_only",
      "p_zeroed_banded", "p_unique", "q_unique", "p_max_unique", "audio_visual_r2", "leak_alarm", "subject_count",
      "stimulus_count", "flags",
    ],
    "element_ablation": keys + [
      "r_original", "r_voice", "r_soundtrack", "r_voice_active", "r_soundtrack_active", "voice_minus_soundtrack",
    ] + interval + null + ["voice_energy_share", "silent_fraction_voice", "silent_fraction_soundtrack"],
    "architecture_comparison": keys + ["rel_depth_bin", "r"] + interval + ["middle_minus_final"] + null,
    "transfer_score": [
      "study", "model", "feature_set", "layer_key", "element", "target", "region", "train_cohort", "test_cohort", "r",
    ] + interval + null,
    "meta_analysis": keys.filter { !["dataset", "cohort"].contains($0) } + [
      "quantity", "k", "estimate", "low", "high", "prediction_low", "prediction_high", "tau2", "i2", "i2_low",
      "i2_high", "method", "clustered_by", "p", "exploratory",
    ],
    "temporal_resolution": keys + [
      "window_s", "step_s", "mean_isc", "r", "null_sd", "r_over_null_sd", "effective_n",
    ] + interval + null,
    "synchrony_consistency": [
      "study", "dataset", "cohort", "stimulus", "measure_a", "measure_b", "region", "r", "low", "high", "n", "p",
      "p_max",
    ],
    "gradient_map": [
      "study", "map_a", "map_b", "atlas", "region_count", "r", "nulled", "null_kind", "null_draws", "p", "p_floor",
    ],
    "controlled_synthesis": keys + ["factor", "level", "partial_eta2", "r", "p"],
    "emotion_lag": [
      "study", "dataset", "cohort", "subject", "stimulus", "rating", "feature_set", "transform", "lag_s", "r", "n",
    ],
    "emotion_lag_peak": [
      "study", "dataset", "cohort", "subject", "stimulus", "rating", "feature_set", "transform", "n", "max_r",
      "lag_at_max_s", "z", "null_mean", "null_sd", "z_standardised", "p",
    ],
    "anova": [
      "study", "dataset", "cohort", "response", "effect", "level_count", "subject_count", "ss_effect", "ss_error", "f",
      "df1", "df2", "epsilon_gg", "epsilon_hf", "p_uncorrected", "p_gg", "p_hf", "p", "partial_eta2",
    ],
    "twin_comparison": keys + ["twin", "r", "r_twin", "difference"] + interval + ["p", "twin_set"],
    "lag_sweep": keys + [
      "lag_s", "r", "null_kind", "null_draws", "p", "p_max", "is_peak", "sample_count", "flags", "valid",
    ],
    "calibration": keys + ["scenario", "planted_r", "runs", "rejected", "rate", "se"],
    "unique_variance": keys + ["other_sets", "unique_r2", "shared_r2", "total_r2", "product_r"] + null,
    "synchrony_summary": [
      "dataset", "cohort", "stimulus", "region", "signal", "band", "method", "window_s", "step_s", "anchor",
      "parameters",
      "subject_count", "presentation_count", "dropped_count", "mean_isc", "sd_isc", "static_isc",
    ] + interval + null + ["noise_ceiling"],
    "recording_quality": [
      "dataset", "subject", "session", "run", "recording", "channel", "type", "is_bad", "reasons", "is_interpolated",
      "sd_uv", "deviation_z", "noise_z", "correlation", "disagreeing_share", "flat_s", "missing_share", "has_position",
      "recording_rank", "bad_count", "removed_component_count", "prepared_rate_hz", "prepared", "parameters",
      "unit_key",
    ],
    "recording_component": [
      "dataset", "subject", "session", "run", "recording", "component", "is_removed", "reasons", "variance_share",
      "eog_r",
      "eog_z", "kurtosis", "focality", "peak_channel", "slope", "converged", "unit_key",
    ],
    "cohort_comparison": [
      "study_a", "study_b", "dataset_a", "dataset_b", "cohort_a", "cohort_b", "feature_set", "model", "layer_key",
      "element", "target_kind", "target", "region", "quantity", "r_a", "r_b", "difference",
    ] + interval + [
      "unit", "paired", "test", "p", "p_floor", "q_bh", "family", "n_a", "n_b", "comparable", "reason", "waiver",
    ],
    "stem_energy": ["dataset", "stimulus", "element", "rms_dbfs", "energy_share", "silent_fraction"],
    "sound_flag": ["flags", "unit_key"],
    "sound_passport": [
      "dataset", "stimulus", "element", "channel_correlation", "mono_loss_db", "clipped_share", "dc", "silent_share",
      "first_sound_s", "last_sound_s", "sound_minus_picture_start_s", "sound_minus_picture_end_s", "other_streams",
    ],
    "source_resolution": [
      "leadfield", "atlas", "inverse", "snr", "orientation", "label", "channel_count", "rank", "region", "hemisphere",
      "source_count", "own_share", "leaks_most_from", "leak_share", "region_hit_share", "source_hit_share",
      "point_spread_error_mm", "cross_talk_error_mm", "kernel", "leakage",
    ],
    "source_localisation": [
      "dataset", "subject", "recording", "leadfield", "atlas", "inverse", "label", "noise", "noise_shrinkage", "rank",
      "channel_count", "channels_left_out", "sensors_unused", "region_count", "missing_count", "array", "unit_key",
    ],
    "alignment_audit": [
      "dataset", "stimulus", "subject", "series", "declared_rate_hz", "implied_rate_hz", "offset_s", "onset_source",
      "drift_ppm", "best_lag_s", "verdict", "run_id", "reference", "correlation", "p",
    ],
    "array_catalog": [
      "name", "kind", "dataset", "cohort", "subject", "session", "run", "repetition", "rater", "stimulus", "element",
      "feature_set", "model", "layer_key", "axes", "shape", "dtype", "bytes", "rate_hz", "units", "parameters", "file",
      "path", "logical_sha256",
    ],
    "current_unit": ["run_id", "study", "study_kind", "unit_key"],
    "run_family": [
      "run_id", "fit_key", "quantity", "family", "family_key", "q_bh", "p_max", "valid", "flags", "unit_key",
    ],
    "run_twin": ["run_id", "fit_key", "twin", "p", "twin_contrast_id", "valid", "flags", "unit_key"],
    "family_cell": ["run_id"] + keys + [
      "other_sets", "quantity", "value", "null_kind", "null_draws", "p", "p_floor", "seed", "array", "array_column",
    ],
    "correction": ["run_id", "fit_key", "quantity", "family", "q_bh", "p_max"],
    "unit_status": ["study", "unit_key", "step", "state", "reason", "attempts", "message", "seconds", "peak_bytes"],
    "lineage": ["descendant", "descendant_kind", "ancestor", "ancestor_kind", "depth", "role", "ancestor_sha256"],
    "environment_of_run": [
      "run_id", "attempt", "hostname_hash", "cpu_model", "blas_kernel", "threads", "evoke_version", "library_versions",
      "started_at",
    ],
    "score_over_subjects": [
      "run_id", "study", "study_kind", "dataset", "cohort", "feature_set", "model", "layer_key", "depth", "rel_depth",
      "element", "covariate_mode", "target_kind", "target", "target_parameters", "region", "hemisphere",
      "region_group", "score_count", "r_count", "r_sum", "r_square_sum", "r_max", "p_count", "p_at_most_05",
      "valid_count", "valid_r_count", "valid_r_sum", "valid_r_square_sum", "valid_r_max", "fit_key",
    ],
    "score_over_layers": [
      "run_id", "study", "study_kind", "dataset", "cohort", "subject", "session", "rater", "feature_set", "model",
      "element", "covariate_mode", "target_kind", "target", "target_parameters", "region", "score_count", "r_count",
      "r_sum", "r_square_sum", "r_max", "p_count", "p_at_most_05", "valid_count", "layer_key", "rel_depth", "r",
      "fit_key", "unit_key",
    ],
    "import_log": ["source", "sha256", "verb", "state", "code", "object", "reason", "remedy", "imported_at"],
    "cited": [
      "label", "text", "value", "format", "sql", "parameters", "sha256", "units", "made_at", "is_stale", "reason",
    ],
    "materialized": [
      "label", "view", "sql", "parameters", "row_count", "sha256", "made_at", "is_stale", "reason",
    ],
    "divergence_log": [
      "unit_key", "array", "first_sha256", "second_sha256", "max_abs_difference", "max_rel_difference",
      "environment_first", "environment_second",
    ],
  ]

  @Test(arguments: published.keys.sorted())
  func publishedColumnsStandInTheirOrderAndMoreOnlyAtTheEnd(view: String) throws {
    let (folder, warehouse) = try open()
    let columns = try warehouse.userQuery("SELECT * FROM \"\(view)\" LIMIT 0")[0].columns
    let promised = Self.published[view] ?? []
    #expect(Array(columns.prefix(promised.count)) == promised)
    withExtendedLifetime(folder) {}
  }

  /// SQLite's quick_check misreads such tables (3.40: "NULL value in ..."), and so would a lab that checks its catalog.
  @Test func keysOfTablesWithoutRowidStandInColumnOrder() throws {
    let (folder, warehouse) = try open()
    let found = try warehouse.userQuery("PRAGMA quick_check")[0].rows.compactMap { $0.values.first?.string }
    #expect(found == ["ok"])
    let tables = try warehouse.userQuery("SELECT name FROM pragma_table_list WHERE wr = 1")[0].rows.map {
      $0.text("name")
    }
    for table in tables {
      let order = try warehouse.userQuery("SELECT pk FROM pragma_table_info('\(table)') WHERE pk > 0 ORDER BY cid")[0]
      #expect(order.rows.map { $0.int("pk") } == Array(1...order.rows.count), "\(table)")
    }
    withExtendedLifetime(folder) {}
  }

  @Test func theUnitStandsLastInEveryViewOfResults() throws {
    let (folder, warehouse) = try open()
    // A row of it is of many units.
    let sums: Set = ["score_over_subjects"]
    let tables = Set(ResultTables.all.map { $0.table })
    var views = 0
    for view in Queries.views {
      let code = view.sql.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
      let read = code.matches(of: /(?:FROM|JOIN) "?(\w+)/).map { String($0.output.1) }
      if tables.isDisjoint(with: read) { continue }
      let found = try warehouse.userQuery("SELECT * FROM \"\(view.name)\" LIMIT 0")
      #expect((found[0].columns.last == "unit_key") != sums.contains(view.name), "\(view.name)")
      views += 1
    }
    #expect(views > 15)
    withExtendedLifetime(folder) {}
  }

  /// `SELECT` of a view gives columns of these types to programs that do not look at values; a header says them where
  /// SQLite cannot, and what rows there are has them.
  @Test func theTypesOfAViewsColumnsAreThoseOfItsRows() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    for view in Queries.views {
      let described = try warehouse.read { try $0.documentedColumns(object: view.name) }
      #expect(described.allSatisfy { ["INTEGER", "REAL", "TEXT"].contains($0.type) }, "\(view.name)")
      let table = try warehouse.userQuery("SELECT * FROM \"\(view.name)\"")[0]
      for (place, column) in described.enumerated() {
        let fits = table.rows.allSatisfy { row in
          switch row.values[place] {
          case .null: true
          case .integer: column.type != "TEXT"
          case .real: column.type == "REAL"
          case .text: column.type == "TEXT"
          case .blob: false
          }
        }
        #expect(fits, "\(view.name).\(column.column) is not \(column.type)")
      }
    }
  }

  @Test func everyViewIsPublished() { #expect(Queries.views.map(\.name).sorted() == Self.published.keys.sorted()) }

  @Test(arguments: [
    "INSERT INTO dataset (name) VALUES ('x')", "ATTACH 'x.db' AS y", "CREATE TEMP TABLE t (a)", "DROP VIEW lineage",
    "PRAGMA user_version = 4", "PRAGMA journal_mode=WAL", "VACUUM", "/* a */ DELETE FROM unit", "BEGIN",
    "SELECT 1; UPDATE unit SET state = 'done'", "DETACH main", "REINDEX",
  ])
  func userSQLThatIsNoReadingIsRefused(sql: String) throws {
    let (folder, warehouse) = try open()
    let error = #expect(throws: EvokeError.self) { try warehouse.userQuery(sql) }
    #expect(error?.code == .refusedSQL)
    withExtendedLifetime(folder) {}
  }

  @Test func userSQLReadsSeveralStatementsWithParameters() throws {
    let (folder, warehouse) = try open()
    let tables = try warehouse.userQuery(
      "-- one\nSELECT :a AS a; WITH t(x) AS (VALUES (1), (2)) SELECT sum(x) AS s FROM t; PRAGMA table_info('unit')",
      ["a": .text("é")])
    #expect(tables[0].rows[0]["a"] == .text("é"))
    #expect(tables[1].rows[0]["s"] == .integer(3))
    #expect(tables[2].rows.count > 5)
    let error = #expect(throws: EvokeError.self) { try warehouse.userQuery("SELECT nothing FROM unit") }
    #expect(error?.code == .invalidSQL)
    withExtendedLifetime(folder) {}
  }
}
