import LinearAlgebra

/// The products of rows with each other, of which the sums of squares of every effect are made.
///
/// Columns are z-scored over the rows, so that each weighs alike whatever its unit; those that do not vary (by less than
/// 1e-6 of their largest magnitude) or have a NaN are left out.
public struct DesignRows: Sendable {
  /// Columns that count.
  public let columnCount: Int
  /// `Y Y'`, `[row, row]`.
  private let products: Matrix
  /// Ranks of the Euclidean distances of two rows, `[row, row]`; 0 on the diagonal.
  private let ranks: Matrix

  /// - Parameter values: `[row, column]`.
  public init(_ values: Matrix) {
    let (n, d) = (values.rows, values.columns)
    let columns = (0..<d).compactMap { j -> [Double]? in
      let column = values.column(j)
      let (mean, sd) = (Moments.mean(column), Moments.standardDeviation(column))
      let largest = column.reduce(0) { max($0, abs($1)) }
      return sd > 1e-6 * largest && sd.isFinite ? column.map { ($0 - mean) / sd } : nil
    }
    columnCount = columns.count
    let scaled = Matrix(rows: columns.count, columns: n, values: columns.flatMap { $0 }).transposed
    let products = scaled.outerGram
    self.products = products
    let pairs = (0..<n).flatMap { i in (0..<i).map { (i, $0) } }
    let distances = pairs.map { i, j in products[i, i] + products[j, j] - 2 * products[i, j] }
    var ranks = Matrix(rows: n, columns: n)
    for (pair, rank) in zip(pairs, GroupTest.midRanks(distances).ranks) {
      (ranks[pair.0, pair.1], ranks[pair.1, pair.0]) = (rank, rank)
    }
    self.ranks = ranks
  }

  /// SS of the effect over SS of effect and error, and over the SS of all; NaN where no column varies or the effect and the
  /// error explain nothing.
  public func shares(_ projection: FactorialDesign.Projection) -> (partialEta2: Double, eta2: Double) {
    let (own, left) = Self.sums(projection, products, order: Array(0..<products.rows))
    let all = (0..<products.rows).reduce(0) { $0 + products[$1, $1] }
    guard columnCount > 0 else { return (.nan, .nan) }
    return (left > 1e-12 * all ? Self.settled(own / left) : .nan, own / all)
  }

  /// The partial eta squared of every order of the rows, of what the other effects leave of them.
  public func drawnShares(_ projection: FactorialDesign.Projection, orders: [[Int]]) -> [Double] {
    let residuals = projection.left.multiplied(by: products).multiplied(by: projection.left)
    return orders.map { order in
      let (own, left) = Self.sums(projection, residuals, order: order)
      return columnCount > 0 && left > 0 ? Self.settled(own / left) : .nan
    }
  }

  /// Without its last digits: orders that only rename labels give the same value, and count as such.
  private static func settled(_ value: Double) -> Double { (value * 1e11).rounded() / 1e11 }

  /// `<Q Q', P K P'>` and `<left, P K P'>`.
  private static func sums(
    _ projection: FactorialDesign.Projection, _ products: Matrix, order: [Int]
  ) -> (own: Double, left: Double) {
    let n = products.rows
    var (own, left) = (0.0, 0.0)
    for i in 0..<n {
      let (row, from) = (i * n, order[i] * n)
      for j in 0..<i {
        let product = 2 * products.values[from + order[j]]
        own += projection.own.values[row + j] * product
        left += projection.left.values[row + j] * product
      }
      let square = products.values[from + order[i]]
      own += projection.own.values[row + i] * square
      left += projection.left.values[row + i] * square
    }
    return (own, left)
  }

  /// Spearman's correlation of the distances of every two rows with whether they differ in their label, for every order of
  /// the rows (the labels stay); NaN where all pairs are alike in that or in distance.
  public func dissimilarities(_ labels: [Int], orders: [[Int]]) -> [Double] {
    let n = products.rows
    let count = Double(n * (n - 1) / 2)
    let mean = (count + 1) / 2
    var (differing, spread) = (0.0, 0.0)
    for i in 0..<n {
      for j in 0..<i {
        if labels[i] != labels[j] { differing += 1 }
        spread += (ranks[i, j] - mean) * (ranks[i, j] - mean)
      }
    }
    let scale = (spread * differing * (count - differing) / count).squareRoot()
    guard columnCount > 0, scale > 0 else { return orders.map { _ in .nan } }
    return orders.map { order in
      var sum = 0.0
      for i in 0..<n {
        for j in 0..<i where labels[i] != labels[j] { sum += ranks.values[order[i] * n + order[j]] }
      }
      return Self.settled((sum - differing * mean) / scale)
    }
  }
}
