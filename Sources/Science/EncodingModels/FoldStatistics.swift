import LinearAlgebra

/// Scores of predictions `[n, T]`, column by column.
struct FoldStatistics {
  /// 0 for a constant prediction (SD below 1e-12 of the target's), NaN for a constant target.
  var r: [Double]
  var sse: [Double]
  /// Σ y² of the truth as given (deviations from the training mean), and Σ (y - mean y)².
  var total: [Double]
  var totalTest: [Double]
  var predictionSD: [Double]

  /// - Parameter first: the column of the prediction that belongs to the truth's first.
  init(truth: Matrix, prediction: Matrix, first: Int = 0) {
    let moments = ColumnMoments(truth: truth, prediction: prediction, first: first)
    let (syy, spp, syp, total) = (moments.yy, moments.pp, moments.yp, moments.total)
    var r = total.map { _ in 0.0 }
    for t in r.indices {
      // Equal values less their mean are 0 to rounding only.
      if !(syy[t] > 1e-24 * total[t]) || !syy[t].isFinite {
        r[t] = .nan
      } else if !(spp[t] > 1e-24 * syy[t]) {
        r[t] = spp[t].isNaN ? .nan : 0
      } else {
        r[t] = max(-1, min(1, syp[t] / (syy[t] * spp[t]).squareRoot()))
      }
    }
    self.r = r
    sse = moments.error
    self.total = total
    totalTest = syy
    predictionSD = spp.map { ($0 / Double(truth.rows)).squareRoot() }
  }
}
