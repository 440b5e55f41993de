#if canImport(Glibc)
  import Glibc
#endif

/// The distributions the tests need.
public enum Distributions {
  /// P(Z ≤ x), standard normal.
  public static func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The standard normal quantile: Acklam's rational start, then two Halley steps to full precision.
  public static func normalQuantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    if p > 0.5 { return -normalQuantile(1 - p) }
    var x = p < 1e-300 ? -37.0 : -(-2 * Glibc.log(p)).squareRoot()
    if p > 0.02425 { x = (p - 0.5) * 2.50662827463 }
    for _ in 0..<60 {
      let error = normalCDF(x) - p
      let u = error * (2 * Double.pi).squareRoot() * Glibc.exp(x * x / 2)
      let step = u / (1 + x * u / 2)
      x -= max(-1, min(1, step))
      if abs(step) < 1e-14 * max(1, abs(x)) { break }
    }
    return x
  }

  /// P(T ≤ t) of Student's t.
  public static func studentCDF(_ t: Double, degreesOfFreedom v: Double) -> Double {
    if t.isNaN || v.isNaN || v <= 0 { return .nan }
    if t.isInfinite { return t > 0 ? 1 : 0 }
    let tail = 0.5 * incompleteBeta(v / (v + t * t), v / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The quantile of Student's t by bisection to 1e-13 relative.
  public static func studentQuantile(_ p: Double, degreesOfFreedom v: Double) -> Double {
    guard p > 0, p < 1, v > 0 else { return .nan }
    if p < 0.5 { return -studentQuantile(1 - p, degreesOfFreedom: v) }
    var (low, high) = (0.0, 2.0)
    while studentCDF(high, degreesOfFreedom: v) < p { high *= 2 }
    for _ in 0..<200 where high - low > 1e-14 * max(1, high) {
      let middle = 0.5 * (low + high)
      if studentCDF(middle, degreesOfFreedom: v) < p { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }

  /// P(F > f) with the given degrees of freedom.
  public static func fisherTail(_ f: Double, _ d1: Double, _ d2: Double) -> Double {
    guard f.isFinite, d1 > 0, d2 > 0 else { return f == .infinity ? 0 : .nan }
    return f <= 0 ? 1 : incompleteBeta(d2 / (d2 + d1 * f), d2 / 2, d1 / 2)
  }

  /// P(at least `successes` of `trials`), I_p(k, n - k + 1).
  public static func binomialTail(_ successes: Int, of trials: Int, probability: Double) -> Double {
    precondition(successes <= trials, "more successes than trials")
    guard successes > 0 else { return 1 }
    return incompleteBeta(probability, Double(successes), Double(trials - successes + 1))
  }

  /// The regularised incomplete beta function I_x(a, b) by Lentz's continued fraction.
  public static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * Glibc.log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2) { return front * betaFraction(x, a, b) / a }
    return 1 - front * betaFraction(1 - x, b, a) / b
  }

  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func guarded(_ v: Double) -> Double { abs(v) < tiny ? tiny : v }
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1))
    var h = d
    for m in 1..<1000 {
      let k = Double(m)
      let even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      h *= d * c
      let odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      let delta = d * c
      h *= delta
      if abs(delta - 1) < 1e-16 { break }
    }
    return h
  }
}
