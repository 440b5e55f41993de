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

  init(truth: Matrix, prediction: Matrix) {
    let (n, count) = (truth.rows, truth.columns)
    let zeros = [Double](repeating: 0, count: count)
    let (my, mp) = (truth.columnMeans, prediction.columnMeans)
    var (syy, spp, syp, sse, total) = (zeros, zeros, zeros, zeros, zeros)
    for i in 0..<n {
      for t in 0..<count {
        let (y, p) = (truth.values[i * count + t], prediction.values[i * count + t])
        let (a, b) = (y - my[t], p - mp[t])
        syy[t] += a * a
        spp[t] += b * b
        syp[t] += a * b
        sse[t] += (y - p) * (y - p)
        total[t] += y * y
      }
    }
    r = zeros
    for t in 0..<count {
      // Equal values less their mean are 0 to rounding only.
      if !(syy[t] > 1e-24 * total[t]) || !syy[t].isFinite {
        r[t] = .nan
      } else if !(spp[t] > 1e-24 * syy[t]) {
        r[t] = spp[t].isNaN ? .nan : 0
      } else {
        r[t] = max(-1, min(1, syp[t] / (syy[t] * spp[t]).squareRoot()))
      }
    }
    self.sse = sse
    self.total = total
    totalTest = syy
    predictionSD = spp.map { ($0 / Double(n)).squareRoot() }
  }
}
