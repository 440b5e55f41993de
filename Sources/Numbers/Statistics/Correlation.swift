#if canImport(Glibc)
  import Glibc
#endif

/// Pearson correlation and Fisher's z.
public enum Correlation {
  /// Pearson r of two equally long series, computed on deviations from their means.
  ///
  /// NaN where either is constant (standard deviation below 1e-12 times its magnitude, or 0), where a value is NaN, or
  /// with fewer than two samples.
  public static func pearson(_ x: [Double], _ y: [Double]) -> Double {
    precondition(x.count == y.count, "series differ in length")
    guard x.count > 1 else { return .nan }
    let (mx, my) = (Moments.mean(x), Moments.mean(y))
    var (sxy, sxx, syy) = (0.0, 0.0, 0.0)
    for i in 0..<x.count {
      let (a, b) = (x[i] - mx, y[i] - my)
      sxy += a * b
      sxx += a * a
      syy += b * b
    }
    guard sxx > 0, syy > 0 else { return .nan }
    return max(-1, min(1, sxy / (sxx * syy).squareRoot()))
  }

  /// atanh r with |r| at most 1 - 1e-7, so that a perfect correlation stays finite; NaN stays NaN.
  public static func fisherZ(_ r: Double) -> Double {
    // A comparison with NaN is false, and then `max` and `min` give their first argument.
    atanh(min(max(r, -1 + 1e-7), 1 - 1e-7))
  }

  /// tanh of the mean of atanh r over the values that are not NaN; NaN where there are none.
  public static func fisherMean(_ values: [Double]) -> Double {
    let z = values.filter { !$0.isNaN }.map(fisherZ)
    return z.isEmpty ? .nan : tanh(Moments.mean(z))
  }
}

/// Means and spreads.
public enum Moments {
  /// NaN for no values.
  public static func mean(_ x: [Double]) -> Double { x.isEmpty ? .nan : x.reduce(0, +) / Double(x.count) }

  /// Standard deviation with divisor n - `degreesOfFreedom` (1: sample; 0: population); NaN with too few values.
  public static func standardDeviation(_ x: [Double], degreesOfFreedom: Int = 1) -> Double {
    guard x.count > degreesOfFreedom else { return .nan }
    let m = mean(x)
    return (x.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(x.count - degreesOfFreedom)).squareRoot()
  }

  /// The q-quantile with linear interpolation between order statistics (NumPy's default); NaN values are left out.
  public static func quantile(_ x: [Double], _ q: Double) -> Double {
    let sorted = x.filter { !$0.isNaN }.sorted()
    guard !sorted.isEmpty else { return .nan }
    let position = q * Double(sorted.count - 1)
    let low = Int(position.rounded(.down))
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
  }

  /// The middle value; NaN values are left out.
  public static func median(_ x: [Double]) -> Double { quantile(x, 0.5) }
}

extension Correlation {
  /// tanh z.
  public static func inverseFisherZ(_ z: Double) -> Double { tanh(z) }
}
