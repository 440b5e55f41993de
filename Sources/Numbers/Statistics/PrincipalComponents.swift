import Diagnostics
import LinearAlgebra
import Vocabulary

/// Principal components of rows, fitted on those rows only.
///
/// `Z = (X - m) / d`, `Z = U S Vᵀ`; scores `Z V_k`. The sign of each component makes the entry of V of largest absolute
/// value positive (lowest index on ties), as scikit-learn since 1.5. A fit reads no other row.
public struct PrincipalComponents: Sendable, Equatable {
  public let scale: ReductionScale
  /// `[columns]`.
  public let mean: [Double]
  /// `[columns]`; 0 for a dropped column.
  public let inverseScale: [Double]
  /// `[components, columns]`, orthonormal rows.
  public let components: Matrix
  /// Share of the variance of Z per component.
  public let explainedShare: [Double]
  /// Population standard deviation of each score over the fitted rows.
  public let scoreSD: [Double]
  public let rowCount: Int

  /// Fits the first `count` components, or as many as the rank min(rows - 1, columns) allows.
  ///
  /// Every value must be finite. nil with fewer than two rows or without a column that varies.
  public init?(_ x: Matrix, count: Int, scale: ReductionScale = .zscore) {
    precondition(count > 0, "no components asked for")
    guard x.rows >= 2, x.columns > 0 else { return nil }
    let (z, mean, inverse) = Self.scaled(x, scale)
    let kept = min(count, x.rows - 1, inverse.count { $0 > 0 })
    let total = DoubleProducts.dot(z.values, z.values, count: z.values.count)
    guard kept > 0, total > 0, total.isFinite else { return nil }
    // The smaller Gram matrix; its eigenvalues are S².
    let wide = x.columns > x.rows
    guard let eigen = SymmetricEigen(wide ? z.outerGram : z.gram, largest: kept) else { return nil }
    var v = Matrix(rows: kept, columns: x.columns)
    if wide {
      v = eigen.vectors.multiplied(by: z)
    } else {
      v = eigen.vectors
    }
    self.init(v, squares: eigen.values, total: total, mean: mean, inverse: inverse, scale: scale, rowCount: x.rows)
  }

  /// - Parameters:
  ///   - v: rows in the directions of the components, the smallest first, of any length.
  ///   - squares: their eigenvalues.
  ///   - total: of all components.
  init?(
    _ v: Matrix, squares values: [Double], total: Double, mean: [Double], inverse: [Double], scale: ReductionScale,
    rowCount: Int
  ) {
    let p = v.columns
    var rows: [Double] = []
    var squares: [Double] = []
    for k in stride(from: v.rows - 1, through: 0, by: -1) {
      var row = Array(v.values[(k * p)..<((k + 1) * p)])
      let norm = DoubleProducts.dot(row, row, count: p).squareRoot()
      guard norm > 0, values[k] > 1e-12 * total else { continue }
      var largest = 0
      for j in 1..<max(1, p) where abs(row[j]) > abs(row[largest]) { largest = j }
      let factor = (row[largest] < 0 ? -1 : 1) / norm
      for j in 0..<p { row[j] *= factor }
      rows += row
      squares.append(values[k])
    }
    guard !squares.isEmpty else { return nil }
    self.scale = scale
    self.mean = mean
    inverseScale = inverse
    components = Matrix(rows: squares.count, columns: p, values: rows)
    explainedShare = squares.map { $0 / total }
    scoreSD = squares.map { ($0 / Double(rowCount)).squareRoot() }
    self.rowCount = rowCount
  }

  public var count: Int { components.rows }

  /// The scores of rows, `[rows, components]`; `unitVariance` divides by the standard deviation over the fitted rows.
  public func scores(_ x: Matrix, unitVariance: Bool = false) -> Matrix {
    precondition(x.columns == mean.count, "the columns differ from the fitted ones")
    let p = x.columns
    var z = x
    for i in 0..<x.rows { for j in 0..<p { z.values[i * p + j] = (x.values[i * p + j] - mean[j]) * inverseScale[j] } }
    var s = Matrix(rows: x.rows, columns: count)
    DoubleProducts.multiply(
      m: x.rows, n: count, k: p, z.values, stride: p, components.values, stride: p, bTransposed: true,
      into: &s.values, stride: count)
    if unitVariance {
      for i in 0..<x.rows { for k in 0..<count { s.values[i * count + k] /= scoreSD[k] } }
    }
    return s
  }

  /// What a column is multiplied by; 0 for one that does not vary.
  static func inverse(sd: Double, mean: Double, _ scale: ReductionScale) -> Double {
    if sd <= 1e-12 * abs(mean) || sd < 1e-150 { return 0 }
    return scale == .zscore ? 1 / sd : 1
  }

  private static func scaled(_ x: Matrix, _ scale: ReductionScale) -> (z: Matrix, mean: [Double], inverse: [Double]) {
    let p = x.columns
    let mean = x.columnMeans
    var squares = [Double](repeating: 0, count: p)
    for i in 0..<x.rows {
      for j in 0..<p {
        let d = x.values[i * p + j] - mean[j]
        squares[j] += d * d
      }
    }
    let inverse = squares.indices.map {
      Self.inverse(sd: (squares[$0] / Double(x.rows)).squareRoot(), mean: mean[$0], scale)
    }
    var z = x
    for i in 0..<x.rows { for j in 0..<p { z.values[i * p + j] = (x.values[i * p + j] - mean[j]) * inverse[j] } }
    return (z, mean, inverse)
  }
}
