import Diagnostics
import LinearAlgebra

/// Correlated components: projections of the channels that correlate most between subjects.
///
/// R_b w = rho R_w w, with R_w = (1/N) sum_i R_ii and R_b = (1/(N(N-1))) sum_{i != j} R_ij the covariances within and
/// between subjects, R_w shrunk to (1-g) R_w + g mean(eig R_w) I (Dmochowski et al. 2012; Cohen and Parra 2016).
/// Components are sorted by rho, greatest first; w^T R_w w = 1 in the shrunk covariance, signs so that each pattern's
/// largest element is positive.
public struct CorrelatedComponents: Sendable, Equatable {
  public let channelCount: Int
  /// rho, descending, in [-1/(N-1), 1].
  public let eigenvalues: [Double]
  /// `[channel, component]`: y = x W.
  public let weights: Matrix
  /// Forward models A = R_w W (W^T R_w W)^-1, `[channel, component]`.
  public let patterns: Matrix
  /// Each subject's correlation with the others in every component, `[component, subject]`.
  public let subjects: Matrix
}

/// Finds correlated components.
///
/// `series` holds one array `[time, channel]` per subject, row-major, equally long; covariances are about the mean over
/// the whole series, in float64. `shrinkage` is g in [0, 1]. Memory: 2 `channelCount`^2 values per subject.
///
/// - Throws: `tooFewSubjects`, `unequalSeries`, `windowTooShort` (fewer than three samples), `componentsUndefined`
///   (a value that is not finite, or R_w not positive definite).
public func correlatedComponents(
  _ series: [[Double]], channelCount: Int, shrinkage: Double = 0.1
) throws -> CorrelatedComponents {
  precondition((0...1).contains(shrinkage), "shrinkage is a share")
  let samples = try checkedSampleCount(series, channelCount)
  let all = PooledCovariance(series, channelCount, 0..<samples)
  let (within, between) = (all.within, all.between)
  let weights = try generalisedEigenvectors(between, shrunk(within, shrinkage))
  let patterns = try forwardModels(within, weights.vectors)
  var signs = [Double](repeating: 1, count: channelCount)
  for component in 0..<channelCount {
    let column = patterns.column(component)
    if let largest = column.max(by: { abs($0) < abs($1) }), largest < 0 { signs[component] = -1 }
  }
  return CorrelatedComponents(
    channelCount: channelCount, eigenvalues: weights.values, weights: signed(weights.vectors, signs),
    patterns: signed(patterns, signs), subjects: subjectCorrelations(all, weights.vectors))
}

/// Correlation of every component within windows, diag(W^T R_b W) / diag(W^T R_w W) with covariances of the window and W
/// fixed; `[window, component]`, NaN where a window has no variance within subjects.
///
/// - Throws: `tooFewSubjects`, `unequalSeries`, `windowTooShort`, `componentsUndefined`.
public func componentCorrelations(
  _ series: [[Double]], components: CorrelatedComponents, windows: [Range<Int>]
) throws -> [Double] {
  let samples = try checkedSampleCount(series, components.channelCount)
  var values: [Double] = []
  for window in windows {
    precondition(window.lowerBound >= 0 && window.upperBound <= samples, "a window outside the series")
    guard window.count >= 3 else {
      throw EvokeError(
        .windowTooShort, "\(window.count) samples", reason: "a correlation needs three", remedy: "use a longer window")
    }
    let covariance = PooledCovariance(series, components.channelCount, window)
    let between = quadratics(covariance.between, components.weights)
    let within = quadratics(covariance.within, components.weights)
    values += zip(between, within).map { $1 > 0 ? $0 / $1 : .nan }
  }
  return values
}

private func checkedSampleCount(_ series: [[Double]], _ channels: Int) throws -> Int {
  precondition(channels > 0, "series have channels")
  guard let first = series.first, series.count >= 2 else {
    throw EvokeError(
      .tooFewSubjects, "\(series.count) subjects", reason: "components correlate between two or more",
      remedy: "add recordings of the same stimulus")
  }
  guard series.allSatisfy({ $0.count == first.count && $0.count % channels == 0 }) else {
    throw EvokeError(
      .unequalSeries, "series of \(channels) channels",
      reason: "they have \(Set(series.map(\.count)).sorted()) values", remedy: "cut them to the same samples")
  }
  guard first.count / channels >= 3 else {
    throw EvokeError(
      .windowTooShort, "\(first.count / channels) samples", reason: "a covariance needs three",
      remedy: "use longer series")
  }
  for (subject, values) in series.enumerated() {
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw EvokeError(
        .componentsUndefined, "subject \(subject + 1)",
        reason: "channel \(place % channels + 1) is \(values[place]) at sample \(place / channels + 1)",
        remedy: "interpolate it, or leave the subject or channel out")
    }
  }
  return first.count / channels
}

/// R_kk of every subject and R_k = cov(x_k, sum_j x_j), from which all sums over pairs follow.
private struct PooledCovariance {
  let own: [Matrix]
  let withSum: [Matrix]
  let within: Matrix
  let between: Matrix

  init(_ series: [[Double]], _ channels: Int, _ samples: Range<Int>) {
    let centred = series.map { Self.centred($0, channels, samples) }
    var sum = Matrix(rows: samples.count, columns: channels)
    for subject in centred { for i in sum.values.indices { sum.values[i] += subject.values[i] } }
    let scale = 1 / Double(samples.count - 1)
    own = centred.map { Self.scaled($0.transposeMultiplied(by: $0), scale) }
    withSum = centred.map { Self.scaled($0.transposeMultiplied(by: sum), scale) }
    let (n, size) = (Double(series.count), channels * channels)
    var (within, between) = (Matrix(rows: channels, columns: channels), Matrix(rows: channels, columns: channels))
    for k in own.indices {
      for i in 0..<size {
        within.values[i] += own[k].values[i] / n
        between.values[i] += (withSum[k].values[i] - own[k].values[i]) / (n * (n - 1))
      }
    }
    self.within = within
    self.between = between
  }

  private static func centred(_ values: [Double], _ channels: Int, _ samples: Range<Int>) -> Matrix {
    var part = Matrix(
      rows: samples.count, columns: channels,
      values: Array(values[(samples.lowerBound * channels)..<(samples.upperBound * channels)]))
    let means = part.columnMeans
    for row in 0..<part.rows { for column in 0..<channels { part[row, column] -= means[column] } }
    return part
  }

  private static func scaled(_ matrix: Matrix, _ factor: Double) -> Matrix {
    Matrix(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map { $0 * factor })
  }
}

/// (1-g) R + g mean(eig R) I; the mean of the eigenvalues is the mean of the diagonal.
func shrunk(_ matrix: Matrix, _ share: Double) -> Matrix {
  let n = matrix.rows
  let mean = (0..<n).reduce(0) { $0 + matrix[$1, $1] } / Double(n)
  var result = matrix
  for i in result.values.indices { result.values[i] *= 1 - share }
  for i in 0..<n { result[i, i] += share * mean }
  return result
}

/// A v = lambda B v, with B = U^T U: eigenvectors z of U^-T A U^-1 give v = U^-1 z; eigenvalues descend. All of them, or
/// the `largest` ones.
func generalisedEigenvectors(
  _ a: Matrix, _ b: Matrix, largest: Int? = nil
) throws -> (values: [Double], vectors: Matrix) {
  let n = a.rows
  func undefined(_ reason: String) -> EvokeError {
    EvokeError(
      .componentsUndefined, "\(n) channels", reason: reason,
      remedy: "leave out channels that are sums of others, or raise the shrinkage")
  }
  var u = b.values
  let widest = (0..<n).reduce(0) { max($0, b[$1, $1]) }
  guard Cholesky.factor(&u, n: n), (0..<n).allSatisfy({ u[$0 * n + $0] * u[$0 * n + $0] > 1e-14 * widest }) else {
    throw undefined("the covariance within subjects is not positive definite")
  }
  var half = a.values
  DoubleProducts.solveUpper(u, n: n, transposed: true, &half, columns: n)
  var whole = Matrix(rows: n, columns: n, values: half).transposed.values
  DoubleProducts.solveUpper(u, n: n, transposed: true, &whole, columns: n)
  for i in 0..<n {
    for j in 0..<i {
      let mean = (whole[i * n + j] + whole[j * n + i]) / 2
      (whole[i * n + j], whole[j * n + i]) = (mean, mean)
    }
  }
  guard let eigen = SymmetricEigen(Matrix(rows: n, columns: n, values: whole), largest: largest) else {
    throw undefined("its eigenvalues do not converge")
  }
  let count = eigen.values.count
  var vectors = Matrix(rows: n, columns: count)
  for component in 0..<count {
    for i in 0..<n { vectors[i, component] = eigen.vectors[count - 1 - component, i] }
  }
  DoubleProducts.solveUpper(u, n: n, transposed: false, &vectors.values, columns: count)
  return (eigen.values.reversed(), vectors)
}

func forwardModels(_ within: Matrix, _ weights: Matrix) throws -> Matrix {
  let n = within.rows
  let projected = within.multiplied(by: weights)
  var gram = weights.transposeMultiplied(by: projected).values
  guard Cholesky.factor(&gram, n: n) else {
    throw EvokeError(
      .componentsUndefined, "\(n) channels", reason: "the covariance within subjects is not positive definite",
      remedy: "leave out channels that are sums of others")
  }
  var transposed = projected.transposed.values
  Cholesky.solve(gram, n: n, &transposed, columns: n)
  return Matrix(rows: n, columns: n, values: transposed).transposed
}

/// diag(W^T R W).
func quadratics(_ matrix: Matrix, _ weights: Matrix) -> [Double] {
  let projected = matrix.multiplied(by: weights)
  return (0..<weights.columns).map { component in
    (0..<weights.rows).reduce(0) { $0 + weights[$1, component] * projected[$1, component] }
  }
}

/// diag(W^T R_b^k W) / diag(W^T R_w^k W), R_w^k = (1/(N-1)) sum_{j != k} (R_kk + R_jj), R_b^k = (1/(N-1)) sum_{j != k}
/// (R_kj + R_jk); `[component, subject]`.
private func subjectCorrelations(_ covariance: PooledCovariance, _ weights: Matrix) -> Matrix {
  let n = covariance.own.count
  let own = covariance.own.map { quadratics($0, weights) }
  let withSum = covariance.withSum.map { quadratics($0, weights) }
  var result = Matrix(rows: weights.columns, columns: n)
  for component in 0..<weights.columns {
    let total = own.reduce(0) { $0 + $1[component] }
    for k in 0..<n {
      let within = Double(n - 2) * own[k][component] + total
      let between = 2 * (withSum[k][component] - own[k][component])
      result[component, k] = within > 0 ? between / within : .nan
    }
  }
  return result
}

func signed(_ matrix: Matrix, _ signs: [Double]) -> Matrix {
  var result = matrix
  for row in 0..<matrix.rows { for column in 0..<matrix.columns { result[row, column] *= signs[column] } }
  return result
}
