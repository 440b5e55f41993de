import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// What the fit of one target rests on, told before anything is fitted: from the target, and from where the features have
/// rows.
public struct DesignForecast: Sendable {
  public let target: String
  /// Rows that count and that do not, and why.
  public let rows: RowCounts
  /// Outer folds that will count and all of them, and the stimuli that the counted ones test, as `ScoreTable` has them.
  public let foldsCounted: Int
  public let foldsTotal: Int
  public let stimuliCounted: Int
  /// n / (1 + 2 Σ ρ²) of the target's test rows, without position, over the counted folds; NaN where one has none.
  public let effectiveRows: Double
  /// The fewest training rows of a fold; 0 where the target has none.
  public let trainingRows: Int
  /// The widest gap of a fold, in seconds; 0 where the target has none.
  public let gapS: Double
  public let columns: DesignColumns
  /// Those of `EncodingFit` that do not wait for a fit; `low_effective_n`, say, does.
  public let flags: Set<EncodingFlag>
  /// nil while the columns are not known.
  public let detectable: DetectableScore?

  /// Whether the score may be reported, as far as can be told.
  public var isValid: Bool {
    foldsCounted > 0 && !flags.contains { $0.invalidates(stimulusCount: stimuliCounted) }
  }
}

/// Columns of a design.
public struct DesignColumns: Sendable, Equatable {
  /// Delayed columns of the tested bands and of the covariates; nil while their features are not made.
  public let tested: Int?
  public let covariates: Int?
  /// Functions of the time since a stimulus began; nil: position stays.
  public let position: Int?
}

extension EncodingModel {
  /// What a fit of the data would rest on, per target.
  ///
  /// - Parameter widths: columns of every band after reduction and before delays; nil: not known yet. The bands of the data
  ///   only have to be missing where the features are.
  /// - Throws: `E-ENC-...` where there would be no fit, as `fit` does.
  public func forecast(_ data: EncodingData, widths: [Int?]) throws -> [DesignForecast] {
    precondition(widths.count == data.bands.count, "one width per band")
    let problem = try EncodingProblem(data, settings)
    let plan = FoldPlan(problem)
    let outer = try plan.outer()
    var folds = [[ForecastFold]](repeating: [], count: problem.targetCount)
    for (fold, group) in plan.folds(over: outer) {
      try problem.requireRows(of: fold, inner: try plan.inner(of: fold), group)
      let valid = { (rows: [Int]) in rows.filter { group.valid[$0] } }
      let overlaps = problem.overlap(train: valid(fold.train), test: valid(fold.test)) > 0
      for target in group.targets {
        folds[target].append(
          ForecastFold(
            problem, fold, group, target: target, overlaps: overlaps,
            trainsOnNeighbours: plan.trainsOnNeighbours(fold, group, target: target)))
      }
    }
    let tested = Self.columns(data.bands, widths, role: .tested)
    let covariates = Self.columns(data.bands, widths, role: .covariate)
    let memory = problem.memory
    return folds.enumerated().map { target, own in
      DesignForecast(
        problem, plan, target: target, folds: own, total: outer.count { $0.targets.contains(target) },
        columns: DesignColumns(
          tested: tested, covariates: covariates,
          position: problem.positionColumns(problem.treatments[target].columns)?.columns),
        lag1: memory[target])
    }
  }

  private static func columns(_ bands: [Band], _ widths: [Int?], role: Band.Role) -> Int? {
    var sum = 0
    for (band, width) in zip(bands, widths) where band.role == role {
      guard let width else { return nil }
      sum += (band.reduction.map { min($0.components, width) } ?? width) * band.delayColumns.count
    }
    return sum
  }
}

/// What is known of an outer fold of one target before it is fitted.
private struct ForecastFold {
  let stimuli: [String]
  let trainingRows: Int
  let gap: Int
  /// Of the target's test rows.
  let effectiveRows: Double
  /// The share of those rows that the features have.
  let coverage: Double
  let isConstant: Bool
  /// Whether it trains on seconds that it tests.
  let overlaps: Bool
  /// Whether it trains on neighbours of most that it tests.
  let trainsOnNeighbours: Bool

  init(
    _ problem: EncodingProblem, _ fold: Fold, _ group: KeptRows.Group, target: Int, overlaps: Bool,
    trainsOnNeighbours: Bool
  ) {
    (self.overlaps, self.trainsOnNeighbours) = (overlaps, trainsOnNeighbours)
    let own = fold.test.filter { problem.targets[$0, target].isFinite }
    let values = Matrix(rows: own.count, columns: 1, values: own.map { problem.targets[$0, target] })
    stimuli = fold.part.stimuli
    trainingRows = fold.train.count { group.valid[$0] }
    gap = fold.gap
    effectiveRows = problem.effectiveCount(of: target, scoredIn: fold.test)
    coverage = Double(own.count { group.valid[$0] }) / Double(own.count)
    let scored = problem.scored(values, in: own, of: fold.test, as: target)
    isConstant = !scored.values.contains { $0 != scored.values[0] }
  }

  /// A constant target holds no independent values.
  func isLarge(_ least: Double) -> Bool { !isConstant && effectiveRows >= least && coverage >= 0.5 }
}

extension EncodingProblem {
  /// - Throws: `E-ENC-005` where a fit of the fold would have too few rows.
  fileprivate func requireRows(of fold: Fold, inner: [Fold], _ group: KeptRows.Group) throws {
    func count(_ rows: [Int]) -> Int { rows.count { group.valid[$0] } }
    let training = count(fold.train)
    guard training >= 4 else {
      throw EvokeError(
        .foldTooSmall, "fold \(fold.index)", reason: "\(training) training rows have the targets",
        remedy: "use fewer folds, a shorter gap_s or shorter delays")
    }
    let hasChoice = bands.contains { if case .selected = $0.penalty { true } else { false } }
    guard !hasChoice || inner.contains(where: { count($0.train) >= 4 && count($0.test) >= 2 }) else {
      throw EvokeError(
        .foldTooSmall, targetNames[group.targets[0]], reason: "no inner fold has rows of this target",
        remedy: "use fewer folds or a shorter gap_s")
    }
  }
}

extension DesignForecast {
  /// - Parameter lag1: of the target without position, within pieces; NaN for one without rows.
  fileprivate init(
    _ problem: EncodingProblem, _ plan: FoldPlan, target: Int, folds: [ForecastFold], total: Int,
    columns: DesignColumns, lag1: Double
  ) {
    let least = problem.settings.minimumEffectiveCount
    let large = folds.filter { $0.isLarge(least) }
    let leavesOut = problem.settings.smallFold == .leaveOut && large.count >= 2
    let counted = (leavesOut ? large : folds).filter { !$0.isConstant }
    self.target = problem.targetNames[target]
    rows = problem.kept.counts[target]
    (foldsCounted, foldsTotal) = (counted.count, total)
    stimuliCounted = Set(counted.flatMap(\.stimuli)).count
    effectiveRows = counted.reduce(0) { $0 + $1.effectiveRows }
    trainingRows = folds.isEmpty ? 0 : folds.map(\.trainingRows).reduce(.max, min)
    gapS = Double(folds.map(\.gap).reduce(0, max)) * problem.dt
    self.columns = columns
    let (effective, count) = (effectiveRows, counted.count)
    // A delay that is chosen is fitted, too.
    let chosen = problem.bands.contains { $0.delayColumns.shape == .chosen } ? 1 : 0
    detectable = columns.tested.map { DetectableScore(effectiveRows: effective, columns: $0 + chosen, folds: count) }
    // Of a target without rows nothing is fitted, and nothing is said of its columns.
    var flags = folds.isEmpty ? [] : columns.flags(trainingRows: trainingRows)
    if folds.contains(where: { $0.gap < plan.baseGap }) { flags.insert(.gapBelowDelays) }
    if folds.contains(where: \.isConstant) { flags.insert(.constantTarget) }
    if problem.bands.contains(where: { $0.reduction?.fit == .dataset }) { flags.insert(.transductive) }
    if folds.contains(where: \.overlaps) { flags.insert(.trainedOnTest) }
    if folds.contains(where: \.trainsOnNeighbours) { flags.insert(.neighboursTrainedOn) }
    if lag1 > 0.98 { flags.insert(.nearNonstationary) }
    if problem.leavesSlowIn(target) { flags.insert(.slowLeftIn) }
    if !folds.isEmpty {
      if large.count < 2 { flags.insert(.foldsTooSmall) }
      if leavesOut, large.count < folds.count { flags.insert(.smallFoldsLeftOut) }
      if foldsCounted < CorrectedT.minimum { flags.insert(.fewFolds) }
      if 2 * foldsCounted < total { flags.insert(.mostFoldsLeftOut) }
    }
    self.flags = flags
  }
}

extension DesignColumns {
  fileprivate func flags(trainingRows: Int) -> Set<EncodingFlag> {
    var flags: Set<EncodingFlag> = []
    if let tested, tested >= trainingRows { flags.insert(.columnsExceedRows) }
    if let covariates, covariates > 0, covariates >= trainingRows { flags.insert(.covariatesExceedRows) }
    return flags
  }
}
