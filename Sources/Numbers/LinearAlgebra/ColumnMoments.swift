import CVectorMath

/// Sums over the rows of a truth Y and a prediction P, column by column; `a = y - mean y` and `b = p - mean p`.
///
/// Sums run in the order of the rows, the same bits on every processor. NaN goes through to the columns it touches.
package struct ColumnMoments {
  /// Σ a², Σ b² and Σ a b.
  package let yy: [Double]
  package let pp: [Double]
  package let yp: [Double]
  /// Σ (y - p)² and Σ y².
  package let error: [Double]
  package let total: [Double]

  /// - Parameters:
  ///   - truth: `[rows, columns]`.
  ///   - prediction: rows of at least as many columns.
  ///   - first: the column of the prediction that belongs to the truth's first.
  package init(truth: Matrix, prediction: Matrix, first: Int = 0) {
    precondition(
      prediction.rows == truth.rows && first >= 0 && first + truth.columns <= prediction.columns, "shapes differ")
    let (rows, columns, stride) = (truth.rows, truth.columns, prediction.columns)
    let zeros = [Double](repeating: 0, count: columns)
    var (yy, pp, yp, error, total) = (zeros, zeros, zeros, zeros, zeros)
    var (meanY, meanP) = (zeros, zeros)
    unsafe truth.values.withUnsafeBufferPointer { y in
      unsafe prediction.values.withUnsafeBufferPointer { p in
        guard let y = y.baseAddress, let p = p.baseAddress else { return }
        unsafe column_sums(y, columns, rows, columns, &meanY)
        unsafe column_sums(p + first, stride, rows, columns, &meanP)
        for c in 0..<columns {
          meanY[c] /= Double(rows)
          meanP[c] /= Double(rows)
        }
        unsafe column_moments(
          y, columns, p + first, stride, rows, columns, meanY, meanP, &yy, &pp, &yp, &error, &total)
      }
    }
    (self.yy, self.pp, self.yp, self.error, self.total) = (yy, pp, yp, error, total)
  }
}
