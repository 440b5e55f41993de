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

/// Places an evenly sampled series on the grid `bin i = [gridStart + i dt, gridStart + (i + 1) dt)`.
///
/// Sample i fills `[startSeconds + i step, startSeconds + (i + 1) step)`. The value of a bin is the mean of the samples in
/// it, each weighted by how much of it lies in the bin, missing ones left out; it is NaN unless samples cover half of it
/// (the partial bins at both ends, and stretches of missing samples). A series slower than the grid is placed by its
/// stamps, holes up to two of its steps interpolated.
///
/// Bins of which absent samples leave less than half are interpolated linearly over the bin index between the bins beside
/// them and flagged, where the samples around the hole lie at most two bins apart. What is not there takes no memory.
///
/// - Parameters:
///   - values: `[rows, columns]`, row-major; NaN is missing.
///   - places: which sample each row is, in order, of a series that is even but for samples that are not there at all;
///     nil: all are there.
public func placeOnGrid(
  _ values: [Double], columns: Int = 1, startSeconds: Double = 0, stepSeconds: Double, gridStart: Double = 0,
  binSeconds: Double = 1, binCount: Int, places: [Int]? = nil
) -> GridSeries {
  precondition(columns > 0 && values.count % columns == 0, "rows of different length")
  precondition(stepSeconds > 0 && binSeconds > 0, "step and bin must be positive")
  let there = PresentSamples(places: places, rows: values.count / columns)
  if stepSeconds > binSeconds * (1 + 1e-9) {
    return placeOnGrid(
      times: (0..<there.rows).map { startSeconds + Double(there.sample($0)) * stepSeconds - gridStart },
      values: values, columns: columns, binSeconds: binSeconds, binCount: binCount,
      maximumGapSeconds: 2 * stepSeconds)
  }
  var grid = [Double](repeating: .nan, count: binCount * columns)
  var counts = [Int](repeating: 0, count: binCount)
  var holes: [Range<Int>?] = Array(repeating: nil, count: binCount)
  for bin in 0..<binCount {
    let low = gridStart + Double(bin) * binSeconds
    let high = low + binSeconds
    let first = max(0, Int(((low - startSeconds) / stepSeconds - 1e-6).rounded(.down)))
    let last = min(there.count - 1, Int(((high - startSeconds) / stepSeconds + 1e-6).rounded(.down)))
    guard first <= last else { continue }
    let rows = there.rows(first..<(last + 1))
    let weights = rows.map { row -> Double in
      let begin = startSeconds + Double(there.sample(row)) * stepSeconds
      return min(high, begin + stepSeconds) - max(low, begin)
    }
    counts[bin] = weights.count { $0 > 1e-6 * stepSeconds }
    if places != nil, weights.reduce(0, { $0 + max(0, $1) }) < 0.5 * binSeconds * (1 - 1e-6) {
      holes[bin] = first..<(last + 1)
    }
    for column in 0..<columns {
      var (sum, weight) = (0.0, 0.0)
      for (i, overlap) in weights.enumerated() {
        let value = values[(rows.lowerBound + i) * columns + column]
        guard overlap > 1e-6 * stepSeconds, !value.isNaN else { continue }
        sum += overlap * value
        weight += overlap
      }
      if weight >= 0.5 * binSeconds * (1 - 1e-6) { grid[bin * columns + column] = sum / weight }
    }
  }
  let longest = Int((2 * binSeconds / stepSeconds * (1 + 1e-9)).rounded(.down)) - 1
  let filled = fillHoles(&grid, columns: columns, holes: holes, of: there, longest: longest)
  return GridSeries(
    binSeconds: binSeconds, binCount: binCount, columns: columns, values: grid, isInterpolated: filled,
    sampleCounts: counts)
}

/// Interpolates bins of a grid between those beside them; which were.
///
/// - Parameters:
///   - holes: the samples around a bin that absent ones leave less than half of; nil: it stands.
///   - longest: absent samples in a row of a hole that is filled.
private func fillHoles(
  _ grid: inout [Double], columns: Int, holes: [Range<Int>?], of there: PresentSamples, longest: Int
) -> [Bool] {
  var filled = [Bool](repeating: false, count: holes.count)
  var bin = 0
  while bin < holes.count {
    guard let first = holes[bin] else {
      bin += 1
      continue
    }
    let before = bin - 1
    var samples = first
    while bin < holes.count, let own = holes[bin] {
      samples = samples.lowerBound..<own.upperBound
      bin += 1
    }
    guard before >= 0, bin < holes.count, there.longestGap(around: samples) <= longest else { continue }
    for place in (before + 1)..<bin {
      let weight = Double(place - before) / Double(bin - before)
      for c in 0..<columns {
        let (from, to) = (grid[before * columns + c], grid[bin * columns + c])
        let value = from + weight * (to - from)
        grid[place * columns + c] = value
        if !value.isNaN { filled[place] = true }
      }
    }
  }
  return filled
}

/// Which samples of an even series there are, in the order of their rows.
private struct PresentSamples {
  let places: [Int]?
  let rows: Int

  /// Samples up to the last that is there.
  var count: Int { places.map { ($0.last ?? -1) + 1 } ?? rows }

  func sample(_ row: Int) -> Int { places?[row] ?? row }

  /// The rows of samples.
  func rows(_ samples: Range<Int>) -> Range<Int> { first(from: samples.lowerBound)..<first(from: samples.upperBound) }

  /// The first row of a sample or of one behind it.
  private func first(from sample: Int) -> Int {
    guard let places else { return min(max(0, sample), rows) }
    var (low, high) = (0, rows)
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < sample { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The most samples in a row that are not there, of those in a range and on both sides of it.
  func longestGap(around samples: Range<Int>) -> Int {
    let own = rows(samples)
    return (own.lowerBound...own.upperBound).reduce(0) { longest, row in
      guard row < rows else { return longest }
      return max(longest, sample(row) - (row == 0 ? 0 : sample(row - 1) + 1))
    }
  }
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
