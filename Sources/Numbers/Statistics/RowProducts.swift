import LinearAlgebra
import Vocabulary

/// Products of the columns of some rows with each other, from which those of fewer rows are made by taking out the others:
/// nested folds share most of their rows, and products of all columns take longest of what is done with them.
///
/// Columns are taken about an origin, their means over the rows begun with, so that differences keep their digits. Nothing is
/// read but those rows, and those that scores are asked of.
public struct RowProducts: Sendable {
  /// Ascending.
  public let rows: [Int]
  /// `[all rows, columns]` less the origin.
  private let x: Matrix
  private let origin: [Double]
  /// `Σ x` and, in the upper triangle, `Σ x xᵀ` of the rows.
  private let sums: [Double]
  private let gram: [Double]

  /// - Parameter rows: ascending, of finite values.
  public init(_ x: Matrix, rows: [Int]) {
    let p = x.columns
    var origin = [Double](repeating: 0, count: p)
    for i in rows { for j in 0..<p { origin[j] += x.values[i * p + j] } }
    for j in 0..<p { origin[j] /= Double(max(1, rows.count)) }
    var less = x
    for i in 0..<x.rows { for j in 0..<p { less.values[i * p + j] -= origin[j] } }
    self.init(less, origin, rows: rows, less: nil)
  }

  private init(_ x: Matrix, _ origin: [Double], rows: [Int], less others: RowProducts?) {
    (self.x, self.origin, self.rows) = (x, origin, rows)
    let p = x.columns
    let left = others.map { Self.without($0.rows, rows) } ?? rows
    let sign: Double = others == nil ? 1 : -1
    var sums = others?.sums ?? [Double](repeating: 0, count: p)
    var gram = others?.gram ?? [Double](repeating: 0, count: p * p)
    for i in left { for j in 0..<p { sums[j] += sign * x.values[i * p + j] } }
    let own = x.selecting(rows: left)
    if own.rows > 0 {
      DoubleProducts.symmetricProduct(
        n: p, k: own.rows, alpha: sign, own.values, stride: p, transposed: true, beta: 1, into: &gram, stride: p)
    }
    (self.sums, self.gram) = (sums, gram)
  }

  /// Of some of the rows, ascending; nil where it would take as long as from nothing, or where they are not of these.
  public func of(_ some: [Int]) -> RowProducts? {
    guard 2 * some.count > rows.count, Self.without(rows, some).count == rows.count - some.count
    else { return nil }
    return RowProducts(x, origin, rows: some, less: self)
  }

  /// Ascending numbers that are not among others.
  private static func without(_ all: [Int], _ some: [Int]) -> [Int] {
    var (left, place) = ([Int](), 0)
    for row in all {
      while place < some.count, some[place] < row { place += 1 }
      if place == some.count || some[place] != row { left.append(row) }
    }
    return left
  }
}

extension PrincipalComponents {
  /// The first `count` components of rows whose products are known: those of `init(_:count:scale:)` to rounding.
  ///
  /// nil where that gives nil, with more columns than rows, and where a column varies so much less in these rows than in those
  /// the products were made of that differences do not tell its squares to 1e-9.
  public init?(_ products: RowProducts, count: Int, scale: ReductionScale) {
    guard let moments = products.moments, products.rows.count >= moments.mean.count else { return nil }
    let p = moments.mean.count
    let inverse = (0..<p).map { Self.inverse(sd: moments.sd[$0], mean: moments.mean[$0], scale) }
    var z = Matrix(rows: p, columns: p)
    for i in 0..<p { for j in i..<p { z.values[i * p + j] = moments.covariance[i * p + j] * inverse[i] * inverse[j] } }
    let total = (0..<p).reduce(0.0) { $0 + z.values[$1 * p + $1] }
    let kept = min(count, products.rows.count - 1, inverse.count { $0 > 0 })
    guard kept > 0, total > 0, total.isFinite, let eigen = SymmetricEigen(z, largest: kept) else { return nil }
    self.init(
      eigen.vectors, squares: eigen.values, total: total, mean: moments.mean, inverse: inverse, scale: scale,
      rowCount: products.rows.count)
  }
}

extension RowProducts {
  /// Means, population standard deviations (each from the rows themselves) and, in the upper triangle, `Σ (x - m)(x - m)ᵀ`.
  var moments: (mean: [Double], sd: [Double], covariance: [Double])? {
    let (p, n) = (x.columns, Double(rows.count))
    guard rows.count >= 2 else { return nil }
    let own = sums.map { $0 / n }
    var squares = [Double](repeating: 0, count: p)
    for i in rows {
      for j in 0..<p {
        let d = x.values[i * p + j] - own[j]
        squares[j] += d * d
      }
    }
    var covariance = gram
    for i in 0..<p { for j in i..<p { covariance[i * p + j] -= n * own[i] * own[j] } }
    // What differences of sums lose of a column shows in its own squares.
    for j in 0..<p where !(abs(covariance[j * p + j] - squares[j]) <= 1e-9 * squares[j]) { return nil }
    return (zip(origin, own).map(+), squares.map { ($0 / n).squareRoot() }, covariance)
  }

  /// The scores of all rows, `[all rows, components]`, divided by their standard deviations over the fitted rows.
  public func scores(_ components: PrincipalComponents) -> Matrix {
    let (p, count) = (x.columns, components.count)
    precondition(p == components.mean.count, "the columns differ from the fitted ones")
    var weights = [Double](repeating: 0, count: p * count)
    var offsets = [Double](repeating: 0, count: count)
    for j in 0..<p {
      for k in 0..<count {
        let weight = components.components[k, j] * components.inverseScale[j] / components.scoreSD[k]
        weights[j * count + k] = weight
        offsets[k] += weight * (components.mean[j] - origin[j])
      }
    }
    var s = Matrix(rows: x.rows, columns: count)
    DoubleProducts.multiply(
      m: x.rows, n: count, k: p, x.values, stride: p, weights, stride: count, into: &s.values, stride: count)
    for i in 0..<x.rows { for k in 0..<count { s.values[i * count + k] -= offsets[k] } }
    return s
  }
}
