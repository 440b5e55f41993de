import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// Ridge regression from delayed features to targets with nested cross-validation over blocks of time (SCIENCE 11).
///
/// `y(t) = b + Σ_f Σ_d w_fd x_f(t - d)`, minimising `‖y_c - Zw‖² + λ‖w‖²` on the training rows of every outer fold, with
/// λ chosen per target by inner folds of the same scheme. Reduction, centring and scaling are fitted on training rows
/// only. Rows with a missing feature, or a missing value of the target, are left out for that target.
public struct EncodingModel: Sendable {
  public var settings: EncodingSettings

  public init(_ settings: EncodingSettings = EncodingSettings()) { self.settings = settings }

  /// Fits and scores; throws `E-ENC-...` when the data do not allow it.
  public func fit(_ data: EncodingData) throws -> EncodingFit { try fit(data, BandCache()) }

  /// Fits, sharing reductions with other models of the same features on the same rows.
  func fit(_ data: EncodingData, _ cache: BandCache) throws -> EncodingFit {
    let problem = try EncodingProblem(data, settings)
    let plan = FoldPlan(problem)
    let outer = try plan.outer()
    let candidates = problem.candidates
    var fits: [FittedFold] = []
    for group in problem.groups {
      for part in outer where part.test.count(where: { group.valid[$0] }) >= 2 {
        for (fold, members) in plan.folds(part, of: group) {
          fits += try FittedFold.fits(
            candidates, group: members, fold: fold, inner: try plan.inner(of: fold), cache: cache)
        }
      }
    }
    let tooSmall = try FittedFold.leaveOutSmall(&fits, problem)
    return EncodingFit(problem, outer, fits, tooSmall: tooSmall)
  }
}

/// An outer fold of one target group with its selected lambdas and its predictions.
struct FittedFold: Sendable {
  let fold: Fold
  let targets: [Int]
  let prepared: PreparedFold
  /// Per target of the group.
  let lambdaIndex: [Int]
  let lambdas: [Double]
  let full: Matrix
  let zeroed: Matrix?
  let alone: Matrix?
  let weightHash: UInt64
  /// Per target of the group: n / (1 + 2 Σ ρ²) of the target's test rows.
  let effectiveCount: [Double]
  /// Per target of the group: whether the fold counts in means over folds.
  var isCounted: [Bool]

  /// The fold fitted for every target with the candidate and lambda that its inner folds choose; targets of one candidate
  /// are fitted together.
  fileprivate static func fits(
    _ candidates: [EncodingProblem], group: KeptRows.Group, fold: Fold, inner: [Fold], cache: BandCache
  ) throws -> [FittedFold] {
    let hasChoice = candidates[0].bands.contains { if case .selected = $0.penalty { true } else { false } }
    let losses = hasChoice ? try candidates.map { try Self.losses($0, group, inner, cache) } : []
    let chosen = losses.map { best($0, candidates[0].settings.lambdaScope) }
    let choices = group.targets.indices.map { k in
      // Ties take the earlier candidate, the equal share first; without a choice the first is the only one.
      losses.indices.dropFirst().reduce(0) { losses[$1][chosen[$1][k], k] < losses[$0][chosen[$0][k], k] ? $1 : $0 }
    }
    return try Dictionary(grouping: group.targets.indices, by: { choices[$0] }).sorted { $0.key < $1.key }.map {
      candidate, members in
      try FittedFold(
        candidates[candidate], group: KeptRows.Group(targets: members.map { group.targets[$0] }, valid: group.valid),
        fold: fold,
        chosen: members.map { hasChoice ? chosen[candidate][$0] : 0 }, cache: cache)
    }
  }

  private init(
    _ problem: EncodingProblem, group: KeptRows.Group, fold: Fold, chosen: [Int], cache: BandCache
  ) throws {
    self.fold = fold
    targets = group.targets
    prepared = try PreparedFold(problem, group, fold, cache)
    let scale = problem.settings.lambdas.scale == .trainCount ? Double(prepared.train.count) : 1
    lambdaIndex = chosen
    lambdas = chosen.map { problem.settings.lambdas.values[$0] * scale }
    let prediction = try prepared.predict(prepared.series, lambdas: lambdas)
    full = prediction.full
    zeroed = prediction.zeroed
    alone = prediction.alone
    var hash = StableHash()
    hash.combine(prediction.weights.values)
    weightHash = hash.finalized
    let test = prepared.test
    effectiveCount = group.targets.map { target in
      let series = BandCache.segments(test) { problem.targets[$0, target] }
      return Autocorrelation.effectiveCount(series, series)
    }
    isCounted = group.targets.map { _ in true }
  }

  /// Leaves folds whose test part has too small an effective n out of the means of their target (SCIENCE 11A.13);
  /// returns the targets with fewer than two folds left, which keep all of theirs.
  ///
  /// The effective n is that of the target's own test rows, n / (1 + 2 Σ ρ²): a feature as slow as the target. It does
  /// not depend on the features, so layers and nulls of one target count the same folds.
  fileprivate static func leaveOutSmall(_ fits: inout [FittedFold], _ problem: EncodingProblem) throws -> Set<Int> {
    let least = problem.settings.minimumEffectiveCount
    var remaining = [Int](repeating: 0, count: problem.targetCount)
    var present = remaining
    for fit in fits {
      for (k, t) in fit.targets.enumerated() {
        present[t] += 1
        if fit.effectiveCount[k] >= least { remaining[t] += 1 }
        guard problem.settings.smallFold == .refuse, fit.effectiveCount[k] < least else { continue }
        throw EvokeError(
          .foldTooSmall, "fold \(fit.fold.index), \(problem.targetNames[t])",
          reason: "the test part has an effective n of \(Int(fit.effectiveCount[k])) (\(fit.prepared.test.count) rows)",
          remedy: "use fewer folds or leave whole stimuli out")
      }
    }
    if problem.settings.smallFold == .leaveOut {
      for i in fits.indices {
        for (k, t) in fits[i].targets.enumerated() where remaining[t] >= 2 {
          fits[i].isCounted[k] = fits[i].effectiveCount[k] >= least
        }
      }
    }
    return Set(remaining.indices.filter { present[$0] > 0 && remaining[$0] < 2 })
  }

  /// Lambda x target: the squared error (or 1 - r) summed over inner folds.
  private static func losses(
    _ problem: EncodingProblem, _ group: KeptRows.Group, _ inner: [Fold], _ cache: BandCache
  ) throws -> Matrix {
    let grid = problem.settings.lambdas
    let count = group.targets.count
    var loss = Matrix(rows: grid.values.count, columns: count)
    var used = 0
    for fold in inner {
      let trainCount = fold.train.count { group.valid[$0] }
      guard trainCount >= 4, fold.test.count(where: { group.valid[$0] }) >= 2 else { continue }
      let scale = grid.scale == .trainCount ? Double(trainCount) : 1
      let prepared = try PreparedFold(problem, group, fold, cache)
      let (sse, r) = try prepared.validation(grid.values.map { $0 * scale })
      used += 1
      for i in loss.values.indices {
        loss.values[i] += problem.settings.selection == .sse ? sse.values[i] : 1 - r.values[i]
      }
    }
    guard used > 0 else {
      throw EvokeError(
        .foldTooSmall, problem.targetNames[group.targets[0]], reason: "no inner fold has rows of this target",
        remedy: "use fewer folds or a shorter gap_s")
    }
    return loss
  }

  /// The grid index per target with the least loss; ties take the larger lambda.
  private static func best(_ loss: Matrix, _ scope: LambdaSharing) -> [Int] {
    let (size, count) = (loss.rows, loss.columns)
    let best = (0..<count).map { t in lowest((0..<size).map { loss[$0, t] }) }
    guard scope == .shared else { return best }
    // Every target counts alike: its loss relative to its own mean over the grid.
    let shared = (0..<size).map { l in
      (0..<count).reduce(0.0) { sum, t in
        let mean = (0..<size).reduce(0.0) { $0 + loss[$1, t] }
        return sum + (mean > 0 ? loss[l, t] / mean : 0)
      }
    }
    return [Int](repeating: lowest(shared), count: count)
  }

  private static func lowest(_ losses: [Double]) -> Int {
    let least = losses.reduce(.infinity, min)
    return losses.lastIndex { $0 <= least + 1e-12 * abs(least) } ?? losses.count - 1
  }
}
