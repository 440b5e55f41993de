import EncodingModels
import Vocabulary
import Warehouse
import Work

/// Audio, covariates and both on one target: what the audio explains beyond the covariates.
struct CovariateControlStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let fit: FitParameters
    /// The inputs of each have the role of its place, `FitFeature.role(ofCovariate:)`.
    let covariates: [FitFeature]
    /// Of each of the three nulls; 0: none is drawn.
    let draws: Int
  }

  let name = "covariate_control"
  let version = 4
  let summary = "audio-only, visual-only, joint and covariate-zeroed models of one target, unique variance, nulls"
  let tables: [any ResultRow.Type] = [
    FitRow.self, FoldScoreRow.self, ScoreRow.self, NullSummaryRow.self, LagScoreRow.self,
  ]

  private static let audioOnly = FitMode.covariates(.audioOnly)

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let common = parameters.fit
    let assembled = try DataAssembly(task, common, covariates: parameters.covariates).assemble()
    let control = try CovariateControl(assembled.data, settings: common.encoding)
    progress(0.4)
    var rows = FitRows(unit: task.key, common, assembled)
    let output = UnitArrays(unit: task.key, common, assembled, writer)
    let ceiling = TargetCeiling(assembled, control.joint, seed: common.seed)
    for model in Self.models(control) {
      let predictions = try output.predictions(model.table, mode: model.mode)
      rows.add(model.table, of: model.fit, mode: model.mode, predictions: predictions)
      let bootstrap = model.bootstrap(seed: common.seed)
      rows.scores(model, bootstrap: bootstrap, ceiling: ceiling)
      if model.mode == .audioOnly {
        try output.bootstrap(bootstrap, mode: Self.audioOnly)
        try output.stimuli(model.fit.stimulusScores(model.score), mode: Self.audioOnly)
      }
    }
    rows.addControl(control)
    rows.add(ceiling, mode: .covariates(.joint))
    var observed = Self.observed(control)
    if parameters.draws > 0 {
      let nulls = Self.byScore(try control.nulls(draws: parameters.draws, seed: common.seed))
      for (score, null) in nulls { rows.add(null, of: score, array: try output.draws(null, of: score)) }
      observed = nulls.map { ($0.score, $0.null.observed) }
    }
    progress(0.9)
    try output.observed(observed)
    return rows.tables + (try LagScores.rows(assembled, fits: rows, mode: Self.audioOnly))
  }

  private static func models(_ control: CovariateControl) -> [ScoredModel] {
    let (joint, banded) = (control.joint, control.banded)
    guard let zeroedShared = joint.zeroed, let zeroedBanded = banded.zeroed else {
      preconditionFailure("a covariate control has covariates")
    }
    func model(
      _ mode: CovariateMode, fit: EncodingFit, table: ScoreTable, score: ScoreMode, flags: Set<EncodingFlag>
    ) -> ScoredModel {
      ScoredModel(mode: mode, fit: fit, table: table, score: score, flags: flags)
    }
    return [
      model(.audioOnly, fit: control.audioOnly, table: control.audioOnly.full, score: .full, flags: [.confoundedNull]),
      model(.visualOnly, fit: control.visualOnly, table: control.visualOnly.full, score: .full, flags: []),
      model(.joint, fit: joint, table: joint.full, score: .full, flags: []),
      model(.zeroedShared, fit: joint, table: zeroedShared, score: .zeroed, flags: [.confoundedNull]),
      model(.zeroedBanded, fit: banded, table: zeroedBanded, score: .zeroed, flags: []),
    ]
  }

  private static let zeroedR = FitScore(mode: .covariates(.zeroedBanded), quantity: .r)
  private static let uniqueR2 = FitScore(mode: .covariates(.zeroedBanded), quantity: .uniqueR2)

  private static func observed(_ control: CovariateControl) -> [(score: FitScore, values: [Double])] {
    guard let zeroed = control.banded.zeroed else { preconditionFailure("a covariate control has covariates") }
    return [
      (FitScore(mode: audioOnly, quantity: .r), control.audioOnly.full.r), (zeroedR, zeroed.r),
      (uniqueR2, control.uniqueR2),
    ]
  }

  private static func byScore(_ nulls: CovariateNulls) -> [(score: FitScore, null: NullDistribution)] {
    [
      (FitScore(mode: audioOnly, quantity: .r), nulls.audioOnly), (zeroedR, nulls.zeroedBanded),
      (uniqueR2, nulls.uniqueR2),
    ]
  }
}

extension FitRows {
  /// unique R², the audio-visual R² and the leak alarm, on the banded fit's cells.
  fileprivate mutating func addControl(_ control: CovariateControl) {
    let mode = FitMode.covariates(.zeroedBanded)
    for column in control.uniqueR2.indices {
      var unique = ScoreEntry(quantity: "unique_r2", value: control.uniqueR2[column])
      unique.flags = control.banded.flags[column]
      add(unique, mode: mode, column: column)
      add(ScoreEntry(quantity: "audio_visual_r2", value: control.audioVisualR2), mode: mode, column: column)
      add(
        ScoreEntry(quantity: "leak_alarm", value: control.leakAlarm[column] ? 1 : 0), mode: mode, column: column)
    }
  }
}
