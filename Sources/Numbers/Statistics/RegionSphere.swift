import Vocabulary

/// The regions of an atlas on the sphere of their hemisphere, and rotations of it.
///
/// A rotation gives every region the value of that region of its hemisphere which comes to lie nearest to it (Alexander-Bloch
/// et al. 2018, on parcels as Vázquez-Rodríguez et al. 2019): two regions may take the value of one. Assignments without
/// duplicates break maps up: with them smooth maps that have nothing in common were found in .08 to .10 of 2,000 runs at
/// .05, with nearest regions in .05 to .07 (68 regions, `Tests/Fixtures/gradients/spin_level.py`).
///
/// The right hemisphere is turned as the left one's mirror image, since maps of both are alike.
public struct RegionSphere: Sendable, Equatable {
  /// Where a region is: x to the right, y to the front, z up, in any unit.
  public struct Place: Sendable, Equatable {
    public let hemisphere: Hemisphere
    public let centre: SIMD3<Double>

    public init(_ hemisphere: Hemisphere, _ centre: SIMD3<Double>) {
      (self.hemisphere, self.centre) = (hemisphere, centre)
    }
  }

  private static let mirror = SIMD3<Double>(-1, 1, 1)
  /// Unit vectors, those of the right hemisphere mirrored to the left.
  private let directions: [SIMD3<Double>]
  /// Per hemisphere its regions.
  private let sides: [[Int]]

  public var count: Int { directions.count }

  /// Directions from the middle of the hemispheres: the origin where all places have one distance from it (to 1 %: they lie
  /// on a sphere already), else their mean, those on the right mirrored to the left.
  ///
  /// nil where a region lies in the middle itself, or a coordinate is no number.
  public init?(_ places: [Place]) {
    let left = places.map { $0.hemisphere == .left ? $0.centre : $0.centre * Self.mirror }
    let distances = left.map(Self.length)
    let mean = Moments.mean(distances)
    let isSphere = distances.allSatisfy { abs($0 - mean) <= 0.01 * mean }
    let middle = isSphere ? SIMD3<Double>() : left.reduce(SIMD3(), +) / Double(max(1, left.count))
    let radii = left.map { Self.length($0 - middle) }
    guard radii.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    directions = zip(left, radii).map { ($0 - middle) / $1 }
    sides = Hemisphere.allCases.map { side in places.indices.filter { places[$0].hemisphere == side } }
  }

  private static func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }

  /// Per region the one whose value it takes when the left sphere is turned by a quaternion (w, x, y, z), which need not
  /// have length 1; of equally near ones the first.
  public func sources(turnedBy quaternion: SIMD4<Double>) -> [Int] {
    let turned = directions.map { Self.turn($0, by: quaternion) }
    var found = Array(0..<count)
    for side in sides {
      for region in side {
        var nearest = (cosine: -Double.infinity, region: region)
        for other in side {
          let cosine = (turned[other] * directions[region]).sum()
          if cosine > nearest.cosine { nearest = (cosine, other) }
        }
        found[region] = nearest.region
      }
    }
    return found
  }

  /// The same for a rotation drawn uniformly of all (the direction of four normal numbers; Shoemake 1992).
  public func sources(_ stream: inout RandomStream) -> [Int] {
    sources(turnedBy: SIMD4(stream.normal(), stream.normal(), stream.normal(), stream.normal()))
  }

  /// v + 2 q x (q x v + w v), q of length 1.
  private static func turn(_ v: SIMD3<Double>, by quaternion: SIMD4<Double>) -> SIMD3<Double> {
    let unit = quaternion / (quaternion * quaternion).sum().squareRoot()
    let (w, q) = (unit[0], SIMD3(unit[1], unit[2], unit[3]))
    return v + 2 * cross(q, cross(q, v) + w * v)
  }

  private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}
