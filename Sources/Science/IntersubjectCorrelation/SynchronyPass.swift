import Dispatch
import LinearAlgebra
import Synchronization

/// How input is read and shared out; results do not depend on any of it.
public struct SynchronyResources: Sendable {
  /// Input held at a time, in bytes.
  public var bytes: Int
  /// Threads over groups of eight regions (no BLAS runs meanwhile).
  public var threads: Int

  public init(bytes: Int = 64 << 20, threads: Int = 1) {
    precondition(bytes > 0 && threads > 0)
    self.bytes = bytes
    self.threads = threads
  }
}

/// One group of eight regions with its own lock, so that threads may share the list.
private final class LaneGroup: Sendable {
  let column: Int
  let state: Mutex<LaneAccumulator>

  init(column: Int, _ accumulator: LaneAccumulator) {
    self.column = column
    state = Mutex(accumulator)
  }
}

/// Pieces of the schedule that are read together.
private struct Reading: Sendable {
  var samples: Range<Int>
  var pieces: [(rows: Range<Int>, endsSegment: Bool)]
}

/// What a pass over a series computes.
private struct Pass: Sendable {
  let subjects: Int
  let regions: Int
  let schedule: WindowSchedule
  let request: LaneRequest
  let threads: Int
  let bytes: Int
  let flat: [Int: [Range<Int>]]
  var floors: [[Double]?]

  var groupCount: Int { (regions + SubjectProducts.lanes - 1) / SubjectProducts.lanes }
  func columns(_ group: Int) -> Range<Int> {
    group * SubjectProducts.lanes..<min(regions, (group + 1) * SubjectProducts.lanes)
  }

  func accumulator(_ group: Int, _ windows: Range<Int>) -> LaneAccumulator {
    LaneAccumulator(
      subjects: subjects, laneCount: columns(group).count, schedule: schedule, windows: windows, request: request,
      floor: floors[group], flat: flatLanes(group))
  }

  /// `[subjects, 8]`; empty where no series has a flat stretch.
  private func flatLanes(_ group: Int) -> [[Range<Int>]] {
    guard !flat.isEmpty else { return [] }
    var lanes = [[Range<Int>]](repeating: [], count: subjects * SubjectProducts.lanes)
    for subject in 0..<subjects {
      for (lane, region) in columns(group).enumerated() {
        if let runs = flat[subject * regions + region] { lanes[subject * SubjectProducts.lanes + lane] = runs }
      }
    }
    return lanes
  }

  func readings(_ windows: Range<Int>, samplesAtATime: Int) -> [Reading] {
    var readings: [Reading] = []
    for segment in schedule.segments[schedule.segments(of: windows)] {
      for piece in segment.pieces {
        let ends = piece.upperBound == segment.samples.upperBound
        if let last = readings.last, piece.upperBound - last.samples.lowerBound <= samplesAtATime {
          let i = readings.count - 1
          readings[i].samples = last.samples.lowerBound..<piece.upperBound
          readings[i].pieces.append((piece, ends))
        } else {
          readings.append(Reading(samples: piece, pieces: [(piece, ends)]))
        }
      }
    }
    return readings
  }
}

/// Runs a schedule over a series; a second time where a window was found to be constant only in hindsight.
func runSynchrony(
  _ series: SubjectSeries, _ ranges: [Range<Int>], _ request: LaneRequest, _ resources: SynchronyResources
) throws -> [LaneResults] {
  let groupCount = (series.regionCount + SubjectProducts.lanes - 1) / SubjectProducts.lanes
  var pass = Pass(
    subjects: series.subjectCount, regions: series.regionCount, schedule: WindowSchedule(ranges), request: request,
    threads: resources.threads, bytes: resources.bytes, flat: series.flat,
    floors: [[Double]?](repeating: nil, count: groupCount))
  var groups = try pour(series, pass)
  pass.floors = groups.map(\.floor)
  if pass.floors.contains(where: { $0 != nil }) { groups = try pour(series, pass) }
  return groups.map(\.results)
}

private typealias GroupResults = (results: LaneResults, floor: [Double]?)

private func pour(_ series: SubjectSeries, _ pass: Pass) throws -> [GroupResults] {
  if case .regionsApart(let read) = series.source { return try pourApart(read, pass) }
  return try pourTogether(series, pass)
}

/// All regions of a stretch of time are read, then every group of regions takes it.
private func pourTogether(_ series: SubjectSeries, _ pass: Pass) throws -> [GroupResults] {
  let stride = pass.regions
  let windows = 0..<pass.schedule.windows.count
  let groups = (0..<pass.groupCount).map {
    LaneGroup(column: pass.columns($0).lowerBound, pass.accumulator($0, windows))
  }
  let rows = max(1, pass.bytes / (4 * stride * pass.subjects))
  for reading in pass.readings(windows, samplesAtATime: rows) {
    let (inputs, first) = try inputs(series, reading.samples, threads: pass.threads)
    _ = try concurrently(groups.count, threads: pass.threads) { g in
      groups[g].state.withLock { accumulator in
        for (rows, ends) in reading.pieces {
          let place = SubjectProducts.Place(
            start: (rows.lowerBound - first) * stride + groups[g].column, stride: stride, samplesTogether: false)
          accumulator.take(inputs, at: place, samples: rows.count, endsSegment: ends)
        }
      }
    }
  }
  return groups.map { $0.state.withLock { ($0.results, $0.clip.floor) } }
}

/// Every subject's `[samples, regions]` and the sample they start at.
private func inputs(_ series: SubjectSeries, _ samples: Range<Int>, threads: Int) throws -> ([[Float]], Int) {
  switch series.source {
  case .memory(let values): return (values, 0)
  case .concurrent(let read):
    let regions = series.regionCount
    let blocks = try concurrently(series.subjectCount, threads: threads) { subject in
      let block = try read(subject, samples)
      try SubjectSeries.check(block.count, subject, samples, regions)
      return block
    }
    return (blocks, samples.lowerBound)
  case .oneAtATime, .regionsApart:
    return (try (0..<series.subjectCount).map { try series.readChecked($0, samples) }, samples.lowerBound)
  }
}

/// Every thread reads and computes alone: eight regions over a run of windows at a time.
private func pourApart(_ read: @escaping SubjectSeries.RegionReader, _ pass: Pass) throws -> [GroupResults] {
  let count = pass.schedule.windows.count
  let runs = Swift.stride(from: 0, to: count, by: LaneAccumulator.windowsPerStart).map {
    $0..<min($0 + LaneAccumulator.windowsPerStart, count)
  }
  let buffers = Buffers(subjects: pass.subjects)
  let done = try concurrently(pass.groupCount * runs.count, threads: pass.threads) { unit in
    var inputs = buffers.take()
    defer { buffers.put(inputs) }
    return try pourRun(read, pass, group: unit / runs.count, windows: runs[unit % runs.count], &inputs)
  }
  return (0..<pass.groupCount).map { g in
    var (results, clip) = done[g * runs.count]
    for run in done[g * runs.count + 1..<(g + 1) * runs.count] {
      results.append(run.results)
      clip.join(run.clip)
    }
    return (results, clip.floor)
  }
}

/// Arrays for the subjects' samples, used again by the next unit of work.
private final class Buffers: Sendable {
  private let subjects: Int
  private let unused = Mutex<[[[Float]]]>([])

  init(subjects: Int) { self.subjects = subjects }

  func take() -> [[Float]] { unused.withLock { $0.popLast() } ?? [[Float]](repeating: [], count: subjects) }
  func put(_ arrays: consuming [[Float]]) { unused.withLock { [arrays] in $0.append(arrays) } }
}

private func pourRun(
  _ read: SubjectSeries.RegionReader, _ pass: Pass, group: Int, windows: Range<Int>, _ inputs: inout [[Float]]
) throws -> (results: LaneResults, clip: ClipVariance) {
  let columns = pass.columns(group)
  var accumulator = pass.accumulator(group, windows)
  // Stretches long enough to read at speed; beyond a few megabytes the caches would not hold them.
  let bytes = min(pass.bytes / pass.threads, 4 << 20)
  let samples = max(WindowSchedule.pieceLength, bytes / (4 * columns.count * pass.subjects))
  for reading in pass.readings(windows, samplesAtATime: samples) {
    for subject in inputs.indices {
      try read(subject, columns, reading.samples, &inputs[subject])
      try SubjectSeries.check(inputs[subject].count, subject, reading.samples, columns.count)
    }
    for (rows, ends) in reading.pieces {
      let place = SubjectProducts.Place(
        start: rows.lowerBound - reading.samples.lowerBound, stride: reading.samples.count, samplesTogether: true)
      accumulator.take(inputs, at: place, samples: rows.count, endsSegment: ends)
    }
  }
  return (accumulator.results, accumulator.clip)
}

/// Values of all indices, worked off by threads in order; of several errors the first index's is thrown.
private func concurrently<Value: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let next = Atomic(0)
  let state = Mutex((values: [Value?](repeating: nil, count: count), failed: [(index: Int, error: any Error)]()))
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count, state.withLock({ $0.failed.isEmpty }) else { return }
      do {
        let value = try body(index)
        state.withLock { $0.values[index] = value }
      } catch {
        state.withLock { $0.failed.append((index, error)) }
      }
    }
  }
  return try state.withLock { state in
    if let first = state.failed.min(by: { $0.index < $1.index }) { throw first.error }
    return state.values.compactMap { $0 }
  }
}
