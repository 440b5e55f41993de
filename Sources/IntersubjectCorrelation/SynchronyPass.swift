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
private struct Reading {
  var samples: Range<Int>
  var pieces: [(rows: Range<Int>, endsSegment: Bool)]
}

/// Runs a schedule over a series; a second time where a window was found to be constant only in hindsight.
func runSynchrony(
  _ series: SubjectSeries, _ ranges: [Range<Int>], _ request: LaneRequest, _ resources: SynchronyResources
) throws -> [LaneResults] {
  let schedule = WindowSchedule(ranges)
  let groupCount = (series.regionCount + SubjectProducts.lanes - 1) / SubjectProducts.lanes
  var floors = [[Double]?](repeating: nil, count: groupCount)
  for pass in 0...1 {
    let groups = (0..<groupCount).map { g in
      let column = g * SubjectProducts.lanes
      let accumulator = LaneAccumulator(
        subjects: series.subjectCount, laneCount: min(SubjectProducts.lanes, series.regionCount - column),
        schedule: schedule, request: request, floor: floors[g])
      return LaneGroup(column: column, accumulator)
    }
    try pour(series, schedule, groups, resources)
    floors = groups.map { $0.state.withLock { $0.suspectFloor } }
    if pass == 1 || floors.allSatisfy({ $0 == nil }) {
      return groups.map { $0.state.withLock { $0.results } }
    }
  }
  return []
}

private func readings(_ schedule: WindowSchedule, rowsAtATime: Int) -> [Reading] {
  var readings: [Reading] = []
  for segment in schedule.segments {
    for piece in segment.pieces {
      let ends = piece.upperBound == segment.samples.upperBound
      if let last = readings.last, piece.upperBound - last.samples.lowerBound <= rowsAtATime {
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

private func pour(
  _ series: SubjectSeries, _ schedule: WindowSchedule, _ groups: [LaneGroup], _ resources: SynchronyResources
) throws {
  let stride = series.regionCount
  let rows = max(1, resources.bytes / (4 * stride * series.subjectCount))
  for reading in readings(schedule, rowsAtATime: rows) {
    let inputs = try series.values ?? (0..<series.subjectCount).map { try series.readChecked($0, reading.samples) }
    let first = series.values == nil ? reading.samples.lowerBound : 0
    let pieces = reading.pieces.map { ($0.rows.lowerBound - first..<$0.rows.upperBound - first, $0.endsSegment) }
    let threads = min(resources.threads, groups.count)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for g in Swift.stride(from: thread, to: groups.count, by: threads) {
        groups[g].state.withLock { accumulator in
          for (rows, ends) in pieces {
            accumulator.take(inputs, rows: rows, stride: stride, column: groups[g].column, endsSegment: ends)
          }
        }
      }
    }
  }
}
