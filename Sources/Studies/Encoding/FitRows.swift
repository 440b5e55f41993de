import ContentIdentity
import EncodingModels
import Statistics
import Vocabulary
import Warehouse
import Work

/// What is stored of one score of one cell.
struct ScoreEntry {
  var quantity = "r"
  var value: Double
  /// nil: none is made of this quantity.
  var interval: ScoreInterval?
  var tail = "greater"
  var r2 = Double.nan
  var rPooled = Double.nan
  var lambdaMedian = Double.nan
  var lambdaAtEdge = 0
  var noiseCeiling = Double.nan
  /// What it is made of.
  let folds: CountedFolds
  var flags: Set<EncodingFlag> = []
}

/// Collects the rows of the result tables for one unit.
package struct FitRows {
  let parameters: FitParameters
  private let unit: String
  private let assembled: AssembledData
  private let firstColumn: Int
  private var fits: [FitRow] = []
  private var folds: [FoldScoreRow] = []
  private var delays: [FoldDelayRow] = []
  private var penalties: [FoldPenaltyRow] = []
  private var scores: [ScoreRow] = []
  private var nulls: [NullSummaryRow] = []
  private var checks: [CheckRow] = []

  /// `unit`: the unit's key.
  init(unit: String, _ parameters: FitParameters, _ batch: CellBatch) {
    self.unit = unit
    self.parameters = parameters
    (assembled, firstColumn) = (batch.assembled, batch.firstColumn)
  }

  /// The stable key of a cell: unit, model, column.
  package static func key(_ unit: String, mode: FitMode, column: Int) -> String {
    "\(unit.prefix(24))/\(mode.label)/\(column)"
  }

  /// Of a column of the batch.
  func key(_ mode: FitMode, _ column: Int) -> String { Self.key(unit, mode: mode, column: firstColumn + column) }

  var tables: [ResultRows] {
    [
      ResultRows(fits), ResultRows(folds), ResultRows(delays), ResultRows(penalties), ResultRows(scores),
      ResultRows(nulls), ResultRows(checks),
    ].filter { !$0.rows.isEmpty }
  }

  /// One model of the unit: a fit per target column with its folds. `predictions`: name of the array, where they are kept.
  /// `unmatched`: why features of other stimuli were not tried; nil where they were.
  mutating func add(
    _ table: ScoreTable, of fit: EncodingFit, mode: CovariateMode, predictions: String?, unmatched: String?
  ) {
    let mode = FitMode.covariates(mode)
    for column in assembled.target.labels.indices {
      fits.append(
        row(
          fit, mode, column, FitSet(parameters.keys), predictions: predictions, others: nil, unmatched: unmatched))
      addFolds(table, fit, key: key(mode, column), column: column)
    }
    addCheck(of: fit, mode: mode)
    addDelays(of: table, mode: mode)
    penalties += fit.bandPenalties.map {
      FoldPenaltyRow(
        fitKey: key(mode, $0.target), fold: $0.fold, band: $0.band, penalty: $0.penalty, weight: $0.weight)
    }
  }

  /// One set of a joint model alone. Its shares are its own; its folds stand with its own fit.
  mutating func add(_ fit: EncodingFit, place: Int, among sets: [FitSet]) {
    let others = sets.indices.filter { $0 != place }.map { sets[$0].name }.joined(separator: " + ")
    for column in assembled.target.labels.indices {
      fits.append(
        row(
          fit, .set(place), column, sets[place], predictions: nil, others: others,
          unmatched: "several sets are fitted together"))
    }
    addCheck(of: fit, mode: .set(place))
    addDelays(of: fit.full, mode: .set(place))
  }

  private func row(
    _ fit: EncodingFit, _ mode: FitMode, _ column: Int, _ set: FitSet, predictions: String?, others: String?,
    unmatched: String?
  ) -> FitRow {
    let keys = parameters.keys
    let label = assembled.target.labels[column]
    let info = parameters.regionInfo[label]
    let covariateMode = if case .covariates(let mode) = mode { mode } else { CovariateMode.none }
    return FitRow(
      fitKey: key(mode, column), dataset: keys.dataset, cohort: keys.cohort, subject: keys.subject,
      session: keys.session, rater: keys.rater, featureSet: set.featureSet, model: set.model, layerKey: set.layerKey,
      depth: set.depth, relDepth: set.relDepth, element: set.element.rawValue, covariateMode: covariateMode.rawValue,
      targetKind: keys.targetKind.rawValue, target: keys.target, targetParameters: keys.targetParameters,
      region: keys.targetKind == .annotation ? nil : label, hemisphere: info?.hemisphere, regionGroup: info?.group,
      delaysS: JSONValue.array(assembled.delays(of: mode.set).map { .number($0) }).canonical,
      delayShape: assembled.delayShape.rawValue,
      stimulusCount: Set(assembled.keys.map(\.stimulus)).count,
      subjectCount: parameters.subjectCount > 0 ? parameters.subjectCount : nil,
      droppedCount: fit.droppedCount[column] + assembled.droppedRowCount + assembled.sliverRowCount,
      sampleCount: fit.sampleCount[column], effectiveN: fit.effectiveCount[column],
      partialCount: assembled.target.missing.count(\.partialRows, of: column),
      thinCount: assembled.target.missing.count(\.thinRows, of: column), predictionArray: predictions,
      predictionColumn: predictions == nil ? nil : firstColumn + column, otherSets: others, mismatchReason: unmatched)
  }

  private mutating func addFolds(_ table: ScoreTable, _ fit: EncodingFit, key: String, column: Int) {
    for fold in table.folds where fold.testCount[column] > 0 {
      let evidence = fit.evidence.first { $0.fold == fold.fold && $0.targets.contains(column) }
      let index = fold.lambdaIndex[column]
      folds.append(
        FoldScoreRow(
          fitKey: key, fold: fold.fold,
          testStimuli: JSONValue.array(fold.testStimuli.map { .string($0) }).canonical,
          trainCount: fold.trainCount[column], testCount: fold.testCount[column], lambda: fold.lambda[column],
          lambdaAtEdge: index == 0 || index == parameters.largestLambda ? 1 : 0, r: fold.r[column],
          innerR: fold.innerR[column],
          r2: fold.r2[column], r2Test: fold.r2Test[column], predictionSd: fold.predictionSD[column],
          trainingRowsSHA256: evidence.map { String($0.trainRowsHash, radix: 16) },
          effectiveN: fold.targetEffectiveCount[column], isCounted: fold.isCounted[column] ? 1 : 0,
          gapS: fold.gap[column]))
    }
  }

  /// The delay that the training rows of every fold choose, for each cell of a model that chooses.
  private mutating func addDelays(of table: ScoreTable, mode: FitMode) {
    for fold in table.folds {
      for (column, rows) in fold.delay.enumerated() {
        guard let rows else { continue }
        delays.append(
          FoldDelayRow(
            fitKey: key(mode, column), fold: fold.fold, delayS: Double(rows) * assembled.data.dt))
      }
    }
  }

  /// The score of one cell.
  mutating func add(_ entry: ScoreEntry, mode: FitMode, column: Int) {
    let normalised = NoiseCeiling.normalised(entry.value, ceiling: entry.noiseCeiling)
    let flags = entry.flags.union(assembled.target.missing.flags(of: column))
    scores.append(
      ScoreRow(
        fitKey: key(mode, column), quantity: entry.quantity, value: entry.value, low: entry.interval?.low,
        high: entry.interval?.high, intervalKind: (entry.interval?.kind ?? .none).rawValue,
        generalisesTo: entry.interval?.generalisesTo?.rawValue, tail: entry.tail, r2: entry.r2,
        rPooled: entry.rPooled, lambdaMedian: entry.lambdaMedian, lambdaAtEdge: entry.lambdaAtEdge,
        noiseCeiling: entry.noiseCeiling, rNormalised: normalised,
        r2Normalised: NoiseCeiling.normalisedVariance(entry.r2, ceiling: entry.noiseCeiling),
        foldsCounted: entry.folds.counted, foldsTotal: entry.folds.total, stimuliCounted: entry.folds.stimuli,
        flags: Reportable.spelled(flags),
        valid: Reportable.isValid(entry.value, flags, stimulusCount: entry.folds.stimuli) ? 1 : 0))
  }

  /// What is said of every cell of a model, with what the target lacks.
  func flags(_ flags: [Set<EncodingFlag>]) -> [Set<EncodingFlag>] {
    flags.enumerated().map { $0.element.union(assembled.target.missing.flags(of: $0.offset)) }
  }

  /// The upper bound of the ceiling of one rater's series.
  mutating func add(_ ceiling: TargetCeiling, of table: ScoreTable, mode: FitMode) {
    for (column, value) in (ceiling.upper ?? []).enumerated() where !value.isNaN {
      let folds = CountedFolds(table, column: column)
      add(ScoreEntry(quantity: "noise_ceiling_upper", value: value, folds: folds), mode: mode, column: column)
    }
  }

  mutating func addNull(_ row: NullSummaryRow) { nulls.append(row) }

  mutating func addCheck(_ row: CheckRow) { checks.append(row) }

  /// The null of one score of every cell, and where its draws are.
  mutating func add(_ null: NullDistribution, of score: FitScore, array: String?) {
    for column in null.observed.indices {
      nulls.append(
        NullSummaryRow(
          fitKey: key(score.mode, column), quantity: score.quantity.rawValue, nullKind: null.kind.rawValue,
          nullDraws: null.draws.rows, nullMean: null.mean[column], nullSd: null.sd[column], nullP95: null.p95[column],
          p: null.p[column], pFloor: null.pFloor, tail: null.tail, array: array,
          columnIndex: array == nil ? nil : firstColumn + column))
    }
  }
}

/// Scores of one model of a unit, and what is shown with them.
struct ScoredModel {
  let mode: CovariateMode
  let fit: EncodingFit
  let table: ScoreTable
  /// What is said of each cell.
  var flags: [Set<EncodingFlag>]

  /// The same with what a check says of the cells.
  func checked(_ check: ScoreCheck?) -> ScoredModel {
    var model = self
    for column in flags.indices { model.flags[column].formUnion(check?.flags(of: column) ?? []) }
    return model
  }
}

extension FitRows {
  /// The r of every cell of a model with its interval: over left-out stimuli, else over folds.
  mutating func scores(_ model: ScoredModel, ceiling: TargetCeiling) {
    let table = model.table
    for column in table.r.indices {
      let folds = table.folds.filter { $0.testCount[column] > 0 }
      let interval = table.interval(of: column)
      var entry = ScoreEntry(value: interval.value, folds: CountedFolds(table, column: column))
      entry.interval = interval
      entry.r2 = table.r2[column]
      entry.rPooled = table.pooledR[column]
      entry.lambdaMedian = Moments.median(folds.map { $0.lambda[column] }.filter { !$0.isNaN })
      entry.noiseCeiling = ceiling.values[column]
      entry.flags = model.flags[column]
      entry.lambdaAtEdge = folds.count {
        $0.lambdaIndex[column] == 0 || $0.lambdaIndex[column] == parameters.largestLambda
      }
      add(entry, mode: .covariates(model.mode), column: column)
    }
  }
}
