/// Series placed on the analysis grid `bin i = [i dt, (i + 1) dt)`, i = 0..<binCount.
public struct GridSeries: Sendable, Equatable {
  public let binSeconds: Double
  public let binCount: Int
  public let columns: Int
  /// `[binCount, columns]`, row-major; NaN where nothing is known.
  public let values: [Double]
  /// Per bin: whether a value of it was interpolated because no sample fell into it.
  public let isInterpolated: [Bool]
  /// Per bin: samples that fell into it, missing ones included.
  public let sampleCounts: [Int]

  public var interpolatedCount: Int { isInterpolated.count { $0 } }
}

/// The bin of a time: `floor(t / dt)`, where a time within 1e-9 bins below an edge counts as on it, because stamps such
/// as `3 * 0.1` lie just below the edge they mean.
public func binIndex(of time: Double, binSeconds: Double) -> Int {
  Int((time / binSeconds + 1e-9).rounded(.down))
}

/// Bins of a stimulus of a duration: the full ones, and a last partial one if at least half of it is covered.
public func binCount(durationSeconds: Double, binSeconds: Double = 1) -> Int {
  guard durationSeconds > 0 else { return 0 }
  return Int((durationSeconds / binSeconds + 0.5 + 1e-9).rounded(.down))
}

/// Places time-stamped samples on the grid.
///
/// A sample at time t belongs to bin `floor(t / dt)`; the value of a bin is the mean of its samples. A bin without
/// samples between two bins with samples is interpolated linearly over the bin index and flagged, if those samples lie
/// at most `maximumGapSeconds` apart; otherwise, and before the first and after the last sample, it is NaN.
/// Missing (NaN) samples are left out of a mean; a bin whose samples are all missing is NaN and is not interpolated, and
/// neither is a gap next to it.
///
/// - Parameters:
///   - times: seconds of the stimulus, finite, in any order, any spacing.
///   - values: `[times.count, columns]`, row-major.
///   - maximumGapSeconds: nil is twice the larger of the bin and the median spacing of the stamps, so that a sparse
///     series is filled while a hole in a dense one stays missing; `.infinity` fills every hole.
public func placeOnGrid(
  times: [Double], values: [Double], columns: Int = 1, binSeconds: Double = 1, binCount: Int,
  maximumGapSeconds: Double? = nil
) -> GridSeries {
  precondition(values.count == times.count * columns, "one row of values per time")
  precondition(binSeconds > 0 && binCount >= 0 && columns > 0, "an empty grid")
  precondition(times.allSatisfy(\.isFinite), "times must be finite")
  let order = isAscending(times) ? Array(times.indices) : times.indices.sorted { times[$0] < times[$1] }
  let gap = maximumGapSeconds ?? 2 * max(binSeconds, medianSpacing(order.map { times[$0] }))
  let groups = groupByBin(order: order, times: times, values: values, columns: columns, binSeconds: binSeconds)
  var grid = [Double](repeating: .nan, count: binCount * columns)
  var interpolated = [Bool](repeating: false, count: binCount)
  var counts = [Int](repeating: 0, count: binCount)
  for (position, group) in groups.enumerated() {
    if (0..<binCount).contains(group.bin) {
      counts[group.bin] = group.count
      for c in 0..<columns { grid[group.bin * columns + c] = group.means[c] }
    }
    guard position + 1 < groups.count else { continue }
    let next = groups[position + 1]
    guard next.bin > group.bin + 1, next.firstTime - group.lastTime <= gap * (1 + 1e-9) else { continue }
    for bin in max(0, group.bin + 1)..<max(0, group.bin + 1, min(binCount, next.bin)) {
      let weight = Double(bin - group.bin) / Double(next.bin - group.bin)
      for c in 0..<columns {
        let value = group.means[c] + weight * (next.means[c] - group.means[c])
        grid[bin * columns + c] = value
        if !value.isNaN { interpolated[bin] = true }
      }
    }
  }
  return GridSeries(
    binSeconds: binSeconds, binCount: binCount, columns: columns, values: grid, isInterpolated: interpolated,
    sampleCounts: counts)
}

/// Places a regularly sampled series on the grid: bin means of samples at `startSeconds + i / rateHz`.
///
/// A bin of a series at least as fast as the grid is NaN unless at least half of the samples it would hold are present
/// (the partial bins at both ends, and stretches of missing samples); a slower series is placed by `placeOnGrid`.
///
/// - Parameter values: `[samples, columns]`, row-major; NaN is missing.
public func binSeries(
  _ values: [Double], columns: Int = 1, rateHz: Double, startSeconds: Double = 0, binSeconds: Double = 1, binCount: Int
) -> GridSeries {
  precondition(columns > 0 && values.count % columns == 0, "rows of different length")
  precondition(rateHz > 0 && binSeconds > 0, "rate and bin must be positive")
  let samples = values.count / columns
  if rateHz * binSeconds < 1 - 1e-9 {
    let times = (0..<samples).map { startSeconds + Double($0) / rateHz }
    return placeOnGrid(times: times, values: values, columns: columns, binSeconds: binSeconds, binCount: binCount)
  }
  var mean = BinMeans(binCount: binCount, columns: columns)
  for i in 0..<samples {
    let bin = binIndex(of: startSeconds + Double(i) / rateHz, binSeconds: binSeconds)
    if (0..<binCount).contains(bin) { mean.add(values, row: i, to: bin) }
  }
  return GridSeries(
    binSeconds: binSeconds, binCount: binCount, columns: columns,
    values: mean.means(minimumCount: max(1, Int((0.5 * rateHz * binSeconds - 1e-9).rounded(.up)))),
    isInterpolated: [Bool](repeating: false, count: binCount), sampleCounts: mean.rowCounts)
}

/// Sums of rows by bin, for means over bins that arrive in pieces.
public struct BinMeans: Sendable {
  public let binCount: Int
  public let columns: Int
  /// Rows added to each bin, missing ones included.
  public private(set) var rowCounts: [Int]
  private var sums: [Double]
  private var counts: [Int]

  public init(binCount: Int, columns: Int) {
    self.binCount = binCount
    self.columns = columns
    self.rowCounts = [Int](repeating: 0, count: binCount)
    self.sums = [Double](repeating: 0, count: binCount * columns)
    self.counts = [Int](repeating: 0, count: binCount * columns)
  }

  /// Adds row `row` of `[rows, columns]` values to a bin; NaN entries are left out.
  public mutating func add(_ values: [Double], row: Int, to bin: Int) {
    rowCounts[bin] += 1
    for c in 0..<columns {
      let value = values[row * columns + c]
      guard !value.isNaN else { continue }
      sums[bin * columns + c] += value
      counts[bin * columns + c] += 1
    }
  }

  /// `[binCount, columns]` means; NaN where fewer than `minimumCount` values were present.
  public func means(minimumCount: Int = 1) -> [Double] {
    sums.indices.map { counts[$0] >= max(1, minimumCount) ? sums[$0] / Double(counts[$0]) : .nan }
  }
}

private struct BinGroup {
  var bin: Int
  var firstTime: Double
  var lastTime: Double
  var count: Int
  var means: [Double]
}

private func groupByBin(
  order: [Int], times: [Double], values: [Double], columns: Int, binSeconds: Double
) -> [BinGroup] {
  var groups: [BinGroup] = []
  var start = 0
  while start < order.count {
    let bin = binIndex(of: times[order[start]], binSeconds: binSeconds)
    var end = start + 1
    while end < order.count, binIndex(of: times[order[end]], binSeconds: binSeconds) == bin { end += 1 }
    let rows = order[start..<end]
    let means = (0..<columns).map { column in
      let present = rows.lazy.map { values[$0 * columns + column] }.filter { !$0.isNaN }
      var (sum, count) = (0.0, 0)
      for value in present {
        sum += value
        count += 1
      }
      return count == 0 ? .nan : sum / Double(count)
    }
    groups.append(
      BinGroup(
        bin: bin, firstTime: times[order[start]], lastTime: times[order[end - 1]], count: rows.count, means: means))
    start = end
  }
  return groups
}

private func isAscending(_ times: [Double]) -> Bool {
  zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
}

/// The (lower) median spacing of ascending times; 0 for fewer than two.
private func medianSpacing(_ times: [Double]) -> Double {
  guard times.count > 1 else { return 0 }
  let spacings = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
  return spacings[(spacings.count - 1) / 2]
}
