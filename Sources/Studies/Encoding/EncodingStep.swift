import EncodingModels
import Vocabulary
import Warehouse
import Work

/// One feature space on one target: nested cross-validated ridge, its interval and null draws.
struct EncodingStep: WorkStep {
  struct Parameters: Codable, Sendable {
    enum Null: Codable, Sendable {
      case none
      case drawn(kind: NullKind, draws: Int)

      func request(seed: UInt64) -> NullRequest? {
        guard case .drawn(let kind, let draws) = self else { return nil }
        return NullRequest(kind, statistic: .r, draws: draws, seed: seed)
      }
    }

    let fit: FitParameters
    let null: Null
  }

  let name = "encoding"
  let version = 16
  let summary = "nested cross-validated ridge of one feature space on one target"
  let tables: [any ResultRow.Type] = [
    FitRow.self, FoldScoreRow.self, FoldDelayRow.self, ScoreRow.self, NullSummaryRow.self, LagScoreRow.self,
    LagClusterRow.self, CheckRow.self,
  ]

  private static let mode = FitMode.covariates(.none)
  static let score = FitScore(mode: mode, quantity: .r)

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let common = parameters.fit
    let assembled = try DataAssembly(task, common, covariates: []).assemble()
    let batches = CellBatches(assembled, common, models: 3)
    let null = try parameters.null.request(seed: common.seed).map { try batches.request($0, common.encoding) }
    return try batches.rows(writer, progress) { try rows(parameters, task, $0, null: null) }
  }

  private func rows(
    _ parameters: Parameters, _ task: UnitTask, _ batch: CellBatch, null: NullRequest?
  ) throws -> [ResultRows] {
    let (common, assembled) = (parameters.fit, batch.assembled)
    let test = try EncodingTest(assembled.data, parameters, seed: common.seed, null: null)
    let control = test.control
    let fit = control.fit
    batch.progress(0.7)
    var rows = FitRows(unit: task.key, common, batch)
    let output = UnitArrays(unit: task.key, common, batch)
    let model = ScoredModel(mode: .none, fit: fit, table: fit.full, flags: control.flags)
    let predictions = try output.predictions(fit.full, mode: .none)
    rows.add(
      fit.full, of: fit, mode: .none, predictions: predictions, unmatched: ScoreCheck.unmatched(control.check))
    rows.add(plain: control.plain.full, position: control.position.full, mode: Self.mode)
    if let check = control.check { rows.add(check, mode: Self.mode) }
    let ceiling = TargetCeiling(assembled, fit, seed: common.seed)
    rows.scores(model, ceiling: ceiling)
    rows.add(ceiling, of: fit.full, mode: Self.mode)
    if let null = test.null { rows.add(null, of: Self.score, array: try output.draws(null, of: Self.score)) }
    batch.progress(0.8)
    try output.weights(of: fit, mode: Self.mode, sets: [FitSet(common.keys)])
    try output.folds(fit.full, mode: Self.mode)
    try output.folds(control.position.full, mode: .position)
    try output.activeFolds(of: fit, mode: Self.mode, task)
    try output.observed(
      [ObservedScore(score: Self.score, values: fit.full.r, flags: rows.flags(model.flags))], of: fit.full,
      below: ceiling)
    let lags = try LagScores.rows(assembled, fits: rows, mode: Self.mode, model: model.flags, null: null)
    return rows.tables + lags
  }
}
