import Diagnostics
import LinearAlgebra
import Statistics

/// Which prediction of a fitted fold a table is made of.
enum PredictionMode { case full, zeroed, alone }

extension FittedFold {
  func prediction(_ mode: PredictionMode) -> Matrix? {
    switch mode {
    case .full: full
    case .zeroed: zeroed
    case .alone: alone
    }
  }
}

extension EncodingFit {
  init(_ problem: EncodingProblem, _ outer: [TestPart], _ fits: [FittedFold], tooSmall: Set<Int>) {
    self.problem = problem
    self.fits = fits
    func table(_ mode: PredictionMode) -> ScoreTable? {
      fits.allSatisfy { $0.prediction(mode) != nil } ? ScoreTable(problem, outer, fits, mode) : nil
    }
    guard let full = table(.full) else { preconditionFailure("every fold predicts") }
    self.full = full
    zeroed = table(.zeroed)
    covariatesAlone = table(.alone)
    let sampleCount = (0..<problem.targetCount).map { t in
      full.predictions.reduce(0) { sum, piece in sum + piece.column(t).count { !$0.isNaN } }
    }
    self.sampleCount = sampleCount
    effectiveCount = sampleCount.enumerated().map { t, rows in
      let known = full.folds.map { $0.effectiveCount[t] }.filter { !$0.isNaN }
      let tested = full.folds.reduce(0) { $0 + $1.testCount[t] }
      // Chunks test a row again and again; it is one row.
      return known.isEmpty ? .nan : known.reduce(0, +) * Double(rows) / Double(tested)
    }
    rowCounts = problem.kept.counts
    lag1 = problem.memory
    evidence = fits.map { fit in
      var hash = StableHash()
      for band in fit.prepared.fitted { hash.combine(band.hash) }
      return FoldEvidence(
        fold: fit.fold.index, targets: fit.targets, trainRowsHash: fit.prepared.trainRowsHash,
        transformHash: hash.finalized, weightHash: fit.weightHash,
        testStimuli: problem.stimuli(of: fit.prepared.test), trainStimuli: problem.stimuli(of: fit.prepared.train),
        overlap: problem.overlap(train: fit.prepared.train, test: fit.prepared.test))
    }
    var flags = Self.flags(problem, fits, full: full, lag1: lag1, tooSmall: tooSmall)
    for fold in evidence where fold.overlap > 0 { for t in fold.targets { flags[t].insert(.trainedOnTest) } }
    for t in Self.trainedOnNeighbours(problem, fits) { flags[t].insert(.neighboursTrainedOn) }
    if let alone = covariatesAlone {
      for t in flags.indices where min(alone.r2[t], full.r2[t]) < -1 { flags[t].insert(.unstableR2) }
    }
    self.flags = flags
  }

  /// Targets of which a fold trains on neighbours of most that it tests.
  private static func trainedOnNeighbours(_ problem: EncodingProblem, _ fits: [FittedFold]) -> Set<Int> {
    guard problem.settings.gap != .automatic else { return [] }
    let plan = FoldPlan(problem)
    return problem.groups.reduce(into: []) { found, group in
      let own = Set(group.targets)
      for fit in fits {
        for t in fit.targets where own.contains(t) && !found.contains(t) {
          if plan.trainsOnNeighbours(fit.fold, group, target: t) { found.insert(t) }
        }
      }
    }
  }

  private static func flags(
    _ problem: EncodingProblem, _ fits: [FittedFold], full: ScoreTable, lag1: [Double],
    tooSmall: Set<Int>
  ) -> [Set<EncodingFlag>] {
    var flags = [Set<EncodingFlag>](repeating: [], count: problem.targetCount)
    let last = problem.settings.lambdas.values.count - 1
    let span = FoldPlan(problem).baseGap
    for fit in fits {
      var common: Set<EncodingFlag> = []
      for (band, fitted) in fit.prepared.fitted.enumerated() {
        guard let reduction = problem.bands[band].reduction else { continue }
        if reduction.fit == .dataset { common.insert(.transductive) }
        if fitted.effectiveRows < Double(10 * reduction.components) { common.insert(.pcaUnstable) }
      }
      if fit.fold.gap < span { common.insert(.gapBelowDelays) }
      if let elimination = fit.prepared.elimination, elimination.columnCount >= fit.prepared.train.count {
        common.insert(.covariatesExceedRows)
      }
      if fit.prepared.columnCount >= fit.prepared.train.count { common.insert(.columnsExceedRows) }
      for (k, t) in fit.targets.enumerated() {
        flags[t].formUnion(common)
        if !fit.isCounted[k] { flags[t].insert(.smallFoldsLeftOut) }
        let edge = fit.lambdaIndex[k] == 0 || fit.lambdaIndex[k] == last
        if edge, last > 0, !fit.prepared.selected.isEmpty { flags[t].insert(.lambdaAtEdge) }
      }
    }
    for fold in full.folds {
      for t in 0..<problem.targetCount where fold.testCount[t] > 0 {
        if fold.r[t].isNaN { flags[t].insert(.constantTarget) }
        if fold.r[t] == 0 { flags[t].insert(.constantPrediction) }
        if fold.effectiveCount[t] < problem.settings.minimumEffectiveCount { flags[t].insert(.lowEffectiveCount) }
      }
    }
    for t in tooSmall { flags[t].insert(.foldsTooSmall) }
    for t in problem.groups.flatMap(\.targets) {
      let counted = full.foldsCounted(of: t)
      if counted < CorrectedT.minimum { flags[t].insert(.fewFolds) }
      if 2 * counted < full.foldsTotal(of: t) { flags[t].insert(.mostFoldsLeftOut) }
    }
    for t in 0..<problem.targetCount where lag1[t] > 0.98 { flags[t].insert(.nearNonstationary) }
    for t in 0..<problem.targetCount where problem.leavesSlowIn(t) { flags[t].insert(.slowLeftIn) }
    return flags
  }
}

extension ScoreTable {
  init(_ problem: EncodingProblem, _ outer: [TestPart], _ fits: [FittedFold], _ mode: PredictionMode) {
    let count = problem.targetCount
    var sums = Matrix(rows: problem.rowCount, columns: count)
    var observed = sums
    var hits = [Double](repeating: 0, count: sums.values.count)
    var folds: [FoldScore] = []
    for fold in outer {
      var score = FoldScore(empty: fold, targets: count)
      for fit in fits where fit.fold.part.key == fold.key {
        guard let prediction = fit.prediction(mode) else { continue }
        let truth = fit.deviations
        let statistics = FoldStatistics(truth: truth, prediction: prediction)
        for (k, t) in fit.targets.enumerated() {
          score.fill(t, k, fit: fit, statistics: statistics, dt: problem.dt)
          // A target or a prediction of equal values has r NaN or 0, and no effective n.
          if abs(statistics.r[k]) > 0 {
            let rows = fit.prepared.test
            score.effectiveCount[t] = Autocorrelation.effectiveCount(
              problem.byPiece(rows) { prediction[$0, k] }, problem.byPiece(rows) { truth[$0, k] })
          }
          for (i, row) in fit.prepared.test.enumerated() {
            sums[row, t] += prediction[i, k] + fit.prepared.yMean[k]
            observed[row, t] += truth[i, k] + fit.prepared.yMean[k]
            hits[row * count + t] += 1
          }
        }
      }
      folds.append(score)
    }
    for i in hits.indices { sums.values[i] = hits[i] > 0 ? sums.values[i] / hits[i] : .nan }
    self.folds = folds
    func counted(_ value: KeyPath<FoldScore, [Double]>, _ t: Int) -> [Double] {
      folds.filter { $0.isCounted[t] }.map { $0[keyPath: value][t] }.filter { !$0.isNaN }
    }
    r = (0..<count).map { Correlation.fisherMean(counted(\.r, $0)) }
    r2 = (0..<count).map { Moments.mean(counted(\.r2, $0)) }
    pooledR = (0..<count).map { t in
      let rows = (0..<problem.rowCount).filter { hits[$0 * count + t] > 0 }
      return Correlation.pearson(
        rows.map { problem.position == nil ? problem.targets[$0, t] : observed[$0, t] / hits[$0 * count + t] },
        rows.map { sums[$0, t] })
    }
    predictions = problem.pieces.map { sums.selecting(rows: Array($0)) }
    if case .chunks = problem.settings.outer {
      let (test, train) = fits.reduce((0, 0)) { ($0.0 + $1.prepared.test.count, $0.1 + $1.prepared.train.count) }
      overlap = Double(test) / Double(train)
    }
  }
}

extension FittedFold {
  /// Test targets less their training means, `[n_test, T]`, without what position explains.
  var deviations: Matrix { prepared.deviations }
}

extension FoldScore {
  fileprivate init(empty part: TestPart, targets: Int) {
    let missing = [Double](repeating: .nan, count: targets)
    let none = [Int](repeating: 0, count: targets)
    self.init(
      fold: part.index, testStimuli: part.testStimuli, stimuli: part.stimuli, key: part.key, trainCount: none,
      testCount: none, delay: missing.map { _ in nil }, lambda: missing, lambdaIndex: none, r: missing, innerR: missing,
      r2: missing, r2Test: missing,
      predictionSD: missing, effectiveCount: missing,
      targetEffectiveCount: missing, isPlanned: none.indices.map(part.targets.contains),
      isCounted: none.map { _ in true }, gap: missing)
  }

  fileprivate mutating func fill(_ t: Int, _ k: Int, fit: FittedFold, statistics: FoldStatistics, dt: Double) {
    gap[t] = Double(fit.fold.gap) * dt
    targetEffectiveCount[t] = fit.effectiveCount[k]
    isCounted[t] = fit.isCounted[k]
    trainCount[t] = fit.prepared.train.count
    testCount[t] = fit.prepared.test.count
    delay[t] = fit.delays[k]
    lambda[t] = fit.lambdas[k]
    lambdaIndex[t] = fit.lambdaIndex[k]
    r[t] = statistics.r[k]
    innerR[t] = fit.innerR[k]
    r2[t] = statistics.total[k] > 0 ? 1 - statistics.sse[k] / statistics.total[k] : .nan
    r2Test[t] = statistics.totalTest[k] > 0 ? 1 - statistics.sse[k] / statistics.totalTest[k] : .nan
    predictionSD[t] = statistics.predictionSD[k]
  }
}
