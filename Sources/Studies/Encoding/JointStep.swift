import EncodingModels
import Vocabulary
import Warehouse
import Work

/// Two or three feature sets on one target, alone and together: unique, shared and product-measure shares with nulls.
struct JointStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let fit: FitParameters
    /// What the rows of each set say of it, in the order of the fit's features.
    let sets: [FitSet]
    /// Whether each set is fitted alone and the predictions are weighed.
    let isStacked: Bool
    /// Of the null of each set's unique R²; 0: none is drawn.
    let draws: Int
  }

  let name = "joint"
  let version = 15
  let summary =
    "feature sets fitted together: variance each explains alone, in common and as its part of the prediction"
  let tables: [any ResultRow.Type] = [
    FitRow.self, FoldScoreRow.self, FoldDelayRow.self, FoldPenaltyRow.self, ScoreRow.self,
    NullSummaryRow.self, LagScoreRow.self, LagClusterRow.self, CheckRow.self,
  ]

  private static let mode = FitMode.covariates(.none)

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let common = parameters.fit
    let assembled = try DataAssembly(task, common, covariates: []).assemble()
    let models = (1 << parameters.sets.count) + 1
    return try CellBatches(assembled, common, models: models).rows(writer, progress) { try rows(parameters, task, $0) }
  }

  private func rows(_ parameters: Parameters, _ task: UnitTask, _ batch: CellBatch) throws -> [ResultRows] {
    let (common, assembled) = (parameters.fit, batch.assembled)
    let joint = try JointSets(assembled.data, settings: common.encoding, isStacked: parameters.isStacked)
    batch.progress(0.4)
    var rows = FitRows(unit: task.key, common, batch)
    let output = UnitArrays(unit: task.key, common, batch)
    let ceiling = TargetCeiling(assembled, joint.all, seed: common.seed)
    let draws = ScoreCheck.draws(parameters.draws)
    let check =
      draws > 0 ? try ScoreCheck(assembled.data, settings: common.encoding, draws: draws, seed: common.seed) : nil
    let model = ScoredModel(mode: .none, fit: joint.all, table: joint.all.full, flags: joint.all.flags).checked(check)
    rows.add(
      joint.all.full, of: joint.all, mode: .none, predictions: try output.predictions(model.table, mode: .none),
      unmatched: ScoreCheck.unmatched(check))
    if let check { rows.add(check, mode: Self.mode) }
    let plain =
      common.encoding.position == .none
      ? joint.all
      : try EncodingModel(common.encoding.withoutPosition, stacksBands: parameters.isStacked)
        .fit(assembled.data, countedAs: joint.all)
    rows.add(plain: plain.full, position: try joint.all.positionAlone().full, mode: Self.mode)
    rows.scores(model, ceiling: ceiling)
    let flags = rows.flags(model.flags)
    var observed = [
      ObservedScore(score: FitScore(mode: Self.mode, quantity: .r), values: joint.all.full.r, flags: flags)
    ]
    for place in parameters.sets.indices {
      let unique = FitScore(mode: .set(place), quantity: .uniqueR2)
      rows.add(joint.alone[place], place: place, among: parameters.sets)
      rows.addShares(joint, check, set: place)
      observed.append(ObservedScore(score: unique, values: joint.uniqueR2[place], flags: flags))
      // What one feature explains by its past and by its future is compared fold by fold.
      if common.features[place].delays != nil { try output.foldsR2(joint.alone[place].full, mode: .set(place)) }
      guard parameters.draws > 0 else { continue }
      let null = try joint.null(of: place, draws: parameters.draws, seed: common.seed)
      rows.add(null, of: unique, array: try output.draws(null, of: unique))
      batch.progress(0.4 + 0.5 * Double(place + 1) / Double(parameters.sets.count))
    }
    try output.weights(of: joint.all, mode: Self.mode, sets: parameters.sets)
    try output.folds(joint.all.full, mode: Self.mode)
    try output.activeFolds(of: joint.all, mode: Self.mode, task)
    try output.observed(observed, of: joint.all.full, below: ceiling)
    let null = parameters.draws > 0 ? NullRequest(.phase, draws: parameters.draws, seed: common.seed) : nil
    let lags = try LagScores.rows(
      assembled, fits: rows, mode: Self.mode, model: model.flags, null: null, stacksBands: parameters.isStacked)
    return rows.tables + lags
  }
}

extension FitRows {
  fileprivate mutating func addShares(_ joint: JointSets, _ check: ScoreCheck?, set: Int) {
    for column in joint.uniqueR2[set].indices {
      var flags = joint.all.flags[column].union(check?.flags(of: column) ?? [])
      if min(joint.all.full.r2[column], joint.others[set].full.r2[column]) < -1 { flags.insert(.unstableR2) }
      let ofThree = [
        ("others_shared_r2", joint.othersSharedR2?[set][column]), ("common_r2", joint.commonR2?[column]),
      ].compactMap { quantity, value in value.map { (quantity, $0) } }
      for (quantity, value) in [
        ("unique_r2", joint.uniqueR2[set][column]), ("shared_r2", joint.sharedR2[set][column]),
        ("total_r2", joint.all.full.r2[column]), ("product_r", joint.productR[set][column]),
      ] + ofThree {
        var entry = ScoreEntry(
          quantity: quantity, value: value, folds: CountedFolds(joint.all.full, column: column))
        entry.flags = flags
        add(entry, mode: .set(set), column: column)
      }
    }
  }
}
