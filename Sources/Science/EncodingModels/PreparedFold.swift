import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// Predictions of one fold's test rows, as deviations from the training mean of every target.
struct FoldPrediction {
  /// `[n_test, T]`.
  let full: Matrix
  /// With the covariate columns at their training mean; nil without covariates or without tested bands.
  let zeroed: Matrix?
  /// From the covariates alone at their fixed penalty.
  let alone: Matrix?
  /// `[P, T]` of the bands with a selected penalty.
  let weights: Matrix
}

/// One training set with its test rows: transforms fitted on the training rows, and the ridge solution for any lambdas.
///
/// Bands with a fixed penalty are eliminated: with `H = I + Z_c Z_cᵀ/λ_c = I + U S² Uᵀ`, minimising over their weights
/// leaves ordinary ridge of `H^(-1/2) y` on `H^(-1/2) Z`, and `H^(-1/2) x = x - U f (Uᵀx)`, f = 1 - 1/√(1 + s²).
struct PreparedFold: Sendable {
  let train: [Int]
  let test: [Int]
  let fitted: [FittedBand]
  let trainRowsHash: UInt64
  /// Bands with a selected and with a fixed penalty.
  let selected: [Int]
  /// Centred `[n, T]`, and the means.
  let y: Matrix
  let yMean: [Double]
  let yTest: Matrix
  let elimination: Elimination?
  private let trainDesign: DelayedDesign
  private let testDesign: DelayedDesign
  private let weights: [Double]
  private let edges: DelayEdge
  /// Columns of covariates with a selected penalty; nil when zeroing is not meaningful.
  private let zeroColumns: [Int]?

  /// What stands for samples outside a piece.
  private enum DelayEdge: Sendable {
    case missing
    case trainMean
  }

  init(_ problem: EncodingProblem, _ group: KeptRows.Group, _ fold: Fold, _ cache: BandCache) throws {
    train = fold.train.filter { group.valid[$0] }
    test = fold.test.filter { group.valid[$0] }
    var hash = StableHash()
    for row in train { hash.combine(UInt64(row)) }
    trainRowsHash = hash.finalized
    let (train, test, rowsHash) = (train, test, trainRowsHash)
    guard train.count >= 4 else {
      throw EvokeError(
        .foldTooSmall, "fold \(fold.index)", reason: "\(train.count) training rows have the targets",
        remedy: "use fewer folds, a shorter gap_s or shorter delays")
    }
    fitted = try problem.bands.indices.map {
      try cache.fitted(problem, band: $0, rows: train, rowsHash: rowsHash)
    }
    let widths = fitted.map(\.series.columns)
    let isSelected = problem.bands.map { if case .selected = $0.penalty { true } else { false } }
    selected = problem.bands.indices.filter { isSelected[$0] }
    let fixed = problem.bands.indices.filter { !isSelected[$0] }
    trainDesign = DelayedDesign(problem, bands: selected, widths: widths, rows: train)
    testDesign = DelayedDesign(problem, bands: selected, widths: widths, rows: test)
    weights = trainDesign.columnWeights
    edges = problem.settings.delayEdges == .zero ? .trainMean : .missing
    var means = [Double](repeating: 0, count: group.targets.count)
    var centred = Matrix(rows: train.count, columns: group.targets.count)
    for (k, target) in group.targets.enumerated() {
      means[k] = train.reduce(0) { $0 + problem.targets[$1, target] } / Double(train.count)
      for (i, row) in train.enumerated() { centred[i, k] = problem.targets[row, target] - means[k] }
    }
    y = centred
    yMean = means
    yTest = problem.targets.selecting(rows: test).selecting(columns: group.targets)
    let covariates = selected.filter { problem.bands[$0].role == .covariate }
    let tested = problem.bands.contains { $0.role == .tested }
    let anyCovariate = problem.bands.contains { $0.role == .covariate }
    let design = trainDesign
    zeroColumns = tested && anyCovariate ? covariates.flatMap { design.columns(of: $0) } : nil
    elimination =
      fixed.isEmpty
      ? nil
      : try Elimination(problem, fixed, fitted, train: train, test: test, y: centred)
  }

  /// Delayed columns of the bands with a selected penalty.
  var columnCount: Int { trainDesign.columns }

  /// The reduced series of every band, row-major.
  var series: [[Double]] { fitted.map(\.series.values) }

  private func edgeValues(_ series: [[Double]]) -> [[Double]] {
    series.indices.map { band in
      let width = fitted[band].series.columns
      guard case .trainMean = edges else { return [Double](repeating: .nan, count: width) }
      var sums = [Double](repeating: 0, count: width)
      for row in train { for j in 0..<width { sums[j] += series[band][row * width + j] } }
      return sums.map { $0 / Double(train.count) }
    }
  }

  /// Scaled training and test columns of the bands with a selected penalty.
  private func columns(_ series: [[Double]]) -> (train: Matrix, test: Matrix) {
    let edge = edgeValues(series)
    let p = trainDesign.columns
    var z = [Double](repeating: 0, count: train.count * p)
    var zv = [Double](repeating: 0, count: test.count * p)
    trainDesign.gather(series, edge: edge, into: &z)
    testDesign.gather(series, edge: edge, into: &zv)
    let scaling = ColumnScaling(z, rows: train.count, columns: p, weights: weights)
    scaling.apply(&z, rows: train.count)
    scaling.apply(&zv, rows: test.count)
    return (Matrix(rows: train.count, columns: p, values: z), Matrix(rows: test.count, columns: p, values: zv))
  }

  /// Predictions with `lambdas[t]` for target t; `series` replaces the reduced series (null draws).
  func predict(_ series: [[Double]], targets y: Matrix? = nil, lambdas: [Double]) throws -> FoldPrediction {
    let y = y ?? self.y
    guard !selected.isEmpty else {
      guard let elimination else { preconditionFailure("a model has bands") }
      let alone = elimination.alone(y)
      return FoldPrediction(full: alone, zeroed: nil, alone: alone, weights: Matrix(rows: 0, columns: y.columns))
    }
    let (z, zv) = columns(series)
    let ze = elimination?.whitened(z) ?? z
    let system = RidgeSystem(ze, elimination?.whitened(y) ?? y)
    let x = try system.solution(lambdas)
    let w = system.dual ? ze.transposeMultiplied(by: x) : x
    var full = (elimination?.projected(zv, z) ?? zv).multiplied(by: w)
    let alone = elimination?.alone(y)
    if let alone { for i in full.values.indices { full.values[i] += alone.values[i] } }
    var zeroed: Matrix?
    if let zeroColumns {
      var masked = zv
      for i in 0..<masked.rows { for j in zeroColumns { masked[i, j] = 0 } }
      zeroed = masked.multiplied(by: w)
    }
    return FoldPrediction(full: full, zeroed: zeroed, alone: alone, weights: w)
  }

  /// What every band of a selected penalty adds to the prediction, in the order of `selected`: their sum is the full
  /// prediction where no band has a fixed penalty.
  func contributions(lambdas: [Double]) throws -> [Matrix] {
    let (z, zv) = columns(series)
    let ze = elimination?.whitened(z) ?? z
    let system = RidgeSystem(ze, elimination?.whitened(y) ?? y)
    let x = try system.solution(lambdas)
    let w = system.dual ? ze.transposeMultiplied(by: x) : x
    return selected.map { band in
      let own = trainDesign.columns(of: band)
      var part = Matrix(rows: own.count, columns: w.columns)
      for (i, column) in own.enumerated() { for t in 0..<w.columns { part[i, t] = w[column, t] } }
      return zv.selecting(columns: own).multiplied(by: part)
    }
  }

  /// Per lambda and target: the squared error of the full prediction, and r (0 for a constant prediction).
  func validation(_ lambdas: [Double]) throws -> (sse: Matrix, r: Matrix) {
    let count = y.columns
    var sse = Matrix(rows: lambdas.count, columns: count)
    var r = sse
    let (z, zv) = columns(series)
    let ze = elimination?.whitened(z) ?? z
    let ye = elimination?.whitened(y) ?? y
    let base = elimination?.alone(y)
    let effective = elimination?.projected(zv, z) ?? zv
    let batch = max(1, 4096 / lambdas.count)
    let system = RidgeSystem(ze, ye)
    let projector = system.projector(effective, ze)
    for start in stride(from: 0, to: count, by: batch) {
      let mine = Array(start..<min(start + batch, count))
      let part =
        mine.count == count
        ? system : RidgeSystem(size: system.size, dual: system.dual, s: system.s, b: system.b.selecting(columns: mine))
      let predictions = try part.path(projector, lambdas: lambdas)
      let truth = deviations(start, mine.count)
      for (l, _) in lambdas.enumerated() {
        let p = Self.slice(predictions, l * mine.count, mine.count, adding: base, from: start)
        let statistics = FoldStatistics(truth: truth, prediction: p)
        for (k, t) in mine.enumerated() {
          sse[l, t] = statistics.sse[k]
          r[l, t] = statistics.r[k].isNaN ? 0 : statistics.r[k]
        }
      }
    }
    return (sse, r)
  }
}

extension PreparedFold {
  /// Test targets less their training means, some columns.
  fileprivate func deviations(_ first: Int, _ count: Int) -> Matrix {
    var truth = [Double](repeating: 0, count: test.count * count)
    let all = yTest.columns
    for i in 0..<test.count {
      for k in 0..<count { truth[i * count + k] = yTest.values[i * all + first + k] - yMean[first + k] }
    }
    return Matrix(rows: test.count, columns: count, values: truth)
  }

  /// Columns of a path's predictions, plus those of the covariates.
  fileprivate static func slice(
    _ x: Matrix, _ first: Int, _ count: Int, adding base: Matrix?, from start: Int
  ) -> Matrix {
    var part = [Double](repeating: 0, count: x.rows * count)
    for i in 0..<x.rows { for k in 0..<count { part[i * count + k] = x.values[i * x.columns + first + k] } }
    if let base {
      for i in 0..<x.rows { for k in 0..<count { part[i * count + k] += base.values[i * base.columns + start + k] } }
    }
    return Matrix(rows: x.rows, columns: count, values: part)
  }
}

/// The bands with a fixed penalty, taken out of a ridge problem.
struct Elimination: Sendable {
  /// `[n, r]` left singular vectors of the columns divided by √λ, the factors f, and the test rows' map `[n_test, r]`.
  private let u: Matrix
  private let factor: [Double]
  private let map: Matrix
  let columnCount: Int
  let lambdas: [Double]

  init(
    _ problem: EncodingProblem, _ bands: [Int], _ fitted: [FittedBand], train: [Int], test: [Int], y: Matrix
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
      var scaling = ColumnScaling(a.values, rows: n, columns: design.columns, weights: ones)
      var standardised = a
      scaling.apply(&standardised.values, rows: n)
      let lambda = try Self.penalty(problem, band, standardised)
      lambdas.append(lambda)
      scaling.inverse = scaling.inverse.map { $0 / lambda.squareRoot() }
      scaling.apply(&a.values, rows: n)
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
