/// Volumes over one grid of voxels, read one at a time: an image, or a series of them over time.
public protocol VolumeSource: Sendable {
  /// What errors call it.
  var path: String { get }
  var grid: ImageGrid { get }
  var volumeCount: Int { get }
  /// Throws unless the volumes are a series over time on a grid.
  func checkIsSeries() throws
  /// Calls `body` with every volume of a range (nil: all) in order, by its index and values `[k, j, i]`, row-major;
  /// memory holds one volume.
  func forEachVolume(in range: Range<Int>?, _ body: (Int, [Double]) throws -> Void) throws
}

extension VolumeSource {
  /// Every volume in order.
  public func forEachVolume(_ body: (Int, [Double]) throws -> Void) throws { try forEachVolume(in: nil, body) }

  /// One volume's values.
  public func volume(_ index: Int = 0) throws -> [Double] {
    var values: [Double] = []
    try forEachVolume(in: index..<(index + 1)) { values = $1 }
    return values
  }
}
