import LinearAlgebra
import Recordings
import Showings
import Statistics

/// Series that stand for arrays which are not made yet: where they have rows is known, what they will hold is not.
struct StandIns {
  /// Of a role, on the stimuli's clocks.
  var series: [FitRole: [PieceKey: ClockSeries]] = [:]

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

  /// A recorded response: of every piece the rows of its longest showing, by the clocks of the recordings. What is left out
  /// of the only showing of a piece is missing.
  static func response(
    _ placements: [String: [Showing]], _ clocks: [String: SampleClock], _ cut: PieceCut
  ) -> [PieceKey: ClockSeries] {
    let shown = placements.sorted { $0.key < $1.key }.flatMap { name, showings in
      clocks[name].map { clock in showings.map { (name: name, showing: $0, clock: clock) } } ?? []
    }
    let pieces = ShownPieces(shown.map { RecordedShowing($0.showing, in: $0.name, on: $0.clock) }, cut)
    var result: [PieceKey: ClockSeries] = [:]
    for (key, parts) in pieces.members {
      let members = parts.map { part in
        let clock = shown[part.place].clock
        return (showing: part.showing, clock: clock, rows: part.showing.rows(on: clock))
      }
      let longest = members.dropFirst().reduce(members[0]) { $1.rows.count > $0.rows.count ? $1 : $0 }
      guard !longest.rows.isEmpty else { continue }
      let (showing, clock) = (longest.showing, longest.clock)
      var series = noise(
        longest.rows.map { clock.time($0) - showing.shiftS }, stepS: clock.step, of: key.label)
      if members.count == 1 {
        showing.clear(&series.values.values, channels: series.labels) { clock.time(longest.rows.lowerBound + $0) }
      }
      result[key] = series
    }
    return result
  }
}
