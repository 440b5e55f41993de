import ContentIdentity
import Vocabulary

/// What is done to a series before it is used; as JSON a word or `{"smooth_s": S}`, as in the study file.
public enum SeriesTransform: Codable, Sendable, Hashable {
  case none
  /// First differences; for several columns the Euclidean norm of the difference.
  case changes
  /// Moving average over that many seconds.
  case smooth(seconds: Double)

  private enum Word: String, Codable { case none, changes }
  private struct Smoothing: Codable { let smoothS: Double }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    guard let word = try? value.decode(Word.self) else {
      self = .smooth(seconds: try value.decode(Smoothing.self).smoothS)
      return
    }
    switch word {
    case .none: self = .none
    case .changes: self = .changes
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .none: try value.encode(Word.none)
    case .changes: try value.encode(Word.changes)
    case .smooth(let seconds): try value.encode(Smoothing(smoothS: seconds))
    }
  }
}

/// Which layers of a layered source.
public enum LayerChoice: Sendable, Hashable {
  /// Every layer (for post-norm models without `last`, which equals the deepest `hs.N`).
  case all
  case keys([String])
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
  public let source: Source
  /// `layers`, all by default; `.all` for sources without layers.
  public let layers: LayerChoice
  /// `aggregate`, `mean` by default.
  public let aggregate: Aggregate
  /// `reduce`; nil is `none`, the default. Of a reduction `fit` is `train_fold` and `scale` `zscore` by default.
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
  public let hrf: ResponseShape?
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
  public let feature: FeatureSpec
  /// `at_prediction`, `zero` by default.
  public let atPrediction: CovariateAtPrediction
  /// `penalty`, `banded` by default.
  public let penalty: CovariatePenalty
  /// The entry as in the study file with every default.
  public let parameters: JSONValue
}
