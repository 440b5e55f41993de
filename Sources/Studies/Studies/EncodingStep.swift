import ContentIdentity
import Diagnostics
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Plans
import Statistics
import Vocabulary
import Warehouse

/// One feature space on one target: nested cross-validated ridge, its interval, null and bootstrap draws.
struct EncodingStep: Step {
  let name = "encoding"
  let version = 3
  let summary = "nested cross-validated ridge of one feature space on one target"
  let tables = ["fit", "fold_score", "score", "null_summary", "lag_score"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let assembled = try task.assemble()
    let settings = EncodingParameters.settings(task.parameters["encoding"] ?? .null, seed: task.seed)
    let fit = try EncodingModel(settings).fit(assembled.data)
    progress(0.3)
    var rows = FitRows(task, assembled)
    let output = UnitArrays(task, assembled, writer)
    let predictions = try output.predictions(fit.full, mode: "none")
    rows.add(fit.full, of: fit, mode: "none", predictions: predictions)
    let bootstrap = fit.bootstrap(seed: task.seed)
    let ceiling = TargetCeiling(task, assembled, fit)
    rows.scores(fit, fit.full, mode: "none", flags: [], bootstrap: bootstrap, ceiling: ceiling)
    rows.add(ceiling, mode: "none")
    var observed = [("none/r", fit.full.r)]
    if let null = try task.null(of: fit, statistic: .r, kind: task.nullKind) {
      rows.add(null, quantity: "r", mode: "none", array: try output.draws(null, mode: "none", quantity: "r"))
      observed = [("none/r", null.observed)]
    }
    progress(0.8)
    try output.bootstrap(bootstrap, mode: "none")
    try output.stimuli(fit.stimulusScores(), mode: "none")
    try output.observed(observed)
    return rows.tables + (try LagScores.rows(task, assembled, settings, fits: rows, mode: "none"))
  }
}

extension UnitTask {
  /// The null asked for, as the encoding module's kind; kinds for other statistics than fits fall back to `phase`.
  var nullKind: NullKind {
    NullKind(rawValue: text("null", "phase")) ?? .phase
  }

  func null(
    of fit: EncodingFit, statistic: NullStatistic, kind: NullKind
  ) throws -> NullDistribution? {
    let draws = Int(number("draws", 0))
    guard draws > 0, kind != .none else { return nil }
    return try fit.null(NullRequest(kind, statistic: statistic, draws: draws, seed: seed))
  }

  func stores(_ what: String) -> Bool {
    (parameters["store"]?.arrayValue ?? ["predictions", "null"]).contains(.string(what))
  }
}

/// The arrays one encoding unit stores.
struct UnitArrays {
  let task: UnitTask
  let assembled: AssembledData
  let writer: ArrayFileWriter

  init(_ task: UnitTask, _ assembled: AssembledData, _ writer: ArrayFileWriter) {
    self.task = task
    self.assembled = assembled
    self.writer = writer
  }

  private func describe(_ kind: String, _ parts: [String]) -> ArrayDescription {
    let keys = task.parameters["keys"] ?? .null
    var description = ArrayDescription(
      name: FitArray.name(of: task.key, parts), kind: kind,
      parameters: ["target": keys["target_parameters"] ?? .null])
    description.dataset = keys["dataset"]?.stringValue
    description.cohort = keys["cohort"]?.stringValue
    description.subject = keys["subject"]?.stringValue
    description.rater = keys["rater"]?.stringValue
    description.element = keys["element"]?.stringValue
    description.featureSet = keys["feature_set"]?.stringValue
    description.model = keys["model"]?.stringValue
    description.layerKey = keys["layer_key"]?.stringValue
    return description
  }

  private var cells: Axis { .labels("cell", assembled.target.labels) }

  /// Out-of-fold predictions and targets per piece; the name of the predictions, without the piece.
  func predictions(_ table: ScoreTable, mode: String) throws -> String? {
    guard task.stores("predictions") else { return nil }
    for (i, key) in assembled.keys.enumerated() {
      let piece = assembled.data.pieces[i]
      let times = (0..<piece.rowCount).map { piece.start + Double($0) * assembled.data.dt }
      for (kind, matrix) in [("prediction", table.predictions[i]), ("target", piece.targets)] {
        if kind == "target", mode != "none", mode != "joint" { continue }
        var description = describe(kind, [mode, kind, key.label])
        description.stimulus = key.stimulus
        description.run = key.run
        description.rateHz = 1 / assembled.data.dt
        try writer.add(
          description, group: "\(mode)-\(kind)-\(i)",
          LabelledArray(axes: [.time(times), cells], values: matrix.values.map(Float.init)))
      }
    }
    return describe("prediction", [mode, "prediction"]).name
  }

  /// Null draws of one quantity.
  func draws(_ null: NullDistribution, mode: String, quantity: String) throws -> String? {
    guard task.stores("null") else { return nil }
    let description = describe("null", [mode, "null", quantity])
    try writer.add(
      description, group: "\(mode)-null-\(quantity)",
      LabelledArray(axes: [.index("draw", null.draws.rows), cells], values: null.draws.values.map(Float.init)))
    return description.name
  }

  /// Scores of block-bootstrap draws that are common to all fits of the same rows.
  func bootstrap(_ scores: BootstrapScores, mode: String) throws {
    var description = describe("bootstrap", [mode, "bootstrap"])
    description.parameters = try StrictCoder.encode(
      BootstrapParameters(unitCount: scores.blockCount, blockRows: scores.blockLength))
    try writer.add(
      description, group: "\(mode)-bootstrap",
      LabelledArray(axes: [.index("draw", scores.draws.rows), cells], values: scores.draws.values.map(Float.init)))
  }

  /// r of every stimulus: stimulus x cell.
  func stimuli(_ scores: [(stimulus: String, r: [Double])], mode: String) throws {
    try writer.add(
      describe("stimulus_score", [mode, "stimuli"]), group: "\(mode)-stimuli",
      LabelledArray(
        axes: [.labels("stimulus", scores.map(\.stimulus)), cells], values: scores.flatMap { $0.r.map(Float.init) }))
  }

  /// The observed values that comparisons read: quantity x cell.
  func observed(_ values: [(String, [Double])]) throws {
    try writer.add(
      describe("score", ["score"]), group: "score",
      LabelledArray(
        axes: [.labels("feature", values.map(\.0)), cells], values: values.flatMap { $0.1.map(Float.init) }))
  }
}

extension FitRows {
  /// The r of every cell of a mode with its interval: over stimuli from five on, else over blocks of time.
  mutating func scores(
    _ fit: EncodingFit, _ table: ScoreTable, mode: String, score: ScoreMode = .full, flags: Set<EncodingFlag>,
    bootstrap: BootstrapScores, ceiling: TargetCeiling
  ) {
    let stimuli = fit.stimulusScores(score)
    let largest = EncodingParameters.settings(task.parameters["encoding"] ?? .null, seed: 0).lambdas.values.count - 1
    for column in table.r.indices {
      let interval =
        ScoreInterval.overUnits(stimuli.map { $0.r[column] }, subjects: false, seed: task.seed)
        ?? bootstrap.interval(column)
      let folds = table.folds.filter { $0.testCount[column] > 0 }
      var entry = ScoreEntry(value: table.r[column])
      entry.low = interval.low
      entry.high = interval.high
      entry.intervalKind = interval.kind.rawValue
      entry.r2 = table.r2[column]
      entry.rPooled = table.pooledR[column]
      entry.lambdaMedian = Moments.median(folds.map { $0.lambda[column] }.filter { !$0.isNaN })
      entry.noiseCeiling = ceiling.values[column]
      entry.flags = fit.flags[column].union(flags)
      entry.lambdaAtEdge = folds.count { $0.lambdaIndex[column] == 0 || $0.lambdaIndex[column] == largest }
      add(entry, mode: mode, column: column)
    }
  }
}
