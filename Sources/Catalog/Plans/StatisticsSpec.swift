/// What is randomised to make null draws.
public enum NullKind: String, Sendable, Hashable, CaseIterable {
  case phase
  case phaseResidual = "phase_residual"
  case phaseTarget = "phase_target"
  case circularShift = "circular_shift"
  case block
  case clipShuffle = "clip_shuffle"
  case signFlip = "sign_flip"
  case groupPhase = "group_phase"
  case none
}

/// Dimensions a family can pool.
public enum FamilyDimension: String, Sendable, Hashable, CaseIterable {
  case target, region, layer, model
  case featureSet = "feature_set"
  case element, subject, stimulus
  case covariateMode = "covariate_mode"
  case lag
}

/// Corrections over a family.
public enum Correction: String, Sendable, Hashable, CaseIterable { case max, bh, cluster }

/// `statistics`.
public struct StatisticsSpec: Sendable, Hashable {
  /// `null`, `phase` by default; `none` where `draws` is 0.
  public let null: NullKind
  /// `draws`, 1000 by default; 0 with `null: none`.
  public let draws: Int
  /// `family`: dimensions pooled; default target, region, layer, element (`isc_report`: region).
  public let family: [FamilyDimension]
  /// `correction`, `[max]` by default.
  public let correction: [Correction]
  /// `contrasts`; a `layer_sweep` over all layers has `middle_vs_final` by default.
  public let contrasts: [ContrastSpec]
  /// `lags_s`, ascending; empty unless given (`emotion_lag`: 0..5).
  public let lagsS: [Double]
}

/// `{name, a, b}`: the difference a - b.
public struct ContrastSpec: Sendable, Hashable {
  public let name: String
  public let a: ContrastSide
  public let b: ContrastSide
}

/// One side of a contrast.
public enum ContrastSide: Sendable, Hashable {
  public enum Take: String, Sendable, Hashable, CaseIterable { case mean, max }
  /// `{rel_depth: [low, high], take}`: layers whose relative depth lies in the closed range.
  case relDepth(low: Double, high: Double, take: Take)
  /// `{layer: KEY}`; `last` of a post-norm model stands for the deepest `hs.N`.
  case layer(String)
  /// `{set: NAME}`: a feature of the study by name.
  case set(String)
}
