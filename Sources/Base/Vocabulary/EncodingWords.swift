/// How bands of features are fitted beside each other.
public enum RidgeKind: String, Word {
  /// One lambda for all.
  case ridge
  /// Each band its own.
  case banded
  /// Each band alone, and their predictions weighed.
  case stacking
}

/// What the values of a grid of lambdas are multiplied by.
public enum LambdaScale: String, Word {
  /// The number of training rows.
  case trainCount = "n_train"
  case none
}

/// What a grid is of.
public enum LambdaConvention: String, Word {
  /// Lambda, the penalty on the squared weights.
  case lambda
  /// Alpha, lambda = alpha squared.
  case alpha
}

/// Whether every target has its own lambda.
public enum LambdaSharing: String, Word {
  case perTarget = "per_target"
  case shared
}

/// The inner score that chooses lambda.
public enum LambdaSelection: String, Word {
  case sse
  case r
}

/// Where column means and standard deviations come from.
public enum Standardisation: String, Word {
  case trainFold = "train_fold"
  case perStimulus = "per_stimulus"
}

/// What of the time since a stimulus began is a covariate of every fit.
public enum PositionSet: String, Word {
  /// exp(-t / 10 s) and cosines of the time since the stimulus began, down to periods of 40 s.
  case cosines = "covariate"
  /// The same, but slow variation of a target in which neither a course nor a drift is seen stays in.
  case automatic = "auto"
  case none
}

/// A trivial model that features are compared with: what it can do as well says nothing of what the features hold.
public enum Twin: String, Word {
  /// The time since a stimulus began.
  case position
  /// A log-mel spectrum of the features' width and temporal context, with level and loudness.
  case spectrum
  /// The same network with the numbers of every weight tensor in another order.
  case permuted
}

/// What stands for samples before or after the piece in delayed columns.
public enum DelayEdges: String, Word {
  case crop
  case zero
}

/// What a fold leaves out.
public enum FoldUnit: String, Word {
  case stimulus
  /// A run, with all that share what they show.
  case acquisitionRun = "acquisition_run"
  /// A run, although others show the same: what is tested is trained on.
  case overlappingRun = "overlapping_run"
}

/// What is kept of a fit.
public enum StoredResult: String, Word {
  case scores
  case predictions
  case null
  case weights
}

/// What is randomised to make null draws; the lambdas of the observed fit are held fixed.
public enum NullKind: String, Word {
  /// Phases of the tested features randomised after reduction, before delays; one phase set for all columns of a
  /// stimulus.
  case phase
  /// Only the part of the tested features that the covariates do not explain is randomised.
  case phaseResidual = "phase_residual"
  /// Phases of the targets randomised.
  case phaseTarget = "phase_target"
  /// Features shifted circularly against the targets within every piece.
  case circularShift = "circular_shift"
  /// Blocks of feature rows permuted within every piece.
  case block
  /// Whole recordings exchanged between stimuli (synchrony).
  case clipShuffle = "clip_shuffle"
  /// Signs of subjects flipped.
  case signFlip = "sign_flip"
  /// `phase`, the statistic being the mean Fisher z over subjects; the same draws.
  case groupPhase = "group_phase"
  /// Features exchanged between stimuli; it stands beside every score of four stimuli or more.
  case mismatch
  /// Maps of regions turned on the sphere of their hemisphere; of no fit.
  case spin
  /// Labels of a design exchanged between its rows (controlled synthesis).
  case permutation
  case none
}

/// What a factor of a controlled design changes of a sound.
public enum FactorRole: String, Word {
  /// What is said or meant.
  case semantic
  /// How it sounds.
  case acoustic
}

/// What a row of rates is of.
public enum CalibrationScope: String, Word {
  case cell
  /// All cells that are corrected together.
  case family
}

/// What was planted in the targets that a row of rates is of.
public enum CalibrationScenario: String, Word {
  case nothing = "planted_nothing"
  case score = "planted_r"

  /// - Parameter r: what the true model of the features scores.
  public init(plantedR r: Double) { self = r > 0 ? .score : .nothing }
}

/// Dimensions a family can pool.
public enum FamilyDimension: String, Word {
  case target
  case region
  case layer
  case model
  case featureSet = "feature_set"
  case element
  case subject
  case stimulus
  case covariateMode = "covariate_mode"
  case lag
}

/// A side of the brain.
public enum Hemisphere: String, Word {
  case left, right
}

/// How loud the stems are that features of an element are computed of.
public enum LevelMatching: String, Word {
  /// As in the mix.
  case asMixed = "as_mixed"
  /// Every one alike while it sounds.
  case matched
}

/// What a map holds of every region.
public enum MapQuantity: String, Word {
  case score = "r"
  /// Relative depth of the layer with the largest r.
  case peakDepth = "peak_depth"
  /// Fisher z of voice less soundtrack.
  case voiceMinusSoundtrack = "voice_minus_soundtrack"
  /// Dynamic synchrony, the Fisher mean over windows and stimuli.
  case synchrony = "mean_isc"
}

/// Corrections over a family.
public enum Correction: String, Word {
  case max
  case bh
  case cluster
}

/// What a contrast takes of several layers.
public enum ContrastTake: String, Word {
  case mean
  case max
}

/// How the interval of a score was made, and over which units.
public enum IntervalKind: String, Word {
  /// Student's t on Fisher z per left-out stimulus, its variance allowing for training sets that overlap.
  case stimulusCorrectedT = "stimulus_corrected_t"
  /// The same over the folds of stimuli that are in training and test.
  case foldCorrectedT = "fold_corrected_t"
  /// Student's t on Fisher z per subject.
  case subjectT = "subject_t"
  /// There is no interval: too few units, or none that are independent.
  case none
}

/// What varies in a test or an interval: what is counted as one replicate.
public enum InferenceUnit: String, Word {
  /// A part of the rows that is tested by what the others train.
  case fold
  /// A stimulus that is left out, or one of a cohort that heard others.
  case stimulus
  case subject
}

/// What an interval or a p value speaks of.
public enum Generalisation: String, Word {
  /// The stimuli were left out one by one.
  case stimuliLikeThese = "stimuli like these"
  /// Folds were cut in time, all stimuli being in training and test.
  case timeOfTheseStimuli = "time like this of these stimuli"
  /// Subjects are the units; they share the stimuli.
  case subjects = "subjects, these stimuli"
  /// Phases or shifts were drawn: the relation in these data.
  case theseData = "these subjects, these stimuli"
}

/// Which rows of a mean over raters or subjects enter.
public enum MissingRows: String, Word {
  /// Where at least half of them have a value.
  case half
  /// Where all of them have one.
  case listwise
}
