import EncodingModels
import Vocabulary
import Warehouse
import Work

/// One feature space on one target: nested cross-validated ridge, its interval, null and bootstrap draws.
struct EncodingStep: WorkStep {
  struct Parameters: Codable, Sendable {
    enum Null: Codable, Sendable {
      case none
      case drawn(kind: NullKind, draws: Int)
    }

    let fit: FitParameters
    let null: Null
  }

  let name = "encoding"
  let version = 4
  let summary = "nested cross-validated ridge of one feature space on one target"
  let tables: [any ResultRow.Type] = [
    FitRow.self, FoldScoreRow.self, ScoreRow.self, NullSummaryRow.self, LagScoreRow.self,
  ]

  private static let mode = FitMode.covariates(.none)

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let common = parameters.fit
    let assembled = try DataAssembly(task, common, covariates: []).assemble()
    let fit = try EncodingModel(common.encoding).fit(assembled.data)
    progress(0.3)
    var rows = FitRows(unit: task.key, common, assembled)
    let output = UnitArrays(unit: task.key, common, assembled, writer)
    let model = ScoredModel(mode: .none, fit: fit, table: fit.full, score: .full, flags: [])
    rows.add(fit.full, of: fit, mode: .none, predictions: try output.predictions(fit.full, mode: .none))
    let bootstrap = model.bootstrap(seed: common.seed)
    let ceiling = TargetCeiling(assembled, fit, seed: common.seed)
    rows.scores(model, bootstrap: bootstrap, ceiling: ceiling)
    rows.add(ceiling, mode: Self.mode)
    let score = FitScore(mode: Self.mode, quantity: .r)
    var observed = fit.full.r
    if case .drawn(let kind, let draws) = parameters.null {
      let null = try fit.null(NullRequest(kind, statistic: .r, draws: draws, seed: common.seed))
      rows.add(null, of: score, array: try output.draws(null, of: score))
      observed = null.observed
    }
    progress(0.8)
    try output.bootstrap(bootstrap, mode: Self.mode)
    try output.stimuli(fit.stimulusScores(), mode: Self.mode)
    try output.observed([(score, observed)])
    return rows.tables + (try LagScores.rows(assembled, fits: rows, mode: Self.mode))
  }
}
