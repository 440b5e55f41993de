import LinearAlgebra

extension LaggedDesign {
  /// What a filter takes out of the columns, laid out once for many series.
  struct Taken {
    /// Within which it takes out means.
    fileprivate let segments: [Range<Int>]
    /// nil: nothing but one mean.
    fileprivate let basis: LaidOutRows?
    fileprivate let rowCount: Int
  }

  /// nil where a filter takes out anything but one basis of all rows.
  func taken(_ filter: PositionFilter?, rows: Int) -> Taken? {
    guard let filter else { return Taken(segments: [0..<rows], basis: nil, rowCount: rows) }
    guard let basis = filter.wholeBasis, basis.rows == rows else { return nil }
    return Taken(segments: filter.segments, basis: laidOut(basis), rowCount: rows)
  }

  /// The columns of all delays, centred and without what a filter takes out: what all targets share of their systems.
  struct Columns {
    fileprivate let products: Products
    fileprivate let means: [Double]
    /// Per column Σ of its squares about its mean and, with a filter, of what is left of it.
    fileprivate let whole: [Double]
    fileprivate let left: [Double]?
    fileprivate let rowCount: Int
  }

  /// nil where a column varies so much less than the series at another delay, or than before position is taken out of it
  /// (by 1e-6 of its squares), that differences of sums would not tell how much.
  func columns(_ series: [[Double]], edge: [[Double]], less taken: Taken) -> Columns? {
    let count = taken.rowCount
    var products = products(series, edge: edge)
    let largest = largestSquares(products)
    let means = products.means
    let whole = zip(products.squares, means).map { $0 - Double(count) * $1 * $1 }
    products.centre(within: taken.segments)
    guard zip(products.squares, largest).allSatisfy({ $0 >= 1e-6 * $1 }) else { return nil }
    if let basis = taken.basis {
      products.takeOut(right(products, basis))
      guard zip(products.squares, whole).allSatisfy({ $0 >= 1e-6 * $1 }) else { return nil }
    }
    return Columns(
      products: products, means: zip(products.reference, means).map(+), whole: whole,
      left: taken.basis == nil ? nil : products.squares, rowCount: count)
  }

  /// With targets, centred and without what the filter takes out, `[columns, T]`.
  func right(_ columns: Columns, _ y: LaidOutRows) -> Matrix { right(columns.products, y) }
}

extension LaggedDesign.Columns {
  /// The ridge system of some of the columns, centred and scaled, as of gathered ones to rounding, and how they are scaled.
  ///
  /// - Parameter right: of all columns.
  func system(of places: [Int], right: Matrix, weights: [Double]) -> (system: RidgeSystem, scaling: ColumnScaling) {
    let scaling = ColumnScaling(
      mean: places.map { means[$0] }, squares: places.map { whole[$0] },
      left: left.map { left in places.map { left[$0] } }, rows: rowCount, weights: weights)
    let (size, count) = (places.count, right.columns)
    var s = [Double](repeating: 0, count: size * size)
    var b = Matrix(rows: size, columns: count)
    for (i, place) in places.enumerated() {
      let factor = scaling.inverse[i]
      for j in i..<size { s[i * size + j] = products.gram[place, places[j]] * factor * scaling.inverse[j] }
      for t in 0..<count { b.values[i * count + t] = right.values[place * count + t] * factor }
    }
    return (RidgeSystem(size: size, dual: false, s: s, b: b), scaling)
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
