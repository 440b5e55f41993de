import Diagnostics
import LinearAlgebra

/// The sensor noise an inverse assumes: a covariance and its true rank.
public struct NoiseCovariance: Sendable, Equatable {
  /// Symmetric, `[channelCount, channelCount]`, squared unit of the data.
  public let matrix: Matrix
  /// Independent directions; eigenvalues beyond it are rounding.
  public let rank: Int

  /// - Parameter rank: as preprocessing left it (`DataRank`); nil counts the eigenvalues.
  /// - Throws: `E-ELE-008` for a matrix that is not finite and symmetric, or a rank outside 1...channels.
  public init(_ matrix: Matrix, rank: Int? = nil) throws(EvokeError) {
    precondition(matrix.rows == matrix.columns && matrix.rows > 0, "a covariance is square")
    let size = matrix.rows
    let largest = (0..<size).map { matrix[$0, $0] }.reduce(-.infinity, max)
    for i in 0..<size {
      for j in 0...i where !(abs(matrix[i, j] - matrix[j, i]) <= 1e-6 * largest) {
        throw Self.refusal("entries \(i), \(j) are not finite and symmetric")
      }
    }
    let found = if let rank { rank } else { try numericalRank(matrix) }
    guard (1...size).contains(found) else { throw Self.refusal("rank \(found) of \(size) channels") }
    self.matrix = matrix
    self.rank = found
  }

  static func refusal(_ reason: String) -> EvokeError {
    EvokeError(.noiseCovariance, "noise covariance", reason: reason, remedy: "leave bad channels out of it")
  }

  /// `variance · I`, average-referenced when `isAverageReferenced`: what is assumed without a baseline.
  ///
  /// - Parameter variance: squared unit of the data; (0.2 µV)² is usual where nothing is known.
  public static func adHoc(
    channelCount: Int, variance: Double = 4e-14, isAverageReferenced: Bool = true
  ) throws(EvokeError) -> NoiseCovariance {
    precondition(channelCount > 1 && variance > 0, "channels with some variance")
    let shared = isAverageReferenced ? 1 / Double(channelCount) : 0
    var matrix = Matrix(rows: channelCount, columns: channelCount)
    for i in 0..<channelCount {
      for j in 0..<channelCount { matrix[i, j] = variance * ((i == j ? 1 : 0) - shared) }
    }
    return try NoiseCovariance(matrix, rank: isAverageReferenced ? channelCount - 1 : channelCount)
  }

  /// The Ledoit-Wolf estimate `(1 - a) S + a (tr S / r) I` inside the r directions the data span.
  ///
  /// S is the population covariance of the samples and a the share that minimises the expected squared error (Ledoit &
  /// Wolf 2004; equal to scikit-learn's at full rank). Shrinking inside the span keeps the rank: shrinking towards the
  /// whole identity would put noise into the direction that average referencing removed.
  ///
  /// - Parameter x: baseline samples, `[sampleCount, channelCount]`, referenced as the data will be.
  /// - Parameter rank: as preprocessing left it; nil counts the eigenvalues of S.
  /// - Throws: `E-ELE-003` for fewer than two samples, `E-ELE-008` for NaN or no variance.
  public static func ledoitWolf(
    _ x: Matrix, rank: Int? = nil
  ) throws(EvokeError) -> (covariance: NoiseCovariance, shrinkage: Double) {
    guard x.rows > 1 else {
      throw EvokeError(
        .seriesTooShort, "\(x.rows) samples", reason: "a covariance needs two samples or more",
        remedy: "use a longer baseline")
    }
    var centred = x
    let means = x.columnMeans
    for t in 0..<x.rows { for c in 0..<x.columns { centred.values[t * x.columns + c] -= means[c] } }
    var empirical = centred.gram
    for i in empirical.values.indices { empirical.values[i] /= Double(x.rows) }
    let found = if let rank { rank } else { try numericalRank(empirical) }
    guard found > 0, let basis = LeadingEigenpairs(empirical, count: found) else { throw refusal("no variance") }
    let scores = centred.multiplied(by: basis.vectors.transposed)
    let mean = basis.values.reduce(0, +) / Double(found)
    let n = Double(x.rows)
    var fourth = 0.0
    for t in 0..<x.rows {
      let square = (0..<found).reduce(0.0) { $0 + scores[t, $1] * scores[t, $1] }
      fourth += square * square
    }
    let norm = basis.values.reduce(0.0) { $0 + $1 * $1 }
    let distance = norm - Double(found) * mean * mean
    let error = min((fourth / n - norm) / n, distance)
    let share = error <= 0 || distance <= 0 ? 0 : error / distance
    var scaled = basis.vectors
    for k in 0..<found {
      let value = (1 - share) * basis.values[k] + share * mean
      for c in 0..<x.columns { scaled[k, c] *= value }
    }
    let matrix = basis.vectors.transposeMultiplied(by: scaled)
    return (try NoiseCovariance(matrix, rank: found), share)
  }

  /// W, `[rank, channelCount]`, with `W C Wᵀ = I`: the leading eigenvectors over the roots of their eigenvalues.
  ///
  /// - Throws: `E-ELE-008` where an eigenvalue within the rank is not positive.
  public func whitener() throws(EvokeError) -> Matrix {
    // Rounding leaves directions without variance some 1e-15 of the largest, of either sign.
    guard let eigen = LeadingEigenpairs(matrix, count: rank), eigen.values[0] > 1e-12 * eigen.values[rank - 1] else {
      throw Self.refusal("fewer than \(rank) directions have variance")
    }
    var result = eigen.vectors
    for k in 0..<rank {
      let scale = 1 / eigen.values[k].squareRoot()
      for c in 0..<result.columns { result[k, c] *= scale }
    }
    return result
  }
}

/// The largest eigenvalues, ascending, and their eigenvectors as rows.
///
/// Squared volts are 1e-14 and equal eigenvalues common here: the matrix is scaled to a unit diagonal and decomposed
/// whole, since LAPACK's search for a subset goes by absolute size.
private struct LeadingEigenpairs {
  let values: [Double]
  let vectors: Matrix

  init?(_ matrix: Matrix, count: Int) {
    guard count > 0, let scale = (0..<matrix.rows).map({ matrix[$0, $0] }).max(), scale > 0 else { return nil }
    guard
      let eigen = SymmetricEigen(
        Matrix(rows: matrix.rows, columns: matrix.rows, values: matrix.values.map { $0 / scale }))
    else { return nil }
    let first = matrix.rows - count
    values = eigen.values[first...].map { $0 * scale }
    vectors = eigen.vectors.selecting(rows: Array(first..<matrix.rows))
  }
}
