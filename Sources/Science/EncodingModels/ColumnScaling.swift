import LinearAlgebra
import Statistics

/// Column means and inverse standard deviations of training rows.
struct ColumnScaling: Sendable {
  var mean: [Double]
  var inverse: [Double]

  /// Means of columns, and inverse standard deviations of what position leaves of them; a column of which less than 1e-6 of
  /// its deviation is left counts as constant.
  init(raw: Matrix, residual: Matrix, weights: [Double]) {
    let whole = ColumnScaling(raw.values, rows: raw.rows, columns: raw.columns, weights: weights)
    let left = ColumnScaling(residual.values, rows: raw.rows, columns: raw.columns, weights: weights)
    self.init(whole, left: left.inverse)
  }

  /// The same from the sums of squares of what position leaves, whose mean is 0.
  init(raw: Matrix, squares: [Double], weights: [Double]) {
    let left = zip(squares, weights).map { sum, weight in
      DesignScale.inverse(sd: (sum / Double(raw.rows)).squareRoot(), mean: 0) * weight
    }
    self.init(ColumnScaling(raw.values, rows: raw.rows, columns: raw.columns, weights: weights), left: left)
  }

  /// From the columns' means, their sums of squares about these and, with position, what it leaves of them.
  init(mean: [Double], squares: [Double], left: [Double]?, rows: Int, weights: [Double]) {
    func inverse(_ squares: [Double], _ mean: [Double]) -> [Double] {
      mean.indices.map {
        DesignScale.inverse(sd: (max(0, squares[$0]) / Double(rows)).squareRoot(), mean: mean[$0]) * weights[$0]
      }
    }
    self.init(mean: mean, inverse: inverse(squares, mean))
    if let left { self.init(self, left: inverse(left, mean.map { _ in 0 })) }
  }

  private init(mean: [Double], inverse: [Double]) { (self.mean, self.inverse) = (mean, inverse) }

  private init(_ whole: ColumnScaling, left: [Double]) {
    mean = whole.mean
    inverse = zip(whole.inverse, left).map { before, after in after * 1e-6 < before ? after : 0 }
  }

  /// Population moments over `[n, P]`, times the column weights; a constant column gets inverse 0.
  init(_ z: [Double], rows: Int, columns: Int, weights: [Double]) {
    var mean = [Double](repeating: 0, count: columns)
    var squares = mean
    for i in 0..<rows { for j in 0..<columns { mean[j] += z[i * columns + j] } }
    for j in 0..<columns { mean[j] /= Double(rows) }
    for i in 0..<rows {
      for j in 0..<columns {
        let d = z[i * columns + j] - mean[j]
        squares[j] += d * d
      }
    }
    for j in 0..<columns {
      squares[j] = DesignScale.inverse(sd: (squares[j] / Double(rows)).squareRoot(), mean: mean[j]) * weights[j]
    }
    self.mean = mean
    inverse = squares
  }

  func apply(_ z: inout [Double], rows: Int) { Self.apply(&z, rows, mean, inverse) }

  private static func apply(_ z: inout [Double], _ rows: Int, _ mean: [Double], _ inverse: [Double]) {
    let columns = mean.count
    for i in 0..<rows { for j in 0..<columns { z[i * columns + j] = (z[i * columns + j] - mean[j]) * inverse[j] } }
  }
}

extension ColumnScaling {
  /// Columns z-scored within every piece by the rows that a fit reads.
  static func withinPieces(_ x: Matrix, _ kept: KeptRows) -> Matrix {
    var z = x
    for piece in kept.pieces {
      for j in 0..<x.columns {
        let values = piece.filter { kept.read[$0] && x[$0, j].isFinite }.map { x[$0, j] }
        let mean = Moments.mean(values)
        let sd = Moments.standardDeviation(values, degreesOfFreedom: 0)
        let inverse = DesignScale.inverse(sd: sd, mean: mean)
        for row in piece { z[row, j] = (x[row, j] - mean) * inverse }
      }
    }
    return z
  }

  /// Targets z-scored within every piece by the complete rows; one that does not vary there is centred.
  static func standardiseTargets(_ y: inout Matrix, _ kept: KeptRows) {
    for piece in kept.pieces {
      for target in 0..<y.columns {
        let values = piece.filter { kept.complete[$0] && y[$0, target].isFinite }.map { y[$0, target] }
        let sd = Moments.standardDeviation(values, degreesOfFreedom: 0)
        let mean = Moments.mean(values)
        for row in piece { y[row, target] = sd > 0 ? (y[row, target] - mean) / sd : y[row, target] - mean }
      }
    }
  }
}

/// When a column counts as constant.
enum DesignScale {
  static func inverse(sd: Double, mean: Double) -> Double {
    sd <= 1e-12 * abs(mean) || sd < 1e-150 || sd.isNaN ? 0 : 1 / sd
  }
}
