import Haemodynamics
import LinearAlgebra
import Recordings
import Statistics
import Vocabulary

/// `hrf` of a feature.
enum HaemodynamicFeature {
  /// The response of a name.
  static func response(_ shape: ResponseShape) -> HaemodynamicResponse {
    switch shape {
    case .spm: .spm
    case .glover: .glover
    }
  }
}

extension ClockSeries {
  /// The columns convolved with a haemodynamic response, sampled in the middle of every row of a grid.
  ///
  /// Before its start and after its end a column stands at its mean: 0 would be a step where a feature has no natural
  /// zero (decibels). Uneven series, and those that lack rows, are first placed on seconds, of which only those that the
  /// grid reaches are kept. A missing row makes the rows missing that the response still reaches from it.
  package func convolved(with response: HaemodynamicResponse, on grid: Grid) -> Matrix {
    guard let step, !lacksRows else {
      let end = (grid.start + Double(grid.count) * grid.dt).rounded(.up) + 1
      let count = Int(min(Double(rowCount(dt: 1)), max(0, end)))
      let seconds = ClockSeries(
        labels: labels, times: (0..<count).map(Double.init), step: 1, values: onGrid(start: 0, dt: 1, count: count))
      return seconds.convolved(with: response, on: grid, step: 1, about: meansOfSeconds())
    }
    let means = (0..<values.columns).map { column in
      Moments.mean(values.column(column).filter { !$0.isNaN })
    }
    return convolved(with: response, on: grid, step: step, about: means)
  }

  /// - Parameter means: that of each column; NaN where nothing is known of it.
  private func convolved(
    with response: HaemodynamicResponse, on grid: Grid, step: Double, about means: [Double]
  ) -> Matrix {
    let columns = values.columns
    let means = means.map { $0.isNaN ? 0 : $0 }
    var centred = values.values
    for i in centred.indices { centred[i] -= means[i % columns] }
    var regressors = haemodynamicRegressors(
      centred, featureCount: columns, binS: step, repetitionTimeS: grid.dt, scanCount: grid.count,
      startS: grid.start - start, response: response)
    for i in regressors.indices { regressors[i] += means[i % columns] }
    return Matrix(rows: grid.count, columns: columns, values: regressors)
  }

  /// The mean of every column over all seconds that the series is placed on, a stretch of them at a time, and only where
  /// a stamp is near: one that strays takes neither memory nor time for what lies before it.
  private func meansOfSeconds() -> [Double] {
    let (count, stretch, margin) = (rowCount(dt: 1), 4_096, 8)
    let stamps = times.sorted()
    let spacings = zip(stamps, stamps.dropFirst()).map { $1 - $0 }.sorted()
    // What `placeOnGrid` fills lies at most so far from a stamp.
    let reach = 3 * max(1, step ?? (spacings.isEmpty ? 0 : spacings[(spacings.count - 1) / 2])) + 1
    var sums = [Double](repeating: 0, count: values.columns)
    var counts = [Int](repeating: 0, count: values.columns)
    var (first, next) = (0, 0)
    while first < count {
      while next < stamps.count, stamps[next] + reach < Double(first) { next += 1 }
      guard next < stamps.count else { break }
      first = max(first, Int(max(0, stamps[next] - reach).rounded(.down)))
      guard first < count else { break }
      // A hole is filled from the rows beside it.
      let begin = max(0, first - margin)
      let end = min(count, first + stretch)
      let placed = onGrid(start: Double(begin), dt: 1, count: min(count, end + margin) - begin)
      for row in (first - begin)..<(end - begin) {
        for column in sums.indices where !placed[row, column].isNaN {
          sums[column] += placed[row, column]
          counts[column] += 1
        }
      }
      first = end
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : .nan }
  }
}
