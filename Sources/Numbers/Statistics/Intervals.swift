#if canImport(Glibc)
  import Glibc
#endif

/// Intervals over units (SCIENCE 11A.3).
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

  /// The bias-corrected and accelerated bootstrap interval of the mean (Efron 1987); nil with fewer than `minimum` values.
  ///
  /// Units are resampled by `RandomStream(seed, "bca", key, draw)`; acceleration from the jackknife.
  public static func biasCorrected(
    _ values: [Double], level: Double = 0.95, draws: Int = 2000, seed: UInt64, key: String = "", minimum: Int = 12
  ) -> ClosedRange<Double>? {
    let x = values.filter { !$0.isNaN }
    let n = x.count
    guard n >= max(2, minimum) else { return nil }
    let observed = Moments.mean(x)
    var means: [Double] = []
    for draw in 0..<draws {
      var stream = RandomStream(seed: seed, purpose: "bca", key: key, draw: draw)
      var sum = 0.0
      for _ in 0..<n { sum += x[stream.integer(below: n)] }
      means.append(sum / Double(n))
    }
    let below = means.count { $0 < observed } * 2 + means.count { $0 == observed }
    let share = Double(below) / Double(2 * draws)
    guard share > 0, share < 1 else { return observed...observed }
    let bias = Distributions.normalQuantile(share)
    let total = x.reduce(0, +)
    let jackknife = x.map { (total - $0) / Double(n - 1) }
    let centre = Moments.mean(jackknife)
    let cubes = jackknife.reduce(0) { $0 + pow(centre - $1, 3) }
    let squares = jackknife.reduce(0) { $0 + pow(centre - $1, 2) }
    let acceleration = squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
    func end(_ q: Double) -> Double {
      let z = bias + Distributions.normalQuantile(q)
      return Moments.quantile(means, Distributions.normalCDF(bias + z / (1 - acceleration * z)))
    }
    let (a, b) = (end((1 - level) / 2), end((1 + level) / 2))
    return min(a, b)...max(a, b)
  }
}

/// Moving-block resampling of the rows of a segment (Künsch 1989).
public enum MovingBlocks {
  /// `count` row indices: blocks of `length` rows from uniform starts, the last one cut.
  public static func indices(count: Int, length: Int, using stream: inout RandomStream) -> [Int] {
    precondition(length > 0, "a block has rows")
    let block = min(length, count)
    var rows: [Int] = []
    rows.reserveCapacity(count)
    while rows.count < count {
      let start = stream.integer(below: count - block + 1)
      for k in 0..<min(block, count - rows.count) { rows.append(start + k) }
    }
    return rows
  }
}
