/// The largest eigenpairs of a large symmetric matrix from a block Krylov space, where few of many are asked for.
///
/// Orthonormal rows Q span `Q₀, Q₀A, Q₀A², ...` of a fixed block Q₀ of pseudorandom numbers, every block made orthogonal to
/// all before it twice. With `T = Q A Qᵀ`, `T y = θ y` and `Q_j A = H Q + Uᵀ Q_next` for the last block, `v = yᵀQ` has the
/// residual `‖v A - θ v‖ = ‖U y_j‖` (Saad 1992, chapter 6). The space grows until that of every pair is below 1e-14 of the
/// largest θ; where a third of all dimensions would not be enough, there is no result.
struct KrylovSpace {
  /// Rows of a block: more share a product with A, fewer take less of the space for the same power of A.
  static let block = 4
  private static let precision = 1e-14
  /// Rows from which on it takes less than the reduction of the whole matrix.
  static let smallest = 384

  private let a: [Double]
  private let n: Int
  private let most: Int
  /// `[most, n]`, of which `rows` are there.
  private var q: [Double]
  private var rows = 0
  /// `[most, most]`, the upper triangle.
  private var t: [Double]
  /// U of the next block, `[block, block]`.
  private var last = [Double](repeating: 0, count: block * block)

  /// - Parameter a: `[n, n]`, both triangles.
  private init(_ a: [Double], n: Int) {
    (self.a, self.n) = (a, n)
    most = n / 3 / (4 * Self.block) * 4 * Self.block
    q = [Double](repeating: 0, count: (most + Self.block) * n)
    t = [Double](repeating: 0, count: most * most)
  }

  /// Eigenvalues, ascending, and eigenvectors `[count, n]`; nil where the space would have to be too large.
  static func largest(_ count: Int, of a: [Double], n: Int) -> SymmetricEigen? {
    var space = KrylovSpace(a, n: n)
    guard 4 * count <= space.most, space.begin() else { return nil }
    while space.rows < space.most, space.grow() {
      // Pairs are looked for every few blocks: each time takes as long as some of them.
      guard space.rows >= 4 * count, space.rows % (4 * block) == 0 else { continue }
      guard let (pairs, residual) = space.pairs(count) else { return nil }
      if residual <= precision { return pairs }
      // Of noise the largest come late: LAPACK has them sooner.
      guard 2 * space.rows < space.most || residual < 1e-3 else { return nil }
    }
    return nil
  }

  private mutating func begin() -> Bool {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for i in 0..<(Self.block * n) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let unit = Double(state >> 11) * 0x1p-53
      q[i] = unit - 0.5
    }
    return orthonormalise() != nil
  }

  /// Takes the block behind the last row into the space and puts what A makes of it behind; false where that has too few
  /// directions of its own, as of a matrix of small rank.
  private mutating func grow() -> Bool {
    let (b, first) = (Self.block, rows * n)
    var w = [Double](repeating: 0, count: b * n)
    DoubleProducts.multiply(
      m: b, n: n, k: n, q, offset: first, stride: n, a, offset: 0, stride: n, into: &w, offset: 0, stride: n)
    rows += b
    let whole = Self.squares(w, n)
    for pass in 0..<2 {
      let h = takeOut(of: &w)
      guard pass == 0 else { break }
      for i in 0..<rows { for j in 0..<b { t[i * most + rows - b + j] = h[i * b + j] } }
    }
    // What rounding alone leaves has no direction.
    guard zip(Self.squares(w, n), whole).allSatisfy({ $0 > 1e-20 * $1 }) else { return false }
    let next = rows * n
    for i in w.indices { q[next + i] = w[i] }
    guard let made = orthonormalise() else { return false }
    last = made
    return true
  }

  /// Σ w² of every row.
  private static func squares(_ w: [Double], _ n: Int) -> [Double] {
    (0..<block).map { DoubleProducts.dot(w, offset: $0 * n, w, offset: $0 * n, count: n) }
  }

  /// Subtracts what the space has of a block; returns the products with its rows, `[rows, block]`.
  private func takeOut(of w: inout [Double]) -> [Double] {
    let b = Self.block
    var h = [Double](repeating: 0, count: rows * b)
    DoubleProducts.multiply(
      m: rows, n: b, k: n, q, offset: 0, stride: n, w, offset: 0, stride: n, bTransposed: true, into: &h, offset: 0,
      stride: b)
    DoubleProducts.multiply(
      m: b, n: n, k: rows, alpha: -1, h, offset: 0, stride: b, aTransposed: true, q, offset: 0, stride: n, beta: 1,
      into: &w, offset: 0, stride: n)
    return h
  }

  /// Makes the block behind the last row orthonormal by two Cholesky factorisations and returns their product; nil where its
  /// rows are too nearly dependent.
  private mutating func orthonormalise() -> [Double]? {
    let (b, first) = (Self.block, rows * n)
    var made: [Double]?
    for _ in 0..<2 {
      var u = [Double](repeating: 0, count: b * b)
      DoubleProducts.symmetricProduct(
        n: b, k: n, q, offset: first, stride: n, transposed: false, into: &u, offset: 0, stride: b)
      let before = u
      guard Cholesky.factor(&u, n: b) else { return nil }
      for i in 0..<b {
        let left = u[i * b + i]
        guard left * left > 1e-12 * before[i * b + i] else { return nil }
      }
      DoubleProducts.solveUpper(
        u, offset: 0, n: b, stride: b, transposed: true, &q, offset: first, columns: n, stride: n)
      made = made.map { Self.product(u, $0) } ?? u
    }
    return made
  }

  /// The product of two upper triangles.
  private static func product(_ u: [Double], _ v: [Double]) -> [Double] {
    let b = block
    var r = [Double](repeating: 0, count: b * b)
    for i in 0..<b {
      for k in i..<b {
        let factor = u[i * b + k]
        for j in k..<b { r[i * b + j] += factor * v[k * b + j] }
      }
    }
    return r
  }

  /// The largest pairs of the space, and the largest of their residuals over the largest θ; nil where none is positive.
  private func pairs(_ count: Int) -> (pairs: SymmetricEigen, residual: Double)? {
    var inner = Matrix(rows: rows, columns: rows)
    for i in 0..<rows { for j in i..<rows { inner[i, j] = t[i * most + j] } }
    guard let eigen = SymmetricEigen(inner, largest: count), let top = eigen.values.last, top > 0 else { return nil }
    let largest = (0..<count).reduce(0) { max($0, residual(eigen.vectors, $1)) }
    var vectors = Matrix(rows: count, columns: n)
    DoubleProducts.multiply(
      m: count, n: n, k: rows, eigen.vectors.values, offset: 0, stride: rows, q, offset: 0, stride: n,
      into: &vectors.values, offset: 0, stride: n)
    return (SymmetricEigen(values: eigen.values, vectors: vectors), largest / top)
  }

  /// ‖U y_j‖ of row k of vectors of the space.
  private func residual(_ vectors: Matrix, _ k: Int) -> Double {
    let b = Self.block
    var sum = 0.0
    for i in 0..<b {
      var part = 0.0
      for j in i..<b { part += last[i * b + j] * vectors[k, rows - b + j] }
      sum += part * part
    }
    return sum.squareRoot()
  }
}
