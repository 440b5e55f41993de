/// Part of the sound that features are computed from.
public enum Element: String, Word {
  case original
  case voice
  case soundtrack
}

/// What one bin says about its frames.
public enum Aggregate: String, Word {
  /// The mean; for descriptors of voiced frames the median over those (robust against octave errors).
  case mean
  case max
  /// Population standard deviation.
  case std
  case last
}

/// The number type whose products a network computes.
public enum Precision: String, Word {
  case float32
  /// Inputs of products rounded to bfloat16 (8 bits of precision), their sums in float32; everything else in float32.
  case bfloat16
}

/// The haemodynamic response that columns are convolved with.
public enum ResponseShape: String, Word {
  case spm
  case glover
}

/// Whose annotation.
public enum RaterChoice: String, Word {
  /// The rater who is also the subject (features only).
  case own
  /// The mean over raters.
  case mean
  /// Every rater separately.
  case each
}

/// On which rows a reduction is fitted.
public enum ReductionScope: String, Word {
  /// On the training rows of every outer and every inner fold.
  case trainFold = "train_fold"
  /// On all rows once; leaks the features (not the targets) of test rows, so fits carry the flag `transductive`.
  case dataset
}

/// What columns are divided by before their principal components are found.
public enum ReductionScale: String, Word {
  /// The population standard deviation; columns below 1e-12 of their mean are dropped (their loadings are 0).
  case zscore
  /// Nothing.
  case center
}

/// Columns as scores of their first principal components, each divided by its standard deviation over the fitted rows.
public struct Reduction: Codable, Hashable, Sendable {
  /// Number of components.
  public let components: Int
  public let fit: ReductionScope
  public let scale: ReductionScale

  public init(components: Int, fit: ReductionScope, scale: ReductionScale) {
    (self.components, self.fit, self.scale) = (components, fit, scale)
  }
}

/// What a covariate's columns are at prediction.
public enum CovariateAtPrediction: String, Word {
  /// The training mean.
  case zero
}

/// How a covariate's weights are penalised.
public enum CovariatePenalty: String, Word {
  /// Own, smallest stable lambda.
  case banded
  /// The lambda of the features.
  case shared
}

/// Which columns stand in a fit, and which of them predict.
public enum CovariateMode: String, Word {
  case none
  case audioOnly = "audio_only"
  case visualOnly = "visual_only"
  case joint
  case zeroedShared = "zeroed_shared"
  case zeroedBanded = "zeroed_banded"
}
