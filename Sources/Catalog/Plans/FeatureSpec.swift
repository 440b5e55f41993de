import ContentIdentity

/// What is done to a series before it is used.
public enum SeriesTransform: Sendable, Hashable {
  case none
  /// First differences; for several columns the Euclidean norm of the difference.
  case changes
  /// Moving average over that many seconds.
  case smooth(seconds: Double)
}

/// Which layers of a layered source.
public enum LayerChoice: Sendable, Hashable {
  /// Every layer (for post-norm models without `last`, which equals the deepest `hs.N`).
  case all
  case keys([String])
}

/// Whose annotation.
public enum RaterChoice: String, Sendable, Hashable, CaseIterable {
  /// The rater who is also the subject (features only).
  case own
  /// The mean over raters.
  case mean
  /// Every rater separately.
  case each
}

/// Principal components fitted on training rows.
public struct Reduction: Sendable, Hashable {
  /// On which rows the components are fitted.
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    case trainFold = "train_fold"
    /// All rows of the dataset: sees test rows' features, and the run is flagged transductive.
    case dataset
  }
  /// What is done to the columns before.
  public enum Scale: String, Sendable, Hashable, CaseIterable { case zscore, center }

  /// `pca`: number of components.
  public let components: Int
  /// `fit`, `train_fold` by default.
  public let fit: Scope
  /// `scale`, `zscore` by default.
  public let scale: Scale
}

/// One entry of `features`, or what a covariate is.
public struct FeatureSpec: Sendable, Hashable {
  /// Where the columns come from, with the name given.
  public enum Source: Sendable, Hashable {
    /// A neural model whose weights are imported.
    case model(String)
    /// A built-in descriptor set (`lld12`, `vis12`).
    case set(String)
    /// An imported feature space.
    case space(String)
    /// An annotation used as predictor.
    case annotation(String)
  }
  /// How frames are brought to the grid.
  public enum Aggregate: String, Sendable, Hashable, CaseIterable { case mean, max, std, last }
  /// The number type of a model's products.
  public enum Precision: String, Sendable, Hashable, CaseIterable { case float32, bfloat16 }
  /// The haemodynamic response that columns are convolved with.
  public enum HaemodynamicResponse: String, Sendable, Hashable, CaseIterable { case spm, glover }

  public let source: Source
  /// `layers`, all by default; `.all` for sources without layers.
  public let layers: LayerChoice
  /// `aggregate`, `mean` by default.
  public let aggregate: Aggregate
  /// `reduce`; nil is `none`, the default.
  public let reduce: Reduction?
  /// `chunk_s`, seconds of sound per forward pass (models; 20 by default).
  public let chunkS: Double
  /// `context_s`, seconds of sound on both sides of a chunk (models; 2 by default).
  public let contextS: Double
  /// `hop_s`, seconds between a model's examples; nil is the model's own step.
  public let hopS: Double?
  /// `precision` (models), `float32` by default.
  public let precision: Precision
  /// `transform`, `none` by default.
  public let transform: SeriesTransform
  /// `hrf`; nil is `none`, the default.
  public let hrf: HaemodynamicResponse?
  /// `rater` of an annotation, `mean` by default.
  public let rater: RaterChoice
  /// The entry as in the study file with every default of its source.
  public let parameters: JSONValue

  /// The model's, set's, space's or annotation's name; `joint` and contrasts refer to it.
  public var name: String {
    switch source {
    case .model(let name), .set(let name), .space(let name), .annotation(let name): name
    }
  }

  /// `model`, `set`, `space` or `annotation`.
  public var sourceKind: String {
    switch source {
    case .model: "model"
    case .set: "set"
    case .space: "space"
    case .annotation: "annotation"
    }
  }
}

/// One entry of `covariates`: present in the fit, not in the prediction.
public struct CovariateSpec: Sendable, Hashable {
  /// What its columns are at prediction.
  public enum AtPrediction: String, Sendable, Hashable, CaseIterable {
    /// The training mean.
    case zero
  }
  /// How its weights are penalised.
  public enum Penalty: String, Sendable, Hashable, CaseIterable {
    /// Own, smallest stable lambda.
    case banded
    /// The lambda of the features.
    case shared
  }

  public let feature: FeatureSpec
  /// `at_prediction`, `zero` by default.
  public let atPrediction: AtPrediction
  /// `penalty`, `banded` by default.
  public let penalty: Penalty
  /// The entry as in the study file with every default.
  public let parameters: JSONValue
}
