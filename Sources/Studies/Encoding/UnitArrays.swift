import ContentIdentity
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Vocabulary
import Warehouse
import Work

/// The arrays one encoding unit stores.
struct UnitArrays {
  private let unit: String
  private let parameters: FitParameters
  private let assembled: AssembledData
  private let writer: CellWriter

  /// `unit`: the unit's key.
  init(unit: String, _ parameters: FitParameters, _ batch: CellBatch) {
    self.unit = unit
    self.parameters = parameters
    (assembled, writer) = (batch.assembled, batch.arrays)
  }

  private func describe(_ kind: String, _ name: String) -> ArrayDescription {
    let keys = parameters.keys
    var description = ArrayDescription(
      name: name, kind: kind, parameters: ["target": .string(keys.targetParameters)])
    keys.sign(&description)
    return description
  }

  private func describe(_ array: FitArray) -> ArrayDescription { describe(array.kind, array.name(of: unit)) }

  private var cells: Axis { .labels("cell", assembled.target.labels) }

  /// Out-of-fold predictions and, once for a unit, targets per piece; the name of the predictions, without the piece.
  func predictions(_ table: ScoreTable, mode: CovariateMode) throws -> String? {
    guard parameters.store.contains(.predictions) else { return nil }
    let keepsTargets = mode == .none || mode == .joint
    for (i, key) in assembled.keys.enumerated() {
      let piece = assembled.data.pieces[i]
      let times = (0..<piece.rowCount).map { piece.start + Double($0) * assembled.data.dt }
      for (kind, matrix) in [("prediction", table.predictions[i])] + (keepsTargets ? [("target", piece.targets)] : []) {
        var description = describe(kind, FitArray.name(of: unit, [mode.rawValue, kind, key.label]))
        description.stimulus = key.stimulus
        description.run = key.run
        description.rateHz = 1 / assembled.data.dt
        try writer.add(
          description, group: "\(mode.rawValue)-\(kind)-\(i)",
          LabelledArray(axes: [.time(times), cells], values: matrix.values.map(Float.init)))
      }
    }
    return FitArray.name(of: unit, [mode.rawValue, "prediction"])
  }

  /// Null draws of one score; the name of their array, where they are kept.
  func draws(_ null: NullDistribution, of score: FitScore) throws -> String? {
    guard parameters.store.contains(.null) else { return nil }
    let description = describe(.null(score))
    try writer.add(
      description, group: "\(score.mode.label)-null-\(score.quantity.rawValue)",
      LabelledArray(axes: [.index("draw", null.draws.rows), cells], values: null.draws.values.map(Float.init)))
    return description.name
  }

  /// What the columns of every set weigh in the predictions of a fit, and the forward patterns: lag x feature x cell.
  func weights(of fit: EncodingFit, mode: FitMode, sets: [FitSet]) throws {
    guard parameters.store.contains(.weights) else { return }
    for (place, band) in try fit.bandWeights().enumerated() {
      let lags = band.delays.map { Double($0) * assembled.data.dt }
      let axes = [
        Axis("lag", .numbers(lags, units: "s")), .labels("feature", assembled.featureLabels[place]), cells,
      ]
      let arrays: [(array: FitArray, values: [Matrix])] = [
        (.weights(mode, set: place), band.weights), (.patterns(mode, set: place), band.patterns),
      ]
      for (array, values) in arrays {
        var description = describe(array)
        sets[place].sign(&description)
        try writer.add(
          description, group: "\(mode.label)-\(array.kind)-\(place)",
          LabelledArray(axes: axes, values: values.flatMap { $0.values.map(Float.init) }))
      }
    }
  }

  /// r and inner r of every fold: fold x cell, NaN for a fold that is not the cell's or does not count.
  func folds(_ table: ScoreTable, mode: FitMode) throws {
    let parameters = CellParameters.folds(FoldParameters(table))
    let scores = assembled.target.labels.indices.map(table.foldwise)
    for (array, value) in [(FitArray.folds(mode), \FoldwiseScores.Fold.r), (.innerFolds(mode), \.innerR)] {
      try write(array, of: mode, parameters, table, scores, as: value)
    }
  }

  /// r of every fold over the rows in which both elements of the sound are heard, and how they share it; nothing where
  /// nobody handed over how loud they are.
  func activeFolds(of fit: EncodingFit, mode: FitMode, _ task: UnitTask) throws {
    guard let activity = try ElementActivity(task, assembled) else { return }
    let parameters = ActiveFoldParameters(folds: FoldParameters(fit.full), shares: activity.shares)
    try write(
      .activeFolds(mode), of: mode, .activeFolds(parameters), fit.full, fit.foldwise(in: activity.rows), as: \.r)
  }

  /// R² of every fold against the training mean: fold x cell, NaN for a fold that is not the cell's or does not count.
  func foldsR2(_ table: ScoreTable, mode: FitMode) throws {
    let array = FitArray.foldsR2(mode)
    let values = table.folds.flatMap { fold in
      fold.r2.indices.map { fold.isPlanned[$0] && fold.isCounted[$0] ? Float(fold.r2[$0]) : .nan }
    }
    try writer.add(
      describe(array), group: "\(mode.label)-\(array.kind)",
      LabelledArray(axes: [.labels("fold", table.folds.map(\.key)), cells], values: values),
      telling: .folds(FoldParameters(table)))
  }

  private func write(
    _ array: FitArray, of mode: FitMode, _ parameters: CellParameters, _ table: ScoreTable, _ scores: [FoldwiseScores],
    as value: KeyPath<FoldwiseScores.Fold, Double>
  ) throws {
    let cellwise = scores.map { Dictionary($0.folds.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }) }
    let values = table.folds.flatMap { fold in cellwise.map { $0[fold.key].map { Float($0[keyPath: value]) } ?? .nan } }
    try writer.add(
      describe(array), group: "\(mode.label)-\(array.kind)",
      LabelledArray(axes: [.labels("fold", table.folds.map(\.key)), cells], values: values), telling: parameters)
  }

  /// The observed values that comparisons read: score x cell, with what is said of every cell.
  func observed(_ values: [ObservedScore], of table: ScoreTable, below ceiling: TargetCeiling) throws {
    let parameters = ScoreParameters(
      flags: values.map { $0.flags.map { $0.sorted() } },
      stimuliCounted: assembled.target.labels.indices.map(table.stimuliCounted),
      ceilings: ceiling.values.map { $0.isNaN ? nil : $0 })
    try writer.add(
      describe(.scores), group: "score",
      LabelledArray(
        axes: [.labels("feature", values.map(\.score.label)), cells],
        values: values.flatMap { $0.values.map(Float.init) }), telling: .scores(parameters))
  }
}

/// The values of a score per cell, and their flags.
struct ObservedScore {
  let score: FitScore
  let values: [Double]
  let flags: [Set<EncodingFlag>]
}

extension FoldParameters {
  init(_ table: ScoreTable) { self.init(stimuli: table.folds.map(\.stimuli), overlap: table.overlap) }
}
