import Foundation
import LinearAlgebra

/// What R, pingouin, statsmodels and SciPy found (`Fixtures/statistics`).
struct StatisticsReference: Decodable {
  struct OneFactor: Decodable {
    let y: [[Double]]
    let ssEffect, ssError, f, df1, df2, p, pGg, partialEta2, epsilonGg, epsilonHf, pHf: Double
  }
  struct TwoFactors: Decodable {
    let y: [[Double]]
    /// F, both degrees of freedom, p.
    let statsmodels: [String: [Double]]
    /// F, both degrees of freedom, p, p by Greenhouse and Geisser, by Huynh and Feldt, both epsilons as printed.
    let r: [String: [Double]]
  }
  struct Ranks: Decodable {
    let x: [Double]
    let twoSided, greater, statistic: Double
    enum CodingKeys: String, CodingKey {
      case x, greater, statistic
      case twoSided = "two-sided"
    }
  }
  struct Signs: Decodable {
    let x: [Double]
    let greater, twoSided: Double
  }
  struct Clusters: Decodable {
    struct Cluster: Decodable {
      let cells: [Int]
      let mass, p: Double
    }
    let observed: [Double]
    let draws: [[Double]]
    let threshold: Double
    let pairs: [[Int]]
    let time, graph: [Cluster]
  }
  struct Meta: Decodable {
    let y, v: [Double]
    let estimate, error, low, high, p, tau2, i2, predictionLow, predictionHigh, tau2Low, tau2High, i2Low, i2High: Double
  }
  struct Lags: Decodable {
    let leader, follower: [Double?]
    /// Lag, r, pairs.
    let curve: [[Double]]
  }

  let one: OneFactor
  let two: TwoFactors
  let wilcoxon: [String: Ranks]
  let signFlip: Signs
  let clusters: Clusters
  let meta: [String: Meta]
  /// x, degrees of freedom, P.
  let chiSquare: [[Double]]
  let lags: Lags

  static func load() throws -> StatisticsReference {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/statistics/statistics.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(StatisticsReference.self, from: Data(contentsOf: file))
  }
}

func matrix(of rows: [[Double]]) -> Matrix {
  Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
}

/// Whether two numbers agree to a share of the larger, or nearly zero to 1e-13.
func agree(_ a: Double, _ b: Double, _ tolerance: Double = 1e-10) -> Bool {
  abs(a - b) <= tolerance * max(abs(a), abs(b)) + 1e-13
}
