import Testing
import Warehouse

/// Each published view of comparisons, families and maps on the hand-made rows: what it must return, value by value.
@Suite struct ComparisonViewTests: ViewRows {
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

  /// A row over several fits carries the keys of the first of them and none of its counts: others may have more or fewer.
  @Test func rowsOverSeveralFitsTellNoCountOfTheFirst() throws {
    func found(adding more: String) throws -> [[[SQLValue]]] {
      let folder = try TemporaryFolder()
      let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: more), .reading)
      defer { try? warehouse.close() }
      return try [
        "group_score", "layer_contrast", "meta_analysis", "twin_comparison", "element_ablation",
        "architecture_comparison", "cohort_comparison", "transfer_score", "gradient_map", "anova",
      ].map { try warehouse.userQuery("SELECT * FROM \($0)")[0].rows.map(\.values) }
    }
    let before = try found(adding: "")
    #expect(before.allSatisfy { !$0.isEmpty })
    let others = try found(
      adding: """

        UPDATE fit SET stimulus_count = stimulus_count + 100, subject_count = subject_count + 100,
          sample_count = sample_count + 100, dropped_count = dropped_count + 100, effective_n = effective_n + 100;
        """)
    #expect(others == before)
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
    let warehouse = try Warehouse.open(
      try warehouseWithRows(in: folder, adding: CatalogViewTests.sounds + "\n" + maps), .reading)
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

  /// What rows of synchrony say of its windows and subjects goes with the map that is made of them, beside its own flags.
  @Test(arguments: [("", ""), ("drift_kept", "drift_kept "), ("few_subjects", "")])
  func aMapOfSynchronyHasTheFlagsOfItsRows(own: String, before: String) throws {
    let change = """
      UPDATE synchrony SET flags = 'most_windows_left_out few_subjects', valid = 0 WHERE unit_key = 'u-isc';
      UPDATE synchrony_gradient SET flags = '\(own)', valid = 1,
        target_parameters = (SELECT min(parameters) FROM synchrony WHERE unit_key = 'u-isc');
      UPDATE unit SET inputs = '[["synchrony","u-isc"]]' WHERE unit_key = 'u-window';
      """
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder, adding: change), .reading)
    defer { try? warehouse.close() }
    let found = try warehouse.userQuery("SELECT flags, valid FROM gradient_map WHERE map_a = 'mean_isc'")[0].rows
    #expect(found.map(\.values) == [[.text(before + "few_subjects most_windows_left_out"), .integer(0)]])
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
}
