import ContentIdentity
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Vocabulary
import Warehouse

/// The arrays one encoding unit stores.
struct UnitArrays {
  private let unit: String
  private let parameters: FitParameters
  private let assembled: AssembledData
  private let writer: ArrayFileWriter

  /// `unit`: the unit's key.
  init(unit: String, _ parameters: FitParameters, _ assembled: AssembledData, _ writer: ArrayFileWriter) {
    self.unit = unit
    self.parameters = parameters
    self.assembled = assembled
    self.writer = writer
  }

  private func describe(_ kind: String, _ name: String) -> ArrayDescription {
    let keys = parameters.keys
    var description = ArrayDescription(
      name: name, kind: kind, parameters: ["target": .string(keys.targetParameters)])
    description.dataset = keys.dataset
    description.cohort = keys.cohort
    description.subject = keys.subject
    description.rater = keys.rater
    description.element = keys.element.rawValue
    description.featureSet = keys.featureSet
    description.model = keys.model
    description.layerKey = keys.layerKey
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

  /// Scores of block-bootstrap draws that are common to all fits of the same rows.
  func bootstrap(_ scores: BootstrapScores, mode: FitMode) throws {
    var description = describe(.bootstrap(mode))
    description.parameters = try StrictCoder.encode(
      BootstrapParameters(unitCount: scores.blockCount, blockRows: scores.blockLength))
    try writer.add(
      description, group: "\(mode.label)-bootstrap",
      LabelledArray(axes: [.index("draw", scores.draws.rows), cells], values: scores.draws.values.map(Float.init)))
  }

  /// r of every stimulus: stimulus x cell.
  func stimuli(_ scores: [(stimulus: String, r: [Double])], mode: FitMode) throws {
    try writer.add(
      describe(.stimuli(mode)), group: "\(mode.label)-stimuli",
      LabelledArray(
        axes: [.labels("stimulus", scores.map(\.stimulus)), cells], values: scores.flatMap { $0.r.map(Float.init) }))
  }

  /// The observed values that comparisons read: score x cell.
  func observed(_ values: [(score: FitScore, values: [Double])]) throws {
    try writer.add(
      describe(.scores), group: "score",
      LabelledArray(
        axes: [.labels("feature", values.map(\.score.label)), cells],
        values: values.flatMap { $0.values.map(Float.init) }))
  }
}
