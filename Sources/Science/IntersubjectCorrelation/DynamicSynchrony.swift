import LinearAlgebra
import Vocabulary

/// Synchrony over time: intersubject correlation in sliding windows.
///
/// All arrays are row-major with the window first. NaN where fewer than three subjects are left (two where there are
/// only two in all). A subject with a missing sample in a window, or without variance in it, is left out of that window
/// and counted.
public struct DynamicSynchrony: Sendable {
  /// Stimulus time of each window's anchor in seconds.
  public let times: [Double]
  /// Samples each window covers.
  public let samples: [Range<Int>]
  public let regionCount: Int
  public let subjectCount: Int
  /// `[window, region]`.
  public let pairwise: [Double]
  /// `[window, region]`.
  public let leaveOneOut: [Double]
  /// Subjects left out for a missing sample, `[window, region]`.
  public let missing: [Int32]
  /// Subjects left out for want of variance, `[window, region]`.
  public let constant: [Int32]
  /// Leave-one-out r of each subject, `[window, subject, region]`; nil unless asked for.
  public let subjects: [Double]?
  /// Pairwise synchrony within random halves of the subjects, `[split, half, window, region]`; nil unless asked for.
  public let halves: [Double]?
  public let splitCount: Int
  /// tanh of the mean Fisher z over pairs of one subject of each of two groups, `[window, region]`; nil unless asked for.
  public let crossed: [Double]?

  public var windowCount: Int { times.count }

  /// The group values of one estimator, `[window, region]`.
  public func values(_ method: SynchronyMethod) -> [Double] {
    switch method {
    case .pairwise: pairwise
    case .leaveOneOut: leaveOneOut
    case .corrca: preconditionFailure("components have an analysis of their own")
    }
  }
}

/// Dynamic synchrony of one stimulus.
///
/// Windows in seconds: see `SynchronyWindows`. Memory: `resources.bytes` of input, plus per eight regions `32 S^2
/// (segments per window)` bytes of sums. The same bits for any `resources`. A window is constant for a subject if all
/// its samples are equal to float32 resolution or its variance is below 1e-12 of the stimulus' (such a
/// window costs a second reading). `splits` are halves of the subjects for `synchronyCeiling`: true and false members,
/// nil neither; `groups` divides them into two whose synchrony with each other is wanted. Throws `E-ISC-001`, `-002`, `-003`, `-005`, and what the reader throws.
public func dynamicSynchrony(
  _ series: SubjectSeries, windows: SynchronyWindows, perSubject: Bool = false, splits: [[Bool?]] = [],
  groups: [Bool] = [], resources: SynchronyResources = SynchronyResources()
) throws -> DynamicSynchrony {
  try series.checkSubjects()
  precondition(splits.allSatisfy { $0.count == series.subjectCount }, "a split names every subject")
  precondition(groups.isEmpty || groups.count == series.subjectCount, "every subject is in one of the groups")
  let ranges = try windows.ranges(sampleCount: series.sampleCount, rateHz: series.rateHz)
  let request = LaneRequest(subjects: perSubject, splits: splits, groups: groups)
  let lanes = try runSynchrony(series, ranges, request, resources)
  let regions = series.regionCount
  func join<T>(_ rows: Int, _ path: KeyPath<LaneResults, [T]>) -> [T] { joinLanes(lanes, path, rows, regions) }
  let halves =
    splits.isEmpty ? nil : splitFirst(join(ranges.count * splits.count * 2, \.halves), splits.count * 2, regions)
  return DynamicSynchrony(
    times: windows.times(count: ranges.count, startTime: series.startTime), samples: ranges, regionCount: regions,
    subjectCount: series.subjectCount, pairwise: join(ranges.count, \.pairwise),
    leaveOneOut: join(ranges.count, \.leaveOneOut), missing: join(ranges.count, \.missing),
    constant: join(ranges.count, \.constant),
    subjects: perSubject ? join(ranges.count * series.subjectCount, \.subjects) : nil, halves: halves,
    splitCount: splits.count, crossed: groups.isEmpty ? nil : join(ranges.count, \.crossed))
}

/// `[rows, 8]` of every group of lanes as `[rows, regions]`.
func joinLanes<T>(_ groups: [LaneResults], _ path: KeyPath<LaneResults, [T]>, _ rows: Int, _ regions: Int) -> [T] {
  let lanes = SubjectProducts.lanes
  let columns = groups.map { $0[keyPath: path] }
  var values: [T] = []
  values.reserveCapacity(rows * regions)
  for row in 0..<rows {
    for region in 0..<regions { values.append(columns[region / lanes][row * lanes + region % lanes]) }
  }
  return values
}

/// `[window, n, region]` as `[n, window, region]`.
private func splitFirst(_ values: [Double], _ n: Int, _ regions: Int) -> [Double] {
  let windows = values.count / (n * regions)
  var out: [Double] = []
  out.reserveCapacity(values.count)
  for i in 0..<n {
    for w in 0..<windows {
      let first: Int = (w * n + i) * regions
      out += values[first..<(first + regions)]
    }
  }
  return out
}
