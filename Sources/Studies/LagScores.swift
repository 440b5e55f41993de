import EncodingModels
import Plans
import Warehouse

/// Which delay of the features carries the score: one fit per single delay of `statistics.lags_s`.
struct LagScores {
  /// Rows of `lag_score`: r of the cross-validated model whose features have that delay alone, and the rows it used.
  static func rows(_ task: UnitTask, _ assembled: AssembledData, _ settings: EncodingSettings, fits: FitRows) throws
    -> ResultRows
  {
    let lags = (task.parameters["lags_s"]?.arrayValue ?? []).compactMap(\.doubleValue)
    var rows: [[SQLValue]] = []
    for delay in EncodingParameters.rows(lags, dt: assembled.data.dt) {
      var data = assembled.data
      for band in data.bands.indices where data.bands[band].role == .tested { data.bands[band].delays = [delay] }
      let fit = try EncodingModel(settings).fit(data)
      for column in fit.full.r.indices {
        rows.append([
          .text(fits.key("none", column)), .real(Double(delay) * data.dt), .number(fit.full.r[column]),
          .int(fit.sampleCount[column]),
        ])
      }
    }
    return ResultRows(table: "lag_score", columns: ["fit_key", "lag_s", "r", "n"], rows: rows)
  }
}
