import Diagnostics
import LinearAlgebra

/// eLORETA's covariance of free sources (Pascual-Marqui 2007): a 3 x 3 block per source, iterated as
/// `R_k = (G_kᵀ M G_k)^(-1/2)` with `M = (G R Gᵀ + λ² I)⁻¹` and tr(G R Gᵀ) = rank, at most 20 times.
struct EloretaBlocks {
  /// Nine numbers per source, symmetric.
  private(set) var blocks: [Double]
  private var product: Matrix
  private let sourceCount: Int

  /// - Parameter prior: variance of every column relative to its source's normal one; it is applied again after each
  ///   iteration, which would otherwise undo it.
  init(_ unweighted: Matrix, prior: [Double], lambdaSquared: Double) throws(EvokeError) {
    let columns = unweighted.columns
    let deviations = prior.map { $0.squareRoot() }
    var gain = unweighted
    for i in 0..<gain.rows { for j in 0..<columns { gain.values[i * columns + j] *= deviations[j] } }
    sourceCount = columns / 3
    var priors = [Double](repeating: 0, count: 9 * sourceCount)
    blocks = priors
    for s in 0..<sourceCount {
      for e in 0..<9 {
        priors[9 * s + e] = deviations[3 * s + e / 3] * deviations[3 * s + e % 3]
        if e % 4 == 0 { blocks[9 * s + e] = priors[9 * s + e] }
      }
    }
    product = Matrix(rows: 0, columns: 0)
    normalise(gain)
    for _ in 0..<20 {
      let last = blocks
      let projected = try Self.damped(product, lambdaSquared).multiplied(by: gain)
      for s in 0..<sourceCount {
        let triple = projected.selecting(columns: [3 * s, 3 * s + 1, 3 * s + 2])
        guard let eigen = SymmetricEigen(triple.gram) else { throw decompositionFailure("eLORETA weights") }
        let root = Self.inverseRoot(eigen)
        for e in 0..<9 { blocks[9 * s + e] = root[e] * priors[9 * s + e] }
      }
      normalise(gain)
      let change = zip(blocks, last).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if (change / last.reduce(0.0) { $0 + $1 * $1 }).squareRoot() < 1e-6 { break }
    }
    normalise(unweighted)
  }

  /// The rows of `R Gᵀ (G R Gᵀ + λ² I)⁻¹ W` along the normals, `[sourceCount, channelCount]`.
  func normalKernel(_ gain: Matrix, whitener: Matrix, lambdaSquared: Double) throws(EvokeError) -> Matrix {
    let root = try Self.damped(product, lambdaSquared)
    var rows = Matrix(rows: sourceCount, columns: gain.rows)
    for i in 0..<gain.rows {
      for s in 0..<sourceCount {
        var sum = 0.0
        for d in 0..<3 { sum += blocks[9 * s + 6 + d] * gain[i, 3 * s + d] }
        rows[s, i] = sum
      }
    }
    return rows.multiplied(by: root.transposed).multiplied(by: root.multiplied(by: whitener))
  }

  /// F with `Fᵀ F = (A + λ² I)⁻¹`.
  private static func damped(_ product: Matrix, _ lambdaSquared: Double) throws(EvokeError) -> Matrix {
    guard let eigen = SymmetricEigen(product) else { throw decompositionFailure("eLORETA weights") }
    var scaled = eigen.vectors
    for k in 0..<scaled.rows {
      let factor = 1 / (abs(eigen.values[k]) + lambdaSquared).squareRoot()
      for c in 0..<scaled.columns { scaled[k, c] *= factor }
    }
    return scaled
  }

  /// `M^(-1/2)`, row-major; directions without signal stay zero.
  private static func inverseRoot(_ eigen: SymmetricEigen) -> [Double] {
    var result = [Double](repeating: 0, count: 9)
    for k in 0..<3 where eigen.values[k] > 1e-12 * eigen.values[2] {
      let weight = 1 / eigen.values[k].squareRoot()
      for e in 0..<9 { result[e] += weight * eigen.vectors[k, e / 3] * eigen.vectors[k, e % 3] }
    }
    return result
  }

  /// G R Gᵀ scaled to trace = rank, R with it.
  private mutating func normalise(_ gain: Matrix) {
    var weighted = Matrix(rows: gain.rows, columns: gain.columns)
    for i in 0..<gain.rows {
      for s in 0..<sourceCount {
        for c in 0..<3 {
          var sum = 0.0
          for d in 0..<3 { sum += gain[i, 3 * s + d] * blocks[9 * s + 3 * d + c] }
          weighted[i, 3 * s + c] = sum
        }
      }
    }
    product = weighted.multiplied(by: gain.transposed)
    let trace = (0..<product.rows).reduce(0.0) { $0 + product[$1, $1] }
    let factor = Double(gain.rows) / trace
    for e in blocks.indices { blocks[e] *= factor }
    for e in product.values.indices { product.values[e] *= factor }
  }
}
