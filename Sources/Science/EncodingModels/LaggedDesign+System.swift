import LinearAlgebra

extension LaggedDesign {
  /// What columns are multiplied with beside each other: targets and, with a filter, the basis of what it takes out. Laid
  /// out once, they serve many series.
  struct Partners: Sendable {
    fileprivate let targetCount: Int
    fileprivate let rowCount: Int
    /// Within which the filter takes out means.
    fileprivate let segments: [Range<Int>]
    fileprivate let isFiltered: Bool
    /// The targets, and beside them the basis.
    fileprivate let rows: LaidOutRows

    /// Those that they hold.
    static func valueCount(_ y: Matrix, filter: PositionFilter?) -> Int {
      guard let basis = filter?.wholeBasis else { return y.rows * y.columns }
      return y.rows * (y.columns + basis.columns)
    }
  }

  /// nil where a filter takes out anything but one basis of all rows.
  ///
  /// - Parameters:
  ///   - y: `[rows, T]`, centred; with a filter, what it leaves of it.
  ///   - filter: what takes position out of the columns.
  func partners(_ y: Matrix, filter: PositionFilter?) -> Partners? {
    let basis = filter?.wholeBasis
    guard (basis == nil) == (filter == nil), basis.map({ $0.rows == y.rows }) ?? true else { return nil }
    return Partners(
      targetCount: y.columns, rowCount: y.rows, segments: filter?.segments ?? [0..<y.rows],
      isFiltered: filter != nil, rows: laidOut(basis.map { y.appending(columnsOf: $0) } ?? y))
  }

  /// The ridge system of centred and scaled columns, as of gathered ones to rounding, and how they are scaled.
  ///
  /// nil where a column varies so much less than the series at another delay (by 1e-6 of its squares) that differences
  /// of sums would not tell how much.
  func system(
    _ series: [[Double]], edge: [[Double]], partners: Partners, weights: [Double]
  ) -> (system: RidgeSystem, scaling: ColumnScaling)? {
    let count = partners.rowCount
    var products = products(series, edge: edge)
    let largest = largestSquares(products)
    let means = products.means
    let whole = zip(products.squares, means).map { $0 - Double(count) * $1 * $1 }
    products.centre(within: partners.segments)
    let centred = products.squares
    guard zip(centred, largest).allSatisfy({ $0 >= 1e-6 * $1 }) else { return nil }
    var b = right(products, partners.rows)
    if partners.isFiltered {
      products.takeOut(b.selecting(columns: Array(partners.targetCount..<b.columns)))
      b = b.selecting(columns: Array(0..<partners.targetCount))
    }
    let scaling = ColumnScaling(
      mean: zip(products.reference, means).map(+), squares: whole,
      left: partners.isFiltered ? products.squares : nil, rows: count, weights: weights)
    for i in 0..<columns {
      for j in i..<columns { products.gram[i, j] *= scaling.inverse[i] * scaling.inverse[j] }
      for t in 0..<b.columns { b[i, t] *= scaling.inverse[i] }
    }
    return (RidgeSystem(size: columns, dual: false, s: products.gram.values, b: b), scaling)
  }
}

extension LaggedDesign.Products {
  /// Σ z² per column.
  var squares: [Double] { (0..<gram.rows).map { gram[$0, $0] } }

  /// Means of the columns less the reference.
  var means: [Double] {
    let count = sums.reduce(0) { $0 + $1.places.count }
    return gram.rows == 0 ? [] : (0..<gram.rows).map { j in sums.reduce(0) { $0 + $1.values[j] } / Double(count) }
  }

  /// Takes the columns' means out of every segment of rows, each of which is some of the runs.
  mutating func centre(within segments: [Range<Int>]) {
    var means = Matrix(rows: segments.count, columns: gram.columns)
    var counts = [Int](repeating: 0, count: segments.count)
    for run in sums {
      guard let segment = segments.firstIndex(where: { $0.contains(run.places.lowerBound) }) else {
        preconditionFailure("every run is of a segment")
      }
      counts[segment] += run.places.count
      for j in 0..<gram.columns { means[segment, j] += run.values[j] }
    }
    for (segment, count) in counts.enumerated() where count > 0 {
      for j in 0..<gram.columns { means[segment, j] /= Double(count).squareRoot() }
    }
    subtract(means)
  }

  /// Takes out what columns `[P, r]`, products with an orthonormal basis, hold of it.
  mutating func takeOut(_ explained: Matrix) { subtract(explained.transposed) }

  private mutating func subtract(_ x: Matrix) {
    guard x.rows > 0 else { return }
    DoubleProducts.symmetricProduct(
      n: gram.columns, k: x.rows, alpha: -1, x.values, stride: gram.columns, transposed: true, beta: 1,
      into: &gram.values, stride: gram.columns)
  }
}
