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
  /// zero (decibels). Uneven series, and those that lack rows, are first placed on seconds. A missing row makes the rows
  /// missing that the response still reaches from it.
  func convolved(with response: HaemodynamicResponse, on grid: Grid) -> Matrix {
    guard let step, !lacksRows else {
      let count = rowCount(dt: 1)
      return ClockSeries(
        labels: labels, times: (0..<count).map(Double.init), step: 1, values: onGrid(start: 0, dt: 1, count: count)
      ).convolved(with: response, on: grid)
    }
    let columns = values.columns
    var means = [Double](repeating: 0, count: columns)
    for column in 0..<columns {
      let mean = Moments.mean(values.column(column).filter { !$0.isNaN })
      means[column] = mean.isNaN ? 0 : mean
    }
    var centred = values.values
    for i in centred.indices { centred[i] -= means[i % columns] }
    var regressors = haemodynamicRegressors(
      centred, featureCount: columns, binS: step, repetitionTimeS: grid.dt, scanCount: grid.count,
      startS: grid.start - start, response: response)
    for i in regressors.indices { regressors[i] += means[i % columns] }
    return Matrix(rows: grid.count, columns: columns, values: regressors)
  }
}
