import Diagnostics
import EncodingModels
import LinearAlgebra
import Recordings
import Vocabulary

/// What the rows of a grid summarise of a feature: the row's own seconds, or the window of its target.
///
/// A row at t seconds has the mean over `[t - w/2, t + w/2)` of a centred window, `[t - w, t)` of one anchored at its end and
/// `[t, t + w)` at its start, whatever the steps of the target are: the feature is placed on a grid whose step divides both
/// window and row, from the first window's start, and averaged there. NaN where the window leaves the series or meets a
/// missing value.
package struct SummarisedRows {
  private let rows: ClockSeries.Grid
  /// nil without a window.
  private let finer: ClockSeries.Grid?
  /// Rows of the finer grid from row to row, and in a window.
  private let step: Int
  private let count: Int

  /// The finest step.
  private static let leastMilliseconds = 100

  /// - Parameter window: nil, or one that features are not averaged over: every row is its own seconds.
  /// - Throws: `E-ENC-007` for a window that has no step in common with the rows.
  package init(_ rows: ClockSeries.Grid, _ window: TargetWindow?) throws {
    self.rows = rows
    guard let window, window.averagesFeatures else {
      (finer, step, count) = (nil, 1, 1)
      return
    }
    let (row, width) = ((rows.dt * 1000).rounded(), (window.seconds * 1000).rounded())
    let common = Self.commonDivisor(Int(row), Int(width))
    guard common >= Self.leastMilliseconds, abs(row - rows.dt * 1000) < 1e-6, abs(width - window.seconds * 1000) < 1e-6
    else {
      throw EvokeError(
        .windowOffGrid, "window of \(window.seconds) s", reason: "the grid has steps of \(rows.dt) s",
        remedy: "choose a grid that divides the window")
    }
    (step, count) = (Int(row) / common, Int(width) / common)
    let offset =
      switch window.anchor {
      case .centre: -window.seconds / 2
      case .end: -window.seconds
      case .start: 0.0
      }
    finer = ClockSeries.Grid(
      start: rows.start + offset, dt: Double(common) / 1000, count: (rows.count - 1) * step + count)
  }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }

  /// The columns of a series in the rows; `place` puts them on a grid. What it says of seconds before and after the series
  /// does not count.
  package func mean(of series: ClockSeries, _ place: (ClockSeries.Grid) -> Matrix) -> Matrix {
    guard let finer else { return place(rows) }
    var x = place(finer)
    let width = x.columns
    for row in 0..<x.rows {
      let middle = finer.start + (Double(row) + 0.5) * finer.dt
      guard middle < series.start || middle > series.end else { continue }
      for column in 0..<width { x.values[row * width + column] = .nan }
    }
    var result = Matrix(rows: rows.count, columns: width)
    for row in 0..<rows.count {
      for source in (row * step)..<(row * step + count) {
        for column in 0..<width { result.values[row * width + column] += x.values[source * width + column] }
      }
      for column in 0..<width { result.values[row * width + column] /= Double(count) }
    }
    return result
  }
}
