import Diagnostics
import LinearAlgebra
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

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

/// The linear operator from channels to sources, equal to MNE-Python's.
///
/// With W the whitener, G = W L and R the source covariance (depth weights scaled so that tr(G R Gᵀ) = rank), the
/// kernel is `K = R Gᵀ (G R Gᵀ + λ² I)⁻¹ W`, by the eigenvectors U and eigenvalues s² of `G R Gᵀ`. dSPM and sLORETA
/// divide each row j by the norm over k of `R_j (Uᵀ G)_kj / (s_k² + λ²)`, for sLORETA times `sqrt(1 + s_k² / λ²)`.
public struct InverseKernel: Sendable {
  /// `[sourceCount, channelCount]`: sources = matrix · channels; of free sources the component along the normal.
  public let matrix: Matrix
  public let parameters: InverseParameters
  /// The rank of the whitened channels.
  public let rank: Int

  /// Sources of fixed orientation.
  ///
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
      variances = depthWeights(
        columnPower(leadfield), exponent: parameters.depth, limit: parameters.depthLimit)
      let trace = weightedTrace(gain, variances)
      for j in variances.indices { variances[j] *= Double(noise.rank) / trace }
    }
    let solution = try DampedSolution(gain, variances: variances, parameters)
    matrix = solution.kernel(whitener: whitener, directions: 1)
    self.parameters = parameters
    rank = noise.rank
  }

  /// Sources of loose or free orientation, of which the component along the normal is kept, with its sign.
  ///
  /// The variance of the two tangential components is `looseness` times the normal one's; dSPM and sLORETA divide all
  /// three by one norm per source.
  ///
  /// - Parameter surfaceOriented: `[channelCount, 3 · sourceCount]`, each source's two tangents, then its normal.
  /// - Parameter looseness: 0.2 for loose, 1 for free sources.
  /// - Throws: as the other initialiser.
  public init(
    surfaceOriented leadfield: Matrix, looseness: Double, noise: NoiseCovariance,
    parameters: InverseParameters = InverseParameters()
  ) throws(EvokeError) {
    precondition(leadfield.rows == noise.matrix.rows, "leadfield and noise have different channels")
    precondition(leadfield.columns % 3 == 0 && looseness > 0 && looseness <= 1, "three directions, looseness in 0...1")
    try Self.check(leadfield, parameters)
    let whitener = try noise.whitener()
    let gain = whitener.multiplied(by: leadfield)
    let prior = (0..<leadfield.columns).map { $0 % 3 == 2 ? 1 : looseness }
    if parameters.method == .eLORETA {
      let blocks = try EloretaBlocks(gain, prior: prior, lambdaSquared: parameters.lambdaSquared)
      matrix = try blocks.normalKernel(gain, whitener: whitener, lambdaSquared: parameters.lambdaSquared)
    } else {
      let weights = depthWeights(
        try spectralPower(leadfield), exponent: parameters.depth, limit: parameters.depthLimit)
      var variances = prior.enumerated().map { $1 * weights[$0 / 3] }
      let trace = weightedTrace(gain, variances)
      for j in variances.indices { variances[j] *= Double(noise.rank) / trace }
      matrix = try DampedSolution(gain, variances: variances, parameters).kernel(whitener: whitener, directions: 3)
    }
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
}

/// `R Gᵀ (G R Gᵀ + λ² I)⁻¹` for a diagonal R, in the eigenvectors of `G R Gᵀ`: rank x rank, however many sources.
private struct DampedSolution {
  let basis: Matrix
  let eigenvalues: [Double]
  /// Uᵀ G, `[rank, columns]`.
  let projected: Matrix
  let variances: [Double]
  let parameters: InverseParameters

  init(_ gain: Matrix, variances: [Double], _ parameters: InverseParameters) throws(EvokeError) {
    let columns = gain.columns
    var weighted = gain
    let deviations = variances.map { $0.squareRoot() }
    for i in 0..<gain.rows { for j in 0..<columns { weighted.values[i * columns + j] *= deviations[j] } }
    guard let eigen = SymmetricEigen(weighted.outerGram) else { throw decompositionFailure("the weighted leadfield") }
    basis = eigen.vectors
    eigenvalues = eigen.values.map { max(0, $0) }
    projected = eigen.vectors.multiplied(by: gain)
    self.variances = variances
    self.parameters = parameters
  }

  /// Rows of the last of every `directions` columns.
  func kernel(whitener: Matrix, directions: Int) -> Matrix {
    let (rank, columns) = (projected.rows, projected.columns)
    let lambda = parameters.lambdaSquared
    let damping = eigenvalues.map { 1 / ($0 + lambda) }
    let scales = rowScales(directions)
    let sources = columns / directions
    var rows = Matrix(rows: sources, columns: rank)
    for k in 0..<rank {
      for s in 0..<sources {
        rows.values[s * rank + k] =
          projected.values[k * columns + s * directions + directions - 1] * damping[k] * scales[s]
      }
    }
    return rows.multiplied(by: basis.multiplied(by: whitener))
  }

  /// The variance of each kept column, over the norm of its source.
  private func rowScales(_ directions: Int) -> [Double] {
    let lambda = parameters.lambdaSquared
    let (columns, sources) = (projected.columns, projected.columns / directions)
    let kept = (0..<sources).map { variances[$0 * directions + directions - 1] }
    let noiseGain: [Double]
    switch parameters.method {
    case .minimumNorm, .eLORETA: return kept
    case .dSPM: noiseGain = eigenvalues.map { 1 / (($0 + lambda) * ($0 + lambda)) }
    case .sLORETA: noiseGain = eigenvalues.map { (1 + $0 / lambda) / (($0 + lambda) * ($0 + lambda)) }
    }
    var power = [Double](repeating: 0, count: columns)
    for (k, gain) in noiseGain.enumerated() {
      for j in 0..<columns {
        let entry = projected.values[k * columns + j]
        power[j] += entry * entry * gain
      }
    }
    return (0..<sources).map { s in
      let norm = (s * directions..<(s + 1) * directions).reduce(0.0) { $0 + power[$1] * variances[$1] * variances[$1] }
      // A source that no channel sees stays zero.
      return norm > 0 ? kept[s] / norm.squareRoot() : 0
    }
  }
}

/// The squared norm of every column.
func columnPower(_ leadfield: Matrix) -> [Double] {
  let columns = leadfield.columns
  var power = [Double](repeating: 0, count: columns)
  for i in 0..<leadfield.rows {
    for j in 0..<columns {
      let value = leadfield.values[i * columns + j]
      power[j] += value * value
    }
  }
  return power
}

/// The largest eigenvalue of `L_kᵀ L_k` of every source's three columns.
///
/// - Throws: `E-ELE-012` from LAPACK.
func spectralPower(_ leadfield: Matrix) throws(EvokeError) -> [Double] {
  var power: [Double] = []
  for s in 0..<leadfield.columns / 3 {
    let gram = leadfield.selecting(columns: [3 * s, 3 * s + 1, 3 * s + 2]).gram
    guard let eigen = SymmetricEigen(gram) else { throw decompositionFailure("the depth of source \(s)") }
    power.append(eigen.values[2])
  }
  return power
}

/// `min((1 / d_j) / limit, 1)^exponent`, d_j the power of source j; the limit is the smallest weight beyond ratio² times the
/// least one (the largest of all where none is), as in MNE.
func depthWeights(_ power: [Double], exponent: Double, limit ratio: Double) -> [Double] {
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
  let columns = gain.columns
  for i in 0..<gain.rows {
    for j in 0..<columns {
      let value = gain.values[i * columns + j]
      trace += value * value * variances[j]
    }
  }
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
    for (j, square) in columnPower(projected).enumerated() { variances[j] = square > 0 ? 1 / square.squareRoot() : 0 }
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
  let columns = gain.columns
  for i in 0..<gain.rows { for j in 0..<columns { weighted.values[i * columns + j] *= deviations[j] } }
  return weighted.outerGram
}
