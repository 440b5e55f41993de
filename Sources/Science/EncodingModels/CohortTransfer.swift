import Diagnostics
import Vocabulary

/// A model trained on one cohort and tested on another: reduction, centring, scaling and lambda are all of the first.
///
/// Every fold tests rows of the second cohort, cut as those of both together are, and trains on all rows of the first but
/// those that show what is tested, or seconds within the gap: cohorts that share stimuli share material
/// (`Piece.material`), and nothing that is tested is trained on in whichever cohort. r of a fold compares predictions with
/// the second cohort's targets; slow courses are taken out of both as the settings say.
public struct CohortTransfer: Sendable {
  /// Per target, over the folds that test rows of the second cohort.
  public let scores: [FoldwiseScores]
  /// Per target, by the rules of every fit, of the fits that are transferred and of their check.
  public let flags: [Set<EncodingFlag>]

  /// - Parameters:
  ///   - training: its bands say how features are reduced and delayed.
  ///   - testing: the same features and targets, in columns that mean the same.
  ///   - draws: of the check's nulls; 0: a course that the tested stimuli share is not looked for, as in `PositionControl`.
  /// - Throws: `E-ENC-...` where the data allow no fold, as `EncodingModel`.
  public init(
    training: EncodingData, testing: EncodingData, settings: EncodingSettings, draws: Int, seed: UInt64
  ) throws {
    guard training.targetNames == testing.targetNames, training.bands.count == testing.bands.count,
      training.dt == testing.dt
    else {
      throw EvokeError(
        .noCommonData, "transfer between cohorts",
        reason: "they differ in targets, features or seconds per row",
        remedy: "give both cohorts the same regions and the same grid: `filters: {regions: [...], grid: 1}`")
    }
    let fit = try EncodingFit(from: training, to: testing, settings)
    scores = fit.flags.indices.map(fit.full.foldwise)
    guard draws > 0 else {
      flags = fit.flags
      return
    }
    let check = try CourseCheck(
      try CommonSeconds.result(testing, trainedOn: training, settings: settings), of: testing, draws: draws, seed: seed)
    flags = fit.flags.enumerated().map { target, own in own.union(check.flags(of: target)) }
  }
}

extension EncodingFit {
  /// Of the pieces of one cohort, then those of another; every fold trains on the first and tests the second.
  init(from training: EncodingData, to testing: EncodingData, _ settings: EncodingSettings) throws {
    var data = training
    data.pieces = training.pieces.map { $0.named("train") } + testing.pieces.map { $0.named("test") }
    let problem = try EncodingProblem(data, settings)
    let plan = FoldPlan(problem)
    let boundary = problem.pieces[training.pieces.count].lowerBound
    let cache = BandCache()
    let parts = try plan.outer()
    var fits: [FittedFold] = []
    for (fold, group) in plan.folds(over: parts) {
      guard let own = fold.crossing(boundary, group) else { continue }
      fits += try FittedFold.fits(
        problem.candidates, group: group, fold: own, inner: try plan.inner(of: own), cache: cache)
    }
    let tooSmall = try FittedFold.leaveOutSmall(&fits, problem)
    self.init(
      problem, parts.map { $0.from(boundary) }.filter { $0.test.count >= 2 }, fits, tooSmall: tooSmall)
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
    let before = train.filter { $0 < boundary }
    func count(_ rows: [Int]) -> Int { rows.count { group.valid[$0] } }
    guard count(before) >= 4, count(test.filter { $0 >= boundary }) >= 3 else { return nil }
    return Fold(part: part.from(boundary), train: before, gap: gap, decay: decay)
  }
}

extension TestPart {
  /// The same with rows from a boundary on.
  fileprivate func from(_ boundary: Int) -> TestPart {
    TestPart(
      index: index, targets: targets, test: test.filter { $0 >= boundary }, testStimuli: testStimuli, stimuli: stimuli,
      key: key)
  }
}
