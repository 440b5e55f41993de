import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// A model trained on one cohort and tested on another: reduction, centring, scaling and lambda are all of the first.
///
/// Every fold tests rows of the second cohort, cut as those of both together are, and trains on all rows of the first but
/// those that show what is tested, or seconds within the gap: cohorts that share stimuli share material
/// (`Piece.material`), and nothing that is tested is trained on in whichever cohort. r of a fold compares predictions with
/// the second cohort's targets; slow courses are taken out of both as the settings say.
public struct CohortTransfer: Sendable {
  /// Per target.
  public let scores: [FoldwiseScores]

  /// - Parameters:
  ///   - training: its bands say how features are reduced and delayed.
  ///   - testing: the same features and targets, in columns that mean the same.
  /// - Throws: `E-ENC-...` where the data allow no fold, as `EncodingModel`.
  public init(training: EncodingData, testing: EncodingData, settings: EncodingSettings) throws {
    guard training.targetNames == testing.targetNames, training.bands.count == testing.bands.count,
      training.dt == testing.dt
    else {
      throw EvokeError(
        .noCommonData, "transfer between cohorts",
        reason: "they differ in targets, features or seconds per row",
        remedy: "give both cohorts the same regions and the same grid: `filters: {regions: [...], grid: 1}`")
    }
    var data = training
    data.pieces =
      training.pieces.map { $0.named("train") } + testing.pieces.map { $0.named("test") }
    let problem = try EncodingProblem(data, settings)
    let plan = FoldPlan(problem)
    let boundary = problem.pieces[training.pieces.count].lowerBound
    let cache = BandCache()
    var folds = [[FoldwiseScores.Fold]](repeating: [], count: problem.targetCount)
    for (fold, group) in plan.folds(over: try plan.outer()) {
      guard let own = fold.crossing(boundary, group) else { continue }
      let fits = try FittedFold.fits(
        problem.candidates, group: group, fold: own, inner: try plan.inner(of: own), cache: cache)
      for fit in fits {
        for (k, target) in fit.targets.enumerated() {
          let counts = fit.effectiveCount[k] >= settings.minimumEffectiveCount && fit.coverage[k] >= 0.5
          let r = Correlation.pearson(fit.full.column(k), fit.prepared.deviations.column(k))
          folds[target].append(
            FoldwiseScores.Fold(
              key: own.part.key, stimuli: own.part.stimuli, r: counts ? r : .nan, innerR: fit.innerR[k]))
        }
      }
    }
    scores = folds.map { FoldwiseScores(folds: $0) }
  }
}

extension Piece {
  /// As a showing to one of two cohorts.
  fileprivate func named(_ cohort: String) -> Piece {
    var copy = self
    copy.run = run.map { "\(cohort) \($0)" }
    copy.runs = Set(runs.map { "\(cohort) \($0)" })
    return copy
  }
}

extension Fold {
  /// The same with training rows before a row and test rows from it on; nil where one of them has too few that count.
  fileprivate func crossing(_ boundary: Int, _ group: KeptRows.Group) -> Fold? {
    let (before, after) = (train.filter { $0 < boundary }, test.filter { $0 >= boundary })
    func count(_ rows: [Int]) -> Int { rows.count { group.valid[$0] } }
    guard count(before) >= 4, count(after) >= 3 else { return nil }
    let tested = TestPart(
      index: part.index, targets: part.targets, test: after, testStimuli: part.testStimuli, stimuli: part.stimuli,
      key: part.key)
    return Fold(part: tested, train: before, gap: gap, decay: decay)
  }
}
