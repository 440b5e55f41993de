import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// Ridge regression from delayed features to targets with nested cross-validation over blocks of time.
///
/// `y(t) = b + Σ_f Σ_d w_fd x_f(t - d)`, minimising `‖y_c - Zw‖² + λ‖w‖²` on the training rows of every outer fold, with
/// λ chosen per target by inner folds of the same scheme. Reduction, centring and scaling are fitted on training rows
/// only. Rows with a missing feature, or a missing value of the target, are left out for that target.
public struct EncodingModel: Sendable {
  public var settings: EncodingSettings
  /// Whether several bands are fitted alone, each with its own lambda, and their predictions weighed (`BandStack`); nothing
  /// is divided among them then.
  public var stacksBands: Bool

  public init(_ settings: EncodingSettings = EncodingSettings(), stacksBands: Bool = false) {
    (self.settings, self.stacksBands) = (settings, stacksBands)
  }

  /// Fits and scores; throws `E-ENC-...` when the data do not allow it.
  public func fit(_ data: EncodingData) throws -> EncodingFit { try fit(data, BandCache()) }

  /// Fits and counts the folds that another fit of the same targets on the same rows counts, so that both scores are means
  /// over the same folds.
  public func fit(_ data: EncodingData, countedAs reference: EncodingFit) throws -> EncodingFit {
    try fit(data, BandCache(), countedAs: reference)
  }

  /// Fits, sharing reductions with other models of the same features on the same rows: those of `kept`, or else all that
  /// count in the data; `reference` tells which folds count, else the effective n does.
  func fit(
    _ data: EncodingData, _ cache: BandCache, kept: KeptRows? = nil, columns: PositionColumns.Kind = .cosines,
    countedAs reference: EncodingFit? = nil
  ) throws -> EncodingFit {
    let problem = try EncodingProblem(data, settings, kept: kept, columns: columns)
    let plan = FoldPlan(problem)
    let outer = try plan.outer()
    let isStack = stacksBands && problem.bands.count > 1
    let candidates = isStack ? [] : problem.candidates
    var fits: [FittedFold] = []
    for (fold, members) in plan.folds(over: outer) {
      let inner = try plan.inner(of: fold)
      fits +=
        isStack
        ? [try FittedFold.stacked(problem, group: members, fold: fold, inner: inner, cache: cache)]
        : try FittedFold.fits(candidates, group: members, fold: fold, inner: inner, cache: cache)
    }
    let tooSmall =
      if let reference { FittedFold.count(&fits, as: reference) } else {
        try FittedFold.leaveOutSmall(&fits, problem)
      }
    return EncodingFit(problem, outer, fits, tooSmall: tooSmall)
  }
}

/// An outer fold of one target group with its selected lambdas and its predictions.
struct FittedFold: Sendable {
  let fold: Fold
  let targets: [Int]
  let prepared: PreparedFold
  /// Per target of the group; of a stack, which has one for each band, NaN and the place of one that it weighs: at an end
  /// of the grid where one is.
  let lambdaIndex: [Int]
  let lambdas: [Double]
  /// Per band what λ is multiplied by; nil for a fixed penalty.
  let penaltyFactors: [Double?]
  /// nil: the bands are fitted together.
  let stack: BandStack?
  let full: Matrix
  let zeroed: Matrix?
  let alone: Matrix?
  let weightHash: UInt64
  /// Per target of the group: the delay that the training rows choose; nil where there is no choice, and in a stack.
  let delays: [Int?]
  /// Per target of the group: the Fisher mean over inner folds of r inside the training part, at the chosen lambda; NaN
  /// where nothing is chosen.
  let innerR: [Double]
  /// Per target of the group: n / (1 + 2 Σ ρ²) of the target's test rows, whatever the features lack of them.
  let effectiveCount: [Double]
  /// Per target of the group: the share of those rows that the features have.
  let coverage: [Double]
  /// Per target of the group: whether the fold counts in means over folds.
  var isCounted: [Bool]

  /// The fold fitted for every target with the candidate and lambda that its inner folds choose; targets of one candidate
  /// are fitted together.
  static func fits(
    _ candidates: [EncodingProblem], group: KeptRows.Group, fold: Fold, inner: [Fold], cache: BandCache
  ) throws -> [FittedFold] {
    cache.expectParts(of: fold.train.filter { group.valid[$0] })
    let hasChoice = candidates[0].bands.contains { if case .selected = $0.penalty { true } else { false } }
    let paths = hasChoice ? try candidates.map { try Self.innerPath($0, group, inner, cache) } : []
    let chosen = paths.map { best($0.loss, candidates[0].settings.lambdaScope) }
    let choices = group.targets.indices.map { k in
      // Ties take the earlier candidate, the equal share first; without a choice the first is the only one.
      paths.indices.dropFirst().reduce(0) {
        paths[$1].loss[chosen[$1][k], k] < paths[$0].loss[chosen[$0][k], k] ? $1 : $0
      }
    }
    return try Dictionary(grouping: group.targets.indices, by: { choices[$0] }).sorted { $0.key < $1.key }.map {
      candidate, members in
      try FittedFold(
        candidates[candidate], group: KeptRows.Group(targets: members.map { group.targets[$0] }, valid: group.valid),
        fold: fold, chosen: members.map { hasChoice ? chosen[candidate][$0] : 0 },
        innerR: members.map { hasChoice ? paths[candidate].r(chosen[candidate][$0], $0) : .nan }, stack: nil,
        cache: cache)
    }
  }

  /// The fold with every band fitted alone at the lambdas that its inner folds choose, weighed by what these leave out.
  static func stacked(
    _ problem: EncodingProblem, group: KeptRows.Group, fold: Fold, inner: [Fold], cache: BandCache
  ) throws -> FittedFold {
    cache.expectParts(of: fold.train.filter { group.valid[$0] })
    let (bands, grid) = (problem.bands.indices.map { problem.only($0) }, problem.settings.lambdas)
    let chosen = try bands.map { best(try innerPath($0, group, inner, cache).loss, problem.settings.lambdaScope) }
    var errors = HeldOutErrors()
    for fold in inner where isUsable(fold, group) {
      let parts = try bands.map { try PreparedFold($0, group, fold, cache) }
      let own = try zip(parts, chosen).map { part, chosen in
        var left = part.deviations
        let prediction = try part.predict(part.series, lambdas: grid.lambdas(chosen, trainCount: part.train.count))
        for i in left.values.indices { left.values[i] -= prediction.full.values[i] }
        return left
      }
      errors.add(own, truth: parts[0].deviations)
    }
    let shares = errors.shares(targets: group.targets.count, bands: bands.count)
    let parts = try bands.map { try PreparedFold($0, group, fold, cache) }
    let lambdas = zip(parts, chosen).map { grid.lambdas($1, trainCount: $0.train.count) }
    let told = group.targets.indices.map { k in
      let weighed = bands.indices.filter { shares[$0, k] > 0 }.map { chosen[$0][k] }
      return weighed.first { $0 == 0 || $0 == grid.values.count - 1 } ?? weighed[0]
    }
    return try FittedFold(
      problem, group: group, fold: fold, chosen: told, innerR: errors.r(shares),
      stack: BandStack(parts, lambdas: lambdas, shares: shares), cache: cache)
  }

  private init(
    _ problem: EncodingProblem, group: KeptRows.Group, fold: Fold, chosen: [Int], innerR: [Double], stack: BandStack?,
    cache: BandCache
  ) throws {
    self.fold = fold
    self.innerR = innerR
    self.stack = stack
    targets = group.targets
    prepared = try PreparedFold(problem, group, fold, cache)
    lambdaIndex = chosen
    penaltyFactors = problem.bands.map { if case .selected(let factor) = $0.penalty { factor } else { nil } }
    lambdas =
      stack == nil
      ? problem.settings.lambdas.lambdas(chosen, trainCount: prepared.train.count) : chosen.map { _ in .nan }
    let prediction =
      try stack?.predict(prepared.series, targets: prepared.y)
      ?? prepared.predict(prepared.series, lambdas: lambdas)
    full = prediction.full
    zeroed = prediction.zeroed
    alone = prediction.alone
    let choice = problem.bands.first { $0.delayColumns.shape == .chosen }?.delayColumns
    // Bands of a stack have each their own.
    let places = stack == nil ? prediction.choices.first : nil
    delays = targets.indices.map { target in places.flatMap { choice?.delays[$0[target]] } }
    var hash = StableHash()
    hash.combine(prediction.weights.values)
    weightHash = hash.finalized
    let (test, truth) = (prepared.test, prepared.deviations)
    let ofTarget = group.targets.map { target in fold.test.count { problem.targets[$0, target].isFinite } }
    coverage = ofTarget.map { Double(test.count) / Double($0) }
    effectiveCount = group.targets.enumerated().map { k, target in
      guard ofTarget[k] == test.count else { return problem.effectiveCount(of: target, scoredIn: fold.test) }
      let series = problem.byPiece(test) { truth[$0, k] }
      return Autocorrelation.effectiveCount(series, series)
    }
    isCounted = group.targets.map { _ in true }
  }

  /// Leaves folds whose test part has too small an effective n, or less than half of it in the features, out of the means
  /// of their target; returns the targets with fewer than two folds left, which keep all of theirs.
  static func leaveOutSmall(_ fits: inout [FittedFold], _ problem: EncodingProblem) throws -> Set<Int> {
    let least = problem.settings.minimumEffectiveCount
    var remaining = [Int](repeating: 0, count: problem.targetCount)
    var present = remaining
    for fit in fits {
      for (k, t) in fit.targets.enumerated() {
        present[t] += 1
        if fit.isLarge(k, least) { remaining[t] += 1 }
        let count = fit.effectiveCount[k]
        guard problem.settings.smallFold == .refuse, !(count >= least) else { continue }
        throw EvokeError(
          .foldTooSmall, "fold \(fit.fold.index), \(problem.targetNames[t])",
          reason: "the test part has \(count.isNaN ? "no effective n" : "an effective n of \(Int(count))") "
            + "(\(fit.prepared.test.count) rows)",
          remedy: "use fewer folds or leave whole stimuli out")
      }
    }
    if problem.settings.smallFold == .leaveOut {
      for i in fits.indices {
        for (k, t) in fits[i].targets.enumerated() where remaining[t] >= 2 {
          fits[i].isCounted[k] = fits[i].isLarge(k, least)
        }
      }
    }
    return Set(remaining.indices.filter { present[$0] > 0 && remaining[$0] < 2 })
  }

  /// Counts the folds that a reference counts; returns the targets of which it has too few.
  fileprivate static func count(_ fits: inout [FittedFold], as reference: EncodingFit) -> Set<Int> {
    struct Cell: Hashable {
      let fold: String
      let target: Int
    }
    var counted: Set<Cell> = []
    for fit in reference.fits {
      for (k, t) in fit.targets.enumerated() where fit.isCounted[k] {
        counted.insert(Cell(fold: fit.fold.part.key, target: t))
      }
    }
    for i in fits.indices {
      for (k, t) in fits[i].targets.enumerated() {
        fits[i].isCounted[k] = counted.contains(Cell(fold: fits[i].fold.part.key, target: t))
      }
    }
    return Set(reference.flags.indices.filter { reference.flags[$0].contains(.foldsTooSmall) })
  }

  private func isLarge(_ target: Int, _ least: Double) -> Bool {
    effectiveCount[target] >= least && coverage[target] >= 0.5
  }

  /// What the inner folds say of every lambda of the grid, `[lambdas, targets]`.
  private struct InnerPath {
    /// The squared error (or 1 - r) summed over inner folds.
    var loss: Matrix
    /// The mean over inner folds of Fisher z of r.
    var z: Matrix

    func r(_ lambda: Int, _ target: Int) -> Double { Correlation.inverseFisherZ(z[lambda, target]) }
  }

  private static func innerPath(
    _ problem: EncodingProblem, _ group: KeptRows.Group, _ inner: [Fold], _ cache: BandCache
  ) throws -> InnerPath {
    let grid = problem.settings.lambdas
    let count = group.targets.count
    var loss = Matrix(rows: grid.values.count, columns: count)
    var z = loss
    var used = 0
    for fold in inner {
      guard isUsable(fold, group) else { continue }
      let prepared = try PreparedFold(problem, group, fold, cache)
      let all = grid.lambdas(Array(grid.values.indices), trainCount: prepared.train.count)
      let (sse, r) = try prepared.validation(all)
      used += 1
      for i in loss.values.indices {
        loss.values[i] += problem.settings.selection == .sse ? sse.values[i] : 1 - r.values[i]
        z.values[i] += Correlation.fisherZ(r.values[i])
      }
    }
    guard used > 0 else {
      throw EvokeError(
        .foldTooSmall, problem.targetNames[group.targets[0]], reason: "no inner fold has rows of this target",
        remedy: "use fewer folds or a shorter gap_s")
    }
    for i in z.values.indices { z.values[i] /= Double(used) }
    return InnerPath(loss: loss, z: z)
  }

  /// Whether an inner fold has rows enough of a group.
  private static func isUsable(_ fold: Fold, _ group: KeptRows.Group) -> Bool {
    fold.train.count { group.valid[$0] } >= 4 && fold.test.count { group.valid[$0] } >= 2
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

extension FittedFold {
  /// With other series of the bands and other centred training targets.
  func predict(_ series: [[Double]], targets y: Matrix) throws -> FoldPrediction {
    try stack?.predict(series, targets: y) ?? prepared.predict(series, targets: y, lambdas: lambdas)
  }

  /// The full prediction alone, to rounding; nil where `predict` has to make it.
  func drawn(_ series: [[Double]], targets y: Matrix, sharing: SharedColumns?) throws -> Matrix? {
    guard let stack else { return try prepared.drawn(series, targets: y, lambdas: lambdas, sharing: sharing) }
    return try stack.drawn(series, targets: y, sharing: sharing)
  }

  /// What every band of a selected penalty adds to the prediction.
  func contributions() throws -> [Matrix] {
    try stack?.contributions() ?? prepared.contributions(lambdas: lambdas)
  }
}

extension LambdaGrid {
  /// Penalties of the loss at places of the grid.
  func lambdas(_ places: [Int], trainCount: Int) -> [Double] {
    let factor = scale == .trainCount ? Double(trainCount) : 1
    return places.map { values[$0] * factor }
  }
}
