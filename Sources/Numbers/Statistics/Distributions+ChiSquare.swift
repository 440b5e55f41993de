#if canImport(Glibc)
  import Glibc
#endif

extension Distributions {
  /// P(X ≤ x) of chi-square, the regularised lower incomplete gamma function P(v/2, x/2).
  public static func chiSquareCDF(_ x: Double, degreesOfFreedom v: Double) -> Double {
    guard v > 0, !x.isNaN else { return .nan }
    return x <= 0 ? 0 : x.isInfinite ? 1 : incompleteGamma(v / 2, x / 2)
  }

  /// The quantile of chi-square by bisection to 1e-14 relative.
  public static func chiSquareQuantile(_ p: Double, degreesOfFreedom v: Double) -> Double {
    guard p > 0, p < 1, v > 0 else { return .nan }
    var (low, high) = (0.0, max(1, v))
    while chiSquareCDF(high, degreesOfFreedom: v) < p { high *= 2 }
    for _ in 0..<200 where high - low > 1e-14 * high {
      let middle = 0.5 * (low + high)
      if chiSquareCDF(middle, degreesOfFreedom: v) < p { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }

  /// P(a, x): its series below a + 1, beyond that Lentz's continued fraction of the upper part.
  private static func incompleteGamma(_ a: Double, _ x: Double) -> Double {
    let front = exp(a * Glibc.log(x) - x - lgamma(a))
    guard x >= a + 1 else {
      var (term, sum, k) = (1 / a, 1 / a, a)
      for _ in 0..<100_000 where abs(term) > 1e-17 * abs(sum) {
        k += 1
        term *= x / k
        sum += term
      }
      return sum * front
    }
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var h = d
    for i in 1..<100_000 {
      let an = -Double(i) * (Double(i) - a)
      b += 2
      d = an * d + b
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = b + an / c
      c = abs(c) < tiny ? tiny : c
      h *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return 1 - front * h
  }
}
