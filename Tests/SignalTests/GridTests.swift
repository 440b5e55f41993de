import SignalProcessing
import Testing

@Suite struct GridTests {
  @Test("Stamps on and between the seconds land in the same bins")
  func stampsLandInTheSameBins() {
    let values = [3.0, 1, 4, 1, 5]
    let whole = placeOnGrid(times: [0, 1, 2, 3, 4], values: values, binCount: 5)
    let half = placeOnGrid(times: [0.5, 1.5, 2.5, 3.5, 4.5], values: values, binCount: 5)
    #expect(whole.values == values)
    #expect(half.values == values)
    #expect(half.interpolatedCount == 0)
    let shifted = placeOnGrid(times: [1, 2, 3, 4, 5], values: values, binCount: 6)
    #expect(Array(shifted.values[1...]) == values)
    #expect(shifted.values[0].isNaN)
  }

  @Test("A dense series is averaged, and stamps just below an edge count as on it")
  func denseIsAveraged() {
    let times = (0..<30).map { Double($0) * 0.1 }
    let grid = placeOnGrid(times: times, values: (0..<30).map(Double.init), binSeconds: 0.3, binCount: 10)
    let means: [Double] = (0..<10).map { Double(3 * $0 + 1) }
    #expect(grid.values == means)
    #expect(grid.sampleCounts == [Int](repeating: 3, count: 10))
  }

  @Test("A sparse series is interpolated over the bins and flagged")
  func sparseIsInterpolated() {
    let grid = placeOnGrid(times: [0, 2, 4, 8], values: [0, 2, 4, 8], binCount: 10)
    #expect(Array(grid.values[0...8]) == [0, 1, 2, 3, 4, 5, 6, 7, 8])
    #expect(grid.values[9].isNaN)
    #expect(grid.isInterpolated == [false, true, false, true, false, true, true, true, false, false])
  }

  @Test("A hole in a dense series stays missing unless filling is asked for")
  func holesStayMissing() {
    let times = (0..<40).map { Double($0) * 0.1 + ($0 >= 20 ? 6 : 0) }
    let values = times.map { _ in 1.0 }
    let grid = placeOnGrid(times: times, values: values, binCount: 10)
    #expect(grid.values.map(\.isNaN) == [false, false] + [Bool](repeating: true, count: 6) + [false, false])
    let filled = placeOnGrid(times: times, values: values, binCount: 10, maximumGapSeconds: .infinity)
    #expect(filled.values == [Double](repeating: 1, count: 10))
    #expect(filled.interpolatedCount == 6)
  }

  @Test("Missing samples are left out; a bin of missing samples is missing, not interpolated")
  func missingSamples() {
    let grid = placeOnGrid(times: [0, 0.5, 1, 2, 4], values: [.nan, 2, .nan, 6, .nan], binCount: 5)
    #expect(grid.values[0] == 2)
    #expect(grid.values[1].isNaN && grid.values[3].isNaN && grid.values[4].isNaN)
    #expect(grid.values[2] == 6)
    #expect(grid.interpolatedCount == 0)
  }

  @Test("The order of rows does not matter, and columns are placed together")
  func orderAndColumns() {
    let grid = placeOnGrid(
      times: [2, 0, 1], values: [2, 20, 0, .nan, 1, 10], columns: 2, binCount: 3)
    #expect(grid.values[0] == 0 && grid.values[1].isNaN)
    #expect(Array(grid.values[2...]) == [1, 10, 2, 20])
  }

  @Test("Samples outside the grid fill gaps at its edge but no bin")
  func outsideTheGrid() {
    let grid = placeOnGrid(times: [-1, 1, 3], values: [-1, 1, 3], binCount: 3)
    #expect(grid.values == [0, 1, 2])
    #expect(placeOnGrid(times: [-6.5, -5.5, 40], values: [1, 1, 2], binCount: 3).values.allSatisfy { $0.isNaN })
    #expect(placeOnGrid(times: [], values: [], binCount: 2).values.allSatisfy { $0.isNaN })
  }

  @Test("A regular series gives bin means; a partial bin needs half its samples")
  func regularSeries() {
    let series = (0..<325).map { Double($0 / 100) }
    let grid = placeOnGrid(series, stepSeconds: 0.01, binCount: 4)
    #expect(Array(grid.values[0..<3]) == [0, 1, 2])
    #expect(grid.values[3].isNaN && grid.sampleCounts[3] == 25)
    #expect(placeOnGrid(series + series[0..<25], stepSeconds: 0.01, binCount: 4).values[3] == 1.5)
    let offset = placeOnGrid(series, startSeconds: 0.5, stepSeconds: 0.01, binCount: 4)
    #expect(offset.values[0] == 0 && offset.values[1] == 0.5)
    #expect(placeOnGrid([0, 2, 4], stepSeconds: 2, binCount: 5).values == [0, 1, 2, 3, 4])
  }

  @Test("Absent samples change no other bin, and a hole is filled up to two bins")
  func absentSamples() {
    let series = (0..<30).map { Double($0 * 7 % 11) }
    let whole = placeOnGrid(series, stepSeconds: 0.4, binCount: 12)
    func place(without absent: Set<Int>) -> GridSeries {
      let places = series.indices.filter { !absent.contains($0) }
      return placeOnGrid(places.map { series[$0] }, stepSeconds: 0.4, binCount: 12, places: places)
    }
    // Samples 13 and 14 are [5.2, 6): of bin 5 sample 12 has 0.2 s left.
    let short = place(without: [13, 14])
    for bin in 0..<12 where bin != 5 { #expect(short.values[bin] == whole.values[bin]) }
    let between: Double = (whole.values[4] + whole.values[6]) / 2
    #expect(abs(short.values[5] - between) < 1e-12)
    #expect(short.isInterpolated.firstIndex(of: true) == 5 && short.interpolatedCount == 1)
    // Stamps 4.8 and 7.2 are more than two bins apart.
    let long = place(without: Set(13..<18))
    #expect(long.values[5].isNaN && long.values[6].isNaN && long.interpolatedCount == 0)
    #expect(long.values[8...] == whole.values[8...])
    // One of a bin's samples less: the others are what is known of it.
    let part = place(without: [1])
    let known: Double = (0.4 * series[0] + 0.2 * series[2]) / 0.6
    #expect(abs(part.values[0] - known) < 1e-12)
    #expect(part.interpolatedCount == 0)
    // Of a series slower than the grid the stamps that are there are placed, holes up to two of its steps filled.
    let slow = placeOnGrid(
      [0, 2, 4, 1], columns: 1, stepSeconds: 2, binCount: 13, places: [0, 1, 3, 6])
    #expect(slow.values[..<6] == [0, 1, 2, 2.5, 3, 3.5] && slow.values[6] == 4 && slow.values[12] == 1)
    #expect(slow.values[7..<12].allSatisfy(\.isNaN) && slow.sampleCounts[4] == 0)
  }

  @Test(
    "A last partial bin counts if half covered", arguments: [(10.0, 10), (10.49, 10), (10.5, 11), (0.3, 0), (0, 0)])
  func binCounts(duration: Double, bins: Int) {
    #expect(binCount(durationSeconds: duration) == bins)
  }

  @Test("Frames of 25 ms every 10 ms: 99, 100 and 99 centres in three seconds")
  func frameCentres() {
    let grid = FrameGrid(length: 400, hop: 160)
    let frames = grid.count(samples: 48_000)
    #expect(frames == 298)
    let bins = (0..<frames).map { grid.bin($0, rateHz: 16_000) }
    #expect((0..<3).map { second in bins.count { $0 == second } } == [99, 100, 99])
    #expect(grid.count(samples: 399) == 0)
  }

  @Test("The periodic Hann window sums to half its length")
  func hann() {
    #expect(abs(hannWindow(length: 400).reduce(0, +) - 200) < 1e-10)
    #expect(hannWindow(length: 5, isPeriodic: false)[2] == 1)
  }
}
