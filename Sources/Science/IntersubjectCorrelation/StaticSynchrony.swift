import Foundation
import LinearAlgebra
import Statistics
import Vocabulary

/// Intersubject correlation over a whole stimulus.
///
/// NaN where fewer than three subjects are left (two where there are only two in all). Samples that all subjects lack in a
/// region are left out of it. A subject with another missing sample, or without variance, is left out of that region and
/// counted; it has NaN in the per-subject arrays.
public struct StaticSynchrony: Sendable {
  public let subjectCount: Int
  public let regionCount: Int
  /// tanh of the mean Fisher z over pairs, `[region]`.
  public let pairwise: [Double]
  /// tanh of the mean Fisher z over subjects' leave-one-out r, `[region]`.
  public let leaveOneOut: [Double]
  /// Leave-one-out r per subject, `[subject, region]`: the lower noise ceiling of each subject's series.
  public let subjects: [Double]
  /// Correlation of each subject with the mean of all, itself included, `[subject, region]`: the upper noise ceiling.
  public let subjectsWithAll: [Double]
  /// Correlation of every pair, `[subject, subject, region]`; NaN where a subject was left out.
  public let pairs: [Double]
  /// Subjects left out for a missing sample, `[region]`.
  public let missing: [Int32]
  /// Subjects left out for want of variance, `[region]`.
  public let constant: [Int32]
  /// Samples left out because all subjects lack them, `[region]`.
  public let lackedByAll: [Int32]

  public func values(_ method: SynchronyMethod) -> [Double] {
    switch method {
    case .pairwise: pairwise
    case .leaveOneOut: leaveOneOut
    case .corrca: preconditionFailure("components have an analysis of their own")
    }
  }

  /// Mean over subjects, in z, of `subjects` and of `subjectsWithAll`: the noise ceiling's bounds, `[region]` each.
  public var ceiling: (lower: [Double], upper: [Double]) {
    (
      leaveOneOut,
      (0..<regionCount).map { region in
        Correlation.fisherMean((0..<subjectCount).map { subjectsWithAll[$0 * regionCount + region] })
      }
    )
  }
}

func meanIgnoringNaN(_ values: [Double]) -> Double {
  let kept = values.filter { !$0.isNaN }
  return kept.isEmpty ? .nan : kept.reduce(0, +) / Double(kept.count)
}

/// Static synchrony of one stimulus: one window over all its samples that anybody has. Throws as `dynamicSynchrony`.
public func staticSynchrony(
  _ series: SubjectSeries, resources: SynchronyResources = SynchronyResources()
) throws -> StaticSynchrony {
  try series.checkSubjects()
  let holes = try SharedHoles(series)
  let series = try series.filling(holes)
  let windows = SynchronyWindows(
    length: Double(series.sampleCount) / series.rateHz, step: Double(series.sampleCount) / series.rateHz)
  let ranges = try windows.ranges(sampleCount: series.sampleCount, rateHz: series.rateHz)
  let groups = try runSynchrony(
    series, Array(ranges.prefix(1)), LaneRequest(subjects: true, pairs: true), resources)
  let (subjects, regions) = (series.subjectCount, series.regionCount)
  let packed = joinLanes(groups, \.r, SubjectProducts.pairCount(subjects), regions)
  var result = PairMatrix(subjects: subjects, regions: regions)
  result.fill(packed)
  return StaticSynchrony(
    subjectCount: subjects, regionCount: regions, pairwise: joinLanes(groups, \.pairwise, 1, regions),
    leaveOneOut: joinLanes(groups, \.leaveOneOut, 1, regions),
    subjects: joinLanes(groups, \.subjects, subjects, regions),
    subjectsWithAll: result.withAll(), pairs: result.r, missing: joinLanes(groups, \.missing, 1, regions),
    constant: joinLanes(groups, \.constant, 1, regions), lackedByAll: holes.counts)
}

/// The full symmetric `[subject, subject, region]` matrix.
private struct PairMatrix {
  let subjects: Int
  let regions: Int
  var r: [Double]

  init(subjects: Int, regions: Int) {
    self.subjects = subjects
    self.regions = regions
    r = [Double](repeating: .nan, count: subjects * subjects * regions)
  }

  /// A subject that was left out has 0 on the diagonal of the packed array.
  mutating func fill(_ packed: [Double]) {
    func own(_ a: Int, _ region: Int) -> Double { packed[SubjectProducts.pairIndex(a, a, subjects) * regions + region] }
    for a in 0..<subjects {
      for b in a..<subjects {
        for region in 0..<regions where own(a, region) > 0 && own(b, region) > 0 {
          let value = packed[SubjectProducts.pairIndex(a, b, subjects) * regions + region]
          r[(a * subjects + b) * regions + region] = value
          r[(b * subjects + a) * regions + region] = value
        }
      }
    }
  }

  /// corr(z_a, sum of all z) = (row sum of r) / sqrt(sum of the matrix).
  func withAll() -> [Double] {
    var out = [Double](repeating: .nan, count: subjects * regions)
    for region in 0..<regions {
      var rows = [Double](repeating: 0, count: subjects)
      for a in 0..<subjects {
        for b in 0..<subjects {
          let value = r[(a * subjects + b) * regions + region]
          if !value.isNaN { rows[a] += value }
        }
      }
      let all = rows.reduce(0, +)
      for a in 0..<subjects where !r[(a * subjects + a) * regions + region].isNaN && all > 0 {
        out[a * regions + region] = rows[a] / all.squareRoot()
      }
    }
    return out
  }
}
