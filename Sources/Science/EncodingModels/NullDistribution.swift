import LinearAlgebra
import Vocabulary

/// Which score is tested.
public enum NullStatistic: String, Sendable, CaseIterable {
  /// Fisher-mean r of the full prediction.
  case r
  /// Fisher-mean r with the covariates zeroed.
  case zeroedR = "zeroed_r"
  /// Mean over folds of R² of the full prediction, against the training mean.
  case r2
  /// Mean over folds of R²(all bands) - R²(covariates alone), both at the covariates' fixed lambda.
  case uniqueR2 = "unique_r2"
}

/// The request for a null distribution.
public struct NullRequest: Sendable {
  public var kind: NullKind
  public var statistic: NullStatistic
  public var draws: Int
  public var seed: UInt64
  /// Randomise `[x, reversed x]` and keep the first half.
  public var mirrored = true
  /// The targets of every cell; one value per cell is the mean (of Fisher z for r) over them. nil: one cell per target.
  public var cells: [[Int]]?
  /// Seconds per block of `.block`.
  public var blockSeconds = 30.0
  /// Lags (rows) of the covariates used to explain the features in `.phaseResidual`.
  public var residualLags = [0]

  public init(
    _ kind: NullKind = .phase, statistic: NullStatistic = .r, draws: Int = 1000, seed: UInt64,
    cells: [[Int]]? = nil
  ) {
    self.kind = kind
    self.statistic = statistic
    self.draws = draws
    self.seed = seed
    self.cells = cells
  }
}

/// Draws of a statistic under a null, with what is said of the observed value.
public struct NullDistribution: Sendable {
  public let kind: NullKind
  public let statistic: NullStatistic
  /// Per cell.
  public let observed: [Double]
  /// `[draws, cells]`.
  public let draws: Matrix
  public let mean: [Double]
  public let sd: [Double]
  public let p95: [Double]
  /// (k + 1) / (draws + 1), one-sided (greater).
  public let p: [Double]
  public let pFloor: Double
  public let tail: String
}
