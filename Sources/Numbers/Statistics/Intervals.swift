/// Intervals over units.
public enum Intervals {
  /// mean ± t_(n-1) s/√n; nil with fewer than `minimum` values.
  public static func student(_ values: [Double], level: Double = 0.95, minimum: Int = 5) -> ClosedRange<Double>? {
    let x = values.filter { !$0.isNaN }
    guard x.count >= max(2, minimum) else { return nil }
    let half =
      Distributions.studentQuantile(0.5 + level / 2, degreesOfFreedom: Double(x.count - 1))
      * Moments.standardDeviation(x) / Double(x.count).squareRoot()
    let m = Moments.mean(x)
    return (m - half)...(m + half)
  }
}
