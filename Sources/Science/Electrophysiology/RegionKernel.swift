import Diagnostics
import LinearAlgebra
import Vocabulary

/// Sources sorted into regions, with the sign each enters its region's mean by.
public struct RegionMap: Sendable, Equatable {
  public let regionCount: Int
  /// Per source the region's index; negative for none.
  public let regionOfSource: [Int]
  /// Per source 1, -1, or 0 (orthogonal to the region's direction; or in no region).
  public let flips: [Double]

  /// `flip = sign(normal · v)`, v the first right singular vector of the region's normals, itself signed so that the
  /// mean of normal · v is not negative (MNE's `label_sign_flip`).
  ///
  /// - Parameter normals: `[sourceCount, 3]`; nil, or `summary` mean, makes every flip 1.
  /// - Throws: `E-ELE-010` for a region no source belongs to, `E-ELE-012` for normals that are not numbers.
  public init(
    regionOfSource: [Int], regionCount: Int, normals: Matrix?, summary: RegionSummary = .meanFlip
  ) throws(EvokeError) {
    precondition(normals.map { $0.rows == regionOfSource.count && $0.columns == 3 } ?? true, "one normal per source")
    precondition(regionOfSource.allSatisfy { $0 < regionCount }, "a region index out of range")
    var flips = regionOfSource.map { $0 < 0 ? 0 : 1.0 }
    for region in 0..<regionCount {
      let members = regionOfSource.indices.filter { regionOfSource[$0] == region }
      guard !members.isEmpty else {
        throw EvokeError(
          .regionWithoutSources, "region \(region)", reason: "none of \(regionOfSource.count) sources lies in it",
          remedy: "use the leadfield's own labels, or drop the region")
      }
      guard let normals, summary != .mean else { continue }
      guard let svd = SingularValueDecomposition(normals.selecting(rows: members)) else {
        throw decompositionFailure("normals of region \(region)")
      }
      var dots = members.map { s in (0..<3).reduce(0.0) { $0 + normals[s, $1] * svd.vTransposed[0, $1] } }
      if dots.reduce(0, +) < 0 { dots = dots.map { -$0 } }
      for (s, dot) in zip(members, dots) { flips[s] = dot > 0 ? 1 : dot < 0 ? -1 : 0 }
    }
    self.regionCount = regionCount
    self.regionOfSource = regionOfSource
    self.flips = flips
  }

  /// Sources per region.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: regionCount)
    for region in regionOfSource where region >= 0 { counts[region] += 1 }
    return counts
  }

  /// A, applied: `[regionCount, columns]` means of flip · row over each region's sources.
  public func means(of rows: Matrix) -> Matrix {
    precondition(rows.rows == regionOfSource.count, "one row per source")
    let counts = counts
    var result = Matrix(rows: regionCount, columns: rows.columns)
    for (s, region) in regionOfSource.enumerated() where region >= 0 {
      let weight = flips[s] / Double(counts[region])
      for c in 0..<rows.columns {
        result.values[region * rows.columns + c] += weight * rows.values[s * rows.columns + c]
      }
    }
    return result
  }
}

/// The inverse collapsed to regions, T = A K: one product per recording gives its region time courses.
public struct RegionKernel: Sendable {
  /// `[regionCount, channelCount]`.
  public let matrix: Matrix

  public init(_ kernel: InverseKernel, regions: RegionMap) { matrix = regions.means(of: kernel.matrix) }

  /// A kernel as it was stored.
  public init(matrix: Matrix) { self.matrix = matrix }

  /// The kernel of `pca_flip` for data of this second moment (MNE's): with the decomposition `K_r X = U S Vᵀ` of a
  /// region's n sources its time course is `sign(U_1 · flip) ‖S‖ / sqrt(n) V_1ᵀ`, which is linear in X.
  ///
  /// - Parameter moment: `X Xᵀ`, `[channelCount, channelCount]`, about zero.
  /// - Throws: `E-ELE-012`.
  public init(principal kernel: InverseKernel, regions: RegionMap, moment: Matrix) throws(EvokeError) {
    let channels = kernel.matrix.columns
    var rows: [Double] = []
    for region in 0..<regions.regionCount {
      let members = regions.regionOfSource.indices.filter { regions.regionOfSource[$0] == region }
      let own = kernel.matrix.selecting(rows: members)
      let power = own.multiplied(by: moment).multiplied(by: own.transposed)
      guard let eigen = SymmetricEigen(power, largest: 1) else { throw decompositionFailure("region \(region)") }
      let first = eigen.vectors
      let total = (0..<members.count).reduce(0.0) { $0 + power[$1, $1] }
      let sign = members.enumerated().reduce(0.0) { $0 + first[0, $1.0] * regions.flips[$1.1] } < 0 ? -1.0 : 1
      let scale =
        eigen.values[0] > 0 ? sign * (total / (Double(members.count) * eigen.values[0])).squareRoot() : 0
      rows += first.multiplied(by: own).values.map { $0 * scale }
    }
    matrix = Matrix(rows: regions.regionCount, columns: channels, values: rows)
  }

  /// Region time courses, `[sampleCount, regionCount]`, of `[sampleCount, channelCount]` data.
  ///
  /// The data are average-referenced over the leadfield's channels, in its order. A NaN makes its sample NaN.
  public func applied(to x: Matrix) -> Matrix {
    precondition(x.columns == matrix.columns, "data and kernel have different channels")
    return x.multiplied(by: matrix.transposed)
  }

  /// Region time courses, `[sampleCount, regionCount]`, of `[sampleCount, channelCount]` samples, in float64 inside.
  ///
  /// The data need no reference: they are average-referenced here. A sample in which a channel is missing or infinite
  /// is missing in all regions.
  public func applied(channels samples: ArraySlice<Float>) -> [Float] {
    let (count, regionCount) = (matrix.columns, matrix.rows)
    precondition(samples.count % count == 0, "whole samples")
    let rows = samples.count / count
    var x = Matrix(rows: rows, columns: count)
    var missing: [Int] = []
    let inverse = 1 / Double(count)
    for row in 0..<rows {
      let from = samples.startIndex + row * count
      var sum = 0.0
      for c in 0..<count { sum += Double(samples[from + c]) }
      // One missing or infinite value shows in the sum.
      guard sum.isFinite else {
        missing.append(row)
        continue
      }
      let mean = sum * inverse
      for c in 0..<count { x.values[row * count + c] = Double(samples[from + c]) - mean }
    }
    var courses = applied(to: x).values.map { Float($0) }
    for row in missing { for r in 0..<regionCount { courses[row * regionCount + r] = .nan } }
    return courses
  }

  /// The leakage matrix `[regionCount, regionCount]`: entry (r, s) is what region r shows when every source of region s
  /// has amplitude flip, divided by what region s shows (so the diagonal is 1).
  ///
  /// Channels span fewer dimensions than 68 regions: off-diagonal entries are unavoidable and belong beside every
  /// result. A region that shows nothing of itself has NaN.
  public func leakage(leadfield: Matrix, regions: RegionMap) -> Matrix {
    var result = response(leadfield: leadfield, regions: regions)
    let own = (0..<result.rows).map { result[$0, $0] }
    for r in 0..<result.rows { for s in 0..<result.columns { result[r, s] /= own[s] == 0 ? .nan : own[s] } }
    return result
  }

  /// Per source, the region whose time course is largest in magnitude when that source alone is active.
  public func peakRegions(leadfield: Matrix) -> [Int] { peakRows(matrix.multiplied(by: leadfield)) }

  /// The share of sources in regions whose own region is the one that peaks.
  public func localisedShare(leadfield: Matrix, regions: RegionMap) -> Double {
    let peaks = peakRegions(leadfield: leadfield)
    let members = regions.regionOfSource.indices.filter { regions.regionOfSource[$0] >= 0 }
    return Double(members.count { peaks[$0] == regions.regionOfSource[$0] }) / Double(members.count)
  }
}

extension InverseKernel {
  /// K L, `[sourceCount, sourceCount]`: column s is the estimate of unit source s. For small source spaces.
  public func resolution(leadfield: Matrix) -> Matrix { matrix.multiplied(by: leadfield) }

  /// Per source, the source whose estimate is largest in magnitude when that source alone is active.
  public func peakSources(leadfield: Matrix) -> [Int] {
    peakSources(leadfield: leadfield, of: Array(0..<leadfield.columns))
  }
}

/// The row of the largest magnitude in every column.
func peakRows(_ x: Matrix) -> [Int] {
  var peaks = [Int](repeating: 0, count: x.columns)
  var largest = [Double](repeating: -1, count: x.columns)
  for i in 0..<x.rows {
    for j in 0..<x.columns where abs(x.values[i * x.columns + j]) > largest[j] {
      largest[j] = abs(x.values[i * x.columns + j])
      peaks[j] = i
    }
  }
  return peaks
}
