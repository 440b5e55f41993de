import Diagnostics
import LinearAlgebra

/// The source space of the built-in sphere: for each Desikan-Killiany region a patch of seven radial dipoles around the
/// region's centre, the MNI brain stretched into the sphere.
///
/// Radial dipoles and one centre per region are coarse: good for simulations and for a first look where no leadfield is
/// at hand, not for anatomical claims.
public struct SphereSources: Sendable {
  /// `[sourceCount, 3]`, metres from the centre of the sphere.
  public let positions: Matrix
  /// Unit vectors away from the centre.
  public let normals: Matrix
  /// Index into `DesikanKilliany.names`.
  public let regionOfSource: [Int]

  /// Dipoles of a patch lie this far from its centre, metres.
  static let patchRadius = 0.005
  /// Dipoles nearer to the surface than this would see single electrodes only, metres.
  static let deepest = 0.865

  public init(radius: Double = 0.09) {
    var places: [Double] = []
    var directions: [Double] = []
    var regions: [Int] = []
    for region in DesikanKilliany.names.indices {
      let centre = Self.place(DesikanKilliany.centre(region), radius: radius)
      for offset in Self.offsets {
        var place = centre + offset * Self.patchRadius
        let length = (place * place).sum().squareRoot()
        let limit = Self.deepest * radius
        if length > limit { place *= limit / length }
        let unit = place / (place * place).sum().squareRoot()
        places += [place.x, place.y, place.z]
        directions += [unit.x, unit.y, unit.z]
        regions.append(region)
      }
    }
    positions = Matrix(rows: regions.count, columns: 3, values: places)
    normals = Matrix(rows: regions.count, columns: 3, values: directions)
    regionOfSource = regions
  }

  private static let offsets: [SIMD3<Double>] = [
    [0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1],
  ]

  /// The brain's box of 140 x 174 x 140 mm around (0, -17, 10) mm, stretched to a ball of 0.83 of the radius.
  private static func place(_ mni: SIMD3<Double>, radius: Double) -> SIMD3<Double> {
    (mni - [0, -0.017, 0.010]) / [0.070, 0.087, 0.070] * (0.83 * radius)
  }
}
