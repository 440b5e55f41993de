import Testing
import Warehouse

/// The published views over the hand-made rows.
protocol ViewRows {}

extension ViewRows {
  func rows(_ sql: String) throws -> [[SQLValue]] {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    return try warehouse.userQuery(sql)[0].rows.map(\.values)
  }
}

/// Each published view of scores on the hand-made rows: what it must return, value by value.
@Suite struct ViewTests: ViewRows {
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

  @Test func temporalResolutionHoldsAScoreAgainstTheSpreadOfItsNull() throws {
    let found = try rows(
      """
      SELECT study, target, region, window_s, step_s, mean_isc, r, null_sd, r_over_null_sd, effective_n, p, band, valid, lag_1
      FROM temporal_resolution
      """)
    #expect(
      found == [
        [
          "windows", "source", "A1", .real(10), .real(1), .real(0.25), .real(0.5), .real(0.125), .real(4), .real(48),
          .real(0.001), "broad", .integer(1), .real(0.75),
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

  /// A calibration rests on synchrony and features of its own time: that it is the newest makes them no results.
  @Test func whereNoRunOfResultsIsCurrentThereAreNoResults() throws {
    let folder = try TemporaryFolder()
    let place = try warehouseWithRows(
      in: folder, adding: "\nUPDATE run SET is_current = 0 WHERE purpose = 'results';")
    let warehouse = try Warehouse.open(place, .reading)
    defer { try? warehouse.close() }
    // These are of recordings and stems, whichever study wants them, and of calibrations.
    let others = ["calibration", "recording_component", "recording_quality", "stem_energy"]
    let views = "SELECT object FROM schema_doc WHERE column_name = '' AND tier = 'result view'"
    let names = try warehouse.userQuery(views)[0].rows.compactMap { $0.values[0].string }.filter {
      !others.contains($0)
    }
    #expect(names.contains("synchrony_summary") && names.count > 20)
    for view in names {
      #expect(try warehouse.userQuery("SELECT count(*) FROM \(view)")[0].rows[0].values == [.integer(0)], "\(view)")
    }
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

  @Test func uniqueVarianceNamesTheOtherSets() throws {
    let found = try rows("SELECT feature_set, other_sets, unique_r2, shared_r2, total_r2 FROM unique_variance")
    #expect(found == [["lld12", "mfcc12", .real(0.0625), .real(0.125), .real(0.25)]])
  }
}
