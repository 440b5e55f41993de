import LinearAlgebra

/// The correlation of two maps of the same regions against rotations of one of them.
///
/// r is Pearson's over the regions where both maps have a value. Each map is turned against the other under the same
/// rotations; p = (k + 1) / (draws + 1) of the map with the larger one, two-sided, k rotations with |r| at least the observed
/// or without an r. A NaN turns with its region and leaves out whom it comes to lie on; other regions stay where they are.
///
/// The larger p, since the null of one map alone rejects up to .07 of smooth maps that have nothing in common: the larger
/// rejects .04 to .05 (white, and smooth over 20 and 30 mm; hemispheres that are independent, mirrored or smooth across the
/// midline; `Tests/Fixtures/gradients/spin_level.py`), and finds .76 instead of .80 of maps that correlate at .6. Maps that
/// rise through a whole hemisphere are found too often (smooth over 45, 60 and 90 mm across the midline: .08 to .13): those
/// whose draws spread by more than `largestSpread` are not to be reported, which leaves .01 to .05 of all maps at every length.
public struct MapCorrelation: Sendable, Equatable {
  /// Which map was turned.
  public enum Turned: String, Sendable {
    case first = "map_a"
    case second = "map_b"
  }

  /// NaN below three regions and where a map is constant.
  public let r: Double
  /// Regions where both maps have a value.
  public let count: Int
  /// nil without draws or r.
  public let turned: Turned?
  /// Fisher z of the turned map's draws, NaN where a rotation leaves no r.
  public let draws: [Double]
  /// NaN without draws or r.
  public let p: Double

  /// Below so many regions p is not to be reported: the level was not looked at.
  public static let fewestRegions = 10
  /// Above such a spread p is not to be reported: it is then too small too often.
  public static let largestSpread = 0.3
  private static let leastPairs = 3

  /// - Parameters:
  ///   - a: one value per region, NaN where there is none.
  ///   - b: as many.
  ///   - rotations: per draw and region the region whose value it takes (`RegionSphere.sources`).
  public init(_ a: [Double], _ b: [Double], rotations: [[Int]]) {
    precondition(a.count == b.count && rotations.allSatisfy { $0.count == a.count }, "maps of the same regions")
    let observed = Self.correlation(a, b)
    (r, count) = observed
    guard !observed.r.isNaN, !rotations.isEmpty else {
      (turned, draws, p) = (nil, [], .nan)
      return
    }
    let ofFirst = rotations.map { Self.correlation(Self.turn(a, $0), b).r }
    let ofSecond = rotations.map { Self.correlation(a, Self.turn(b, $0)).r }
    let (first, second) = (Self.p(observed.r, ofFirst), Self.p(observed.r, ofSecond))
    turned = first > second ? .first : .second
    draws = (first > second ? ofFirst : ofSecond).map(Correlation.fisherZ)
    p = max(first, second)
  }

  /// Root mean square of the r of the draws that have one: 1 / sqrt(n) of n regions that know nothing of each other, larger
  /// of smooth maps; NaN without draws.
  public var spread: Double {
    Moments.mean(draws.filter { !$0.isNaN }.map { Correlation.inverseFisherZ($0) * Correlation.inverseFisherZ($0) })
      .squareRoot()
  }

  private static func turn(_ map: [Double], _ sources: [Int]) -> [Double] { sources.map { map[$0] } }

  private static func correlation(_ a: [Double], _ b: [Double]) -> (r: Double, count: Int) {
    let both = a.indices.filter { !a[$0].isNaN && !b[$0].isNaN }
    guard both.count >= leastPairs else { return (.nan, both.count) }
    return (Correlation.pearson(both.map { a[$0] }, both.map { b[$0] }), both.count)
  }

  private static func p(_ observed: Double, _ draws: [Double]) -> Double {
    // Rotations that change nothing give the observed r but for rounding.
    let k = draws.count { !(abs($0) + 1e-12 < abs(observed)) }
    return Double(k + 1) / Double(draws.count + 1)
  }

  /// p of the largest |z| over several correlations under the same rotations, studentised, and at least p of each, which
  /// both maps turned have a say in; NaN where a draw has no r.
  public static func pMax(_ correlations: [MapCorrelation]) -> [Double] {
    let tested = correlations.indices.filter { !correlations[$0].draws.isEmpty }
    var result = [Double](repeating: .nan, count: correlations.count)
    guard let first = tested.first else { return result }
    let draws = correlations[first].draws.count
    let values = Matrix(
      rows: draws, columns: tested.count,
      values: (0..<draws).flatMap { draw in tested.map { correlations[$0].draws[draw] } })
    let p = MultipleTesting.maxStatistic(
      observed: tested.map { Correlation.fisherZ(correlations[$0].r) }, draws: values, twoSided: true)
    for (place, p) in zip(tested, p) { result[place] = p.isNaN ? p : max(p, correlations[place].p) }
    return result
  }
}
