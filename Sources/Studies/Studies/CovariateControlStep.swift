import ContentIdentity
import Diagnostics
import EncodingModels
import Plans
import Warehouse

/// Audio, covariates and both on one target: what the audio explains beyond the covariates.
struct CovariateControlStep: Step {
  let name = "covariate_control"
  let version = 3
  let summary = "audio-only, visual-only, joint and covariate-zeroed models of one target, unique variance, nulls"
  let tables = ["fit", "fold_score", "score", "null_summary", "lag_score"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let assembled = try task.assemble()
    let settings = EncodingParameters.settings(task.parameters["encoding"] ?? .null, seed: task.seed)
    let control = try CovariateControl(assembled.data, settings: settings)
    progress(0.4)
    var rows = FitRows(task, assembled)
    let output = UnitArrays(task, assembled, writer)
    guard let zeroedShared = control.joint.zeroed, let zeroedBanded = control.banded.zeroed else {
      preconditionFailure("a covariate control has covariates")
    }
    let modes: [(String, EncodingFit, ScoreTable, ScoreMode, Set<EncodingFlag>)] = [
      ("audio_only", control.audioOnly, control.audioOnly.full, .full, [.confoundedNull]),
      ("visual_only", control.visualOnly, control.visualOnly.full, .full, []),
      ("joint", control.joint, control.joint.full, .full, []),
      ("zeroed_shared", control.joint, zeroedShared, .zeroed, [.confoundedNull]),
      ("zeroed_banded", control.banded, zeroedBanded, .zeroed, []),
    ]
    let ceiling = TargetCeiling(task, assembled, control.joint)
    for (mode, fit, table, score, flags) in modes {
      rows.add(table, of: fit, mode: mode, predictions: try output.predictions(table, mode: mode))
      let bootstrap = fit.bootstrap(seed: task.seed, mode: score)
      rows.scores(fit, table, mode: mode, score: score, flags: flags, bootstrap: bootstrap, ceiling: ceiling)
      if mode == "audio_only" {
        try output.bootstrap(bootstrap, mode: mode)
        try output.stimuli(fit.stimulusScores(score), mode: mode)
      }
    }
    rows.addControl(control)
    rows.add(ceiling, mode: "joint")
    var observed = [
      ("audio_only/r", control.audioOnly.full.r), ("zeroed_banded/r", zeroedBanded.r),
      ("zeroed_banded/unique_r2", control.uniqueR2),
    ]
    let draws = Int(task.number("draws", 0))
    if draws > 0, task.nullKind != .none {
      let nulls = try control.nulls(draws: draws, seed: task.seed)
      for (mode, quantity, null) in [
        ("audio_only", "r", nulls.audioOnly), ("zeroed_banded", "r", nulls.zeroedBanded),
        ("zeroed_banded", "unique_r2", nulls.uniqueR2),
      ] {
        rows.add(null, quantity: quantity, mode: mode, array: try output.draws(null, mode: mode, quantity: quantity))
      }
      observed = [
        ("audio_only/r", nulls.audioOnly.observed), ("zeroed_banded/r", nulls.zeroedBanded.observed),
        ("zeroed_banded/unique_r2", nulls.uniqueR2.observed),
      ]
    }
    progress(0.9)
    try output.observed(observed)
    return rows.tables + (try LagScores.rows(task, assembled, settings, fits: rows, mode: "audio_only"))
  }
}

extension FitRows {
  /// unique R², the audio-visual R² and the leak alarm, on the banded fit's cells.
  fileprivate mutating func addControl(_ control: CovariateControl) {
    for column in control.uniqueR2.indices {
      var unique = ScoreEntry(quantity: "unique_r2", value: control.uniqueR2[column])
      unique.flags = control.banded.flags[column]
      add(unique, mode: "zeroed_banded", column: column)
      add(
        ScoreEntry(quantity: "audio_visual_r2", value: control.audioVisualR2), mode: "zeroed_banded", column: column)
      add(
        ScoreEntry(quantity: "leak_alarm", value: control.leakAlarm[column] ? 1 : 0), mode: "zeroed_banded",
        column: column)
    }
  }
}
