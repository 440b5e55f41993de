import LinearAlgebra

/// What the columns of a band weigh in the predictions of a fit, and what the predictions look like in them: means over the
/// folds that count for a target.
public struct BandWeights: Sendable {
  public let band: String
  /// Rows of the grid, ascending: every delay that some column reads.
  public let delays: [Int]
  /// Per delay d `[columns, targets]`, columns as they were given, before reduction: by how many units the prediction of t rises
  /// with a unit of the column at t - d, all else being equal, `ŷ(t) = b + Σ_d Σ_j w_dj x_j(t - d)`.
  public let weights: [Matrix]
  /// Per delay d `[columns, targets]`: `cov(x_j(t - d), ŷ(t)) / var(ŷ)` over training rows, the forward pattern of Haufe et al.
  /// 2014: units of the column per unit of the prediction. NaN where no fold has a prediction that varies.
  public let patterns: [Matrix]
}

extension EncodingFit {
  /// The weights and patterns of every band, in the order of the bands; columns of an averaged window are its means. What
  /// position explains is in neither: both speak of what is left of features and targets.
  ///
  /// - Precondition: features are scaled by training rows, and no band has a fixed penalty.
  public func bandWeights() throws -> [BandWeights] {
    precondition(problem.settings.standardisation == .trainFold, "a column has one scale in all stimuli")
    var sums = problem.bands.indices.map { WeightSums(problem, band: $0) }
    for fit in fits {
      precondition(fit.prepared.elimination == nil, "the weights of bands with a fixed penalty are not known")
      let fitted = try fit.predict(fit.prepared.series, targets: fit.prepared.y)
      let (weights, prediction) = fit.prepared.inUnits(fitted)
      for band in sums.indices {
        sums[band].add(weights, fitted.choices[band], prediction: prediction, of: fit, in: problem)
      }
    }
    return sums.map(\.means)
  }
}

/// Sums over folds of what a band weighs.
private struct WeightSums {
  private let band: Int
  private let name: String
  private let delays: [Int]
  private var weights: [Matrix]
  private var patterns: [Matrix]
  /// Per target, the folds in each.
  private var counted: [Double]
  private var varying: [Double]

  init(_ problem: EncodingProblem, band: Int) {
    (self.band, name, delays) = (band, problem.bands[band].name, problem.bands[band].delays)
    let none = Matrix(rows: problem.features[band].columns, columns: problem.targetCount)
    weights = delays.map { _ in none }
    patterns = weights
    counted = [Double](repeating: 0, count: problem.targetCount)
    varying = counted
  }

  mutating func add(
    _ columns: Matrix, _ choice: [Int], prediction: Matrix, of fit: FittedFold, in problem: EncodingProblem
  ) {
    let prepared = fit.prepared
    let counts = fit.targets.indices.filter { fit.isCounted[$0] }
    let squares = counts.map { k in (0..<prediction.rows).reduce(0) { $0 + prediction[$1, k] * prediction[$1, k] } }
    let total = counts.map { k in (0..<prediction.rows).reduce(0) { $0 + prepared.y[$1, k] * prepared.y[$1, k] } }
    let varies = counts.indices.map { squares[$0] > 1e-24 * total[$0] }
    for (place, k) in counts.enumerated() {
      counted[fit.targets[k]] += 1
      varying[fit.targets[k]] += varies[place] ? 1 : 0
    }
    let ofColumns = prepared.columnWeights(columns, of: band)
    for (d, delay) in delays.enumerated() {
      let own = prepared.unreduced(problem.bands[band].delayColumns.weights(ofColumns, at: delay, choice), of: band)
      let covariance = prepared.delayed(problem, band: band, by: delay).transposeMultiplied(by: prediction)
      for j in 0..<own.rows {
        for (place, k) in counts.enumerated() {
          weights[d][j, fit.targets[k]] += own[j, k]
          if varies[place] { patterns[d][j, fit.targets[k]] += covariance[j, k] / squares[place] }
        }
      }
    }
  }

  var means: BandWeights {
    BandWeights(
      band: name, delays: delays, weights: weights.map { Self.mean($0, counted) },
      patterns: patterns.map { Self.mean($0, varying) })
  }

  private static func mean(_ sums: Matrix, _ counts: [Double]) -> Matrix {
    var mean = sums
    for j in 0..<mean.rows {
      for t in counts.indices { mean[j, t] = counts[t] > 0 ? mean[j, t] / counts[t] : .nan }
    }
    return mean
  }
}

extension DelayColumns {
  /// Of weights `[width, T]` per column those at a delay, where every target has what it chose: 0 where it chose another one.
  fileprivate func weights(_ columns: [Matrix], at delay: Int, _ choice: [Int]) -> Matrix {
    var own = Matrix(rows: columns[0].rows, columns: columns[0].columns)
    for (target, option) in choice.enumerated() {
      guard let column = options[options.count == 1 ? 0 : option].firstIndex(of: delay) else { continue }
      for j in 0..<own.rows { own[j, target] = columns[column][j, target] }
    }
    return own
  }
}

extension PreparedFold {
  /// Weights of one band, column by column of a feature.
  fileprivate func columnWeights(_ columns: Matrix, of band: Int) -> [Matrix] {
    let (own, width) = (columnPlaces(of: band), fitted[band].series.columns)
    return stride(from: 0, to: own.count, by: width).map { columns.selecting(rows: Array(own[$0..<($0 + width)])) }
  }

  /// Weights of a band's columns as they were given, from those of its reduced ones: `x` has the scores
  /// `Σ_j v_kj (x_j - m_j) / (d_j s_k)`.
  fileprivate func unreduced(_ weights: Matrix, of band: Int) -> Matrix {
    guard let components = fitted[band].components else { return weights }
    var scores = weights
    for k in 0..<scores.rows { for t in 0..<scores.columns { scores[k, t] /= components.scoreSD[k] } }
    var result = components.components.transposeMultiplied(by: scores)
    for j in 0..<result.rows { for t in 0..<result.columns { result[j, t] *= components.inverseScale[j] } }
    return result
  }

  /// The columns of a band as they were given, `delay` rows before every training row.
  fileprivate func delayed(_ problem: EncodingProblem, band: Int, by delay: Int) -> Matrix {
    let raw = problem.features[band]
    let mean = raw.selecting(rows: train).columnMeans
    let design = DelayedDesign(
      problem.only(band, delayColumns: .single([delay])), bands: [0], widths: [raw.columns], rows: train)
    var x = Matrix(rows: train.count, columns: raw.columns)
    // Where samples are cropped every row has all of them.
    design.gather([raw.values], edge: [mean], into: &x.values)
    return x
  }
}
