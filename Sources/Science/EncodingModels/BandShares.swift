import Statistics

/// Divisions of a penalty among bands: points of the simplex.
///
/// Band b of share γ_b is penalised by λ / γ_b, which is ordinary ridge on columns times √γ_b.
enum BandShares {
  /// Two bands: a grid with every tenth and its logarithmic ends. More: `draws` of Dirichlet distributions whose
  /// concentrations take turns between .1 and 1; the first candidate shares equally.
  static func candidates(_ bands: Int, draws: Int = 100, seed: UInt64) -> [[Double]] {
    precondition(bands > 1, "one band has nothing to share")
    if bands == 2 {
      let grid = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.03, 0.97, 0.01, 0.99, 0.001, 0.999]
      return grid.map { [$0, 1 - $0] }
    }
    let equal = [Double](repeating: 1 / Double(bands), count: bands)
    return [equal]
      + (1..<draws).map { draw in
        var stream = RandomStream(seed: seed, purpose: "dirichlet", draw: draw)
        let concentration = draw % 2 == 1 ? 0.1 : 1.0
        let logs = (0..<bands).map { _ in logGamma(concentration, &stream) }
        let top = logs.reduce(-.infinity, max)
        let parts = logs.map { exponential($0 - top) }
        let total = parts.reduce(0, +)
        // A share below 1e-6 takes the band out for every lambda of the grid.
        return parts.map { max(1e-6, $0 / total) }
      }
  }

  /// The logarithm of a gamma variate of shape a (Marsaglia and Tsang 2000, with U^(1/a) for a < 1).
  private static func logGamma(_ a: Double, _ stream: inout RandomStream) -> Double {
    guard a >= 1 else {
      return logGamma(a + 1, &stream) + logarithm(max(stream.uniform(), 1e-300)) / a
    }
    let d = a - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = stream.normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      let u = max(stream.uniform(), 1e-300)
      if logarithm(u) < 0.5 * x * x + d - d * v + d * logarithm(v) { return logarithm(d) + logarithm(v) }
    }
  }
}
