/// Audio, visual and joint models of the same targets on the same rows and folds.
///
/// The bands of role `.tested` are the audio, those of role `.covariate` the visual features. The penalties given in
/// the bands are not used: the ordinary models use one selected lambda, the banded one `.selected` for the tested bands
/// and `.smallestStable` for the covariates.
public struct CovariateControl: Sendable {
  /// Ordinary ridge, one lambda per model.
  public let audioOnly: EncodingFit
  public let visualOnly: EncodingFit
  /// `.full` is r_joint, `.zeroed` is r_zeroed_shared.
  public let joint: EncodingFit
  /// `.zeroed` is r_zeroed_banded, `.full` and `.covariatesAlone` make unique_r2.
  public let banded: EncodingFit

  /// Per target: mean over folds of R²(banded joint) - R²(covariates alone at the banded lambda). Out of sample it is biased
  /// downward, the more so the more columns the tested bands have, and negative values stay; the product measure stands
  /// beside it.
  public let uniqueR2: [Double]
  /// Per target: what tested bands and covariates each add to r of the banded model (`productParts`).
  public let productR: (tested: [Double], covariates: [Double])
  /// Per target: mean over folds of R² of the ordinary joint and visual-only models' difference, for comparison.
  public let uniqueR2Ordinary: [Double]
  /// Mean over the tested columns (after reduction) of their R² on the covariates (after reduction) within pieces.
  public let audioVisualR2: Double
  /// r_zeroed_shared - r_zeroed_banded > .1, per target.
  public let leakAlarm: [Bool]
}

/// The three null distributions of a covariate control.
public struct CovariateNulls: Sendable {
  /// Audio-only r under `phase`: certifies confounds, so the result carries `confounded_null`.
  public let audioOnly: NullDistribution
  /// r_zeroed_banded under `phase_residual`.
  public let zeroedBanded: NullDistribution
  /// unique_r2 under plain `phase` of the tested bands.
  public let uniqueR2: NullDistribution
}
