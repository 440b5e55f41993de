import Diagnostics
import LinearAlgebra

/// Interpolation of bad channels from good ones by spherical splines (Perrin et al. 1989).
///
/// With unit vectors u of the electrodes seen from the head's centre,
/// `g(c) = sum_{n=1..50} (2n + 1) / (n⁴ (n + 1)⁴ 4π) P_n(c)`; the weights solve
/// `[G + 1e-5 I, 1; 1ᵀ, 0]` for the values at the bad positions (stiffness 4, as in MNE-Python).
public struct SphericalSpline: Sendable {
  public let good: [Int]
  public let bad: [Int]
  /// `[bad.count, good.count]`: the interpolated channel is this row times the good channels.
  public let weights: Matrix

  /// - Parameter positions: `[channelCount, 3]`, metres, any common frame; rows of bad and good channels are finite.
  /// - Parameter bad: the channels to replace; every other one in `good` (nil: all others) is used.
  /// - Parameter origin: the centre of the head in the frame of the positions, metres.
  /// - Throws: `E-ELE-005` for a position that is missing or at the origin, `E-ELE-006` for fewer than four good
  ///   channels, `E-ELE-012` where the system cannot be solved.
  public init(
    positions: Matrix, bad: [Int], good: [Int]? = nil, origin: [Double] = [0, 0, 0]
  ) throws(EvokeError) {
    precondition(positions.columns == 3 && origin.count == 3, "positions are points in space")
    let badSet = Set(bad)
    self.bad = bad
    self.good = good ?? (0..<positions.rows).filter { !badSet.contains($0) }
    guard self.good.count >= 4 else {
      throw EvokeError(
        .tooFewChannels, "spherical splines", reason: "\(self.good.count) good channels",
        remedy: "leave the recording out")
    }
    let from = try Self.unitVectors(positions, self.good, origin)
    let to = try Self.unitVectors(positions, bad, origin)
    let n = self.good.count
    var system = Matrix(rows: n + 1, columns: n + 1)
    let kernel = Self.kernel(from, from)
    for i in 0..<n {
      for j in 0..<n { system[i, j] = kernel[i, j] + (i == j ? 1e-5 : 0) }
      system[i, n] = 1
      system[n, i] = 1
    }
    guard let inverse = pseudoInverse(system) else {
      throw EvokeError(
        .decompositionFailed, "spherical splines", reason: "no singular value decomposition",
        remedy: "check the electrode positions")
    }
    var target = Matrix(rows: bad.count, columns: n + 1)
    let cross = Self.kernel(to, from)
    for i in 0..<bad.count {
      for j in 0..<n { target[i, j] = cross[i, j] }
      target[i, n] = 1
    }
    weights = target.multiplied(by: inverse.selecting(columns: Array(0..<n)))
  }

  /// The recording with its bad channels replaced.
  ///
  /// - Parameter x: `[sampleCount, channelCount]`; a NaN in a good channel makes that sample of the bad ones NaN.
  public func applied(to x: Matrix) -> Matrix {
    guard !bad.isEmpty else { return x }
    let estimates = x.selecting(columns: good).multiplied(by: weights.transposed)
    var result = x
    for t in 0..<x.rows {
      for (k, c) in bad.enumerated() { result[t, c] = estimates[t, k] }
    }
    return result
  }

  private static func unitVectors(
    _ positions: Matrix, _ channels: [Int], _ origin: [Double]
  ) throws(EvokeError) -> Matrix {
    var result = Matrix(rows: channels.count, columns: 3)
    for (i, channel) in channels.enumerated() {
      let offset = (0..<3).map { positions[channel, $0] - origin[$0] }
      let length = offset.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length.isFinite, length > 1e-6 else {
        throw EvokeError(
          .channelPosition, "channel \(channel)", reason: "its position is missing or at the centre of the head",
          remedy: "give the montage a position for it, or drop the channel")
      }
      for k in 0..<3 { result[i, k] = offset[k] / length }
    }
    return result
  }

  private static func kernel(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = a.multiplied(by: b.transposed)
    let factors = (1...50).map { order -> Double in
      let n = Double(order)
      let power = n * (n + 1) * n * (n + 1) * n * (n + 1) * n * (n + 1)
      return (2 * n + 1) / (power * 4 * Double.pi)
    }
    for i in result.values.indices {
      let c = result.values[i]
      var (before, legendre, sum) = (1.0, c, 0.0)
      for (k, factor) in factors.enumerated() {
        sum += factor * legendre
        let n = Double(k + 1)
        (before, legendre) = (legendre, ((2 * n + 1) * c * legendre - n * before) / (n + 1))
      }
      result.values[i] = sum
    }
    return result
  }
}

/// The Moore-Penrose inverse, singular values below `max(rows, columns)` ulp of the largest taken as zero.
func pseudoInverse(_ matrix: Matrix) -> Matrix? {
  guard let svd = SingularValueDecomposition(matrix) else { return nil }
  let threshold = svd.values[0] * Double(max(matrix.rows, matrix.columns)) * Double.ulpOfOne
  var scaled = svd.vTransposed
  for k in 0..<svd.values.count {
    let factor = svd.values[k] > threshold ? 1 / svd.values[k] : 0
    for j in 0..<scaled.columns { scaled[k, j] *= factor }
  }
  return scaled.transposeMultiplied(by: svd.u.transposed)
}
