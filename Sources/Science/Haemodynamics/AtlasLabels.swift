import Diagnostics
import LabelledArrays

/// An atlas of labels: one whole number per voxel, 0 outside every region.
public struct AtlasLabels: Sendable {
  public let grid: ImageGrid
  /// The labels that occur, ascending, without 0.
  public let codes: [Int]
  /// Voxels of each code.
  public let voxelCounts: [Int]
  /// Labelled voxels by place, `i + dims[0] (j + dims[1] k)`, ascending, and the place of each one's label in `codes`.
  package let voxels: [(place: Int, region: Int)]

  /// From labels `[k, j, i]`, row-major. Throws `notAnAtlas` where a label is not a whole number of at most 2^31 or
  /// nothing is labelled.
  public init(grid: ImageGrid, labels: [Double], object: String) throws {
    precondition(labels.count == grid.count, "an atlas has one label per voxel")
    var counts: [Int: Int] = [:]
    for label in labels where label != 0 {
      guard label == label.rounded(), abs(label) <= 0x1p31 else {
        throw EvokeError(
          .notAnAtlas, object, reason: "a voxel has the value \(label)",
          remedy: "name an image of whole-number labels, not of probabilities")
      }
      counts[Int(label), default: 0] += 1
    }
    guard !counts.isEmpty else {
      throw EvokeError(.notAnAtlas, object, reason: "every voxel is 0", remedy: "name an image of labels")
    }
    self.grid = grid
    codes = counts.keys.sorted()
    voxelCounts = codes.map { counts[$0, default: 0] }
    let regions = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    voxels = labels.enumerated().compactMap { place, label in
      label == 0 ? nil : regions[Int(label)].map { (place, $0) }
    }
  }

  /// Reads an atlas. Throws what the source throws, `niftiShape` for several volumes, `notAnAtlas`.
  public init(reading file: some VolumeSource) throws {
    guard file.volumeCount == 1 else {
      throw EvokeError(
        .niftiShape, file.path, reason: "an atlas has one volume, this image \(file.volumeCount)",
        remedy: "name an image of labels; join probabilistic maps to one label each first")
    }
    try self.init(grid: file.grid, labels: file.volume(), object: file.path)
  }

  /// The largest difference of affines that counts as the same grid.
  public static let affineTolerance = 1e-3

  /// Throws `gridsDiffer` unless the extents are equal and the affines agree within `affineTolerance`.
  public func check(_ other: ImageGrid, object: String) throws {
    guard other.dims != grid.dims || grid.affineDifference(from: other) > Self.affineTolerance else { return }
    throw EvokeError(
      .gridsDiffer, object, reason: "the recording has \(other.summary), the atlas \(grid.summary)",
      remedy: "resample the atlas to the recording with nearest neighbours, or use the recording's standard-space form")
  }
}
