import Statistics
import Vocabulary

/// The score that a design finds in four of five studies: for planning, from what is known beforehand.
///
/// A one-sided test at .05 of the mean Fisher z over K folds, each of n/K effective rows, has standard error
/// `1 / √(n - 3K)`; it finds a mean z of (1.645 + 0.842) times that in .8. The cross-validated r of a model whose true r is
/// ρ, with P columns fitted to m = n (K - 1)/K effective rows, is about `ρ² / √(ρ² + (1 - ρ²) P/m)`, since the error of P
/// weights adds (1 - ρ²) P/m to the variance of the prediction.
public struct DetectableScore: Sendable, Equatable {
  /// The cross-validated r that is found in .8; NaN where folds have three effective rows or fewer.
  public let score: Double
  /// The r of the true model that gives it; NaN where no model does.
  public let truth: Double

  /// - Parameters:
  ///   - effectiveRows: n / (1 + 2 Σ ρ²) of the target, over all stimuli.
  ///   - columns: delayed columns of the features, one more where their delay is chosen.
  public init(
    effectiveRows n: Double, columns: Int, folds: Int, power: Double = 0.8, level: Double = Significance.level
  ) {
    let freedom = n - 3 * Double(folds)
    guard freedom > 0, folds > 1 else {
      (score, truth) = (.nan, .nan)
      return
    }
    let z = Distributions.normalQuantile(1 - level) + Distributions.normalQuantile(power)
    let needed = Correlation.inverseFisherZ(z / freedom.squareRoot())
    let noise = Double(columns) / (n * Double(folds - 1) / Double(folds))
    func found(_ rho: Double) -> Double { rho * rho / (rho * rho + (1 - rho * rho) * noise).squareRoot() }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if found(middle) < needed { low = middle } else { high = middle }
    }
    score = needed
    truth = high < 1 - 1e-9 ? high : .nan
  }
}
