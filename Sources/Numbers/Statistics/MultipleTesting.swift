import LinearAlgebra
import Vocabulary

/// Corrections over families of tests.
public enum MultipleTesting {
  /// Benjamini and Hochberg's q: with p ascending, q_i = min over j ≥ i of p_j m / j. NaN p stay NaN and do not count.
  public static func benjaminiHochberg(_ p: [Double]) -> [Double] {
    let order = p.indices.filter { !p[$0].isNaN }.sorted { p[$0] < p[$1] }
    var q = [Double](repeating: .nan, count: p.count)
    var running = 1.0
    for (position, index) in order.enumerated().reversed() {
      running = min(running, p[index] * Double(order.count) / Double(position + 1))
      q[index] = running
    }
    return q
  }

  /// The smallest q a single cell can reach with `draws` draws over `cells` cells: m / (draws + 1), at most 1.
  public static func smallestReachableQ(cells: Int, draws: Int) -> Double {
    min(1, Double(cells) / Double(draws + 1))
  }

  /// How many cells must sit at the floor of p before any q can be at most `level`.
  public static func cellsNeededAtFloor(cells: Int, draws: Int, level: Double = Significance.level) -> Int {
    min(cells, max(1, Int((Double(cells) / (Double(draws + 1) * level)).rounded(.up))))
  }

  /// The studentised max-statistic: cells weigh alike because T is (value - null mean) / null SD per cell.
  ///
  /// The observed value is one of the values that mean and SD are of: it is then treated as every draw is, and the test
  /// is exact for any number of draws (with 99 draws and 12 cells, moments of the draws alone reject .069 at .05).
  /// p_i = (1 + #{draws: max_k T*_k ≥ T_i}) / (draws + 1). One draw index must stand for one draw in all cells.
  /// Cells that are NaN, or whose null is constant, get NaN and do not enter the maximum. `stepDown`:
  /// Westfall and Young's maxT, each cell against the maximum over the cells not above it, p made monotone.
  public static func maxStatistic(
    observed: [Double], draws: Matrix, twoSided: Bool = false, stepDown: Bool = false
  ) -> [Double] {
    precondition(observed.count == draws.columns, "one observed value per cell")
    let (n, m) = (draws.rows, draws.columns)
    let spread = columnMoments(draws).sd
    var cells: [Int] = []
    for j in 0..<m where observed[j].isFinite && spread[j] > 0 && spread[j].isFinite { cells.append(j) }
    let (mean, sd) = columnMoments(Matrix(rows: n + 1, columns: m, values: draws.values + observed))
    func studentised(_ value: Double, _ j: Int) -> Double {
      let t = (value - mean[j]) / sd[j]
      return twoSided ? abs(t) : t
    }
    var p = [Double](repeating: .nan, count: m)
    let t = (0..<m).map { spread[$0] > 0 ? studentised(observed[$0], $0) : .nan }
    let ascending = cells.sorted { t[$0] < t[$1] }
    var exceed = [Int](repeating: 0, count: m)
    for draw in 0..<n {
      var running = -Double.infinity
      if stepDown {
        for j in ascending {
          running = max(running, studentised(draws[draw, j], j))
          if running >= t[j] { exceed[j] += 1 }
        }
      } else {
        for j in cells { running = max(running, studentised(draws[draw, j], j)) }
        for j in cells where running >= t[j] { exceed[j] += 1 }
      }
    }
    var largest = 0.0
    for j in ascending.reversed() {
      let value = Double(exceed[j] + 1) / Double(n + 1)
      largest = stepDown ? max(largest, value) : value
      p[j] = largest
    }
    return p
  }

  /// (value - mean) / SD per cell, of the observed values and of every draw, with mean and SD over both as in `maxStatistic`;
  /// NaN for cells that are NaN or whose null is constant.
  public static func studentised(observed: [Double], draws: Matrix) -> (observed: [Double], draws: Matrix) {
    precondition(observed.count == draws.columns, "one observed value per cell")
    let (n, m) = (draws.rows, draws.columns)
    let spread = columnMoments(draws).sd
    let (mean, sd) = columnMoments(Matrix(rows: n + 1, columns: m, values: draws.values + observed))
    func scaled(_ value: Double, _ j: Int) -> Double { spread[j] > 0 ? (value - mean[j]) / sd[j] : .nan }
    var scaledDraws = draws
    for i in 0..<n { for j in 0..<m { scaledDraws[i, j] = scaled(draws[i, j], j) } }
    return (observed.indices.map { scaled(observed[$0], $0) }, scaledDraws)
  }

  /// Column means and sample standard deviations of draws; NaN where a draw is NaN.
  static func columnMoments(_ draws: Matrix) -> (mean: [Double], sd: [Double]) {
    let (n, m) = (draws.rows, draws.columns)
    let mean = draws.columnMeans
    var squares = [Double](repeating: 0, count: m)
    for i in 0..<n {
      for j in 0..<m {
        let d = draws.values[i * m + j] - mean[j]
        squares[j] += d * d
      }
    }
    return (mean, squares.map { n > 1 ? ($0 / Double(n - 1)).squareRoot() : .nan })
  }
}

/// What is said of one observed value and its null draws.
public struct NullSummary: Sendable, Equatable {
  public let mean: Double
  public let sd: Double
  public let p95: Double
  /// (k + 1) / (n + 1), k draws as extreme as the observed value; NaN where the observed value or a draw is NaN.
  public let p: Double

  /// One-sided (greater), or two-sided on the distance from the null mean.
  public init(observed: Double, draws: [Double], twoSided: Bool = false) {
    let n = draws.count
    let m = Moments.mean(draws)
    mean = m
    sd = Moments.standardDeviation(draws)
    p95 = m.isNaN ? .nan : Moments.quantile(draws, 0.95)
    if observed.isNaN || m.isNaN {
      p = .nan
    } else {
      let k = draws.count { twoSided ? abs($0 - m) >= abs(observed - m) : $0 >= observed }
      p = Double(k + 1) / Double(n + 1)
    }
  }
}
