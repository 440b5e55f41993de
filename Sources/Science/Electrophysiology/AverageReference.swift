import Diagnostics
import LinearAlgebra

/// What is left of a recording's rank after preprocessing: channels span this many independent signals.
///
/// Referencing costs one; an interpolated channel is a combination of the others and costs one each; a removed
/// independent component costs one each. The whitener of an inverse must have exactly this rank.
public struct DataRank: Sendable, Equatable {
  public let channelCount: Int
  public var interpolatedCount: Int
  public var removedComponentCount: Int
  public var isAverageReferenced: Bool

  public init(
    channelCount: Int, interpolatedCount: Int = 0, removedComponentCount: Int = 0, isAverageReferenced: Bool = false
  ) {
    precondition(interpolatedCount >= 0 && removedComponentCount >= 0, "counts are not negative")
    self.channelCount = channelCount
    self.interpolatedCount = interpolatedCount
    self.removedComponentCount = removedComponentCount
    self.isAverageReferenced = isAverageReferenced
  }

  /// channels - interpolated - removed components - (1 if average-referenced), not below 0.
  public var rank: Int {
    max(0, channelCount - interpolatedCount - removedComponentCount - (isAverageReferenced ? 1 : 0))
  }
}

/// The number of eigenvalues of a covariance above `tolerance` times the largest.
///
/// The default suits float32 samples, whose rounding leaves about 1e-14 of the variance in an empty direction.
///
/// - Parameter covariance: symmetric, `[channelCount, channelCount]`.
/// - Throws: `E-ELE-008` for a matrix with NaN.
public func numericalRank(_ covariance: Matrix, tolerance: Double = 1e-11) throws(EvokeError) -> Int {
  guard let eigen = SymmetricEigen(covariance) else {
    throw EvokeError(
      .noiseCovariance, "a covariance", reason: "it has values that are not numbers", remedy: "leave bad channels out")
  }
  let largest = eigen.values[eigen.values.count - 1]
  return eigen.values.count { $0 > tolerance * largest && $0 > 0 }
}

/// The recording minus, at every sample, the mean of its good channels: `x_c - (1 / n) sum_good x`.
///
/// Interpolated channels count as good (interpolate first); bad channels are re-referenced too but do not enter the
/// mean.
///
/// - Parameter x: `[sampleCount, channelCount]`. A NaN in a good channel makes the whole sample NaN.
/// - Parameter good: indices of the channels the mean is taken of; nil for all.
/// - Throws: `E-ELE-006` for fewer than two good channels.
public func averageReferenced(_ x: Matrix, good: [Int]? = nil) throws(EvokeError) -> Matrix {
  let members = good ?? Array(0..<x.columns)
  precondition(members.allSatisfy { (0..<x.columns).contains($0) }, "a channel index out of range")
  guard members.count > 1 else {
    throw EvokeError(
      .tooFewChannels, "average reference", reason: "\(members.count) good channels",
      remedy: "mark fewer channels bad, or leave the recording out")
  }
  var result = x
  for t in 0..<x.rows {
    let row = t * x.columns
    var sum = 0.0
    for c in members { sum += x.values[row + c] }
    let mean = sum / Double(members.count)
    for c in 0..<x.columns { result.values[row + c] -= mean }
  }
  return result
}

/// A leadfield minus its mean over channels, column by column: `(I - 1 1ᵀ / n) L`.
///
/// - Parameter leadfield: `[channelCount, sourceCount]`.
public func averageReferenced(leadfield: Matrix) -> Matrix {
  let means = leadfield.columnMeans
  var result = leadfield
  for c in 0..<leadfield.rows {
    for s in 0..<leadfield.columns { result.values[c * leadfield.columns + s] -= means[s] }
  }
  return result
}
