import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

/// Independent components of a recording: `x - mean = A s`, `s = W (x - mean)`, the rows of s uncorrelated and of unit
/// variance.
///
/// The samples are whitened in the directions of their `rank` largest variances, and a rotation is found that maximises
/// the departure of `E log cosh s` from a Gaussian's. Components are sorted by the variance they bring into the channels,
/// largest first; the largest weight of each column of A is positive.
public struct IndependentComponents: Sendable {
  /// A, `[channelCount, componentCount]`, in the unit of the samples.
  public let mixing: Matrix
  /// W, `[componentCount, channelCount]`.
  public let unmixing: Matrix
  public let means: [Double]
  public let iterationCount: Int
  public let isConverged: Bool

  /// - Parameters:
  ///   - x: `[sampleCount, channelCount]`, finite.
  ///   - rank: components to search for; at most the rank of the samples.
  ///   - seed: of the rotation at which the search starts.
  ///   - tolerance: largest change of a component's direction (FastICA) or of the gradient (Picard) at the end.
  /// - Throws: `E-ELE-002` for samples that are not numbers, `E-ELE-013` where a rank below one or above the samples'
  ///   own is asked for or samples are fewer than channels.
  public init(
    _ x: Matrix, rank: Int, method: ComponentMethod, seed: UInt64, tolerance: Double = 1e-4, maxIterations: Int = 500
  ) throws(EvokeError) {
    let whitened = try Whitening(x, rank: rank)
    var random = RandomStream(seed: seed, purpose: "ica", key: method.rawValue)
    var start = Matrix(rows: rank, columns: rank)
    for i in start.values.indices { start.values[i] = random.normal() }
    var search = RotationSearch(whitened.samples, start: try orthogonalised(start))
    switch method {
    case .fastica: try search.fixedPoint(tolerance: tolerance, maxIterations: maxIterations)
    case .picard: try search.quasiNewton(tolerance: tolerance, maxIterations: maxIterations)
    }
    let order = Self.order(search.rotation.multiplied(by: whitened.unwhitening))
    unmixing = order.signed(search.rotation.multiplied(by: whitened.whitening))
    mixing = order.signed(search.rotation.multiplied(by: whitened.unwhitening)).transposed
    means = whitened.means
    iterationCount = search.iterationCount
    isConverged = search.isConverged
  }

  /// The time courses, `[sampleCount, componentCount]`.
  public func sources(_ x: Matrix) -> Matrix {
    var centred = x
    for t in 0..<x.rows { for c in 0..<x.columns { centred.values[t * x.columns + c] -= means[c] } }
    return centred.multiplied(by: unmixing.transposed)
  }

  /// What is left of the channels without some components: `I - A_r W_r`, `[channelCount, channelCount]`.
  public func removing(_ components: [Int]) -> Matrix {
    let n = mixing.rows
    var result = Matrix(rows: n, columns: n)
    for i in 0..<n { result[i, i] = 1 }
    guard !components.isEmpty else { return result }
    let part = mixing.selecting(columns: components).multiplied(by: unmixing.selecting(rows: components))
    return subtract(result, part)
  }

  private struct Order {
    let indices: [Int]
    let signs: [Double]

    func signed(_ rows: Matrix) -> Matrix {
      var result = rows.selecting(rows: indices)
      for i in 0..<result.rows { for j in 0..<result.columns { result[i, j] *= signs[i] } }
      return result
    }
  }

  private static func order(_ patterns: Matrix) -> Order {
    var variances: [Double] = []
    var signs: [Double] = []
    for i in 0..<patterns.rows {
      let row = (0..<patterns.columns).map { patterns[i, $0] }
      variances.append(row.reduce(0) { $0 + $1 * $1 })
      signs.append((row.max { abs($0) < abs($1) } ?? 1) < 0 ? -1 : 1)
    }
    let indices = variances.indices.sorted { variances[$0] > variances[$1] }
    return Order(indices: indices, signs: indices.map { signs[$0] })
  }
}

/// The samples in the directions of their largest variances, scaled to unit variance.
private struct Whitening {
  let means: [Double]
  /// `[rank, channelCount]`.
  let whitening: Matrix
  /// `[rank, channelCount]`: row k is what a unit of direction k adds to the channels.
  let unwhitening: Matrix
  /// `[rank, sampleCount]`.
  let samples: Matrix

  init(_ x: Matrix, rank: Int) throws(EvokeError) {
    guard rank > 0, rank <= x.columns, x.rows > x.columns else {
      throw EvokeError(
        .componentSearch, "\(rank) components",
        reason: "there are \(x.columns) channels and \(x.rows) samples", remedy: "leave ica out for this recording")
    }
    guard x.values.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .seriesNotFinite, "independent components", reason: "some samples are not numbers",
        remedy: "mark the channel bad or exclude the segment")
    }
    means = x.columnMeans
    var centred = x
    for t in 0..<x.rows { for c in 0..<x.columns { centred.values[t * x.columns + c] -= means[c] } }
    var covariance = centred.gram
    for i in covariance.values.indices { covariance.values[i] /= Double(x.rows) }
    guard let eigen = SymmetricEigen(covariance, largest: rank), eigen.values[0] > 1e-13 * eigen.values[rank - 1] else {
      throw EvokeError(
        .componentSearch, "\(rank) components", reason: "the channels have fewer independent directions",
        remedy: "leave ica out for this recording")
    }
    var down = eigen.vectors
    var up = eigen.vectors
    for k in 0..<rank {
      let scale = eigen.values[k].squareRoot()
      for c in 0..<x.columns {
        down[k, c] /= scale
        up[k, c] *= scale
      }
    }
    whitening = down
    unwhitening = up
    samples = down.multiplied(by: centred.transposed)
  }
}

/// (M Mᵀ)^(-1/2) M: the orthogonal matrix nearest to M.
///
/// - Throws: `E-ELE-012` where the decomposition fails.
func orthogonalised(_ matrix: Matrix) throws(EvokeError) -> Matrix {
  guard let svd = SingularValueDecomposition(matrix) else {
    throw EvokeError(
      .decompositionFailed, "independent components", reason: "no singular value decomposition",
      remedy: "report it with the recording")
  }
  return svd.u.multiplied(by: svd.vTransposed)
}
