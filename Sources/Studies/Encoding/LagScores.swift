import EncodingModels
import Statistics
import Warehouse
import Work

/// Which delay of the features carries the score: one fit per single delay of `statistics.lags_s`, all of them in one maximum
/// statistic per target.
struct LagScores {
  /// Rows of `lag_score` and, with draws, of `lag_cluster` of the cells of a mode: r of the cross-validated model whose features, without covariates, have
  /// that delay alone. All delays are fitted to the same rows and folds and share their draws.
  ///
  /// - Parameters:
  ///   - model: the fit of the mode; a course that it shares with other stimuli is shared at every delay.
  ///   - null: nil: none is drawn.
  ///   - stacksBands: as of the model.
  static func rows(
    _ assembled: AssembledData, fits: FitRows, mode: FitMode, model: [Set<EncodingFlag>], null: NullRequest?,
    stacksBands: Bool = false
  ) throws -> [ResultRows] {
    let parameters = fits.parameters
    let lags = FitParameters.rows(parameters.lagsS, dt: assembled.data.dt)
    guard !lags.isEmpty else { return [] }
    let search = try LagSearch(
      assembled.data, delays: lags, settings: parameters.encoding, stacksBands: stacksBands, null: null)
    let rows = search.delays.indices.flatMap { place -> [LagScoreRow] in
      let fit = search.fits[place]
      let flags = zip(fits.flags(fit.flags), model).map { $0.union($1.intersection([.sharedCourse])) }
      return fit.full.r.indices.map { column in
        let r = fit.full.r[column]
        let stimuli = fit.full.stimuliCounted(of: column)
        return LagScoreRow(
          fitKey: fits.key(mode, column), lagS: Double(search.delays[place]) * assembled.data.dt, r: r,
          n: fit.sampleCount[column], foldsCounted: fit.full.foldsCounted(of: column),
          foldsTotal: fit.full.foldsTotal(of: column), stimuliCounted: stimuli,
          nullKind: null?.kind.rawValue, nullDraws: search.draws, p: search.p?[place][column],
          pMax: search.pMax?[place][column], flags: Reportable.spelled(flags[column]),
          valid: Reportable.isValid(r, flags[column], stimulusCount: stimuli) ? 1 : 0)
      }
    }
    let clusters = clusters(search, dt: assembled.data.dt) { fits.key(mode, $0) }
    return [ResultRows(rows), ResultRows(clusters)].filter { !$0.rows.isEmpty }
  }

  /// Delays that hang together, of every target.
  private static func clusters(_ search: LagSearch, dt: Double, key: (Int) -> String) -> [LagClusterRow] {
    (search.clusters ?? []).enumerated().flatMap { column, found in
      found.enumerated().flatMap { number, cluster in
        cluster.cells.map { place in
          LagClusterRow(
            fitKey: key(column), lagS: Double(search.delays[place]) * dt, cluster: number + 1,
            cellCount: cluster.cells.count, mass: cluster.mass, threshold: ClusterMass.oneSidedThreshold,
            pCluster: cluster.p)
        }
      }
    }
  }
}
