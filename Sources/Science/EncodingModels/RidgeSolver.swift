import Diagnostics
import LinearAlgebra

/// The ways to solve ridge regression; all give the same weights (to 1e-8 relative for λ ≥ 1e-6 s₁²).
///
/// `W = (ZᵀZ + λI)⁻¹ ZᵀY`, Z `[n, P]` standardised features, Y `[n, T]` centred targets.
public enum RidgeSolver: String, Sendable, CaseIterable {
  /// Z = U S Vᵀ: W = V diag(s/(s² + λ)) UᵀY; singular values below 1e-10 s₁ are dropped.
  case svd
  /// ZᵀZ = V Λ Vᵀ: W = V diag(1/(Λ + λ)) VᵀZᵀY.
  case eigen
  /// W = Zᵀ(ZZᵀ + λI)⁻¹Y by Cholesky, for P > n.
  case kernel
  /// One Cholesky factorisation of ZᵀZ + λI per λ.
  case cholesky
  /// ZᵀZ = Q T Qᵀ once, then a tridiagonal solve per λ.
  case tridiagonal

  /// Weights `[P, T]`, target t with `lambdas[t]`.
  public func weights(_ z: Matrix, _ y: Matrix, lambdas: [Double]) throws -> Matrix {
    precondition(z.rows == y.rows && lambdas.count == y.columns && z.columns > 0, "shapes differ")
    switch self {
    case .svd: return try Self.bySVD(z, y, lambdas)
    case .eigen: return try Self.byEigen(z, y, lambdas)
    case .kernel:
      let system = RidgeSystem(z, y, dual: true)
      return z.transposeMultiplied(by: try system.solution(lambdas, byCholesky: true))
    case .cholesky: return try RidgeSystem(z, y, dual: false).solution(lambdas, byCholesky: true)
    case .tridiagonal: return try RidgeSystem(z, y, dual: false).solution(lambdas, byCholesky: false)
    }
  }

  private static func bySVD(_ z: Matrix, _ y: Matrix, _ lambdas: [Double]) throws -> Matrix {
    guard let svd = SingularValueDecomposition(z) else { throw RidgeSystem.failure("SVD") }
    var b = svd.u.transposeMultiplied(by: y)
    let smallest = 1e-10 * svd.values.reduce(0, max)
    for k in 0..<b.rows {
      for t in 0..<b.columns {
        let s = svd.values[k]
        b[k, t] *= s > smallest ? s / (s * s + lambdas[t]) : 0
      }
    }
    return svd.vTransposed.transposeMultiplied(by: b)
  }

  private static func byEigen(_ z: Matrix, _ y: Matrix, _ lambdas: [Double]) throws -> Matrix {
    guard let eigen = SymmetricEigen(z.gram) else { throw RidgeSystem.failure("eigendecomposition") }
    var b = eigen.vectors.multiplied(by: z.transposeMultiplied(by: y))
    for k in 0..<b.rows { for t in 0..<b.columns { b[k, t] /= max(0, eigen.values[k]) + lambdas[t] } }
    return eigen.vectors.transposeMultiplied(by: b)
  }
}

/// The symmetric system behind a ridge problem: `(S + λI) X = B` with S = ZᵀZ, B = ZᵀY and predictions `Z_v X` (primal),
/// or S = ZZᵀ, B = Y and predictions `Z_v Zᵀ X` (dual, for more columns than rows).
struct RidgeSystem {
  let size: Int
  let dual: Bool
  /// Upper triangle `[size, size]`.
  let s: [Double]
  /// `[size, T]`.
  let b: Matrix

  init(size: Int, dual: Bool, s: [Double], b: Matrix) {
    self.size = size
    self.dual = dual
    self.s = s
    self.b = b
  }

  init(_ z: Matrix, _ y: Matrix, dual: Bool? = nil) {
    self.dual = dual ?? (z.columns > z.rows)
    size = self.dual ? z.rows : z.columns
    var s = [Double](repeating: 0, count: size * size)
    DoubleProducts.symmetricProduct(
      n: size, k: self.dual ? z.columns : z.rows, z.values, stride: z.columns, transposed: !self.dual, into: &s,
      stride: size)
    self.s = s
    b = self.dual ? y : z.transposeMultiplied(by: y)
  }

  static func failure(_ what: String) -> EvokeError {
    EvokeError(
      .encodingFailed, what, reason: "LAPACK could not factor a matrix of finite numbers",
      remedy: "report it with the data, please")
  }

  /// The left factor of predictions: Z_v (primal) or Z_v Zᵀ (dual), `[n_v, size]`.
  func projector(_ zv: Matrix, _ z: Matrix) -> Matrix {
    guard dual else { return zv }
    var k = Matrix(rows: zv.rows, columns: size)
    DoubleProducts.multiply(
      m: zv.rows, n: size, k: z.columns, zv.values, stride: z.columns, z.values, stride: z.columns,
      bTransposed: true, into: &k.values, stride: size)
    return k
  }

  /// X `[size, T]`, target t with `lambdas[t]`.
  func solution(_ lambdas: [Double], byCholesky: Bool? = nil) throws -> Matrix {
    var groups: [Double: [Int]] = [:]
    for (t, lambda) in lambdas.enumerated() { groups[lambda, default: []].append(t) }
    let cholesky = byCholesky ?? (groups.count <= 8 || size < 64)
    var x = Matrix(rows: size, columns: b.columns)
    let reduction = cholesky ? nil : Tridiagonal(s, n: size)
    var rotated = Matrix(rows: 0, columns: 0)
    if let reduction {
      var bt = b.transposed.values
      reduction.rotate(rows: &bt, count: b.columns)
      rotated = Matrix(rows: b.columns, columns: size, values: bt).transposed
    }
    for (lambda, targets) in groups.sorted(by: { $0.key < $1.key }) {
      let part: Matrix
      if let reduction {
        let mine = rotated.selecting(columns: targets)
        var solved = [Double](repeating: 0, count: mine.values.count)
        reduction.solve(
          shift: lambda, mine.values, columns: targets.count, into: &solved, offset: 0, stride: targets.count)
        part = Matrix(rows: size, columns: targets.count, values: solved)
      } else {
        part = try choleskySolution(lambda, b.selecting(columns: targets))
      }
      for i in 0..<size { for (k, t) in targets.enumerated() { x.values[i * b.columns + t] = part[i, k] } }
    }
    guard let reduction else { return x }
    var xt = x.transposed.values
    reduction.unrotate(rows: &xt, count: b.columns)
    return Matrix(rows: b.columns, columns: size, values: xt).transposed
  }

  /// Per column of solutions X `[size, columns]` with its lambda, column c of right-hand side c mod T: how much less the loss
  /// `‖y - Zw‖² + λ‖w‖²` is at its least than without weights, `bᵀ (S + λI)⁻¹ b` (primal) or `yᵀ S (S + λI)⁻¹ y` (dual).
  func gains(_ x: [Double], lambdas: [Double], right: Matrix? = nil) -> [Double] {
    let (right, width) = (right ?? b, lambdas.count)
    var sums = [Double](repeating: 0, count: width)
    for i in 0..<size {
      for column in 0..<width {
        let (value, solved) = (right.values[i * right.columns + column % right.columns], x[i * width + column])
        sums[column] += value * (dual ? value - lambdas[column] * solved : solved)
      }
    }
    return sums
  }

  func choleskySolution(_ lambda: Double, _ right: Matrix) throws -> Matrix {
    var a = s
    for i in 0..<size { a[i * size + i] += lambda }
    guard Cholesky.factor(&a, n: size) else { throw Self.failure("Cholesky factorisation at λ = \(lambda)") }
    var x = right
    Cholesky.solve(a, n: size, &x.values, columns: right.columns)
    return x
  }
}
