/// How often tests rejected over independent runs, with its uncertainty.
public struct RejectionRate: Sendable, Equatable {
  public let runs: Int
  /// Rejections over all runs and tests.
  public let rejected: Int
  /// The mean over runs of the share of tests that rejected; NaN without runs.
  public let rate: Double
  /// Standard error of the rate: the standard deviation over runs of their shares, over √runs, so that tests of one run,
  /// which share features and draws, count together. For one test a run it is √(rate (1 - rate) / runs); 0 at a rate of 0
  /// or 1, where `low` and `high` still tell.
  public let se: Double
  /// Wilson's 95 % interval of the rate for as many independent tests as the standard error is worth.
  public let low: Double
  public let high: Double

  /// - Parameter tests: per run, whether each of its tests rejected; all runs have as many.
  public init(_ tests: [[Bool]]) {
    precondition(Set(tests.map(\.count)).count <= 1, "every run has as many tests")
    runs = tests.count
    rejected = tests.reduce(0) { $0 + $1.count { $0 } }
    let shares = tests.map { run in Double(run.count { $0 }) / Double(run.count) }
    let mean = Moments.mean(shares)
    rate = mean
    let error = (Moments.standardDeviation(shares, degreesOfFreedom: 0) / Double(runs).squareRoot())
    se = error
    let effective = error > 0 ? max(Double(runs), mean * (1 - mean) / (error * error)) : Double(runs)
    (low, high) = Self.wilson(mean, of: effective)
  }

  private static func wilson(_ rate: Double, of count: Double) -> (low: Double, high: Double) {
    let z = 1.959963984540054
    let centre = (rate + z * z / (2 * count)) / (1 + z * z / count)
    let reach = z * (rate * (1 - rate) / count + z * z / (4 * count * count)).squareRoot() / (1 + z * z / count)
    // At the ends of the scale the difference is 0 to rounding only. NaN, which comes first, stays.
    return (rate == 0 ? 0 : max(centre - reach, 0), rate == 1 ? 1 : min(centre + reach, 1))
  }
}
