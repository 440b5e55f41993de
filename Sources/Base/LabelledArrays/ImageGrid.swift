/// The voxel grid of an image: how many voxels, and where they lie.
public struct ImageGrid: Sendable, Equatable {
  /// Voxels along i, j and k.
  public let dims: [Int]
  /// Voxel indices to millimetres (or the header's unit), row-major `[4, 4]`, last row 0 0 0 1: x = A (i, j, k, 1).
  public let affine: [Double]

  public init(dims: [Int], affine: [Double]) {
    precondition(dims.count == 3 && dims.allSatisfy { $0 > 0 } && affine.count == 16, "a grid has three axes")
    self.dims = dims
    self.affine = affine
  }

  /// Voxels of one volume.
  public var count: Int { dims[0] * dims[1] * dims[2] }

  /// The lengths of the affine's columns: the extents of a voxel.
  public var voxelSize: [Double] {
    (0..<3).map { (column: Int) -> Double in
      var square = 0.0
      for row in 0..<3 { square += affine[row * 4 + column] * affine[row * 4 + column] }
      return square.squareRoot()
    }
  }

  /// Extents and affine in one line, for messages: `2 x 3 x 4 voxels at [2 0 0 -90; 0 2 0 -126; 0 0 2 -72]`.
  public var summary: String {
    let rows = (0..<3).map { row in (0..<4).map { Self.short(affine[row * 4 + $0]) }.joined(separator: " ") }
    return "\(dims.map(String.init).joined(separator: " x ")) voxels at [\(rows.joined(separator: "; "))]"
  }

  private static func short(_ value: Double) -> String {
    let rounded = (value * 1e4).rounded() / 1e4
    guard rounded == rounded.rounded(), abs(rounded) < 1e15 else { return "\(rounded)" }
    return "\(Int(rounded))"
  }

  /// The largest difference between elements of two affines; infinite where one is not finite.
  public func affineDifference(from other: ImageGrid) -> Double {
    zip(affine, other.affine).reduce(0) { largest, pair in
      let difference = abs(pair.0 - pair.1)
      return difference.isFinite ? max(largest, difference) : .infinity
    }
  }

  /// The affine of a quaternion (`qform`): rotation by (b, c, d), voxel sizes, `qfac` -1 or 1 for the third axis.
  package static func affine(quaternion: [Double], offset: [Double], sizes: [Double], qfac: Double) -> [Double] {
    var (b, c, d) = (quaternion[0], quaternion[1], quaternion[2])
    let square = b * b + c * c + d * d
    var a = 0.0
    // Rounding in float32 can take the sum a little above 1.
    if square > 1 - 1e-7 {
      let scale = 1 / square.squareRoot()
      (b, c, d) = (b * scale, c * scale, d * scale)
    } else {
      a = (1 - square).squareRoot()
    }
    let rotation = [
      a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c),
      2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b),
      2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c,
    ]
    let scales = [sizes[0], sizes[1], sizes[2] * qfac]
    var affine = [Double](repeating: 0, count: 16)
    for row in 0..<3 {
      for column in 0..<3 { affine[row * 4 + column] = rotation[row * 3 + column] * scales[column] }
      affine[row * 4 + 3] = offset[row]
    }
    affine[15] = 1
    return affine
  }
}
