import Diagnostics
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// Minimum-norm inverses of fixed-orientation sources.
public enum InverseMethod: String, Sendable, CaseIterable {
  /// The plain minimum norm (Hämäläinen & Ilmoniemi 1994), A m.
  case minimumNorm = "MNE"
  /// Divided by the noise each row passes (Dale et al. 2000): unit variance under the assumed noise.
  case dSPM
  /// Divided by the root of the resolution matrix's diagonal (Pascual-Marqui 2002): no localisation error for one
  /// noiseless source.
  case sLORETA
  /// Weights iterated until single sources are localised exactly, even with noise (Pascual-Marqui 2007).
  case eLORETA
}

/// What an inverse assumes besides leadfield and noise.
public struct InverseParameters: Sendable, Equatable {
  public var method = InverseMethod.sLORETA
  /// λ² = 1 / SNR²: 1 for continuous recordings, 1/9 for averages over many repetitions.
  public var lambdaSquared = 1.0
  /// Exponent of the depth weights `min((1 / d_j) / limit, 1)^depth`, d_j the squared norm of column j; 0 is none.
  /// eLORETA compensates for depth itself and ignores it.
  public var depth = 0.8
  /// The amplitude ratio beyond which weak sources are not raised further.
  public var depthLimit = 10.0

  public init(method: InverseMethod = .sLORETA, lambdaSquared: Double = 1, depth: Double = 0.8) {
    self.method = method
    self.lambdaSquared = lambdaSquared
    self.depth = depth
  }
}

/// The linear operator from channels to sources, equal to MNE-Python's for fixed orientation.
///
/// With W the whitener, G = W L and R the diagonal source covariance (depth weights scaled so that
/// tr(G R Gᵀ) = rank), the decomposition `G R^(1/2) = U S Vᵀ` gives
/// `K = R^(1/2) V diag(s / (s² + λ²)) Uᵀ W`; dSPM and sLORETA divide each row k by the norm of
/// `R_k^(1/2) V_k g`, g = s / (s² + λ²), for sLORETA times `sqrt(1 + s² / λ²)`.
public struct InverseKernel: Sendable {
  /// `[sourceCount, channelCount]`: sources = matrix · channels.
  public let matrix: Matrix
  public let parameters: InverseParameters
  /// The rank of the whitened channels.
  public let rank: Int

  /// - Parameter leadfield: `[channelCount, sourceCount]`, V / (A m), referenced as the data (average).
  /// - Throws: `E-ELE-007` for a leadfield with NaN or without signal, `E-ELE-009` for parameters out of range,
  ///   `E-ELE-008` and `E-ELE-012` from the whitener and LAPACK.
  public init(
    leadfield: Matrix, noise: NoiseCovariance, parameters: InverseParameters = InverseParameters()
  ) throws(EvokeError) {
    precondition(leadfield.rows == noise.matrix.rows, "leadfield and noise have different channels")
    try Self.check(leadfield, parameters)
    let whitener = try noise.whitener()
    let gain = whitener.multiplied(by: leadfield)
    var variances: [Double]
    if parameters.method == .eLORETA {
      variances = try eLORETAVariances(gain, lambdaSquared: parameters.lambdaSquared)
    } else {
      variances = depthWeights(leadfield, exponent: parameters.depth, limit: parameters.depthLimit)
      let trace = weightedTrace(gain, variances)
      for j in variances.indices { variances[j] *= Double(noise.rank) / trace }
    }
    matrix = try Self.kernel(gain, variances: variances, whitener: whitener, parameters)
    self.parameters = parameters
    rank = noise.rank
  }

  private static func check(_ leadfield: Matrix, _ parameters: InverseParameters) throws(EvokeError) {
    let (n, sources) = (leadfield.rows, leadfield.columns)
    if let bad = leadfield.values.firstIndex(where: { !$0.isFinite }) {
      throw EvokeError(
        .leadfieldUnusable, "channel \(bad / sources)", reason: "its leadfield has values that are not numbers",
        remedy: "leave the channel out of leadfield and data")
    }
    guard n > 0, sources > 0, leadfield.values.contains(where: { $0 != 0 }) else {
      throw EvokeError(
        .leadfieldUnusable, "leadfield", reason: "no source reaches a channel", remedy: "check the file and its axes")
    }
    let lambda = parameters.lambdaSquared
    guard lambda > 0, lambda.isFinite, (0...1).contains(parameters.depth), parameters.depthLimit > 1 else {
      throw EvokeError(
        .inverseParameter, parameters.method.rawValue,
        reason: "λ² \(lambda), depth \(parameters.depth), limit \(parameters.depthLimit)",
        remedy: "use λ² = 1 / SNR² and a depth exponent of 0...1")
    }
  }

  private static func kernel(
    _ gain: Matrix, variances: [Double], whitener: Matrix, _ parameters: InverseParameters
  ) throws(EvokeError) -> Matrix {
    let deviations = variances.map { $0.squareRoot() }
    var weighted = gain
    for i in 0..<gain.rows { for j in 0..<gain.columns { weighted[i, j] *= deviations[j] } }
    guard let svd = SingularValueDecomposition(weighted) else { throw decompositionFailure("the weighted leadfield") }
    let lambda = parameters.lambdaSquared
    let count = svd.values.count
    let filter = svd.values.map { $0 > 0 ? $0 / ($0 * $0 + lambda) : 0 }
    var projection = svd.u.transposeMultiplied(by: whitener)
    for k in 0..<count { for c in 0..<projection.columns { projection[k, c] *= filter[k] } }
    var kernel = svd.vTransposed.transposeMultiplied(by: projection)
    let noiseGain: [Double]? =
      switch parameters.method {
      case .minimumNorm, .eLORETA: nil
      case .dSPM: filter
      case .sLORETA: zip(filter, svd.values).map { $0 * (1 + $1 * $1 / lambda).squareRoot() }
      }
    for j in 0..<kernel.rows {
      var scale = deviations[j]
      if let noiseGain {
        // R^(1/2) cancels between kernel and norm; a source that no channel sees stays zero.
        let norm = (0..<count).reduce(0.0) { sum, k in
          let entry = svd.vTransposed[k, j] * noiseGain[k]
          return sum + entry * entry
        }
        scale = norm > 0 ? 1 / norm.squareRoot() : 0
      }
      for c in 0..<kernel.columns { kernel[j, c] *= scale }
    }
    return kernel
  }
}

/// `min((1 / d_j) / limit, 1)^exponent`, d_j = sum_i L_ij²; the limit is the smallest weight beyond ratio² times the
/// least one (the largest of all where none is), as in MNE.
func depthWeights(_ leadfield: Matrix, exponent: Double, limit ratio: Double) -> [Double] {
  var power = [Double](repeating: 0, count: leadfield.columns)
  for i in 0..<leadfield.rows {
    for j in 0..<leadfield.columns { power[j] += leadfield[i, j] * leadfield[i, j] }
  }
  guard exponent > 0 else { return [Double](repeating: 1, count: power.count) }
  let least = power.filter { $0 > 0 }.min() ?? 1
  let weights = power.map { 1 / ($0 > 0 ? $0 : least) }
  let sorted = weights.sorted()
  let bound = sorted[0] * ratio * ratio
  let limit = sorted.first { $0 > bound } ?? sorted[sorted.count - 1]
  return weights.map { pow(min($0 / limit, 1), exponent) }
}

/// tr(G R Gᵀ) for a diagonal R.
func weightedTrace(_ gain: Matrix, _ variances: [Double]) -> Double {
  var trace = 0.0
  for i in 0..<gain.rows { for j in 0..<gain.columns { trace += gain[i, j] * gain[i, j] * variances[j] } }
  return trace
}

func decompositionFailure(_ object: String) -> EvokeError {
  EvokeError(
    .decompositionFailed, object, reason: "LAPACK did not converge", remedy: "check the leadfield for huge values")
}

/// eLORETA's source variances: iterate `M = (G R Gᵀ + λ² I)⁻¹` with tr(G R Gᵀ) = rank and
/// `R_k = 1 / sqrt(g_kᵀ M g_k)` until R changes by less than 1e-6, at most 20 times.
func eLORETAVariances(_ gain: Matrix, lambdaSquared: Double) throws(EvokeError) -> [Double] {
  let rank = gain.rows
  var variances = [Double](repeating: 1, count: gain.columns)
  var product = normalisedProduct(gain, &variances)
  for _ in 0..<20 {
    guard let eigen = SymmetricEigen(product) else { throw decompositionFailure("eLORETA weights") }
    var scaled = eigen.vectors
    for k in 0..<rank {
      let value = abs(eigen.values[k])
      let factor = value > 0 ? 1 / (value + lambdaSquared).squareRoot() : 0
      for c in 0..<rank { scaled[k, c] *= factor }
    }
    let projected = scaled.multiplied(by: gain)
    let last = variances
    for j in 0..<gain.columns {
      let square = (0..<rank).reduce(0.0) { $0 + projected[$1, j] * projected[$1, j] }
      variances[j] = square > 0 ? 1 / square.squareRoot() : 0
    }
    product = normalisedProduct(gain, &variances)
    let change = zip(variances, last).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    if (change / last.reduce(0.0) { $0 + $1 * $1 }).squareRoot() < 1e-6 { break }
  }
  return variances
}

/// G R Gᵀ scaled to trace = rank, R with it.
private func normalisedProduct(_ gain: Matrix, _ variances: inout [Double]) -> Matrix {
  let factor = Double(gain.rows) / weightedTrace(gain, variances)
  for j in variances.indices { variances[j] *= factor }
  var weighted = gain
  let deviations = variances.map { $0.squareRoot() }
  for i in 0..<gain.rows { for j in 0..<gain.columns { weighted[i, j] *= deviations[j] } }
  return weighted.outerGram
}
