import Diagnostics
import LinearAlgebra
import Statistics

/// Bands fitted alone whose predictions are weighed (stacked regression: Wolpert 1992, Breiman 1996).
///
/// `ŷ = Σ_b α_b ŷ_b`, α ≥ 0, Σ α = 1, per target of the least squared error over what the bands, each at its own λ, predict
/// of rows that their inner folds leave out. A band that adds nothing gets 0, whatever its width.
struct BandStack: Sendable {
  /// One band each, on the rows of the fold.
  private let parts: [PreparedFold]
  /// Per part and target.
  let lambdas: [[Double]]
  /// `[parts, targets]`.
  let shares: Matrix

  init(_ parts: [PreparedFold], lambdas: [[Double]], shares: Matrix) {
    (self.parts, self.lambdas, self.shares) = (parts, lambdas, shares)
  }

  /// Predictions of the test rows, and the weights of all bands one below the other; `series` one for each band.
  func predict(_ series: [[Double]], targets y: Matrix) throws -> FoldPrediction {
    var weights = Matrix(rows: 0, columns: shares.columns)
    var parts: [Matrix] = []
    var choices: [[Int]] = []
    for place in self.parts.indices {
      let own = try self.parts[place].predict([series[place]], targets: y, lambdas: lambdas[place])
      parts.append(shared(own.full, place))
      choices += own.choices
      let below = shared(own.weights, place)
      weights = Matrix(
        rows: weights.rows + below.rows, columns: weights.columns, values: weights.values + below.values)
    }
    return FoldPrediction(full: Self.sum(parts), zeroed: nil, alone: nil, weights: weights, choices: choices)
  }

  /// The prediction alone, to rounding.
  func drawn(_ series: [[Double]], targets y: Matrix, sharing: SharedColumns?) throws -> Matrix {
    Self.sum(
      try parts.indices.map { place in
        let (part, own) = (parts[place], [series[place]])
        let drawn = try part.drawn(own, targets: y, lambdas: lambdas[place], sharing: sharing)
        return shared(try drawn ?? part.predict(own, targets: y, lambdas: lambdas[place]).full, place)
      })
  }

  /// What every band adds to the prediction.
  func contributions() throws -> [Matrix] {
    try parts.indices.map { shared(try parts[$0].predict(parts[$0].series, lambdas: lambdas[$0]).full, $0) }
  }

  private func shared(_ x: Matrix, _ place: Int) -> Matrix {
    var result = x
    for i in 0..<x.rows { for t in 0..<x.columns { result[i, t] *= shares[place, t] } }
    return result
  }

  private static func sum(_ parts: [Matrix]) -> Matrix {
    parts.dropFirst().reduce(into: parts[0]) { sum, part in
      for i in part.values.indices { sum.values[i] += part.values[i] }
    }
  }
}

extension BandStack {
  /// The α of least `αᵀGα` with α ≥ 0 and Σ α = 1, G `[B, B]` being the products of the bands' errors: of every face of the
  /// simplex the point where its gradient is equal, `G_F a = 1`, α = a / Σ a, where that lies in it. Bands of equal errors
  /// leave all to the first of them.
  static func shares(_ g: Matrix) -> [Double] {
    var best = (loss: Double.infinity, shares: [Double](repeating: 0, count: g.rows))
    for face in 1..<(1 << g.rows) {
      let members = (0..<g.rows).filter { face >> $0 & 1 == 1 }
      guard let own = point(g, members) else { continue }
      var loss = 0.0
      for (i, a) in zip(members, own) { for (j, b) in zip(members, own) { loss += a * b * g[i, j] } }
      guard loss < best.loss * (1 - 1e-12) else { continue }
      best.loss = loss
      for band in best.shares.indices { best.shares[band] = 0 }
      for (band, share) in zip(members, own) { best.shares[band] = share }
    }
    return best.shares
  }

  private static func point(_ g: Matrix, _ members: [Int]) -> [Double]? {
    let count = members.count
    guard count > 1 else { return [1] }
    var a = members.flatMap { i in members.map { g[i, $0] } }
    guard Cholesky.factor(&a, n: count) else { return nil }
    var x = [Double](repeating: 1, count: count)
    Cholesky.solve(a, n: count, &x, columns: 1)
    let total = x.reduce(0, +)
    guard total.isFinite, x.allSatisfy({ $0 >= 0 }), total > 0 else { return nil }
    return x.map { $0 / total }
  }
}

/// What bands predict of rows that inner folds leave out, and how they are weighed by it.
struct HeldOutErrors {
  /// Per inner fold and band truth less prediction `[rows, targets]`, and the truth.
  private var folds: [(errors: [Matrix], truth: Matrix)] = []

  mutating func add(_ errors: [Matrix], truth: Matrix) { folds.append((errors, truth)) }

  /// `[bands, targets]`.
  func shares(targets: Int, bands: Int) -> Matrix {
    var result = Matrix(rows: bands, columns: targets)
    for t in 0..<targets {
      var g = Matrix(rows: bands, columns: bands)
      for fold in folds {
        let own = fold.errors.map { $0.column(t) }
        for a in 0..<bands {
          for b in 0...a {
            g[a, b] += DoubleProducts.dot(own[a], own[b], count: own[a].count)
            g[b, a] = g[a, b]
          }
        }
      }
      for (band, share) in BandStack.shares(g).enumerated() { result[band, t] = share }
    }
    return result
  }

  /// Per target, the Fisher mean over inner folds of r of the weighed predictions, that of a constant one being 0.
  func r(_ shares: Matrix) -> [Double] {
    let folds = folds.map { fold in
      var prediction = fold.truth
      for (band, errors) in fold.errors.enumerated() {
        for i in 0..<errors.rows { for t in 0..<errors.columns { prediction[i, t] -= shares[band, t] * errors[i, t] } }
      }
      return FoldStatistics(truth: fold.truth, prediction: prediction).r
    }
    return (0..<shares.columns).map { t in Correlation.fisherMean(folds.map { $0[t].isNaN ? 0 : $0[t] }) }
  }
}
