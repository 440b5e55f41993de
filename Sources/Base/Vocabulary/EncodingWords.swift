/// How bands of features are penalised against each other.
public enum RidgeKind: String, Word {
  /// One lambda for all.
  case ridge
  /// Each band its own.
  case banded
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

/// What stands for samples before or after the piece in delayed columns.
public enum DelayEdges: String, Word {
  case crop
  case zero
}

/// What a fold leaves out.
public enum FoldUnit: String, Word {
  case stimulus
  case acquisitionRun = "acquisition_run"
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
  /// stimulus (SCIENCE 11.9, 18.6, 11A.5).
  case phase
  /// Only the part of the tested features that the covariates do not explain is randomised (SCIENCE 11A.2).
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
  /// `phase`, the statistic being the mean Fisher z over subjects (SCIENCE 11A.1); the same draws.
  case groupPhase = "group_phase"
  case none
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
