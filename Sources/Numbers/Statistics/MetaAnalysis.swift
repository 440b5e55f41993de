#if canImport(Glibc)
  import Glibc
#endif

/// Effects of several cohorts taken as drawn from one normal distribution: random-effects meta-analysis.
///
/// `y_i ~ N(μ, v_i + τ²)` with known v_i. τ² by restricted maximum likelihood (Viechtbauer 2005); μ with weights
/// `w_i = 1 / (v_i + τ²)`; its error `√(Σ w_i (y_i - μ)² / ((k - 1) Σ w_i))` and k - 1 degrees of freedom after Hartung and
/// Knapp (2001) and Sidik and Jonkman; the prediction interval, of the effect in a cohort like these,
/// `μ ± t_(k-1) √(error² + τ²)`. I² is τ² over τ² plus the typical v of Higgins and Thompson (2002), its interval the
/// Q profile's (Viechtbauer 2007): the τ² at which `Q(τ²) = Σ w_i (y_i - μ)²` is a quantile of chi-square with k - 1 degrees.
/// With fewer than five cohorts all of it is exploratory: few values say little of τ².
public struct MetaAnalysis: Sendable, Equatable {
  /// Cohorts with an effect and its variance.
  public let count: Int
  /// μ.
  public let estimate: Double
  /// Hartung and Knapp's; NaN below two cohorts.
  public let error: Double
  /// NaN where no maximum of the likelihood is found, as of variances of which one is next to nothing beside the others.
  public let tau2: Double
  /// τ² that the Q profile cannot rule out at the level; nil below two cohorts.
  public let tau2Interval: ClosedRange<Double>?
  /// σ², what τ² is compared with; NaN below two cohorts.
  private let typicalVariance: Double
  /// The effects that are there, their variances, and where they stood among those given.
  let known: [(place: Int, effect: Double, variance: Double)]

  /// - Parameters:
  ///   - effects: y; Fisher z, say. A NaN is left out with its variance, and so is an effect without one.
  ///   - variances: v, positive: squares of standard errors.
  ///   - level: of the interval of τ² and I².
  public init(effects: [Double], variances: [Double], level: Double = 0.95) {
    self.init(effects, variances, tau2: nil, level: level)
  }

  /// - Parameter tau2: nil: by restricted maximum likelihood of the effects.
  init(_ effects: [Double], _ variances: [Double], tau2 given: Double?, level: Double) {
    precondition(effects.count == variances.count, "one variance per effect")
    precondition(!variances.contains { $0 <= 0 }, "variances are positive")
    known = effects.indices.filter { !effects[$0].isNaN && !variances[$0].isNaN }.map {
      ($0, effects[$0], variances[$0])
    }
    let (y, v) = (known.map(\.effect), known.map(\.variance))
    count = y.count
    guard y.count > 1 else {
      (estimate, error, tau2) = (y.isEmpty ? .nan : y[0], .nan, .nan)
      (tau2Interval, typicalVariance) = (nil, .nan)
      return
    }
    let tau2 = given ?? Self.restricted(y, v)
    let (mean, sum, q) = Self.weighted(y, v, tau2)
    self.tau2 = tau2
    estimate = mean
    let k = Double(y.count)
    error = (q / ((k - 1) * sum)).squareRoot()
    let weights = v.map { 1 / $0 }
    let total = weights.reduce(0, +)
    typicalVariance = (k - 1) * total / (total * total - weights.reduce(0) { $0 + $1 * $1 })
    tau2Interval = Self.profile(y, v, level: level)
  }

  public var degreesOfFreedom: Double { Double(count - 1) }

  /// Where the effects that are there stood among those given.
  public var places: [Int] { known.map(\.place) }

  /// Whether the cohorts are too few for τ² and what is made of it: fewer than five.
  public var isExploratory: Bool { count < 5 }

  public static func == (a: MetaAnalysis, b: MetaAnalysis) -> Bool {
    a.known.map(\.place) == b.known.map(\.place) && a.known.map(\.effect) == b.known.map(\.effect)
      && a.known.map(\.variance) == b.known.map(\.variance) && a.tau2 == b.tau2 && a.tau2Interval == b.tau2Interval
  }

  /// P, two-sided, of an estimate as far from 0; NaN below two cohorts.
  public var p: Double {
    let t = error == 0 && estimate == 0 ? 0 : estimate / error
    return min(2 * Distributions.studentCDF(-abs(t), degreesOfFreedom: degreesOfFreedom), 1)
  }

  /// μ ± t_(k-1) error; nil below two cohorts.
  public func interval(level: Double = 0.95) -> ClosedRange<Double>? { around(error, level) }

  /// Of the effect in another cohort like these; nil below three cohorts, which say nothing of τ².
  public func predictionInterval(level: Double = 0.95) -> ClosedRange<Double>? {
    count < 3 ? nil : around((error * error + tau2).squareRoot(), level)
  }

  /// Share of the spread of effects that is between cohorts, 0 to 1.
  public var i2: Double { share(tau2) }

  /// Of the same, from the interval of τ².
  public var i2Interval: ClosedRange<Double>? {
    tau2Interval.map { share($0.lowerBound)...share($0.upperBound) }
  }

  private func share(_ tau2: Double) -> Double {
    tau2.isInfinite ? 1 : tau2 / (tau2 + typicalVariance)
  }

  private func around(_ error: Double, _ level: Double) -> ClosedRange<Double>? {
    guard !error.isNaN else { return nil }
    let half = Distributions.studentQuantile(0.5 + level / 2, degreesOfFreedom: degreesOfFreedom) * error
    return (estimate - half)...(estimate + half)
  }

  /// μ, Σ w and Q at a τ².
  private static func weighted(
    _ y: [Double], _ v: [Double], _ tau2: Double
  ) -> (mean: Double, sum: Double, q: Double) {
    let w = v.map { 1 / ($0 + tau2) }
    let sum = w.reduce(0, +)
    let mean = zip(w, y).reduce(0) { $0 + $1.0 * $1.1 } / sum
    let q = zip(w, y).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    return (mean, sum, q)
  }

  /// Twice the restricted log-likelihood of a τ², but for what does not depend on it.
  private static func likelihood(_ y: [Double], _ v: [Double], _ tau2: Double) -> Double {
    let (_, sum, q) = weighted(y, v, tau2)
    return -v.reduce(0) { $0 + log($1 + tau2) } - log(sum) - q
  }

  /// Fisher scoring from Hedges' moment estimate: `τ² += (y'PPy - tr P) / tr PP`, cut at 0, a step halved until it does not
  /// lower the likelihood; NaN where it ends at no maximum.
  private static func restricted(_ y: [Double], _ v: [Double]) -> Double {
    let spread = Moments.standardDeviation(y)
    var tau2 = max(0, spread * spread - Moments.mean(v))
    let smallest = v.reduce(.infinity, min)
    for _ in 0..<10_000 {
      let w = v.map { 1 / ($0 + tau2) }
      let (mean, sum, _) = weighted(y, v, tau2)
      let (w2, w3) = (w.reduce(0) { $0 + $1 * $1 }, w.reduce(0) { $0 + $1 * $1 * $1 })
      let trace = sum - w2 / sum
      let squares = w2 - 2 * w3 / sum + w2 * w2 / (sum * sum)
      let fit = zip(w, y).reduce(0) { $0 + $1.0 * $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      let move = (fit - trace) / squares
      guard move.isFinite else { return .nan }
      var next = max(0, tau2 + move)
      let here = likelihood(y, v, tau2)
      // What rounding alone lowers is not lowered.
      let rounding = 1e-14 * max(1, abs(here))
      while next != tau2, likelihood(y, v, next) < here - rounding {
        let middle = 0.5 * (tau2 + next)
        next = middle == next ? tau2 : middle
      }
      let step = abs(next - tau2)
      tau2 = next
      if step <= 1e-13 * (tau2 + smallest) { return tau2 }
    }
    return .nan
  }

  /// Where Q(τ²), which falls, crosses the quantiles of chi-square; 0 where it lies below one at 0.
  private static func profile(_ y: [Double], _ v: [Double], level: Double) -> ClosedRange<Double> {
    let df = Double(y.count - 1)
    func bound(_ p: Double) -> Double {
      let wanted = Distributions.chiSquareQuantile(p, degreesOfFreedom: df)
      guard weighted(y, v, 0).q > wanted else { return 0 }
      var (low, high) = (0.0, max(1e-12, Moments.mean(v)))
      while weighted(y, v, high).q > wanted, high.isFinite { high *= 2 }
      for _ in 0..<300 where high - low > 1e-14 * high {
        let middle = 0.5 * (low + high)
        if weighted(y, v, middle).q > wanted { low = middle } else { high = middle }
      }
      return 0.5 * (low + high)
    }
    return bound(0.5 + level / 2)...bound(0.5 - level / 2)
  }
}
