#if canImport(Glibc)
  import Glibc
#endif

/// A test of one sample of scores (Fisher z per subject or stimulus, or paired differences) against zero.
public struct GroupTest: Sendable, Equatable {
  /// Which test; for subjects of the same stimuli none of them generalises beyond these stimuli.
  public enum Kind: String, Sendable, CaseIterable {
    case t
    case signFlip = "sign_flip"
    case wilcoxon
  }

  public let kind: Kind
  public let count: Int
  public let statistic: Double
  /// Degrees of freedom of t; NaN otherwise.
  public let degreesOfFreedom: Double
  public let p: Double
  /// The smallest p the test can give.
  public let pFloor: Double

  /// One-sample t; one-sided (greater) or two-sided. NaN values are left out; p is NaN with fewer than two or no spread.
  public static func t(_ values: [Double], twoSided: Bool = false) -> GroupTest {
    let x = values.filter { !$0.isNaN }
    let sd = Moments.standardDeviation(x)
    let statistic = x.count > 1 && sd > 0 ? Moments.mean(x) / (sd / Double(x.count).squareRoot()) : .nan
    let v = Double(x.count - 1)
    let tail = Distributions.studentCDF(twoSided ? -abs(statistic) : -statistic, degreesOfFreedom: v)
    return GroupTest(
      kind: .t, count: x.count, statistic: statistic, degreesOfFreedom: v, p: twoSided ? 2 * tail : tail, pFloor: 0)
  }

  /// The mean against all sign patterns (up to 14 values) or `draws` random ones.
  public static func signFlip(
    _ values: [Double], twoSided: Bool = false, draws: Int = 10_000, seed: UInt64 = 0, key: String = ""
  ) -> GroupTest {
    let x = values.filter { !$0.isNaN }
    let n = x.count
    let observed = Moments.mean(x)
    guard n > 0 else {
      return GroupTest(kind: .signFlip, count: 0, statistic: .nan, degreesOfFreedom: .nan, p: .nan, pFloor: .nan)
    }
    let slack = 1e-12 * x.reduce(0) { $0 + abs($1) } / Double(n)
    func extreme(_ mean: Double) -> Bool {
      twoSided ? abs(mean) >= abs(observed) - slack : mean >= observed - slack
    }
    let exact = n <= 14
    let total = exact ? 1 << n : draws
    var hits = 0
    for draw in 0..<total {
      var stream = RandomStream(seed: seed, purpose: "sign_flip", key: key, draw: draw)
      var sum = 0.0
      var bits = exact ? UInt64(draw) : 0
      for i in 0..<n {
        if !exact, i % 64 == 0 { bits = stream.next() }
        sum += bits >> UInt64(i % 64) & 1 == 1 ? -x[i] : x[i]
      }
      if extreme(sum / Double(n)) { hits += 1 }
    }
    let p = exact ? Double(hits) / Double(total) : Double(hits + 1) / Double(total + 1)
    let floor = exact ? (twoSided ? 2 : 1) / Double(total) : 1 / Double(total + 1)
    return GroupTest(
      kind: .signFlip, count: n, statistic: observed, degreesOfFreedom: .nan, p: p, pFloor: min(1, floor))
  }

  /// Wilcoxon's signed ranks: over all signs of the ranks up to 25 values, tied or not, else normal with tie correction
  /// (no continuity correction). Zeros are dropped, as Wilcoxon (1945) and SciPy's default do, not ranked as by Pratt. The
  /// statistic is the sum of the positive ranks.
  ///
  /// One-sided (greater) or two-sided; NaN values are left out; p is NaN without values.
  public static func wilcoxon(_ values: [Double], twoSided: Bool = false) -> GroupTest {
    let x = values.filter { !$0.isNaN && $0 != 0 }
    let n = x.count
    let (ranks, tieTerm) = midRanks(x.map(abs))
    let w = (0..<n).reduce(0.0) { $0 + (x[$1] > 0 ? ranks[$1] : 0) }
    let tails = n <= 25 ? exactTails(w, ranks) : normalTails(w, n, tieTerm)
    let p = n == 0 ? .nan : twoSided ? min(1, 2 * min(tails.upper, tails.lower)) : tails.upper
    let floor = n == 0 ? .nan : (twoSided ? 2.0 : 1.0) / pow(2, Double(n))
    return GroupTest(
      kind: .wilcoxon, count: n, statistic: w, degreesOfFreedom: .nan, p: p, pFloor: min(1, floor))
  }

  static func midRanks(_ x: [Double]) -> (ranks: [Double], tieTerm: Double) {
    let order = x.indices.sorted { x[$0] < x[$1] }
    var ranks = [Double](repeating: 0, count: x.count)
    var tieTerm = 0.0
    var i = 0
    while i < order.count {
      var j = i
      while j + 1 < order.count, x[order[j + 1]] == x[order[i]] { j += 1 }
      for k in i...j { ranks[order[k]] = Double(i + j) / 2 + 1 }
      let t = Double(j - i + 1)
      tieTerm += t * t * t - t
      i = j + 1
    }
    return (ranks, tieTerm)
  }

  /// Over all signs; ranks of ties are halves, so that sums are counted in halves.
  private static func exactTails(_ w: Double, _ ranks: [Double]) -> (upper: Double, lower: Double) {
    let halves = ranks.map { Int(2 * $0) }
    let largest = halves.reduce(0, +)
    var counts = [Double](repeating: 0, count: largest + 1)
    counts[0] = 1
    for rank in halves {
      for s in stride(from: largest, through: rank, by: -1) { counts[s] += counts[s - rank] }
    }
    let total = pow(2, Double(ranks.count))
    let observed = Int(2 * w)
    return (counts[observed...].reduce(0, +) / total, counts[...observed].reduce(0, +) / total)
  }

  private static func normalTails(_ w: Double, _ n: Int, _ tieTerm: Double) -> (upper: Double, lower: Double) {
    let k = Double(n)
    let mean = k * (k + 1) / 4
    let variance = k * (k + 1) * (2 * k + 1) / 24 - tieTerm / 48
    let z = (w - mean) / variance.squareRoot()
    return (Distributions.normalCDF(-z), Distributions.normalCDF(z))
  }
}

/// Two independent samples of scores (Fisher z per stimulus), variances not assumed equal (Welch 1947).
public struct WelchTest: Sendable, Equatable {
  public let counts: (first: Int, second: Int)
  /// Mean of the first minus mean of the second.
  public let difference: Double
  public let statistic: Double
  /// Welch and Satterthwaite's.
  public let degreesOfFreedom: Double
  /// Two-sided.
  public let p: Double
  /// The 95 % interval of the difference.
  public let low: Double
  public let high: Double

  /// NaN values are left out; p and interval are NaN where a sample has fewer than `minimum` values or both have no
  /// spread.
  public init(_ first: [Double], _ second: [Double], minimum: Int = 2) {
    let (a, b) = (first.filter { !$0.isNaN }, second.filter { !$0.isNaN })
    counts = (a.count, b.count)
    difference = a.isEmpty || b.isEmpty ? .nan : Moments.mean(a) - Moments.mean(b)
    func share(_ x: [Double]) -> Double {
      let sd = Moments.standardDeviation(x)
      return sd * sd / Double(x.count)
    }
    let isEnough = min(a.count, b.count) >= max(2, minimum)
    let (va, vb) = isEnough ? (share(a), share(b)) : (.nan, .nan)
    let error = (va + vb).squareRoot()
    guard error > 0 else {
      (statistic, degreesOfFreedom, p, low, high) = (.nan, .nan, .nan, .nan, .nan)
      return
    }
    let df = (va + vb) * (va + vb) / (va * va / Double(a.count - 1) + vb * vb / Double(b.count - 1))
    statistic = difference / error
    degreesOfFreedom = df
    p = 2 * Distributions.studentCDF(-abs(difference / error), degreesOfFreedom: df)
    let half = Distributions.studentQuantile(0.975, degreesOfFreedom: df) * error
    (low, high) = (difference - half, difference + half)
  }

  public static func == (a: WelchTest, b: WelchTest) -> Bool {
    a.counts == b.counts && a.difference == b.difference && a.statistic == b.statistic && a.p == b.p
  }
}
