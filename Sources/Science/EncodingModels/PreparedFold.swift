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
  /// Per band of a selected penalty and target, the place of its delay among those that are chosen among.
  let choices: [[Int]]
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
  /// Test targets less their training means, `[n_test, T]`.
  let deviations: Matrix
  let elimination: Elimination?
  /// What takes position out of training and test rows; nil without position.
  private let filters: (train: PositionFilter, test: PositionFilter)?
  private let trainDesign: DelayedDesign
  private let testDesign: DelayedDesign
  /// The training columns by their lags, where that takes less; nil: they are gathered.
  private let lagged: LaggedDesign?
  /// Targets laid out for products with these, where they are of a few values; nil: they are laid out for every product.
  private let laidOut: LaggedDesign.LaidOutRows?
  private let weights: [Double]
  private let edges: DelayEdge
  /// Folds of the same have the same columns.
  private let shared: SharedColumns.Key
  /// Columns of covariates with a selected penalty; nil when zeroing is not meaningful.
  private let zeroColumns: [Int]?

  /// Values of laid out targets that a fold keeps, 16 MB.
  private static let mostLaidOut = 2_000_000

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
    lagged =
      fixed.isEmpty && trainDesign.columns <= train.count
      ? LaggedDesign(problem, bands: selected, widths: widths, rows: train).flatMap { $0.isWorthwhile ? $0 : nil } : nil
    edges = problem.settings.delayEdges == .zero ? .trainMean : .missing
    var centred = problem.targets(of: group, rows: train)
    let means = centred.columnMeans
    centred.subtract(means)
    let filters = problem.filters(
      train: train, test: test, of: fold, problem.treatments[group.targets[0]], hash: rowsHash, cache)
    if let filters { centred = filters.train.residual(centred) }
    self.filters = filters
    y = centred
    yMean = means
    laidOut = centred.values.count <= Self.mostLaidOut ? lagged?.laidOut(centred) : nil
    shared = SharedColumns.Key(
      rowsHash: rowsHash, treatment: problem.treatments[group.targets[0]].columns, bands: problem.bands.map(\.name))
    var truth = problem.targets(of: group, rows: test)
    truth.subtract(means)
    deviations = filters?.test.scored(truth) ?? truth
    let covariates = selected.filter { problem.bands[$0].role == .covariate }
    let tested = problem.bands.contains { $0.role == .tested }
    let anyCovariate = problem.bands.contains { $0.role == .covariate }
    let design = trainDesign
    zeroColumns = tested && anyCovariate ? covariates.flatMap { design.columns(of: $0) } : nil
    elimination =
      fixed.isEmpty
      ? nil
      : try Elimination(problem, fixed, fitted, train: train, test: test, filters: filters)
  }

  /// Delayed columns of the bands with a selected penalty.
  var columnCount: Int { trainDesign.columns }

  /// Whether every target chooses its delay.
  private var choosesDelay: Bool { trainDesign.optionCount > 1 }

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

  /// Training and test columns of the bands with a selected penalty before scaling, row-major.
  private func gathered(_ series: [[Double]], under option: Int) -> (train: [Double], test: [Double]) {
    let edge = edgeValues(series)
    let p = trainDesign.columns
    var z = [Double](repeating: 0, count: train.count * p)
    var zv = [Double](repeating: 0, count: test.count * p)
    trainDesign.gather(series, edge: edge, into: &z, under: option)
    testDesign.gather(series, edge: edge, into: &zv, under: option)
    return (z, zv)
  }

  /// Scaled training and test columns of the bands with a selected penalty.
  private func columns(_ series: [[Double]], under option: Int) -> (train: Matrix, test: Matrix) {
    var (z, zv) = gathered(series, under: option)
    let p = trainDesign.columns
    if let filters { return Self.filtered(z, zv, columns: p, filters, weights) }
    let scaling = ColumnScaling(z, rows: train.count, columns: p, weights: weights)
    scaling.apply(&z, rows: train.count)
    scaling.apply(&zv, rows: test.count)
    return (Matrix(rows: train.count, columns: p, values: z), Matrix(rows: test.count, columns: p, values: zv))
  }

  private static func filtered(
    _ z: [Double], _ zv: [Double], columns p: Int, _ filters: (train: PositionFilter, test: PositionFilter),
    _ weights: [Double]
  ) -> (train: Matrix, test: Matrix) {
    let raw = Matrix(rows: p == 0 ? 0 : z.count / p, columns: p, values: z)
    var train = filters.train.residual(raw)
    let scaling = ColumnScaling(raw: raw, residual: train, weights: weights)
    for i in train.values.indices { train.values[i] *= scaling.inverse[i % p] }
    var test = Matrix(rows: p == 0 ? 0 : zv.count / p, columns: p, values: zv)
    scaling.apply(&test.values, rows: test.rows)
    return (train, filters.test.residual(test))
  }

  /// Predictions with `lambdas[t]` for target t; `series` replaces the reduced series (null draws). Where delays are chosen
  /// among, each target has the one whose penalised fit of the training rows is closest.
  func predict(_ series: [[Double]], targets y: Matrix? = nil, lambdas: [Double]) throws -> FoldPrediction {
    let y = y ?? self.y
    guard !selected.isEmpty else {
      guard let elimination else { preconditionFailure("a model has bands") }
      let alone = elimination.alone(y)
      return FoldPrediction(
        full: alone, zeroed: nil, alone: alone, weights: Matrix(rows: 0, columns: y.columns),
        choices: [])
    }
    let ye = elimination?.whitened(y) ?? y
    let alone = elimination?.alone(y)
    let edge = edgeValues(series)
    let own = filters == nil ? laggedColumns(series, edge: edge, targets: ye) : nil
    let first = try solved(equations(series, edge, ye, own, under: 0), lambdas)
    var (full, zeroed, weights) = (first.full, first.zeroed, first.weights)
    var delays = DelayChoice(count: y.columns, first.gains)
    for option in 1..<trainDesign.optionCount {
      let next = try solved(equations(series, edge, ye, own, under: option), lambdas)
      guard let gains = next.gains else { continue }
      for target in delays.offer(option, gains) {
        full.copy(column: target, of: next.full)
        weights.copy(column: target, of: next.weights)
        if let other = next.zeroed { zeroed?.copy(column: target, of: other) }
      }
    }
    if let alone { for i in full.values.indices { full.values[i] += alone.values[i] } }
    return FoldPrediction(
      full: full, zeroed: zeroed, alone: alone, weights: weights, choices: selected.map { _ in delays.choice })
  }

  /// What the bands with a selected penalty are solved by at one delay of those that are chosen among.
  private struct Equations {
    let system: RidgeSystem
    /// The training columns, without what covariates take over; nil where the system is that of the columns themselves.
    let train: Matrix?
    /// The test columns, and without what covariates take over.
    let test: Matrix
    let effective: Matrix

    /// Of solutions of the system.
    func weights(_ x: Matrix) -> Matrix {
      guard system.dual, let train else { return x }
      return train.transposeMultiplied(by: x)
    }
  }

  /// `ye` as `RidgeSystem` has it.
  private func equations(
    _ series: [[Double]], _ edge: [[Double]], _ ye: Matrix, _ own: LaggedColumns?, under option: Int
  ) -> Equations {
    if let (system, scaling) = laggedSystem(own, under: option) {
      let zv = scaledTest(series, edge: edge, scaling, under: option)
      return Equations(system: system, train: nil, test: zv, effective: zv)
    }
    let (z, zv) = columns(series, under: option)
    let ze = elimination?.whitened(z) ?? z
    return Equations(
      system: RidgeSystem(ze, ye), train: ze, test: zv, effective: elimination?.projected(zv, z) ?? zv)
  }

  /// Training columns of all delays by their lags, without what position explains, and their products with targets.
  private typealias LaggedColumns = (columns: LaggedDesign.Columns, right: Matrix)

  /// nil where columns are gathered. `sharing` keeps the columns for other folds of the same.
  private func laggedColumns(
    _ series: [[Double]], edge: [[Double]], targets y: Matrix, sharing: SharedColumns? = nil
  ) -> LaggedColumns? {
    guard let lagged else { return nil }
    func taken() -> LaggedDesign.Taken? { lagged.taken(filters?.train, rows: train.count) }
    func columns(_ taken: LaggedDesign.Taken) -> LaggedDesign.Columns? {
      lagged.columns(series, edge: edge, less: taken)
    }
    let own = if let sharing { sharing.columns(shared, taken: taken, columns) } else { taken().flatMap(columns) }
    guard let own else { return nil }
    let isOwn = y.values == self.y.values
    return (own, lagged.right(own, (isOwn ? laidOut : nil) ?? lagged.laidOut(y)))
  }

  private func laggedSystem(_ own: LaggedColumns?, under option: Int) -> (system: RidgeSystem, scaling: ColumnScaling)?
  {
    guard let lagged, let own else { return nil }
    return own.columns.system(of: lagged.places(under: option), right: own.right, weights: weights)
  }

  private func scaledTest(
    _ series: [[Double]], edge: [[Double]], _ scaling: ColumnScaling, under option: Int
  ) -> Matrix {
    var test = Matrix(rows: self.test.count, columns: trainDesign.columns)
    testDesign.gather(series, edge: edge, into: &test.values, under: option)
    scaling.apply(&test.values, rows: test.rows)
    return test
  }

  /// Predictions of the bands with a selected penalty at one delay of those that are chosen among.
  private func solved(
    _ equations: Equations, _ lambdas: [Double]
  ) throws -> (full: Matrix, zeroed: Matrix?, weights: Matrix, gains: [Double]?) {
    let (system, zv) = (equations.system, equations.test)
    let x = try system.solution(lambdas)
    let w = equations.weights(x)
    let full = equations.effective.multiplied(by: w)
    var zeroed: Matrix?
    if let zeroColumns {
      var masked = zv
      for i in 0..<masked.rows { for j in zeroColumns { masked[i, j] = 0 } }
      zeroed = masked.multiplied(by: w)
    }
    return (full, zeroed, w, choosesDelay ? system.gains(x.values, lambdas: lambdas) : nil)
  }

  /// What every target has at its own delay.
  private func chosen(_ choice: [Int], _ make: (Int) -> [Matrix]) -> [Matrix] {
    var result: [Matrix] = []
    for option in Set(choice).sorted() {
      let own = make(option)
      guard !result.isEmpty else {
        result = own
        continue
      }
      for target in choice.indices where choice[target] == option {
        for part in own.indices { result[part].copy(column: target, of: own[part]) }
      }
    }
    return result
  }

  /// Predictions of the test rows with position left in: one linear function of the delayed features for all of them.
  ///
  /// - Precondition: no band has a fixed penalty.
  func linearPrediction(lambdas: [Double]) throws -> Matrix {
    precondition(elimination == nil, "the weights of bands with a fixed penalty are not known")
    let fitted = try predict(series, lambdas: lambdas)
    let p = trainDesign.columns
    let predictions = chosen(fitted.choices[0]) { option in
      let (z, test) = gathered(series, under: option)
      var zv = test
      scaling(z).apply(&zv, rows: self.test.count)
      return [Matrix(rows: self.test.count, columns: p, values: zv).multiplied(by: fitted.weights)]
    }
    return predictions[0]
  }

  /// How training columns are centred and scaled.
  private func scaling(_ z: [Double]) -> ColumnScaling {
    let p = trainDesign.columns
    guard let filters else { return ColumnScaling(z, rows: train.count, columns: p, weights: weights) }
    let raw = Matrix(rows: train.count, columns: p, values: z)
    return ColumnScaling(raw: raw, residual: filters.train.residual(raw), weights: weights)
  }

  /// Weights `[P, T]` in units of the columns, and what they predict of the training rows.
  func inUnits(_ fitted: FoldPrediction) -> (weights: Matrix, prediction: Matrix) {
    var own = fitted.weights
    var prediction = Matrix(rows: train.count, columns: own.columns)
    for option in Set(fitted.choices.joined()).sorted() {
      let inverse = scaling(gathered(series, under: option).train).inverse
      var part = Matrix(rows: own.rows, columns: own.columns)
      for (band, choice) in zip(selected, fitted.choices) {
        for j in trainDesign.columns(of: band) {
          for t in choice.indices where choice[t] == option {
            part[j, t] = fitted.weights[j, t]
            own[j, t] = fitted.weights[j, t] * inverse[j]
          }
        }
      }
      let added = columns(series, under: option).train.multiplied(by: part)
      for i in added.values.indices { prediction.values[i] += added.values[i] }
    }
    return (own, prediction)
  }

  /// Places of a band's delayed columns among those of a selected penalty.
  func columnPlaces(of band: Int) -> [Int] { trainDesign.columns(of: band) }

  /// The full prediction alone, for the many draws of a null: that of `predict` to rounding, without a filtered design. nil
  /// where `predict` has to make it: beside bands of a fixed penalty, with more columns than rows, and without position where
  /// columns are gathered.
  func drawn(
    _ series: [[Double]], targets y: Matrix, lambdas: [Double], sharing: SharedColumns?
  ) throws -> Matrix? {
    guard elimination == nil, trainDesign.columns <= train.count else { return nil }
    let edge = edgeValues(series)
    let lagged = laggedColumns(series, edge: edge, targets: y, sharing: sharing)
    var solutions: [(weights: Matrix, scaling: ColumnScaling)] = []
    var delays = DelayChoice(count: y.columns, nil)
    for option in 0..<trainDesign.optionCount {
      let own =
        laggedSystem(lagged, under: option)
        ?? filters.flatMap { gatheredSystem(series, edge: edge, targets: y, $0.train, under: option) }
      guard let (system, scaling) = own else { return nil }
      let w = try system.solution(lambdas)
      solutions.append((w, scaling))
      if choosesDelay { _ = delays.offer(option, system.gains(w.values, lambdas: lambdas)) }
    }
    // Test rows are asked for at the delays that targets choose alone.
    var prediction = Matrix(rows: test.count, columns: y.columns)
    for (option, solution) in solutions.enumerated() {
      let members = choosesDelay ? (0..<y.columns).filter { delays.choice[$0] == option } : Array(0..<y.columns)
      guard !members.isEmpty else { continue }
      let w = members.count == y.columns ? solution.weights : solution.weights.selecting(columns: members)
      let own = scaledTest(series, edge: edge, solution.scaling, under: option).multiplied(by: w)
      for row in 0..<own.rows { for (k, t) in members.enumerated() { prediction[row, t] = own[row, k] } }
    }
    return filters?.test.residual(prediction) ?? prediction
  }

  private func gatheredSystem(
    _ series: [[Double]], edge: [[Double]], targets y: Matrix, _ filter: PositionFilter, under option: Int
  ) -> (system: RidgeSystem, scaling: ColumnScaling)? {
    let p = trainDesign.columns
    var raw = Matrix(rows: train.count, columns: p)
    trainDesign.gather(series, edge: edge, into: &raw.values, under: option)
    guard let products = filter.products(raw, y) else { return nil }
    let squares = (0..<p).map { max(0, products.gram[$0, $0]) }
    let scaling = ColumnScaling(raw: raw, squares: squares, weights: weights)
    var (gram, right) = products
    for i in 0..<p {
      for j in 0..<p { gram[i, j] *= scaling.inverse[i] * scaling.inverse[j] }
      for t in 0..<right.columns { right[i, t] *= scaling.inverse[i] }
    }
    return (RidgeSystem(size: p, dual: false, s: gram.values, b: right), scaling)
  }

  /// What every band of a selected penalty adds to the prediction, in the order of `selected`: their sum is the full
  /// prediction where no band has a fixed penalty.
  func contributions(lambdas: [Double]) throws -> [Matrix] {
    let fitted = try predict(series, lambdas: lambdas)
    let w = fitted.weights
    return chosen(fitted.choices[0]) { option in
      let zv = columns(series, under: option).test
      return selected.map { band in
        let own = trainDesign.columns(of: band)
        var part = Matrix(rows: own.count, columns: w.columns)
        for (i, column) in own.enumerated() { for t in 0..<w.columns { part[i, t] = w[column, t] } }
        return zv.selecting(columns: own).multiplied(by: part)
      }
    }
  }

  /// Per lambda and target: the squared error of the full prediction, and r (0 for a constant prediction). Where delays are
  /// chosen among, each lambda and target has its own.
  func validation(_ lambdas: [Double]) throws -> (sse: Matrix, r: Matrix) {
    let ye = elimination?.whitened(y) ?? y
    let base = elimination?.alone(y)
    let edge = edgeValues(series)
    let own = filters == nil ? laggedColumns(series, edge: edge, targets: ye) : nil
    let first = try validation(lambdas, base, equations(series, edge, ye, own, under: 0))
    var (sse, r) = (first.sse, first.r)
    var delays = DelayChoice(count: first.gains.count, first.gains)
    for option in 1..<trainDesign.optionCount {
      let next = try validation(lambdas, base, equations(series, edge, ye, own, under: option))
      for place in delays.offer(option, next.gains) {
        (sse.values[place], r.values[place]) = (next.sse.values[place], next.r.values[place])
      }
    }
    return (sse, r)
  }

  private func validation(
    _ lambdas: [Double], _ base: Matrix?, _ equations: Equations
  ) throws -> (sse: Matrix, r: Matrix, gains: [Double]) {
    let count = y.columns
    var sse = Matrix(rows: lambdas.count, columns: count)
    var r = sse
    var gains = [Double](repeating: 0, count: choosesDelay ? sse.values.count : 0)
    let batch = max(1, 2048 / lambdas.count)
    let projector =
      equations.train.map { equations.system.projector(equations.effective, $0) } ?? equations.effective
    var path = RidgePath(equations.system, projector, lambdas: lambdas)
    for start in stride(from: 0, to: count, by: batch) {
      let mine = start..<min(start + batch, count)
      let (predictions, own) = try path.predictions(of: mine, countsGains: choosesDelay)
      let truth = mine.count == count ? deviations : deviations.selecting(columns: Array(mine))
      for (l, _) in lambdas.enumerated() {
        let first = l * mine.count
        let statistics =
          base.map {
            FoldStatistics(
              truth: truth, prediction: Self.slice(predictions, first, mine.count, adding: $0, from: start))
          } ?? FoldStatistics(truth: truth, prediction: predictions, first: first)
        for (k, t) in mine.enumerated() {
          sse[l, t] = statistics.sse[k]
          r[l, t] = statistics.r[k].isNaN ? 0 : statistics.r[k]
          if let own { gains[l * count + t] = own[l * mine.count + k] }
        }
      }
    }
    return (sse, r, gains)
  }
}

extension EncodingProblem {
  fileprivate func targets(of group: KeptRows.Group, rows: [Int]) -> Matrix {
    let all = targets.selecting(rows: rows)
    return group.targets.count == targetCount ? all : all.selecting(columns: group.targets)
  }
}

extension Matrix {
  /// Subtracts a number for each column.
  fileprivate mutating func subtract(_ means: [Double]) {
    for i in 0..<rows { for j in means.indices { values[i * columns + j] -= means[j] } }
  }

  fileprivate mutating func copy(column: Int, of other: Matrix) {
    for row in 0..<rows { self[row, column] = other[row, column] }
  }
}

extension PreparedFold {
  /// What position leaves of series in the test rows, as of the targets.
  func scored(_ x: Matrix) -> Matrix { filters?.test.scored(x) ?? x }

  /// What position leaves of other targets: centred ones of the training rows, deviations of the test rows.
  func filtered(train y: Matrix, test truth: Matrix) -> (y: Matrix, truth: Matrix) {
    guard let filters else { return (y, truth) }
    return (filters.train.residual(y), filters.test.residual(truth))
  }

  /// Columns of a path's predictions, plus those of the covariates.
  fileprivate static func slice(
    _ x: Matrix, _ first: Int, _ count: Int, adding base: Matrix, from start: Int
  ) -> Matrix {
    var part = [Double](repeating: 0, count: x.rows * count)
    for i in 0..<x.rows {
      for k in 0..<count {
        part[i * count + k] = x.values[i * x.columns + first + k] + base.values[i * base.columns + start + k]
      }
    }
    return Matrix(rows: x.rows, columns: count, values: part)
  }
}
