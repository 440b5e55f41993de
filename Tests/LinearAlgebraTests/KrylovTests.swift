import LinearAlgebra
import Testing

/// The largest eigenpairs of large matrices against LAPACK's, and what falls to LAPACK.
@Suite struct KrylovTests {
  /// `[n, n]` of a spectrum: rows of a random matrix whose columns are scaled.
  private static func gram(_ n: Int, _ scale: (Int) -> Double) -> Matrix {
    var x = DecompositionTests.matrix(n + 40, n)
    for i in 0..<x.rows { for j in 0..<n { x[i, j] *= scale(j) } }
    return x.gram
  }

  /// The largest distance of unit rows from the span of others.
  private static func distance(_ a: Matrix, _ b: Matrix) -> Double {
    let inside = a.multiplied(by: b.transposed).multiplied(by: b)
    return DecompositionTests.difference(a, inside)
  }

  @Test(
    "the largest eigenpairs are LAPACK's: of slowly and quickly falling spectra, of courses in noise, of noise",
    arguments: [0.5, 1.5, -1, 0])
  func sameAsLAPACK(_ decay: Double) throws {
    let a = Self.gram(400) { j in decay < 0 ? (j < 30 ? 3 : 0.5) : 1 / (1 + Double(j)).power(decay) }
    let (own, reference) = (
      try #require(SymmetricEigen(leading: 12, of: a)), try #require(SymmetricEigen(a, largest: 12))
    )
    let top = try #require(reference.values.last)
    for (x, y) in zip(own.values, reference.values) { #expect(abs(x - y) < 1e-12 * top) }
    #expect(Self.distance(own.vectors, reference.vectors) < 1e-9)
    let products = own.vectors.multiplied(by: a)
    for k in 0..<12 {
      for j in 0..<400 { #expect(abs(products[k, j] - own.values[k] * own.vectors[k, j]) < 1e-12 * top) }
    }
    #expect(DecompositionTests.difference(own.vectors.outerGram, Self.identity(12)) < 1e-12)
  }

  @Test("the same matrix gives the same bits")
  func sameBits() throws {
    let a = Self.gram(400) { 1 / (1 + Double($0)) }
    #expect(SymmetricEigen(leading: 5, of: a)?.vectors.values == SymmetricEigen(leading: 5, of: a)?.vectors.values)
  }

  @Test("equal eigenvalues, matrices of small rank, small ones and those with a NaN are as LAPACK has them")
  func special() throws {
    let n = 400
    let ones = try #require(SymmetricEigen(leading: 4, of: Self.identity(n)))
    for value in ones.values { #expect(abs(value - 1) < 1e-14) }
    let low = Self.gram(n) { $0 < 10 ? 1 : 0 }
    let (own, reference) = (
      try #require(SymmetricEigen(leading: 12, of: low)), try #require(SymmetricEigen(low, largest: 12))
    )
    let top = try #require(reference.values.last)
    for (x, y) in zip(own.values, reference.values) { #expect(abs(x - y) < 1e-12 * top) }
    let small = Self.gram(30) { 1 / (1 + Double($0)) }
    #expect(SymmetricEigen(leading: 3, of: small)?.vectors.values == SymmetricEigen(small, largest: 3)?.vectors.values)
    var missing = low
    missing[3, 3] = .nan
    #expect(SymmetricEigen(leading: 3, of: missing) == nil)
  }

  private static func identity(_ n: Int) -> Matrix {
    var x = Matrix(rows: n, columns: n)
    for i in 0..<n { x[i, i] = 1 }
    return x
  }
}

extension Double {
  /// To a power that is a multiple of a half.
  fileprivate func power(_ exponent: Double) -> Double {
    (0..<Int(2 * exponent)).reduce(1) { product, _ in product * squareRoot() }
  }
}

@Suite struct ColumnMomentTests {
  @Test("moments of columns are the sums over rows, to the bit, of any columns of a wider prediction")
  func moments() {
    let (y, p) = (DecompositionTests.matrix(37, 21), DecompositionTests.matrix(37, 40))
    let own = ColumnMoments(truth: y, prediction: p, first: 11)
    let (my, mp) = (y.columnMeans, p.columnMeans)
    for c in 0..<21 {
      var (yy, pp, yp, error, total) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for i in 0..<37 {
        let (a, b, e) = (y[i, c] - my[c], p[i, 11 + c] - mp[11 + c], y[i, c] - p[i, 11 + c])
        yy += a * a
        pp += b * b
        yp += a * b
        error += e * e
        total += y[i, c] * y[i, c]
      }
      #expect([own.yy[c], own.pp[c], own.yp[c], own.error[c], own.total[c]] == [yy, pp, yp, error, total])
    }
  }
}
