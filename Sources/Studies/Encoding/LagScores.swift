import EncodingModels
import Warehouse
import Work

/// Which delay of the features carries the score: one fit per single delay of `statistics.lags_s`.
struct LagScores {
  /// Rows of `lag_score` of the cells of a mode: r of the cross-validated model whose features, without covariates, have
  /// that delay alone, and the rows it used.
  static func rows(_ assembled: AssembledData, fits: FitRows, mode: FitMode) throws -> [ResultRows] {
    let parameters = fits.parameters
    var rows: [LagScoreRow] = []
    for delay in FitParameters.rows(parameters.lagsS, dt: assembled.data.dt) {
      let data = tested(assembled.data, delay: delay)
      let fit = try EncodingModel(parameters.encoding).fit(data)
      for column in fit.full.r.indices {
        rows.append(
          LagScoreRow(
            fitKey: fits.key(mode, column), lagS: Double(delay) * data.dt, r: fit.full.r[column],
            n: fit.sampleCount[column]))
      }
    }
    return rows.isEmpty ? [] : [ResultRows(rows)]
  }

  /// The tested bands alone, at one delay.
  private static func tested(_ data: EncodingData, delay: Int) -> EncodingData {
    let kept = data.bands.indices.filter { data.bands[$0].role == .tested }
    var copy = data
    copy.bands = kept.map { data.bands[$0] }
    for band in copy.bands.indices { copy.bands[band].delays = [delay] }
    for piece in copy.pieces.indices { copy.pieces[piece].features = kept.map { data.pieces[piece].features[$0] } }
    return copy
  }
}
