import Foundation
import Queries
import Testing
import Warehouse

/// Each published view on the hand-made rows: what it must return, value by value.
@Suite struct ViewTests {
  private func rows(_ sql: String) throws -> [[SQLValue]] {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    return try warehouse.userQuery(sql)[0].rows.map(\.values)
  }

  @Test func encodingScoreGivesARowPerStudyAndNothingSuperseded() throws {
    let found = try rows(
      "SELECT run_id, study, layer_key, r, low, p, q_bh, p_max, family, flags, unit_key FROM encoding_score WHERE target = 'arousal' ORDER BY study, layer_key IS NULL, layer_key"
    )
    #expect(
      found == [
        ["run2", "again", "hs.0", .real(0.25), .real(0.1), .real(0.0625), .null, .null, .null, "", "u-fit0"],
        [
          "run1", "sweep", "hs.0", .real(0.25), .real(0.1), .real(0.0625), .real(0.0625), .real(0.09375),
          "layer x target", "", "u-fit0",
        ],
        [
          "run1", "sweep", "hs.1", .real(0.5), .real(0.3), .real(0.001), .real(0.002), .real(0.004), "layer x target",
          "near_nonstationary", "u-fit1",
        ],
        ["run1", "sweep", .null, .real(0.125), .null, .null, .null, .null, .null, "", "u-lld"],
      ])
    #expect(try rows("SELECT count(*) FROM encoding_score WHERE r = 0.9") == [[.integer(0)]])
    #expect(try rows("SELECT count(*) FROM encoding_score WHERE study = 'control'") == [[.integer(5)]])
  }

  @Test func foldScoreDetailKeepsNegativeFolds() throws {
    let found = try rows(
      "SELECT study, fold, lambda, r, r2, delay_s, test_stimuli FROM fold_score_detail ORDER BY study, fold")
    let folds: [[SQLValue]] = [
      [.integer(0), .real(10), .real(0.25), .real(0.05), .null, #"["clip"]"#],
      [.integer(1), .real(100), .real(-0.125), .real(-0.5), .real(2.5), #"["clip"]"#],
    ]
    #expect(found == folds.map { ["again"] + $0 } + folds.map { ["sweep"] + $0 })
  }

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

  @Test func groupScoreNamesNoSubject() throws {
    let found = try rows(
      "SELECT study, subject, region, quantity, subject_count, mean, test, p, generalises_to FROM group_score")
    #expect(
      found == [
        [
          "control", .null, "V1", "r", .integer(15), .real(0.125), "group_phase", .real(0.015625),
          "these subjects, these stimuli",
        ]
      ])
  }

  @Test func layerSweepShowsPeaksOfItsOwnStudyAndReferenceSets() throws {
    let found = try rows(
      "SELECT study, feature_set, layer_key, r, is_peak, peak_share, p_max, sample_count FROM layer_sweep ORDER BY study, r"
    )
    #expect(
      found == [
        ["again", "tiny", "hs.0", .real(0.25), .null, .null, .null, .integer(120)],
        ["sweep", "lld12", .null, .real(0.125), .null, .null, .null, .integer(120)],
        ["sweep", "tiny", "hs.0", .real(0.25), .integer(0), .real(0.25), .real(0.09375), .integer(120)],
        ["sweep", "tiny", "hs.1", .real(0.5), .integer(1), .real(0.75), .real(0.004), .integer(120)],
      ])
  }

  @Test func lagSweepHasEveryDelayOfAFitWithThePOfItsOwnLags() throws {
    let found = try rows(
      "SELECT DISTINCT layer_key, lag_s, r, null_kind, p, p_max, is_peak, valid, cluster, p_cluster FROM lag_sweep")
    #expect(
      found == [
        [
          "hs.0", .real(2), .real(0.25), "phase", .real(0.03125), .real(0.0625), .integer(1), .integer(1),
          .integer(1), .real(0.125),
        ]
      ])
  }

  @Test func layerContrastIsOfTheSweepNotOfOneLayer() throws {
    let found = try rows(
      "SELECT study, model, layer_key, depth, contrast, difference, unit, unit_count, p, q_bh, family FROM layer_contrast"
    )
    #expect(
      found == [
        [
          "sweep", "tiny", .null, .null, "middle_vs_final", .real(-0.25), "fold", .integer(4), .real(0.03125),
          .real(0.03125), "contrast middle_vs_final",
        ]
      ])
  }

  @Test func elementAblationHoldsAllElementsOfACellInOneRow() throws {
    let found = try rows(
      """
      SELECT study, layer_key, element, r_original, r_voice, r_soundtrack, r_voice_active, voice_minus_soundtrack, p, q_bh,
        difference_active, p_active, voice_energy_share, silent_fraction_voice, flags, unit_key FROM element_ablation
      """)
    #expect(
      found == [
        [
          "sweep", "hs.0", .null, .real(0.625), .real(0.25), .real(0.5), .real(0.125), .real(-0.25), .real(0.03125),
          .real(0.0625), .real(-0.375), .real(0.015625), .real(0.25), .real(0.125), "few_folds", "u-compare",
        ]
      ])
  }

  @Test func temporalResolutionHoldsAScoreAgainstTheSpreadOfItsNull() throws {
    let found = try rows(
      """
      SELECT study, target, region, window_s, step_s, mean_isc, r, null_sd, r_over_null_sd, effective_n, p, band, valid
      FROM temporal_resolution
      """)
    #expect(
      found == [
        [
          "windows", "source", "A1", .real(10), .real(1), .real(0.25), .real(0.5), .real(0.125), .real(4), .real(48),
          .real(0.001), "broad", .integer(1),
        ]
      ])
  }

  @Test func emotionLagHasARowForEveryLagAndItsPeakOneForEveryStimulus() throws {
    #expect(
      try rows(
        """
        SELECT study, subject, stimulus, rating, feature_set, transform, lag_s, r, n, valid, flags, rating_transform
        FROM emotion_lag
        """) == [
          [
            "windows", "s1", "clip", "felt", "loud", "changes", .real(0), .null, .integer(2), .integer(0),
            "low_effective_n", "changes",
          ],
          [
            "windows", "s1", "clip", "felt", "loud", "changes", .real(2), .real(0.5), .integer(100), .integer(1),
            "low_effective_n", "changes",
          ],
        ])
    #expect(
      try rows(
        """
        SELECT study, subject, rating, n, max_r, lag_at_max_s, z, null_mean, null_sd, z_standardised, p, valid, null_draws
        FROM emotion_lag_peak
        """) == [
          [
            "windows", "s1", "felt", .integer(100), .real(0.5), .real(2), .real(0.5625), .real(0.0625), .real(0.125),
            .real(4),
            .real(0.001), .integer(1), .integer(1000),
          ]
        ])
  }

  @Test func agreementOfSynchronyHasARowForEveryRegion() throws {
    #expect(
      try rows(
        """
        SELECT study, stimulus, measure_a, measure_b, region, r, low, high, n, p, p_max, valid, r_plain, family_size
        FROM synchrony_consistency
        """) == [
          [
            "windows", "clip", "source", "felt", "A", .real(0.5), .real(0.25), .real(0.75), .integer(120),
            .real(0.001), .real(0.002), .integer(1), .real(0.625), .integer(2),
          ]
        ])
  }

  @Test func everySetOfAFoldHasItsOwnPenalty() throws {
    #expect(
      try rows("SELECT DISTINCT fold, band, penalty, weight FROM fold_penalty_detail ORDER BY fold, band") == [
        [.integer(0), "lld12", .real(32), .real(0.75)], [.integer(1), "lld12", .real(64), .null],
        [.integer(1), "vis12", .real(0.5), .null],
      ])
  }

  @Test func gradientMapSaysWhichMapWasTurned() throws {
    #expect(
      try rows(
        """
        SELECT study, map_a, map_b, atlas, region_count, r, nulled, null_kind, null_draws, p, p_floor, valid, flags,
          source_study, feature_set, layer_key, element, target, left_out_count, p_max, family_size, reason
        FROM gradient_map
        """) == [
          [
            "windows", "mean_isc", "gradient1", "dk68", .integer(34), .real(-0.5), "map_a", "spin", .integer(1000),
            .real(0.03125), .real(0.000999), .integer(0), "drift_kept", "alike", .null, .null, .null, "source",
            .integer(0), .real(0.0625), .integer(1), .null,
          ],
          [
            "windows", "r", "gradient1", "dk68", .integer(66), .real(0.5), "map_b", "spin", .integer(1000),
            .real(0.0625), .real(0.000999), .integer(1), "few_folds", "sweep", "lld12", .null, "original", "source",
            .integer(2), .real(0.125), .integer(3), .null,
          ],
        ])
  }

  @Test func controlledSynthesisHasARowForEveryEffectOfEveryLayer() throws {
    #expect(
      try rows(
        """
        SELECT study, layer_key, target, role, factor, partial_eta2, r, p, valid, eta2, r_p, null_kind, p_max, generalises_to
        FROM controlled_synthesis
        """) == [
          [
            "windows", "hs.0", .null, "semantic", "word", .real(0.5), .real(0.125), .real(0.001), .integer(1),
            .real(0.25), .real(0.03125), "within_cells", .real(0.003), "these stimuli",
          ],
          [
            "windows", "hs.0", .null, .null, "word:gain_db", .real(0.0625), .null, .real(0.5), .integer(1),
            .real(0.03125), .null, "residuals", .real(0.75), "these stimuli",
          ],
        ])
  }

  @Test func anovaTellsItsUnitsAndTheNullBasedPBesideTheParametricOnes() throws {
    let found = try rows(
      """
      SELECT study, response, effect, level_count, subject_count, f, df1, df2, epsilon_gg, epsilon_hf, p_uncorrected, p_gg,
        p_hf, p, partial_eta2, quantity, unit, unit_count, stimuli_counted FROM anova WHERE quantity = 'max_z'
      """)
    #expect(
      found == [
        [
          "windows", "felt", "feature_set", .integer(3), .integer(37), .real(12), .real(2), .real(72), .real(0.75),
          .real(0.8125), .real(0.001), .real(0.002), .real(0.0015), .real(0.03125), .real(0.25), "max_z", "subject",
          .integer(37), .integer(4),
        ]
      ])
    let depth = try rows(
      """
      SELECT study, response, effect, subject_count, f, df2, p_gg, p, quantity, unit, folds_counted, element, target_kind
      FROM anova WHERE quantity = 'r'
      """)
    #expect(
      depth == [
        [
          "sweep", "arousal", "model", .integer(12), .real(2.75), .real(11), .real(0.125), .real(0.25), "r", "subject",
          .integer(4), "original", "annotation",
        ]
      ])
  }

  @Test func architectureComparisonHoldsTheDifferenceOfAModelBesideEachPartOfItsDepth() throws {
    let found = try rows(
      """
      SELECT study, model, layer_key, rel_depth_bin, bin_low, bin_high, layer_count, r, low, high, middle_minus_final,
        middle_minus_final_low, middle_minus_final_high, middle_minus_final_valid, middle_minus_final_flags, p, q_bh, null_kind, flags, valid
      FROM architecture_comparison
      """)
    #expect(
      found == [
        [
          "sweep", "tiny", .null, .real(0.25), .real(0), .real(0.5), .integer(1), .real(0.25), .real(0.125),
          .real(0.375),
          .real(-0.25), .real(-0.5), .real(0), .integer(1), "near_nonstationary", .real(0.03125), .real(0.03125), .null,
          "",
          .integer(1),
        ],
        [
          "sweep", "tiny", .null, .real(0.75), .real(0.5), .real(1), .integer(2), .real(0.5), .null, .null, .null,
          .null,
          .null, .null, .null, .null, .null, .null, "near_nonstationary", .integer(0),
        ],
      ])
  }

  @Test func calibrationStandsBesideTheScoresOfItsOwnStudy() throws {
    let found = try rows(
      "SELECT study, scope, layer_key, scenario, planted_r, runs, rejected, rate, se, rate_max, valid_share FROM calibration"
    )
    let nothing: [SQLValue] = [
      "hs.0", "planted_nothing", .real(0), .integer(200), .integer(8), .real(0.04), .real(0.0125), .real(0.03),
      .real(0.5),
    ]
    let planted: [SQLValue] = [
      "hs.0", "planted_r", .real(0.25), .integer(200), .integer(150), .real(0.75), .real(0.03125), .null, .real(0.5),
    ]
    #expect(found == [["sweep", "family"] + nothing, ["sweep", "cell"] + nothing, ["sweep", "cell"] + planted])
    let beside = try rows(
      "SELECT study, false_positive_rate, false_positive_se FROM encoding_score WHERE layer_key = 'hs.0' ORDER BY study"
    )
    #expect(beside == [["again", .null, .null], ["sweep", .real(0.04), .real(0.0125)]])
    #expect(try rows("SELECT count(*) FROM current_unit WHERE run_id = 'run4'") == [[.integer(0)]])
    #expect(
      try rows("SELECT study FROM unit_status WHERE unit_key IN ('u-isc', 'u-rates') ORDER BY study, unit_key")
        == [["control"], ["sweep"], ["sweep"], ["windows"]])
  }

  @Test func everyRowOfAScoreSaysWhetherItMayBeReportedAndWhatItIsMadeOf() throws {
    for view in [
      "encoding_score", "fold_score_detail", "fold_penalty_detail", "group_score", "layer_sweep", "layer_contrast",
      "covariate_control", "unique_variance", "twin_comparison", "element_ablation", "temporal_resolution",
      "architecture_comparison",
      "meta_analysis",
    ] {
      let found = try rows(
        "SELECT DISTINCT valid IS NOT NULL, flags IS NOT NULL, folds_counted <= folds_total, stimuli_counted > 0, origin FROM \(view)"
      )
      #expect(found == [[.integer(1), .integer(1), .integer(1), .integer(1), "computed"]], "\(view)")
    }
  }

  @Test func anIntervalThatLeavesItsOwnValueOutCannotBeStored() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    for change in [
      "UPDATE score SET low = value + 0.01 WHERE low IS NOT NULL",
      "UPDATE score SET high = value - 0.01 WHERE high IS NOT NULL",
      "UPDATE contrast SET difference = 0.5", "UPDATE element_contrast SET difference = 0.5",
      "UPDATE element_contrast SET difference_active = 0.5", "UPDATE depth_bin SET r = 0.75 WHERE low IS NOT NULL",
      "UPDATE twin_contrast SET difference = 2", "UPDATE pooled_score SET estimate = 0.5",
      "UPDATE cohort_contrast SET difference = 0.5", "UPDATE transfer SET r = 0.5",
      "UPDATE group_test SET mean = 0.9",
    ] {
      #expect(throws: (any Error).self, "\(change)") { try warehouse.write { try $0.execute(change) } }
    }
  }

  @Test func covariateControlPutsAllModesOfACellInOneRow() throws {
    let found = try rows(
      """
      SELECT study, subject, covariate_mode, region, r_audio_only, r_visual_only, r_joint, r_zeroed_shared, r_zeroed_banded,
        unique_r2, p_audio_only, p_zeroed_banded, p_unique, q_unique, p_max_unique, audio_visual_r2, leak_alarm,
        subject_count, stimulus_count, flags FROM covariate_control
      """)
    #expect(
      found == [
        [
          "control", "s1", .null, "V1", .real(0.5), .real(0.625), .real(0.75), .real(0.25), .real(0.125), .real(0.0625),
          .real(0.5), .real(0.25), .real(0.125), .real(0.125), .real(0.1875), .real(0.375), .integer(0), .integer(1),
          .integer(8), "lambda_at_edge",
        ]
      ])
  }

  @Test func synchronySummaryGivesOneRowThoughTwoStudiesShareTheUnit() throws {
    let found = try rows(
      "SELECT stimulus, region, subject_count, dropped_count, mean_isc, static_isc, low, p, q_bh, noise_ceiling, generalises_to, mean_isc_p, mean_isc_p_max, high_pass_s, valid, flags FROM synchrony_summary"
    )
    #expect(
      found == [
        [
          "clip", "A1", .integer(18), .integer(2), .real(0.25), .real(0.3125), .real(0.1875), .real(0.001),
          .real(0.002), .real(0.5), "subjects, this stimulus", .real(0.004), .real(0.006), .real(120), .integer(1),
          "few_subjects",
        ]
      ])
  }

  @Test func cohortComparisonNamesStudyCohortsAndTest() throws {
    let found = try rows(
      """
      SELECT study_a, study_b, cohort_a, cohort_b, target_kind, target, model, region, quantity, r_a, r_b, difference,
        unit, paired, test, p, q_bh, p_max, n_a, n_b, stimulus_count, comparable, reason, waiver, valid, flags
      FROM cohort_comparison WHERE target_kind = 'synchrony' AND study_a = (SELECT min(study_a) FROM cohort_comparison)
      """)
    #expect(found.count == 1 && found[0][0] == found[0][1])
    #expect(
      Array(found[0].dropFirst(2)) == [
        "young", "old", "synchrony", "source", .null, "A1", "static_isc", .real(0.25), .real(0.125), .real(0.125),
        "subject", .integer(1), "permuted_cohorts", .real(0.0625), .real(0.125), .real(0.25), .integer(12),
        .integer(40), .integer(3), .integer(1), .null, .null, .integer(0), "drift_kept",
      ])
  }

  @Test func metaAnalysisSaysWhatHoldsOverCohortsAndHowTheyDiffer() throws {
    let found = try rows(
      """
      SELECT feature_set, layer_key, target, quantity, k, estimate, low, high, prediction_low, prediction_high, tau2, i2,
        i2_low, i2_high, method, clustered_by, p, exploratory, df, q_bh, cohorts, cohort_count, reason, valid, flags
      FROM meta_analysis WHERE study = 'sweep'
      """)
    #expect(
      found == [
        [
          "tiny", "hs.0", "arousal", "r", .integer(2), .real(0.25), .real(0.125), .real(0.375), .real(-0.5),
          .real(0.75), .real(0.0625), .real(0.5), .real(0.25), .real(0.875), "reml_cr2", "shared_stimuli",
          .real(0.03125), .integer(1), .real(1.5), .real(0.0625), #"["held/held","held/old"]"#, .integer(3),
          "no effect of held/young", .integer(1), "near_nonstationary",
        ]
      ])
  }

  @Test func cohortComparisonHidesPOfWhatIsNotComparableUnlessItIsWaived() throws {
    let folder = try TemporaryFolder()
    let path = try warehouseWithRows(in: folder)
    let warehouse = try Warehouse.open(path, .writing("test"))
    defer { try? warehouse.close() }
    let sql = """
      SELECT quantity, layer_key, r_a, r_b, difference, low, p, n_a, n_b, comparable, reason, waiver, ceiling_a, valid
      FROM cohort_comparison WHERE study_a = 'sweep' AND target_kind = 'annotation'
      """
    let normalised: [SQLValue] = [
      "r_normalised", "hs.0", .real(0.5), .real(0.625), .real(-0.125), .real(-0.25), .real(0.03125), .integer(12),
      .integer(40), .integer(1), .null,
    ]
    let r: [SQLValue] = ["r", "hs.0", .real(0.25), .real(0.5), .real(-0.25)]
    let counts: [SQLValue] = [
      .integer(12), .integer(40), .integer(0), "targets are means over 12 and 40 subjects",
    ]
    let ends: [SQLValue] = [.real(0.5), .integer(0)]
    #expect(
      try warehouse.userQuery(sql)[0].rows.map(\.values) == [
        r + [.null, .null] + counts + [.null] + ends, normalised + [.null, .real(0.5), .integer(1)],
      ])
    try warehouse.write {
      try $0.execute("INSERT INTO comparison_waiver VALUES (1, 1, 'sweep', 'sweep', 'held', 'held', 'pilot')")
    }
    #expect(
      try warehouse.userQuery(sql)[0].rows.map(\.values) == [
        r + [.real(-0.5), .real(0.0625)] + counts + ["pilot"] + ends, normalised + ["pilot", .real(0.5), .integer(1)],
      ])
  }

  @Test func transferScoreHoldsEveryCohortTestedOnTheOthersAndOnItself() throws {
    let found = try rows(
      """
      SELECT feature_set, layer_key, train_cohort, test_cohort, r, low, p, valid, flags, reason
      FROM transfer_score ORDER BY r
      """)
    #expect(
      found == [
        [
          "tiny", "hs.0", "held", "held", .real(0.125), .real(0.0625), .real(0.03125), .integer(1),
          "near_nonstationary", .null,
        ],
        [
          "tiny", "hs.0", "held", "held", .real(0.25), .real(0.1), .null, .integer(1), "",
          "its p stands in encoding_score",
        ],
      ])
  }

  @Test func transferScoreNamesEachFlagOnce() throws {
    let folder = try TemporaryFolder()
    let more = """
      UPDATE transfer SET flags = 'few_folds near_nonstationary';
      UPDATE score SET flags = 'lambda_at_edge few_folds' WHERE fit_key IN ('fit0', 'fit1');
      """
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: more), .reading)
    defer { try? warehouse.close() }
    let sql = "SELECT flags FROM transfer_score WHERE p IS NOT NULL"
    #expect(
      try warehouse.userQuery(sql)[0].rows.map(\.values) == [["few_folds lambda_at_edge near_nonstationary"]])
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

  /// Of layers and of elements the sounds behind each fit count, of one layer's r those of that layer.
  @Test func aMapOfSeveralFitsHasTheFlagsOfAllTheirSounds() throws {
    let fit = """
      'held', 'held', NULL, NULL, NULL, 'tiny', 'tiny', 'hs.0', 7, 0.5
      """
    let rest = """
      'none', 'annotation', 'arousal', '{"annotation":"arousal"}', NULL, NULL, NULL, '[0,1]', 'single', 1, NULL, 0, 120, 33.5,
      3, 1, NULL, NULL, NULL, NULL
      """
    func gradient(_ key: Int, _ fit: String, _ quantity: String, _ flags: String) -> String {
      """
      (\(key), 'u-compare', '\(fit)', '\(quantity)', 'sweep', 'dk68', 'slope', 66, 2, 0.5, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, 0, NULL, NULL, 4, 5, 1, '\(flags)', 1)
      """
    }
    let maps = """
      UPDATE unit SET inputs = '[["fit","u-fit0"],["fit","u-fit1"],["fit","u-lld"]]' WHERE unit_key = 'u-compare';
      INSERT INTO fit VALUES ('fitV', 'u-fit0', \(fit), 'voice', \(rest)), ('fitS', 'u-fit1', \(fit), 'soundtrack', \(rest));
      INSERT INTO gradient VALUES \(gradient(11, "fit0", "r", "")), \(gradient(12, "fit0", "peak_depth", "few_folds")),
        \(gradient(13, "fitV", "voice_minus_soundtrack", "")), \(gradient(14, "fit1", "r", "")),
        \(gradient(15, "fitL", "r", ""));
      """
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: Self.sounds + "\n" + maps), .reading)
    defer { try? warehouse.close() }
    let found = try warehouse.userQuery(
      """
      SELECT DISTINCT map_a, feature_set, layer_key, flags FROM gradient_map WHERE map_b = 'slope'
      ORDER BY map_a, feature_set, layer_key
      """)[0].rows.map(\.values)
    #expect(
      found == [
        ["peak_depth", "tiny", .null, "few_folds sound_cancels sound_clipped"], ["r", "lld12", .null, "sound_offset"],
        ["r", "tiny", "hs.0", ""], ["r", "tiny", "hs.1", "sound_cancels sound_clipped"],
        ["voice_minus_soundtrack", "tiny", "hs.0", "sound_cancels sound_clipped"],
      ])
  }

  /// What rows of synchrony say of its windows and subjects goes with the map that is made of them.
  @Test func aMapOfSynchronyHasTheFlagsOfItsRows() throws {
    let change = """
      UPDATE synchrony SET flags = 'most_windows_left_out few_subjects', valid = 0 WHERE unit_key = 'u-isc';
      UPDATE synchrony_gradient SET flags = '', valid = 1,
        target_parameters = (SELECT min(parameters) FROM synchrony WHERE unit_key = 'u-isc');
      UPDATE unit SET inputs = '[["synchrony","u-isc"]]' WHERE unit_key = 'u-window';
      """
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: change), .reading)
    defer { try? warehouse.close() }
    let found = try warehouse.userQuery("SELECT flags, valid FROM gradient_map WHERE map_a = 'mean_isc'")[0].rows
    #expect(found.map(\.values) == [["few_subjects most_windows_left_out", .integer(0)]])
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

  private static let sounds = """
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

  @Test func uniqueVarianceNamesTheOtherSets() throws {
    let found = try rows("SELECT feature_set, other_sets, unique_r2, shared_r2, total_r2 FROM unique_variance")
    #expect(found == [["lld12", "mfcc12", .real(0.0625), .real(0.125), .real(0.25)]])
  }

  @Test func familiesAndTwinsStandRunByRun() throws {
    #expect(
      try rows("SELECT run_id, fit_key, quantity, family, p_max FROM run_family ORDER BY run_id, fit_key") == [
        ["run1", "fit0", "r", "layer x target", .real(0.09375)], ["run1", "fit1", "r", "layer x target", .real(0.004)],
        ["run3", "c/b", "unique_r2", "region", .real(0.1875)],
      ])
    #expect(
      try rows("SELECT run_id, fit_key, twin, p FROM run_twin ORDER BY fit_key, twin") == [
        ["run1", "fit0", "permuted", .null], ["run1", "fit0", "position", .real(0.25)],
        ["run1", "fit1", "permuted", .real(0.0078125)], ["run1", "fit1", "position", .real(0.015625)],
        ["run1", "fit1", "spectrum", .real(0.03125)],
      ])
  }

  /// The largest p of a fit with the twin it is of; a fit of which one twin has no p says nothing of all of them.
  @Test func theHardestTwinDecides() throws {
    let twin = "SELECT study, layer_key, beats_twins, hardest_twin, twins FROM"
    for view in ["layer_sweep", "encoding_score"] {
      let found = try rows("\(twin) \(view) WHERE study = 'sweep' AND model = 'tiny' ORDER BY layer_key")
      #expect(
        found == [
          ["sweep", "hs.0", .null, .null, "position permuted"],
          ["sweep", "hs.1", .real(0.03125), "spectrum", "position spectrum permuted"],
        ], "\(view)")
      let others = try rows("\(twin) \(view) WHERE study = 'again' OR model IS NULL")
      #expect(others.allSatisfy { $0[2] == .null && $0[4] == .null } && !others.isEmpty, "\(view)")
    }
    let found = try rows(
      "SELECT twin, subject_count, r, r_twin, difference, low, p, twin_set FROM twin_comparison WHERE layer_key = 'hs.1'"
    )
    #expect(
      found == [
        ["permuted", .null, .real(0.5), .real(0.25), .real(0.5), .real(0.25), .real(0.0078125), "tiny"],
        ["position", .null, .real(0.5), .real(0), .real(0.75), .real(0.5), .real(0.015625), "tiny"],
        ["spectrum", .null, .real(0.5), .real(0.125), .real(0.375), .real(0.25), .real(0.03125), "lld12"],
        ["spectrum", .integer(3), .real(0.5), .real(0.125), .real(0.375), .real(0.25), .real(0.5), "lld12"],
      ])
  }

  @Test func currentUnitsLeaveOutSupersededExpansions() throws {
    let found = try rows("SELECT study, study_kind, unit_key FROM current_unit WHERE unit_key IN ('u-fit0', 'u-old')")
    #expect(found == [["sweep", "layer_sweep", "u-fit0"], ["again", "layer_sweep", "u-fit0"]])
  }

  @Test func correctionIsPerStudyAndQuantity() throws {
    let found = try rows(
      "SELECT run_id, fit_key, quantity, q_bh, p_max, condition, p_cluster FROM correction ORDER BY run_id, fit_key")
    #expect(
      found == [
        ["run1", "fit0", "r", .real(0.0625), .real(0.09375), .null, .null],
        ["run1", "fit1", "r", .real(0.002), .real(0.004), .null, .null],
        ["run3", "c/b", "unique_r2", .real(0.125), .real(0.1875), "region IS NOT NULL", .real(0.25)],
      ])
  }

  @Test func familyCellsAreScoresWithTheirOwnNull() throws {
    let found = try rows(
      "SELECT study, fit_key, quantity, value, null_kind, seed, array, valid FROM family_cell WHERE fit_key IN ('c/b', 'c/j', 'fit0') ORDER BY 1, 2, 3"
    )
    let seed = SQLValue.integer(1)
    #expect(
      found == [
        ["again", "fit0", "r", .real(0.25), "phase", seed, .null, .integer(1)],
        ["control", "c/b", "r", .real(0.125), "phase_residual", seed, .null, .integer(1)],
        ["control", "c/b", "unique_r2", .real(0.0625), "phase", seed, .null, .integer(1)],
        ["control", "c/j", "r", .real(0.75), .null, seed, .null, .integer(1)],
        ["sweep", "fit0", "r", .real(0.25), "phase", seed, .null, .integer(1)],
      ])
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
