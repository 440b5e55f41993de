import LinearAlgebra
import Vocabulary

/// The bands with a fixed penalty, taken out of a ridge problem.
struct Elimination: Sendable {
  /// `[n, r]` left singular vectors of the columns divided by √λ, the factors f, and the test rows' map `[n_test, r]`.
  private let u: Matrix
  private let factor: [Double]
  private let map: Matrix
  let columnCount: Int
  let lambdas: [Double]

  init(
    _ problem: EncodingProblem, _ bands: [Int], _ fitted: [FittedBand], train: [Int], test: [Int],
    filters: (train: PositionFilter, test: PositionFilter)?
  ) throws {
    let widths = fitted.map(\.series.columns)
    let series = fitted.map(\.series.values)
    let n = train.count
    var z = Matrix(rows: n, columns: 0)
    var zv = Matrix(rows: test.count, columns: 0)
    var lambdas: [Double] = []
    for band in bands {
      let design = DelayedDesign(problem, bands: [band], widths: widths, rows: train)
      let edge = widths.indices.map { b in
        (0..<widths[b]).map { j in train.reduce(0) { $0 + series[b][$1 * widths[b] + j] } / Double(n) }
      }
      var a = Matrix(rows: n, columns: design.columns)
      var av = Matrix(rows: test.count, columns: design.columns)
      design.gather(series, edge: edge, into: &a.values)
      DelayedDesign(problem, bands: [band], widths: widths, rows: test).gather(series, edge: edge, into: &av.values)
      let ones = [Double](repeating: 1, count: design.columns)
      let own = filters?.train.residual(a) ?? a
      var scaling =
        filters == nil
        ? ColumnScaling(a.values, rows: n, columns: design.columns, weights: ones)
        : ColumnScaling(raw: a, residual: own, weights: ones)
      var standardised = own
      if filters != nil { scaling.mean = ones.map { _ in 0 } }
      scaling.apply(&standardised.values, rows: n)
      let lambda = try Self.penalty(problem, band, standardised)
      lambdas.append(lambda)
      scaling.inverse = scaling.inverse.map { $0 / lambda.squareRoot() }
      a = own
      scaling.apply(&a.values, rows: n)
      if let filters { av = filters.test.residual(av) }
      scaling.apply(&av.values, rows: test.count)
      z = z.appending(columnsOf: a)
      zv = zv.appending(columnsOf: av)
    }
    self.lambdas = lambdas
    columnCount = z.columns
    let wide = z.columns > n
    guard let eigen = SymmetricEigen(wide ? z.outerGram : z.gram) else {
      throw RidgeSystem.failure("eigendecomposition of the covariates")
    }
    let top = eigen.values.reduce(0, max)
    let kept = eigen.values.indices.filter { eigen.values[$0] > 1e-15 * top && eigen.values[$0] > 0 }
    let squares = kept.map { eigen.values[$0] }
    let vectors = eigen.vectors.selecting(rows: kept).transposed
    var u = wide ? vectors : z.multiplied(by: vectors)
    var map = wide ? zv.multiplied(by: z.transposeMultiplied(by: vectors)) : zv.multiplied(by: vectors)
    for k in squares.indices {
      let s = squares[k].squareRoot()
      if !wide { for i in 0..<n { u[i, k] /= s } }
      for i in 0..<map.rows { map[i, k] *= (wide ? 1 : s) / (squares[k] + 1) }
    }
    self.u = u
    self.map = map
    factor = squares.map { 1 - 1 / (1 + $0).squareRoot() }
  }

  private static func penalty(_ problem: EncodingProblem, _ band: Int, _ z: Matrix) throws -> Double {
    if case .fixed(let lambda) = problem.bands[band].penalty { return lambda }
    let wide = z.columns > z.rows
    guard let eigen = SymmetricEigen(wide ? z.outerGram : z.gram) else {
      throw RidgeSystem.failure("eigendecomposition of \(problem.bands[band].name)")
    }
    let top = eigen.values.reduce(0, max)
    let bottom = wide ? 0 : max(0, eigen.values[0])
    let scale = problem.settings.lambdas.scale == .trainCount ? Double(z.rows) : 1
    let candidates = problem.settings.lambdas.values.map { $0 * scale }
    return candidates.first { (top + $0) / (bottom + $0) < 1e8 } ?? candidates[candidates.count - 1]
  }

  /// H^(-1/2) x.
  func whitened(_ x: Matrix) -> Matrix {
    var inner = u.transposeMultiplied(by: x)
    for k in 0..<inner.rows { for j in 0..<inner.columns { inner.values[k * inner.columns + j] *= factor[k] } }
    var result = x
    DoubleProducts.multiply(
      m: x.rows, n: x.columns, k: inner.rows, alpha: -1, u.values, stride: max(1, u.columns), inner.values,
      stride: x.columns, beta: 1, into: &result.values, stride: x.columns)
    return result
  }

  /// Test rows less what the covariates take over: full predictions are `alone + projected · w`.
  func projected(_ zv: Matrix, _ z: Matrix) -> Matrix {
    let inner = u.transposeMultiplied(by: z)
    var result = zv
    DoubleProducts.multiply(
      m: zv.rows, n: zv.columns, k: inner.rows, alpha: -1, map.values, stride: max(1, map.columns), inner.values,
      stride: zv.columns, beta: 1, into: &result.values, stride: zv.columns)
    return result
  }

  /// The prediction from the covariates alone.
  func alone(_ y: Matrix) -> Matrix { map.multiplied(by: u.transposeMultiplied(by: y)) }
}

extension Matrix {
  /// The columns of both, side by side.
  func appending(columnsOf other: Matrix) -> Matrix {
    precondition(rows == other.rows, "row counts differ")
    var result = Matrix(rows: rows, columns: columns + other.columns)
    for i in 0..<rows {
      for j in 0..<columns { result[i, j] = self[i, j] }
      for j in 0..<other.columns { result[i, columns + j] = other[i, j] }
    }
    return result
  }
}
