import LinearAlgebra

/// Predictions of rows for many lambdas, some targets at a time: what all targets share of a system is made once.
///
/// `(S + λI) X = B` for every λ, predictions A X with the projector A of the rows. `S = Q T Qᵀ` with T tridiagonal, and
/// `A X = (A Q) (T + λI)⁻¹ QᵀB`.
struct RidgePath {
  private let system: RidgeSystem
  private let lambdas: [Double]
  /// nil: one Cholesky factorisation per lambda takes less.
  private let reduction: Tridiagonal?
  /// `[rows, size]`, rotated where there is a reduction.
  private let projector: Matrix
  /// Solutions `[size, lambdas · T]` and predictions, made over those of targets before.
  private var x: [Double] = []
  private var made = Matrix(rows: 0, columns: 0)

  init(_ system: RidgeSystem, _ projector: Matrix, lambdas: [Double]) {
    (self.system, self.lambdas) = (system, lambdas)
    // A tridiagonal reduction costs about six Cholesky factorisations.
    reduction = system.size >= 64 && lambdas.count > 6 ? Tridiagonal(system.s, n: system.size) : nil
    var rotated = projector
    reduction?.rotate(rows: &rotated.values, count: rotated.rows)
    self.projector = rotated
  }

  /// Predictions `[rows, lambdas · T]` (lambda-major blocks of T columns) of T targets and, where they are counted, their
  /// gains.
  mutating func predictions(
    of targets: Range<Int>, countsGains: Bool
  ) throws -> (predictions: Matrix, gains: [Double]?) {
    let (size, count) = (system.size, targets.count)
    let own = count == system.b.columns ? system.b : system.b.selecting(columns: Array(targets))
    let right = rotated(own)
    let width = lambdas.count * count
    if made.columns != width {
      x = [Double](repeating: 0, count: size * width)
      made = Matrix(rows: projector.rows, columns: width)
    }
    for (l, lambda) in lambdas.enumerated() {
      if let reduction {
        reduction.solve(shift: lambda, right.values, columns: count, into: &x, offset: l * count, stride: width)
      } else {
        let part = try system.choleskySolution(lambda, right)
        for i in 0..<size { for t in 0..<count { x[i * width + l * count + t] = part.values[i * count + t] } }
      }
    }
    DoubleProducts.multiply(
      m: projector.rows, n: width, k: size, projector.values, stride: size, x, stride: width,
      into: &made.values, stride: width)
    let each = countsGains ? lambdas.flatMap { [Double](repeating: $0, count: count) } : nil
    return (made, each.map { system.gains(x, lambdas: $0, right: right) })
  }

  private func rotated(_ b: Matrix) -> Matrix {
    guard let reduction else { return b }
    var transposed = b.transposed.values
    reduction.rotate(rows: &transposed, count: b.columns)
    return Matrix(rows: b.columns, columns: system.size, values: transposed).transposed
  }
}
