import ContentIdentity
import Vocabulary

func words<W: Word>(_ type: W.Type) -> [String] { type.allCases.map(\.rawValue) }

extension Grammar {
  private static let many = 1...10_000

  /// The keys of a study file of these kinds: those they share, then the blocks of each.
  static func keys(of kinds: [StudyKind]) -> [GrammarKey] {
    [
      GrammarKey("study", .text, .required, "Name of the study; it stands in every result row."),
      GrammarKey("kind", .choice(kinds.map(\.name)), .required, "What is asked."),
    ] + sharedKeys + kinds.compactMap(GrammarKey.init(blockOf:))
  }

  /// The order of a file's parts.
  static let parts = keys(of: []).map(\.name)

  private static let sharedKeys: [GrammarKey] = [
    GrammarKey("datasets", .list(.text, many), .required, "Names of imported datasets."),
    GrammarKey(
      "elements", .list(.choice(words(Element.self)), many), .value(["original"]),
      "Parts of the sound that features are computed from.", in: [.features]),
    GrammarKey(
      "features", .list(featureShape, many), .required,
      "Feature sets, alternatives: each is fitted alone.", in: [.features]),
    GrammarKey(
      "joint", jointShape, .value([]),
      "Sets of two or three feature names that are fitted together as well; also allowed as an entry of features.",
      in: [.companions]),
    GrammarKey(
      "covariates", .anyOf([covariateShape, .list(covariateShape, 0...100)]), .value([]),
      "Nuisance columns, in the fit but zeroed at prediction.", in: [.companions]),
    GrammarKey(
      "twins", .list(.choice(words(Twin.self)), 0...3), .value([]),
      "Trivial models beside the features, of the same folds, delays and settings: the time since a stimulus began, a "
        + "log-mel spectrum with loudness of the layer's width and context, the same network with permuted weights. "
        + "Column beats_twins: p of a larger r than every one of them; it says `beats these twins` and no more.",
      in: [.companions]),
    GrammarKey(
      "targets", .list(targetShape, many), .required, "What is predicted or reported.",
      in: [.annotations, .synchrony, .responses]),
    GrammarKey(
      "preparation", .map(preparationKeys), .absent,
      "How recordings are prepared; without it they are used as imported."),
    GrammarKey("encoding", .map(encodingKeys), .required, "The model; {} takes every default.", in: [.encoding]),
    GrammarKey("statistics", .map(statisticsKeys), .defaults, "Null draws, families, corrections, contrasts."),
    GrammarKey("filters", .map(filterKeys), .defaults, "Which rows of the warehouse enter."),
    GrammarKey(
      "seed", .integer(0...9_007_199_254_740_991), .value(1),
      "Every random number is keyed by it, so that one draw is the same in a whole family."),
  ]

  private static let jointShape = Shape.list(.list(.text, 2...3), 0...1_000)

  /// First differences or smoothing, for features, covariates and targets.
  private static let transform = GrammarKey(
    "transform", .anyOf([.choice(["none", "changes"]), .map([smoothing])]), .value("none"),
    "`changes`: differences (of a target by column, of a feature's columns the length); {smooth_s: S}: moving average.")
  private static let smoothing = GrammarKey("smooth_s", .number(.seconds), .required, "Seconds of the moving average.")

  private static let reduction: [GrammarKey] = [
    GrammarKey("pca", .integer(1...10_000), .required, "Number of principal components."),
    GrammarKey(
      "fit", .choice(words(ReductionScope.self)), .value("train_fold"),
      "Rows the components are fitted on; `dataset` sees test rows and is flagged."),
    GrammarKey(
      "scale", .choice(words(ReductionScale.self)), .value("zscore"), "What is done to the columns before."),
  ]

  private static let featureCommon: [GrammarKey] = [
    GrammarKey(
      "aggregate", .choice(words(Aggregate.self)), .value("mean"), "How frames are brought to the grid."),
    GrammarKey(
      "reduce", .anyOf([.choice(["none"]), .map(reduction)]), .value("none"), "Reduction of the columns.",
      in: [.encoding]),
    transform,
    GrammarKey(
      "hrf", .choice(["none"] + words(ResponseShape.self)), .absent,
      "Convolved with a haemodynamic response; then responses have the delay 0 unless told.", in: [.encoding]),
  ]

  private static func layers(_ item: Shape) -> GrammarKey {
    GrammarKey(
      "layers", .anyOf([.choice(["all"]), .list(item, many)]), .value("all"),
      "Layer keys. `all` leaves out `last` where it equals the deepest hs.N.")
  }

  private static func featureVariants(_ more: [GrammarKey]) -> [GrammarVariant] {
    [
      GrammarVariant(
        name: "model",
        keys: [
          GrammarKey("model", .text, .required, "Name of imported weights."), layers(.layerKey),
          GrammarKey("chunk_s", .number(Bounds(0.1, to: 3_600)), .value(20), "Seconds of sound in one forward pass."),
          GrammarKey(
            "context_s", .number(Bounds(0, to: 600)), .value(2),
            "Seconds of sound beside a chunk that are dropped again."),
          GrammarKey(
            "hop_s", .number(.hop), .absent,
            "Seconds between the examples of OpenL3 (1 unless told; 0.1 is openl3's own), VGGish (0.96), CREPE (0.01) and musicnn (1; 2.992 is its own)."
          ),
          GrammarKey(
            "precision", .choice(words(Precision.self)), .absent,
            "Number type of the products, float32 unless told; bfloat16 is faster where the processor has instructions for it."
          ),
        ] + featureCommon + more),
      GrammarVariant(
        name: "set",
        keys: [
          GrammarKey("set", .text, .required, "A built-in descriptor set; `evoke extract --help` lists them.")
        ] + featureCommon + more),
      GrammarVariant(
        name: "space",
        keys: [GrammarKey("space", .text, .required, "Name of an imported feature space."), layers(.text)]
          + featureCommon + more),
      GrammarVariant(
        name: "annotation",
        keys: [
          GrammarKey("annotation", .text, .required, "Name of an annotation used as predictor."),
          GrammarKey(
            "rater", .choice(words(RaterChoice.self)), .value("mean"), "Whose annotation; `own`: the subject's."),
        ] + featureCommon + more),
    ]
  }

  private static let featureShape = Shape.variants(
    featureVariants([]) + [
      GrammarVariant(
        name: "joint",
        keys: [
          GrammarKey(
            "joint", jointShape, .required, "Sets of two or three feature names fitted together.", in: [.companions])
        ])
    ])

  private static let covariateShape = Shape.variants(
    featureVariants([
      GrammarKey(
        "at_prediction", .choice(words(CovariateAtPrediction.self)), .value("zero"),
        "Their value at prediction: zero is the training mean."),
      GrammarKey(
        "penalty", .choice(words(CovariatePenalty.self)), .value("banded"),
        "`banded`: a smallest stable lambda of their own; `shared`: the lambda of the features."),
    ]))

  private static let level = GrammarKey(
    "level", .choice(words(TargetLevel.self)), .value("group"), "One target for the group or one per subject.")

  private static let synchronyKeys: [GrammarKey] = [
    GrammarKey("window_s", .number(.seconds), .value(10), "Length of the window."),
    GrammarKey("step_s", .number(.seconds), .value(1), "From window to window."),
    GrammarKey(
      "anchor", .choice([WindowAnchor.centre, .end].map(\.rawValue)), .value("centre"),
      "Where in its window a value stands."),
    GrammarKey(
      "method", .choice(words(SynchronyMethod.self)), .value("pairwise"),
      "Mean over pairs, against the mean of the others, or correlated components."),
    GrammarKey(
      "signal", .choice(words(SynchronySignal.self)), .value("source"),
      "source: region series as imported, localised or simulated; envelope, de, fd: derived from it."),
    GrammarKey(
      "band", .anyOf([.choice(words(BandName.self)), .pair(.bandEdge)]), .value("broad"),
      "Frequency band, by name or [low, high] in Hz."),
    GrammarKey(
      "high_pass_s", .anyOf([.choice(["none"]), .number(.seconds)]), .value(120),
      "Longest period of the recordings that is kept, by cosines and trends; nothing is done where `preparation` high-passed "
        + "each recording that is compared."),
    level,
  ]

  private static let targetCommon: [GrammarKey] = [
    GrammarKey(
      "delays_s", .delays(orAuto: true), .rule("those of its kind in encoding"),
      "Delays of the features; positive: features first.", in: [.encoding]),
    GrammarKey(
      "window_features", .flag, .rule("true for synchrony, else false"),
      "Average features over the target's window before delaying them.", in: [.encoding]),
    transform,
  ]

  private static let targetShape = Shape.variants([
    GrammarVariant(
      name: "annotation",
      keys: [
        GrammarKey("annotation", .text, .required, "Name of an annotation.", in: [.annotations]),
        GrammarKey("rater", .choice(["mean", "each"]), .value("mean"), "The mean over raters, or every rater."),
      ] + targetCommon),
    GrammarVariant(
      name: "synchrony",
      keys: [
        GrammarKey(
          "synchrony", .map(synchronyKeys), .required, "Dynamic inter-subject correlation; {} takes every default.",
          in: [.synchrony])
      ]
        + targetCommon),
    GrammarVariant(
      name: "response",
      keys: [
        GrammarKey(
          "response", .text, .required, "Name of a recorded region or channel series.", in: [.responses]),
        level,
      ] + targetCommon),
  ])

  private static let preparationKeys: [GrammarKey] = [
    GrammarKey("eeg", .map(eegKeys), .absent, "Of EEG."),
    GrammarKey("source", .map(sourceKeys), .absent, "Localisation of EEG in the brain."),
    GrammarKey("fmri", .map(fmriKeys), .absent, "Of fMRI."),
    GrammarKey(
      "separation", .text, .absent, "Separation model that makes voice and soundtrack, or `imported`."),
  ]

  private static let names = Shape.list(.text, many)

  private static let eegKeys: [GrammarKey] = [
    GrammarKey(
      "notch_hz", .anyOf([.choice(["none"]), .number(.hertz)]), .value("none"),
      "Mains frequency, 50 or 60; its harmonics within the band go too."),
    GrammarKey(
      "bandpass_hz", .anyOf([.choice(["none"]), .pair(.bandEdge)]), .value([1, 45]),
      "Edges of the band kept, zero-phase FIR; 0 as low edge: a low-pass."),
    GrammarKey(
      "bad_channels", .anyOf([.choice(words(BadChannelRule.self)), names]), .value("robust"),
      "Found by variance, correlation and flatness; none; or named. Channels imported as bad are bad in any case."),
    GrammarKey(
      "ica", .anyOf([.choice(["none"]), .map(icaKeys)]), .value("none"),
      "Independent components removed that the eyes, muscles or single electrodes make."),
    GrammarKey(
      "interpolate", .choice(words(Interpolation.self)), .value("auto"),
      "Bad channels by spherical splines: where positions are known by 10-05 name, always, or never (then missing)."),
    GrammarKey("reference", .anyOf([.text, names]), .value("average"), "`average`, `none`, or channels: their mean."),
    GrammarKey(
      "resample_hz", .anyOf([.choice(["none"]), .number(.hertz)]), .rule("200, or the recording's own where lower"),
      "Rate afterwards."),
  ]
  private static let icaKeys: [GrammarKey] = [
    GrammarKey(
      "method", .choice(words(ComponentMethod.self)), .value("picard"), "How they are found."),
    GrammarKey(
      "eog", .anyOf([.text, names]), .rule("channels named EOG, else Fp1, Fp2 and Fpz"),
      "Channels that show eye movements."),
  ]

  private static let sourceKeys: [GrammarKey] = [
    GrammarKey("leadfield", .text, .absent, "Name of an imported leadfield; the only one unless told."),
    GrammarKey("atlas", .text, .absent, "The set of its regions, which is checked."),
    GrammarKey(
      "inverse", .choice(words(InverseMethod.self)), .absent, "Inverse operator; sloreta unless told."),
    GrammarKey(
      "snr", .number(Bounds(0.001, to: 1_000)), .absent,
      "Assumed amplitude of signal to noise, 1 unless told: lambda is 1/snr squared."),
    GrammarKey("orientation", .choice(words(SourceOrientation.self)), .absent, "Of the dipoles; fixed unless told."),
    GrammarKey("depth", .number(Bounds(0, to: 10)), .absent, "Exponent of the depth weights, 0 to 1; 0.8 unless told."),
    GrammarKey(
      "label", .choice(words(RegionSummary.self)), .absent,
      "How a region's sources become one series; mean_flip unless told. Signs of pca_flip differ between recordings."),
    GrammarKey(
      "noise", .choice(words(SourceNoise.self)), .absent,
      "Noise covariance: equal in all channels, or of 30 s or more before the first stimulus."),
  ]

  private static let fmriKeys: [GrammarKey] = [
    GrammarKey("atlas", .text, .absent, "Name of an imported atlas."),
    GrammarKey(
      "confounds", .anyOf([.text, names]), .absent,
      "Regressed out: columns (* for anything) and the sets motion6, motion24, wm_csf, acompcor6, spikes."),
    GrammarKey("high_pass_s", .number(.seconds), .absent, "Longest period kept, by cosine drifts."),
    GrammarKey("detrend", .flag, .absent, "Take a straight line out too; with confounds or drifts unless told."),
    GrammarKey("scale", .choice(words(SeriesScale.self)), .absent, "Percent signal change, z-scores or as it is."),
    GrammarKey("discard_volumes", .integer(0...10_000), .absent, "Volumes dropped at the start."),
  ]

  private static let perKind = Shape.map([
    GrammarKey("annotation", .delays(orAuto: true), .rule("auto, over 0..8"), "Of annotations.", in: [.annotations]),
    GrammarKey("synchrony", .delays(orAuto: true), .rule("auto, over 0..5"), "Of synchrony.", in: [.synchrony]),
    GrammarKey(
      "response", .delays(orAuto: true), .rule("auto, over 2..8"), "Of recorded responses.", in: [.responses]),
  ])

  private static let foldShape = Shape.variants([
    GrammarVariant(
      name: "folds", keys: [GrammarKey("folds", .integer(2...1_000), .required, "Contiguous blocks of every stimulus.")]
    ),
    GrammarVariant(
      name: "leave_one",
      keys: [
        GrammarKey(
          "leave_one", .choice(words(FoldUnit.self)), .required,
          "Each is the test part once. Runs that share stimuli go together; overlapping_run takes them apart, and rows are not "
            + "valid.")
      ]),
    GrammarVariant(
      name: "chunks",
      keys: [
        GrammarKey(
          "chunks",
          .map([
            GrammarKey("length_s", .number(.seconds), .required, "Length of a chunk."),
            GrammarKey("count", .integer(many), .required, "Chunks in the test part."),
            GrammarKey("repeats", .integer(many), .required, "Times chunks are drawn."),
          ]), .required, "Random chunks as test part.")
      ]),
  ])

  private static let lambdaKeys: [GrammarKey] = [
    GrammarKey("log10", .ramp, .value([-5, 5, 0.5]), "Exponents: first, last, step."),
    GrammarKey(
      "scale", .choice(words(LambdaScale.self)), .value("n_train"), "Multiplied by the training rows, or not."),
    GrammarKey(
      "convention", .choice(words(LambdaConvention.self)), .value("lambda"), "`alpha`: lambda is its square."),
  ]

  private static let encodingKeys: [GrammarKey] = [
    GrammarKey(
      "model", .choice(words(RidgeKind.self)), .value("ridge"),
      "Of sets that are fitted together: one lambda; one for each set; stacking: each set alone, the predictions weighed by "
        + "what inner folds leave out."),
    GrammarKey(
      "delays_s", .anyOf([.delays(orAuto: true), perKind]), .rule("auto; [0] for convolved features of a response"),
      "Delays of the features, for all or per target kind: a column for each of a list or of \"a..b\" in steps of 1 s; auto: "
        + "one of annotation 0..8, synchrony 0..5, response 2..8, which the training rows of every fold choose for each target, "
        + "and again in every draw of a null. Features fitted together share it; covariates have each delay then."),
    GrammarKey("lambdas", .map(lambdaKeys), .defaults, "Grid of penalties."),
    GrammarKey(
      "lambda", .choice(words(LambdaSharing.self)), .value("per_target"), "Chosen per target or once."),
    GrammarKey(
      "select", .choice(words(LambdaSelection.self)), .value("sse"), "Inner score that chooses lambda."),
    GrammarKey(
      "standardise", .choice(words(Standardisation.self)), .value("train_fold"),
      "Whose mean and standard deviation scale the features."),
    GrammarKey(
      "gap_s", .anyOf([.choice(["auto"]), .number(.secondsOrNone)]), .value("auto"),
      "Purged on both sides of a test block; auto: delay span + window - step + autocorrelation time."),
    GrammarKey("trim_s", .two(.secondsOrNone), .value([0, 0]), "Dropped at the start and end of every stimulus."),
    GrammarKey(
      "position", .choice(words(PositionSet.self)), .value("covariate"),
      "Taken out of features and targets: exp(-t/10 s) and cosines of the time since a stimulus began, down to 40 s; "
        + "auto: little of it where a target that is not slow shows neither a course nor a drift (flag slow_left_in)."),
    GrammarKey(
      "delay_edges", .choice(words(DelayEdges.self)), .value("crop"),
      "Rows whose delayed samples leave the stimulus: dropped, or zeros."),
    GrammarKey(
      "outer", foldShape, .rule("leave_one: stimulus from 3 stimuli of 100 s on, else folds: 5"),
      "Folds that give the scores."),
    GrammarKey(
      "inner", foldShape, .rule("as outer on the training part, folds: 4 where it makes blocks"),
      "Folds that choose lambda."),
    GrammarKey(
      "store", .list(.choice(words(StoredResult.self)), many), .value(["scores", "predictions", "null"]),
      "What is kept; weights: what every column weighs at every delay, in its own units, and the forward patterns (arrays of "
        + "the kinds weight and pattern: lag x feature x cell)."),
  ]

  private static let sideShape = Shape.variants([
    GrammarVariant(
      name: "rel_depth",
      keys: [
        GrammarKey(
          "rel_depth", .pair(.share), .required, "Layers from this to that share of the depth."),
        GrammarKey("take", .choice(words(ContrastTake.self)), .value("mean"), "Their mean or their best."),
      ]),
    GrammarVariant(name: "layer", keys: [GrammarKey("layer", .text, .required, "One layer by its key.")]),
    GrammarVariant(name: "set", keys: [GrammarKey("set", .text, .required, "A feature of the study by its name.")]),
  ])

  private static let contrastKeys: [GrammarKey] = [
    GrammarKey("name", .text, .required, "Name in the results."),
    GrammarKey("a", sideShape, .required, "Minuend."),
    GrammarKey("b", sideShape, .required, "Subtrahend."),
  ]

  private static let statisticsKeys: [GrammarKey] = [
    GrammarKey("null", .choice(words(NullKind.self)), .rule("phase; none where draws is 0"), "What is randomised."),
    GrammarKey("draws", .integer(0...1_000_000), .rule("1000; 0 with null: none"), "Null draws; p = (k+1)/(draws+1)."),
    GrammarKey(
      "family", .list(.choice(words(FamilyDimension.self)), many),
      .rule("[target, region, layer, element]"),
      "Dimensions pooled in one family; the others separate families, target kinds always do."),
    GrammarKey(
      "correction", .list(.choice(words(Correction.self)), many), .value(["max"]), "Corrections over the family."),
    GrammarKey(
      "contrasts", .list(.map(contrastKeys), 0...1_000), .rule("none"), "Differences a - b of scores.",
      in: [.encoding]),
    GrammarKey(
      "lags_s", .delays(orAuto: false), .rule("none"),
      "Delays of the features, one by one: each is fitted alone (of emotion_lag: correlated), all of them in one maximum "
        + "statistic.", in: [.encoding, .lags]),
  ]

  private static let filterKeys: [GrammarKey] = [
    GrammarKey("cohorts", names, .absent, "Cohorts; without it, the dataset's own."),
    GrammarKey("group_by", .text, .absent, "cohort, genre, culture, language or a column of participants."),
    GrammarKey("stimuli", names, .absent, "Stimuli by name; without it, all."),
    GrammarKey("subjects", names, .absent, "Subjects by name; without it, all."),
    GrammarKey(
      "regions",
      .anyOf([names, .map([GrammarKey("group", .text, .required, "Name of a region group of the atlas.")])]), .absent,
      "Regions by name or a group of them; without it, all."),
    GrammarKey(
      "repeats", .choice(words(Repeats.self)), .value("average"),
      "Several presentations to one subject: their mean, the first, or (of responses) each run by itself."),
    GrammarKey(
      "identical", .choice(words(IdenticalRecordings.self)), .absent,
      "Two subjects with the same recording: refused, unless kept."),
    GrammarKey("exclude", .text, .value("all"), "Exclusion list by name; all: every list; none: no list."),
    GrammarKey(
      "missing",
      .anyOf([
        .choice(words(MissingRows.self)),
        .map([
          GrammarKey(
            "max_share", .number(.share), .required,
            "Largest share of a row's raters or subjects that may be missing.")
        ]),
      ]), .value("half"),
      "Rows of a mean where raters or subjects are missing: half of them have to be there, listwise all of them."),
    GrammarKey(
      "grid", .anyOf([.choice(["target"]), .number(.seconds)]), .value("target"),
      "Time grid: the target's own step, not finer than 1 s, or SECONDS."),
  ]
}
