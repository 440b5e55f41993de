import EncodingModels
import Vocabulary
import Warehouse
import Work

/// Audio, covariates and both on one target: what the audio explains beyond the covariates.
struct CovariateControlStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let fit: FitParameters
    /// The inputs of each have the role of its place, `FitRole.covariate`.
    let covariates: [FitFeature]
    /// Of each of the three nulls; 0: none is drawn.
    let draws: Int
  }

  let name = "covariate_control"
  let version = 16
  let summary = "audio-only, visual-only, joint and covariate-zeroed models of one target, unique variance, nulls"
  let tables: [any ResultRow.Type] = [
    FitRow.self, FoldScoreRow.self, FoldDelayRow.self, FoldPenaltyRow.self, ScoreRow.self,
    NullSummaryRow.self, LagScoreRow.self, LagClusterRow.self, CheckRow.self,
  ]

  private static let audioOnly = FitMode.covariates(.audioOnly)

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let common = parameters.fit
    let assembled = try DataAssembly(task, common, covariates: parameters.covariates).assemble()
    return try CellBatches(assembled, common, models: 9).rows(writer, progress) { try rows(parameters, task, $0) }
  }

  private func rows(_ parameters: Parameters, _ task: UnitTask, _ batch: CellBatch) throws -> [ResultRows] {
    let (common, assembled) = (parameters.fit, batch.assembled)
    let control = try CovariateControl(assembled.data, settings: common.encoding)
    batch.progress(0.4)
    var rows = FitRows(unit: task.key, common, batch)
    let output = UnitArrays(unit: task.key, common, batch)
    let ceiling = TargetCeiling(assembled, control.joint, seed: common.seed)
    let plain =
      common.encoding.position == .none
      ? control
      : try CovariateControl(assembled.data, settings: common.encoding.withoutPosition, countedAs: control)
    let position = try control.joint.positionAlone().full
    // A course that stimuli share goes through every model of them.
    let check = try Self.check(assembled.data, parameters, seed: common.seed)
    let models = Self.models(control).map { $0.checked(check) }
    for (model, plain) in zip(models, Self.models(plain)) {
      let predictions = try output.predictions(model.table, mode: model.mode)
      rows.add(
        model.table, of: model.fit, mode: model.mode, predictions: predictions,
        unmatched: model.mode == .audioOnly ? ScoreCheck.unmatched(check) : "features are fitted beside covariates")
      rows.add(plain: plain.table, position: position, mode: .covariates(model.mode))
      rows.scores(model, ceiling: ceiling)
    }
    if let check { rows.add(check, mode: Self.audioOnly) }
    try output.weights(of: control.audioOnly, mode: Self.audioOnly, sets: [FitSet(common.keys)])
    try output.folds(control.audioOnly.full, mode: Self.audioOnly)
    try output.folds(position, mode: .position)
    try output.activeFolds(of: control.audioOnly, mode: Self.audioOnly, task)
    rows.addControl(control, check)
    rows.add(ceiling, of: control.joint.full, mode: .covariates(.joint))
    if parameters.draws > 0 {
      let nulls = Self.byScore(try control.nulls(draws: parameters.draws, seed: common.seed))
      for (score, null) in nulls { rows.add(null, of: score, array: try output.draws(null, of: score)) }
    }
    batch.progress(0.9)
    let observed = Self.observed(control, check).map {
      ObservedScore(score: $0.score, values: $0.values, flags: rows.flags($0.flags))
    }
    try output.observed(observed, of: control.audioOnly.full, below: ceiling)
    let null = parameters.draws > 0 ? NullRequest(.phase, draws: parameters.draws, seed: common.seed) : nil
    let lags = try LagScores.rows(assembled, fits: rows, mode: Self.audioOnly, model: models[0].flags, null: null)
    return rows.tables + lags
  }

  /// The check of the features alone; nil without draws.
  static func check(_ data: EncodingData, _ parameters: Parameters, seed: UInt64) throws -> ScoreCheck? {
    guard parameters.draws > 0 else { return nil }
    let tested = data.bands.indices.filter { data.bands[$0].role == .tested }
    return try ScoreCheck(
      data.selecting(bands: tested), settings: parameters.fit.encoding, draws: ScoreCheck.draws(parameters.draws),
      seed: seed)
  }

  private static func models(_ control: CovariateControl) -> [ScoredModel] {
    let (joint, banded) = (control.joint, control.banded)
    guard let zeroedShared = joint.zeroed, let zeroedBanded = banded.zeroed else {
      preconditionFailure("a covariate control has covariates")
    }
    func model(
      _ mode: CovariateMode, fit: EncodingFit, table: ScoreTable, flags: Set<EncodingFlag> = []
    ) -> ScoredModel {
      ScoredModel(mode: mode, fit: fit, table: table, flags: fit.flags.map { $0.union(flags) })
    }
    return [
      model(.audioOnly, fit: control.audioOnly, table: control.audioOnly.full, flags: [.confoundedNull]),
      model(.visualOnly, fit: control.visualOnly, table: control.visualOnly.full),
      model(.joint, fit: joint, table: joint.full),
      model(.zeroedShared, fit: joint, table: zeroedShared, flags: [.confoundedNull]),
      model(.zeroedBanded, fit: banded, table: zeroedBanded),
    ]
  }

  private static let zeroedR = FitScore(mode: .covariates(.zeroedBanded), quantity: .r)
  private static let uniqueR2 = FitScore(mode: .covariates(.zeroedBanded), quantity: .uniqueR2)

  /// The scores that have a null, with what the fit says of them.
  static func observed(_ control: CovariateControl, _ check: ScoreCheck?) -> [ObservedScore] {
    let flags = Dictionary(uniqueKeysWithValues: models(control).map { $0.checked(check) }.map { ($0.mode, $0.flags) })
    guard let zeroed = control.banded.zeroed, let ofAudio = flags[.audioOnly], let ofBanded = flags[.zeroedBanded]
    else { preconditionFailure("a covariate control has covariates") }
    return [
      ObservedScore(score: FitScore(mode: audioOnly, quantity: .r), values: control.audioOnly.full.r, flags: ofAudio),
      ObservedScore(score: zeroedR, values: zeroed.r, flags: ofBanded),
      ObservedScore(score: uniqueR2, values: control.uniqueR2, flags: ofBanded),
    ]
  }

  static func byScore(_ nulls: CovariateNulls) -> [(score: FitScore, null: NullDistribution)] {
    [
      (FitScore(mode: audioOnly, quantity: .r), nulls.audioOnly), (zeroedR, nulls.zeroedBanded),
      (uniqueR2, nulls.uniqueR2),
    ]
  }
}

extension FitRows {
  /// unique R² and the parts of r beside it, the audio-visual R² and the leak alarm, on the banded fit's cells.
  fileprivate mutating func addControl(_ control: CovariateControl, _ check: ScoreCheck?) {
    for column in control.uniqueR2.indices {
      for (quantity, value) in [
        ("unique_r2", control.uniqueR2[column]), ("product_r_audio", control.productR.tested[column]),
        ("product_r_visual", control.productR.covariates[column]), ("audio_visual_r2", control.audioVisualR2),
        ("leak_alarm", control.leakAlarm[column] ? 1 : 0),
      ] {
        var entry = ScoreEntry(
          quantity: quantity, value: value, folds: CountedFolds(control.banded.full, column: column))
        entry.flags = control.banded.flags[column].union(check?.flags(of: column) ?? [])
        add(entry, mode: .covariates(.zeroedBanded), column: column)
      }
    }
  }
}
