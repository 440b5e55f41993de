/// The mean of values over the folds of a cross-validation, or over left-out stimuli, with Student's t that allows for
/// training sets which overlap (Nadeau and Bengio 2003).
///
/// `t = m / (s √(1/n + ρ))` with n - 1 degrees of freedom; m and s are mean and standard deviation of the n values, and ρ
/// is the number of test rows over that of training rows: 1/(n - 1) where the folds divide the rows among them. p and
/// interval are made of this one t, so the interval of level 1 - a leaves out zero exactly where the two-sided p is below a.
/// What it speaks of is the expected value of a fold at this training size, over new stimuli or time of the same kind.
public struct CorrectedT: Sendable, Equatable {
  /// Fewer values give neither p nor interval.
  public static let minimum = 4

  /// Values that are there.
  public let count: Int
  public let mean: Double
  /// s √(1/n + ρ); NaN below the minimum.
  public let error: Double

  /// NaN values are left out.
  ///
  /// - Parameter overlap: ρ, where folds do not divide the rows: test parts drawn anew in every fold.
  public init(_ values: [Double], overlap: Double? = nil) {
    let x = values.filter { !$0.isNaN }
    count = x.count
    mean = Moments.mean(x)
    guard x.count >= Self.minimum else {
      error = .nan
      return
    }
    let n = Double(x.count)
    error = Moments.standardDeviation(x) * (1 / n + (overlap ?? 1 / (n - 1))).squareRoot()
  }

  public var degreesOfFreedom: Double { Double(count - 1) }

  /// Mean over error; infinite where all values are the same and not zero, 0 where all are zero.
  public var statistic: Double { error == 0 && mean == 0 ? 0 : mean / error }

  /// P of a statistic as large (or, two-sided, as far from zero) under a mean of zero; NaN below the minimum.
  public func p(twoSided: Bool = false) -> Double {
    let tail = Distributions.studentCDF(
      twoSided ? -abs(statistic) : -statistic, degreesOfFreedom: degreesOfFreedom)
    // `min(1, x)` of a missing x would be 1.
    return twoSided ? min(2 * tail, 1) : tail
  }

  /// mean ± t_(n-1) times the error; nil below the minimum.
  public func interval(level: Double = 0.95) -> ClosedRange<Double>? {
    guard !error.isNaN else { return nil }
    let half = Distributions.studentQuantile(0.5 + level / 2, degreesOfFreedom: degreesOfFreedom) * error
    return (mean - half)...(mean + half)
  }
}
