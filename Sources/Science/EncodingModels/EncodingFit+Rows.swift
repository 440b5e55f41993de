import LinearAlgebra
import Statistics

extension EncodingFit {
  /// r of every fold over some of its test rows alone, per target. Nothing is fitted anew.
  ///
  /// A fold counts where it counts in the fit and the target has an effective n of at least `minimumEffectiveCount` in those
  /// rows; r of the others is NaN, and no fold has an inner r.
  ///
  /// - Parameter rows: per piece and row, whether it is one of them.
  public func foldwise(in rows: [[Bool]]) -> [FoldwiseScores] {
    precondition(rows.map(\.count) == problem.pieces.map(\.count), "every row of every piece is in or out")
    let isIn = rows.flatMap(\.self)
    var found = [[String: Double]](repeating: [:], count: problem.targetCount)
    for fit in fits {
      let places = fit.prepared.test.indices.filter { isIn[fit.prepared.test[$0]] }
      guard !places.isEmpty else { continue }
      let own = places.map { fit.prepared.test[$0] }
      let truth = fit.deviations.selecting(rows: places)
      let statistics = FoldStatistics(truth: truth, prediction: fit.full.selecting(rows: places))
      for (k, target) in fit.targets.enumerated() where fit.isCounted[k] {
        let series = problem.byPiece(own) { truth[$0, k] }
        guard Autocorrelation.effectiveCount(series, series) >= problem.settings.minimumEffectiveCount else { continue }
        found[target][fit.fold.part.key] = statistics.r[k]
      }
    }
    return found.indices.map { target in
      let whole = full.foldwise(of: target)
      return FoldwiseScores(
        folds: whole.folds.map {
          FoldwiseScores.Fold(
            key: $0.key, stimuli: $0.stimuli, r: found[target][$0.key, default: .nan], innerR: .nan)
        }, overlap: whole.overlap)
    }
  }
}
