import LinearAlgebra

/// What localisation can and cannot tell apart: the resolution of an inverse, region by region.
///
/// With L the referenced leadfield, K the inverse and T its region rows, `E = T L a_s` is what every region shows when
/// the sources of region s are active (amplitude flip each). Measures of Hauk, Stenroos & Treder (2022).
public struct RegionResolution: Sendable {
  /// E divided by what region s shows of itself, `[regionCount, regionCount]`; its diagonal is 1.
  public let leakage: Matrix
  /// `E_rr² / sum_s E_rs²`: the share of a region's power that is its own when all are active alike.
  public let ownShare: [Double]
  /// The region that leaks most into each, and the share of power it brings.
  public let strongestLeak: [(region: Int, share: Double)]
  /// Share of a region's sources, active alone, for which its own time course is the largest of all regions.
  public let regionHitShare: [Double]
  /// Share of a region's sources, active alone, whose largest source estimate lies in the region.
  public let sourceHitShare: [Double]
  /// Mean distance in metres from a source to the largest estimate when it alone is active.
  public let pointSpreadError: [Double]
  /// Mean distance in metres from a source to the one its estimate is most sensitive to.
  public let crossTalkError: [Double]

  /// Sources whose own estimates are followed through the whole brain; more are thinned evenly.
  public static let followedSources = 4096

  /// - Parameters:
  ///   - leadfield: fixed along the normals, referenced as the kernel's.
  ///   - positions: `[sourceCount, 3]`, metres; nil leaves the distances NaN.
  public init(kernel: InverseKernel, leadfield: Matrix, regions: RegionMap, positions: Matrix?) {
    let own = RegionKernel(kernel, regions: regions)
    let count = regions.regionCount
    leakage = own.leakage(leadfield: leadfield, regions: regions)
    let power = own.response(leadfield: leadfield, regions: regions)
    var shares = [Double](repeating: .nan, count: count)
    var strongest = [(region: Int, share: Double)](repeating: (0, .nan), count: count)
    for r in 0..<count {
      let squares = (0..<count).map { power[r, $0] * power[r, $0] }
      let total = squares.reduce(0, +)
      guard total > 0 else { continue }
      shares[r] = squares[r] / total
      if let other = (0..<count).filter({ $0 != r }).max(by: { squares[$0] < squares[$1] }) {
        strongest[r] = (other, squares[other] / total)
      }
    }
    ownShare = shares
    strongestLeak = strongest
    let peaks = own.peakRegions(leadfield: leadfield)
    regionHitShare = Self.mean(regions, Array(regions.regionOfSource.indices)) { source, _ in
      peaks[source] == regions.regionOfSource[source] ? 1 : 0
    }
    let step = max(1, (leadfield.columns + Self.followedSources - 1) / Self.followedSources)
    let followed = Array(stride(from: 0, to: leadfield.columns, by: step))
    let spread = kernel.peakSources(leadfield: leadfield, of: followed)
    let talk = kernel.peakOrigins(leadfield: leadfield, of: followed)
    func distance(_ a: Int, _ b: Int) -> Double {
      guard let positions else { return .nan }
      return (0..<3).reduce(0.0) { $0 + (positions[a, $1] - positions[b, $1]) * (positions[a, $1] - positions[b, $1]) }
        .squareRoot()
    }
    sourceHitShare = Self.mean(regions, followed) { source, place in
      regions.regionOfSource[spread[place]] == regions.regionOfSource[source] ? 1 : 0
    }
    pointSpreadError = Self.mean(regions, followed) { source, place in distance(source, spread[place]) }
    crossTalkError = Self.mean(regions, followed) { source, place in distance(source, talk[place]) }
  }

  /// Per region the mean over its sources among `sources`, each with its place there; NaN where there is none.
  private static func mean(
    _ regions: RegionMap, _ sources: [Int], _ value: (_ source: Int, _ place: Int) -> Double
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: regions.regionCount)
    var counts = [Double](repeating: 0, count: regions.regionCount)
    for (place, source) in sources.enumerated() where regions.regionOfSource[source] >= 0 {
      sums[regions.regionOfSource[source]] += value(source, place)
      counts[regions.regionOfSource[source]] += 1
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan }
  }
}

extension RegionKernel {
  /// `[regionCount, regionCount]`: what region r shows when every source of region s has amplitude flip.
  public func response(leadfield: Matrix, regions: RegionMap) -> Matrix {
    var fields = Matrix(rows: leadfield.rows, columns: regions.regionCount)
    for i in 0..<leadfield.rows {
      for (s, region) in regions.regionOfSource.enumerated() where region >= 0 {
        fields[i, region] += regions.flips[s] * leadfield.values[i * leadfield.columns + s]
      }
    }
    return matrix.multiplied(by: fields)
  }
}

extension InverseKernel {
  /// Per named source, the source whose estimate is largest in magnitude when it alone is active (a column of K L).
  ///
  /// Works through 256 sources at a time (16,384 sources: 34 MB).
  public func peakSources(leadfield: Matrix, of sources: [Int]) -> [Int] {
    stride(from: 0, to: sources.count, by: 256).flatMap { first -> [Int] in
      let columns = Array(sources[first..<min(first + 256, sources.count)])
      return peakRows(matrix.multiplied(by: leadfield.selecting(columns: columns)))
    }
  }

  /// Per named source, the source that its estimate is most sensitive to (a row of K L).
  public func peakOrigins(leadfield: Matrix, of sources: [Int]) -> [Int] {
    stride(from: 0, to: sources.count, by: 256).flatMap { first -> [Int] in
      let rows = Array(sources[first..<min(first + 256, sources.count)])
      return peakColumns(matrix.selecting(rows: rows).multiplied(by: leadfield))
    }
  }
}

/// The column of the largest magnitude in every row.
private func peakColumns(_ x: Matrix) -> [Int] {
  (0..<x.rows).map { row in
    var (peak, largest) = (0, -1.0)
    for j in 0..<x.columns where abs(x.values[row * x.columns + j]) > largest {
      largest = abs(x.values[row * x.columns + j])
      peak = j
    }
    return peak
  }
}
