import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// The mean of a meta-analysis whose effects hang together in clusters: cohorts that share stimuli err alike.
///
/// The estimate is that of independent effects; its variance the cluster-robust one with the correction of Bell and McCaffrey
/// (CR2), `Σ_c (g_c' e_c)²` with e the residuals of cluster c and `g_c` the weights that make it unbiased under variances
/// `v + τ²`, on the degrees of freedom of Satterthwaite (Pustejovsky and Tipton 2018).
public struct ClusteredMean: Sendable, Equatable {
  public let estimate: Double
  public let error: Double
  public let degreesOfFreedom: Double
  /// τ², for the prediction interval.
  private let tau2: Double

  /// - Parameter clusters: of every effect that was given, missing ones included.
  /// - Returns: nil with fewer than two clusters, or where there is no τ².
  public init?(_ meta: MetaAnalysis, clusters: [Int]) {
    let groups = Dictionary(grouping: meta.known.indices) { clusters[meta.known[$0].place] }
      .sorted { $0.key < $1.key }.map(\.value)
    guard groups.count > 1, !meta.tau2.isNaN else { return nil }
    let variances = meta.known.map { $0.variance + meta.tau2 }
    let total = variances.reduce(0) { $0 + 1 / $1 }
    var weights: [[Double]] = []
    for group in groups {
      guard let own = Self.weights(group.map { variances[$0] }, total: total) else { return nil }
      weights.append(own)
    }
    let squares = zip(groups, weights).map { group, g in
      let sum = zip(group, g).reduce(0) { $0 + $1.1 * (meta.known[$1.0].effect - meta.estimate) }
      return sum * sum
    }
    (estimate, tau2) = (meta.estimate, meta.tau2)
    error = squares.reduce(0, +).squareRoot()
    degreesOfFreedom = Self.degrees(groups, weights, variances, total: total)
  }

  /// g of one cluster: `1' W A / Σ w` with `A = D (D (Φ - 1 1'/Σ w) D)^(-1/2) D`, Φ the variances and D their roots.
  private static func weights(_ variances: [Double], total: Double) -> [Double]? {
    let n = variances.count
    let roots = variances.map { $0.squareRoot() }
    var g = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0..<n { g[i, j] = (i == j ? variances[i] * variances[i] : 0) - roots[i] * roots[j] / total }
    }
    guard let eigen = SymmetricEigen(g), let largest = eigen.values.last else { return nil }
    var result = [Double](repeating: 0, count: n)
    for (k, value) in eigen.values.enumerated() where value > 1e-12 * largest {
      // 1' W D v: W D = 1 / √φ.
      let left = (0..<n).reduce(0) { $0 + eigen.vectors[k, $1] / roots[$1] }
      for j in 0..<n { result[j] += left * eigen.vectors[k, j] * roots[j] / (value.squareRoot() * total) }
    }
    return result
  }

  /// `(Σ_c Ω_cc)² / Σ_cd Ω_cd²` with `Ω = P' Φ P` and p_c = (I - H)_c' g_c.
  private static func degrees(
    _ groups: [[Int]], _ weights: [[Double]], _ variances: [Double], total: Double
  ) -> Double {
    let p = zip(groups, weights).map { group, g in
      var row = variances.map { -g.reduce(0, +) / ($0 * total) }
      for (i, value) in zip(group, g) { row[i] += value }
      return row
    }
    var (trace, squares) = (0.0, 0.0)
    for c in p.indices {
      for d in p.indices {
        let product = variances.indices.reduce(0) { $0 + p[c][$1] * variances[$1] * p[d][$1] }
        if c == d { trace += product }
        squares += product * product
      }
    }
    return trace * trace / squares
  }

  /// Two-sided, of an estimate as far from 0.
  public var p: Double {
    let t = error == 0 && estimate == 0 ? 0 : estimate / error
    return min(2 * Distributions.studentCDF(-abs(t), degreesOfFreedom: degreesOfFreedom), 1)
  }

  public func interval(level: Double = 0.95) -> ClosedRange<Double> { around(error, level) }

  /// Of the effect in another cohort like these.
  public func predictionInterval(level: Double = 0.95) -> ClosedRange<Double> {
    around((error * error + tau2).squareRoot(), level)
  }

  private func around(_ error: Double, _ level: Double) -> ClosedRange<Double> {
    let half = Distributions.studentQuantile(0.5 + level / 2, degreesOfFreedom: degreesOfFreedom) * error
    return (estimate - half)...(estimate + half)
  }
}
