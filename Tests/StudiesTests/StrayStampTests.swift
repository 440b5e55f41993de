import Encoding
import Haemodynamics
import LabelledArrays
import LinearAlgebra
import Recordings
import Testing

/// A stamp far behind all others takes neither memory nor time for the rows before it.
@Suite struct StrayStampTests {
  /// Uneven stamps with holes of every length up to some seconds, the longest between stretches that are summed apart.
  private static let times: [Double] = {
    var (time, state, times) = (0.3, UInt64(7), [Double]())
    while time < 13_000 {
      times.append(time)
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let draw = Double(state >> 40) / Double(1 << 24)
      time += draw < 0.02 ? 9 * draw / 0.02 : 0.2 + draw
    }
    return times.filter { !(4_090..<4_094).contains($0) && !(8_000..<8_900).contains($0) }
  }()

  private static func series(_ times: [Double], columns: Int = 2) -> ClockSeries {
    let values = (0..<times.count * columns).map { (place: Int) -> Double in
      place % 31 == 3 ? .nan : Double((place * 37) % 101) - 20
    }
    return ClockSeries(
      labels: (0..<columns).map { "column \($0)" }, times: times, step: nil,
      values: Matrix(rows: times.count, columns: columns, values: values))
  }

  /// Placed on seconds as a whole, as an even series.
  private static func placed(_ series: ClockSeries) -> ClockSeries {
    let count = series.rowCount(dt: 1)
    return ClockSeries(
      labels: series.labels, times: (0..<count).map(Double.init), step: 1,
      values: series.onGrid(start: 0, dt: 1, count: count))
  }

  private static func isSame(_ a: Matrix, _ b: Matrix) -> Bool {
    a.rows == b.rows && zip(a.values, b.values).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
  }

  @Test(arguments: [(0.0, 1.5, 60), (0.0, 2.0, 7_000), (-20.0, 1.0, 40), (4_000.5, 0.8, 300)])
  func `what a response makes of uneven seconds is what it makes of all of them`(
    start: Double, dt: Double, count: Int
  ) {
    let grid = ClockSeries.Grid(start: start, dt: dt, count: count)
    let rows = (0..<9_000).filter { $0 % 97 > 2 && !(4_094..<4_098).contains($0) }
    let array = LabelledArray(
      axes: [.time(rows.map { Double($0) * 0.5 })], values: rows.map { Float($0 % 53) }, units: "1")
    let lacking = ClockSeries(array, name: "x").onOwnBins(dt: 1)
    #expect(lacking.lacksRows)
    for series in [Self.series(Self.times), lacking] {
      let own = series.convolved(with: .spm, on: grid)
      #expect(Self.isSame(own, Self.placed(series).convolved(with: .spm, on: grid)))
      #expect(own.values.contains { !$0.isNaN })
    }
  }

  @Test func `a response takes no memory for the seconds before a stray stamp`() {
    let near = Self.series(Array(Self.times.prefix(400)), columns: 50)
    let stray = ClockSeries(
      labels: near.labels, times: near.times + [3e8], step: nil,
      values: Matrix(rows: 401, columns: 50, values: near.values.values + [Double](repeating: 1, count: 50)))
    let grid = ClockSeries.Grid(start: 0, dt: 2, count: 100)
    let (own, known) = (stray.convolved(with: .spm, on: grid), near.convolved(with: .spm, on: grid))
    // The stray value counts as one second in the mean, about which columns are convolved.
    #expect(zip(own.values, known.values).allSatisfy { abs($0 - $1) < 1 || ($0.isNaN && $1.isNaN) })
    #expect(own.values.contains { !$0.isNaN })
  }

  @Test func `a series has room on a grid or is told not to have`() throws {
    let array = LabelledArray(
      axes: [.time([0, 0.9, 2.1, 3e8]), .labels("column", ["a", "b"])], values: (0..<8).map(Float.init), units: "1")
    #expect(array.onGrid(dt: 1, name: "x", limit: 1_000_000) == nil)
    let coarse = try #require(array.onGrid(dt: 1e5, name: "x", limit: 1_000_000))
    #expect(coarse.axes[0].count == 3_001 && coarse.values[0] == 2)
    for dt in [1e-9, 1e-300, .leastNonzeroMagnitude] {
      #expect(array.onGrid(dt: dt, name: "x", limit: 50_000_000) == nil)
    }
  }
}
