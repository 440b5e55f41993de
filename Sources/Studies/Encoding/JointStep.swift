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
    /// Of the null of each set's unique R²; 0: none is drawn.
    let draws: Int
  }

  let name = "joint"
  let version = 3
  let summary =
    "feature sets fitted together: variance each explains alone, in common and as its part of the prediction"
  let tables: [any ResultRow.Type] = [
    FitRow.self, FoldScoreRow.self, ScoreRow.self, NullSummaryRow.self, LagScoreRow.self,
  ]

  private static let mode = FitMode.covariates(.none)

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let common = parameters.fit
    let assembled = try DataAssembly(task, common, covariates: []).assemble()
    let joint = try JointSets(assembled.data, settings: common.encoding)
    progress(0.4)
    var rows = FitRows(unit: task.key, common, assembled)
    let output = UnitArrays(unit: task.key, common, assembled, writer)
    let ceiling = TargetCeiling(assembled, joint.all, seed: common.seed)
    let model = ScoredModel(mode: .none, fit: joint.all, table: joint.all.full, score: .full, flags: [])
    rows.add(joint.all.full, of: joint.all, mode: .none, predictions: try output.predictions(model.table, mode: .none))
    let bootstrap = model.bootstrap(seed: common.seed)
    rows.scores(model, bootstrap: bootstrap, ceiling: ceiling)
    var observed = [(score: FitScore(mode: Self.mode, quantity: .r), values: joint.all.full.r)]
    for place in parameters.sets.indices {
      let unique = FitScore(mode: .set(place), quantity: .uniqueR2)
      rows.add(joint.alone[place], place: place, among: parameters.sets)
      rows.addShares(joint, set: place)
      observed.append((unique, joint.uniqueR2[place]))
      guard parameters.draws > 0 else { continue }
      let null = try joint.null(of: place, draws: parameters.draws, seed: common.seed)
      rows.add(null, of: unique, array: try output.draws(null, of: unique))
      progress(0.4 + 0.5 * Double(place + 1) / Double(parameters.sets.count))
    }
    try output.bootstrap(bootstrap, mode: Self.mode)
    try output.stimuli(joint.all.stimulusScores(), mode: Self.mode)
    try output.observed(observed)
    return rows.tables + (try LagScores.rows(assembled, fits: rows, mode: Self.mode))
  }
}

extension FitRows {
  fileprivate mutating func addShares(_ joint: JointSets, set: Int) {
    for column in joint.uniqueR2[set].indices {
      var flags = joint.all.flags[column]
      if min(joint.all.full.r2[column], joint.others[set].full.r2[column]) < -1 { flags.insert(.unstableR2) }
      for (quantity, value) in [
        ("unique_r2", joint.uniqueR2[set][column]), ("shared_r2", joint.sharedR2[set][column]),
        ("total_r2", joint.all.full.r2[column]), ("product_r", joint.productR[set][column]),
      ] {
        var entry = ScoreEntry(quantity: quantity, value: value)
        entry.flags = flags
        add(entry, mode: .set(set), column: column)
      }
    }
  }
}
