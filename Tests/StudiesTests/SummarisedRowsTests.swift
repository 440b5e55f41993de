import Diagnostics
import Encoding
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Recordings
import StudyFiles
import Testing
import Vocabulary

/// What rows of a windowed target have of a feature: the mean over exactly the window's seconds.
@Suite struct SummarisedRowsTests {
  /// The second that a row stands for.
  private static let seconds = ClockSeries(
    labels: ["second"], times: (0..<60).map(Double.init), step: 1,
    values: Matrix(rows: 60, columns: 1, values: (0..<60).map(Double.init)))

  private func means(_ window: TargetWindow, start: Double, dt: Double, count: Int) throws -> [Double] {
    try SummarisedRows(ClockSeries.Grid(start: start, dt: dt, count: count), window).mean(
      of: Self.seconds, Self.seconds.onGrid
    ).values
  }

  @Test(arguments: [
    // Windows of 3 s lie around half seconds: [0, 3) has the seconds 0, 1 and 2.
    (WindowAnchor.centre, 3.0, 1.5, 1.0, 1.0), (.centre, 3, 1.5, 2, 1), (.centre, 3, 1.5, 5, 1),
    (.centre, 5, 2.5, 1, 2),
    (.centre, 10, 5, 1, 4.5), (.centre, 10, 5, 2, 4.5), (.centre, 15, 7.5, 5, 7), (.end, 3, 3, 2, 1),
    (.end, 10, 10, 1, 4.5),
    (.start, 3, 0, 2, 1), (.start, 5, 0, 1, 2),
  ])
  func `a row has the mean over its own window, whatever window and step`(
    _ anchor: WindowAnchor, _ seconds: Double, start: Double, dt: Double, first: Double
  ) throws {
    let window = TargetWindow(seconds: seconds, step: dt, anchor: anchor)
    for (row, mean) in try means(window, start: start, dt: dt, count: 8).enumerated() {
      #expect(abs(mean - (first + Double(row) * dt)) < 1e-9, "row \(row)")
    }
  }

  @Test(arguments: [(0.4, 0.0), (0.4, 0.2), (1, 0.5), (0.7, 0)])
  func `a row that is not there moves no other`(_ step: Double, first: Double) {
    let rows: [(Double, Double)] = (0..<40).map { row in (first + Double(row) * step, Double(row * 7 % 11)) }
    func placed(_ rows: [(Double, Double)]) -> [Double] {
      ClockSeries(
        LabelledArray(axes: [.time(rows.map(\.0))], values: rows.map { Float($0.1) }, units: "1"), name: "x"
      ).onOwnBins(dt: 1).onGrid(start: 0, dt: 1, count: 15).values
    }
    let whole = placed(rows)
    var lacking = rows
    let removed = lacking.remove(at: 11).0
    let far = whole.indices.filter { abs(Double($0) + 0.5 - removed) > 1.5 }
    #expect(far.allSatisfy { placed(lacking)[$0].isNearly(whole[$0]) })
    #expect(placed(lacking).allSatisfy { !$0.isNaN })
  }

  @Test func `rows that are not there are filled on a finer grid too`() {
    let series = ClockSeries(
      labels: ["x"], times: [0, 2, 6, 8], step: nil, values: Matrix(rows: 4, columns: 1, values: [0, 2, 6, 8]))
    let placed = series.onOwnBins(dt: 2).onGrid(start: 0, dt: 1, count: 9)
    #expect(placed.values == [0, 1, 2, 3, 4, 5, 6, 7, 8])
  }

  /// Two columns in rows of 0.4 s, of which some are not there.
  private static func series(without lost: [Int], step: Double = 0.4) -> ClockSeries {
    let rows = (0..<40).filter { !lost.contains($0) }
    let values = rows.flatMap { [Float($0 * 7 % 11), Float($0 * 5 % 13)] }
    return ClockSeries(
      LabelledArray(
        axes: [.time(rows.map { Double($0) * step }), .labels("column", ["a", "b"])], values: values, units: "1"),
      name: "x")
  }

  @Test(arguments: [[11], [11, 12], [4, 20, 22]])
  func `rows that are not there are not there in what is made of them`(lost: [Int]) throws {
    let (whole, lacking) = (Self.series(without: []).onOwnBins(dt: 1), Self.series(without: lost).onOwnBins(dt: 1))
    let places = (0..<40).filter { !lost.contains($0) }
    #expect(lacking.places == places && !whole.lacksRows)
    // As if their cells were empty, but that no average lies in them.
    var empty = whole
    for row in lost { for column in 0..<2 { empty.values[row, column] = .nan } }
    for seconds in [1.0, 4] {
      let (own, other) = (lacking.transformed(.smooth(seconds: seconds)), empty.transformed(.smooth(seconds: seconds)))
      #expect(own.places == places)
      for (row, place) in places.enumerated() { #expect(own.values[row, 0] == other.values[place, 0]) }
    }
    // A change needs both its rows.
    for isEmbedding in [false, true] {
      let own = lacking.transformed(.changes, isEmbedding: isEmbedding)
      let other = whole.transformed(.changes, isEmbedding: isEmbedding)
      #expect(own.places == places && own.labels == other.labels)
      #expect(Set(own.hollow.map { places[$0] }) == Set(lost.map { $0 + 1 }).subtracting(lost))
      for (row, place) in places.enumerated().dropFirst() {
        let (value, known) = (own.values[row, 0], other.values[place, 0])
        #expect(lost.contains(place - 1) ? value.isNaN : value == known)
      }
    }
    // Short holes are filled on the grid, whatever is made of the rows.
    for transform in [SeriesTransform.none, .smooth(seconds: 1), .changes] {
      let own = lacking.transformed(transform, isEmbedding: true).onGrid(start: 0, dt: 1, count: 16)
      #expect(own.values.allSatisfy { !$0.isNaN }, "\(transform)")
    }
  }

  @Test func `one late stamp of a wide feature takes no memory for rows that are not there`() {
    let (rows, width) = (200, 500)
    let times = (0..<rows).map { Double($0) * 0.1 } + [0.1 * Double(90 * rows)]
    let values = (0..<times.count * width).map { Float($0 % 97) }
    let array = LabelledArray(
      axes: [.time(times), .labels("column", (0..<width).map(String.init))], values: values, units: "1")
    let series = ClockSeries(array, name: "wide").onOwnBins(dt: 1)
    #expect(series.step != nil && series.places?.last == 90 * rows)
    for transform in [SeriesTransform.none, .smooth(seconds: 1), .changes] {
      let own = series.transformed(transform, isEmbedding: true)
      #expect(own.values.rows == times.count && own.times.count == times.count)
      #expect(own.rowCount(dt: 1) == 1_800)
      let placed = own.onGrid(start: 0, dt: 1, count: 1_801)
      #expect((0..<20).allSatisfy { !placed[$0, 0].isNaN } && placed[20, 0].isNaN && placed[1_799, 0].isNaN)
    }
  }

  @Test func `a change over a hole is none where rows are farther apart than the grid`() {
    let (whole, lacking) = (Self.series(without: [], step: 2), Self.series(without: [7], step: 2))
    let (all, own) = (whole.transformed(.changes), lacking.onOwnBins(dt: 1).transformed(.changes))
    #expect(own.values.rows == 39 && own.step == nil)
    for row in 1..<39 {
      #expect(row == 7 ? own.values[row, 0].isNaN : own.values[row, 0] == all.values[row < 7 ? row : row + 1, 0])
    }
  }

  @Test func `uneven stamps are smoothed by their times`() {
    let series = ClockSeries(
      labels: ["x"], times: [0, 1, 2.5, 3, 9], step: nil,
      values: Matrix(rows: 5, columns: 1, values: [1, 3, 5, .nan, 7]))
    #expect(series.transformed(.smooth(seconds: 3)).values.values == [2, 3, 4, 5, 7])
  }

  @Test func `stamps of no clock are none`() {
    #expect(EvenStamps([0, 0.4, 1.2, 1.6])?.places == [0, 1, 3, 4])
    #expect(EvenStamps([0, 0.4, 1.1, 1.5]) == nil && EvenStamps([0, 1, 1, 2]) == nil && EvenStamps([3]) == nil)
  }

  @Test func `on the grid of the seconds themselves it is the mean over bins, and beyond the series nothing`() throws {
    let window = TargetWindow(seconds: 10, step: 1)
    let grid = ClockSeries.Grid(start: 0, dt: 1, count: 60)
    let bins = window.average(Self.seconds.onGrid(grid), over: try window.bins(dt: 1))
    let found = try means(window, start: 0, dt: 1, count: 60)
    for (a, b) in zip(found, bins.values) { #expect(a == b || (a.isNaN && b.isNaN)) }
    #expect(found.count(where: \.isNaN) == 9)
    let plain = TargetWindow(seconds: 10, step: 1, averagesFeatures: false)
    #expect(try means(plain, start: 0, dt: 1, count: 60) == Self.seconds.values.values)
  }

  @Test func `a window without a step in common with the rows is refused`() {
    let error = #expect(throws: EvokeError.self) {
      try means(TargetWindow(seconds: 10, step: 0.33), start: 0, dt: 0.33, count: 5)
    }
    #expect(error?.code == .windowOffGrid)
  }
}

extension Double {
  fileprivate func isNearly(_ other: Double) -> Bool { abs(self - other) < 1e-9 }
}
