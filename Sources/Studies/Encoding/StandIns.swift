import LinearAlgebra
import Recordings
import Statistics

/// Series that stand for arrays which are not made yet: where they have rows is known, what they will hold is not.
struct StandIns {
  /// Of a role, on the stimuli's clocks.
  var series: [String: [PieceKey: ClockSeries]] = [:]

  /// Columns of zeros, for features.
  static func zeros(_ times: [Double], stepS: Double, columns: Int) -> ClockSeries {
    ClockSeries(
      labels: (0..<columns).map { "column-\($0)" }, times: times, step: stepS,
      values: Matrix(rows: times.count, columns: columns))
  }

  /// White noise, for a target: no other has a larger effective n, so what it cannot carry no target can.
  static func noise(_ times: [Double], stepS: Double, of name: String) -> ClockSeries {
    var numbers = RandomStream(seed: 0, purpose: "stand_in", key: name)
    return ClockSeries(
      labels: [name], times: times, step: stepS,
      values: Matrix(rows: times.count, columns: 1, values: times.map { _ in numbers.normal() }))
  }
}
