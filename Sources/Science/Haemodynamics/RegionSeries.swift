import Diagnostics
import LabelledArrays

/// Mean time courses of regions.
public struct RegionSeries: Sendable, Equatable {
  /// Labels of the regions, as in the atlas.
  public let codes: [Int]
  /// `[volume, region]`; NaN for a region without any voxel left.
  public let values: [Double]
  /// Voxels that were averaged.
  public let voxelCounts: [Int]
  /// Voxels left out because they have the same value in every volume.
  public let constantCounts: [Int]
  /// Voxels left out because some volume has no finite value there.
  public let notFiniteCounts: [Int]

  public var volumeCount: Int { values.count / codes.count }
}

/// The mean over each region's voxels, x_r(t) = mean_{v in r} x_v(t).
///
/// A voxel that is constant over time (outside a brain mask), or not finite in some volume, is left out and counted.
/// The image is read once, one volume in memory at a time; a second time where a voxel that is left out had a value
/// other than 0, which the sums of the first hold.
///
/// - Throws: `niftiShape` (not a series of volumes; CIFTI), `gridsDiffer`, `regionsWithoutVoxels`, what reading throws.
public func regionSeries(of bold: some VolumeSource, atlas: AtlasLabels) throws -> RegionSeries {
  try bold.checkIsSeries()
  try atlas.check(bold.grid, object: bold.path)
  var survey = VoxelSurvey(atlas)
  let all = RegionMeans(atlas)
  var values: [Double] = []
  // What a header says of a compressed file is not yet known to be there.
  values.reserveCapacity(min(bold.volumeCount, 4_096) * atlas.codes.count)
  try bold.forEachVolume {
    survey.take($1)
    values += all.sums($1)
  }
  let means = RegionMeans(atlas, survey)
  guard means.counts.contains(where: { $0 > 0 }) else {
    throw EvokeError(
      .regionsWithoutVoxels, bold.path, reason: "all \(atlas.voxels.count) labelled voxels are constant or not finite",
      remedy: "check that atlas and recording are of the same brain")
  }
  if survey.leavesOutValues {
    values.removeAll(keepingCapacity: true)
    try bold.forEachVolume { values += means.sums($1) }
  }
  let regions = atlas.codes.count
  for i in values.indices {
    let count = means.counts[i % regions]
    values[i] = count > 0 ? values[i] / Double(count) : .nan
  }
  return RegionSeries(
    codes: atlas.codes, values: values, voxelCounts: means.counts, constantCounts: survey.counts(.constant),
    notFiniteCounts: survey.counts(.notFinite))
}

/// What every labelled voxel does over time.
private struct VoxelSurvey {
  enum State: UInt8 { case constant, varying, notFinite }

  let atlas: AtlasLabels
  private(set) var states: [State]
  private var first: [Double] = []

  init(_ atlas: AtlasLabels) {
    self.atlas = atlas
    states = [State](repeating: .constant, count: atlas.voxels.count)
  }

  mutating func take(_ volume: [Double]) {
    if first.isEmpty { first = atlas.voxels.map { volume[$0.place] } }
    for (i, voxel) in atlas.voxels.enumerated() {
      let value = volume[voxel.place]
      if !value.isFinite {
        states[i] = .notFinite
      } else if states[i] == .constant, value != first[i] {
        states[i] = .varying
      }
    }
  }

  /// Whether a voxel that is left out adds something other than 0 to the sums of all.
  var leavesOutValues: Bool {
    zip(states, first).contains { $0 == .notFinite || ($0 == .constant && $1 != 0) }
  }

  func counts(_ state: State) -> [Int] {
    var counts = [Int](repeating: 0, count: atlas.codes.count)
    for (i, voxel) in atlas.voxels.enumerated() where states[i] == state { counts[voxel.region] += 1 }
    return counts
  }
}

private struct RegionMeans {
  let voxels: [(place: Int, region: Int)]
  let counts: [Int]

  /// Of all labelled voxels.
  init(_ atlas: AtlasLabels) {
    voxels = atlas.voxels
    counts = atlas.voxelCounts
  }

  init(_ atlas: AtlasLabels, _ survey: VoxelSurvey) {
    voxels = zip(atlas.voxels, survey.states).filter { $0.1 == .varying }.map(\.0)
    counts = survey.counts(.varying)
  }

  func sums(_ volume: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: counts.count)
    for voxel in voxels { sums[voxel.region] += volume[voxel.place] }
    return sums
  }
}

/// One number per region as a volume `[k, j, i]` on the atlas' grid, to be written as an image; NaN (or `outside`)
/// where no region or no number is.
public func paint(_ numbers: [Double], on atlas: AtlasLabels, outside: Double = .nan) -> [Double] {
  precondition(numbers.count == atlas.codes.count, "one number per region")
  var volume = [Double](repeating: outside, count: atlas.grid.count)
  for voxel in atlas.voxels { volume[voxel.place] = numbers[voxel.region] }
  return volume
}
