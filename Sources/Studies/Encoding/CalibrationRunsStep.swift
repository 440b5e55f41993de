import ContentIdentity
import Diagnostics
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Vocabulary
import Warehouse
import Work

/// Some runs of a study's own fit and test on targets in which nothing, or a relation of known score, is planted.
///
/// Features, their delays and reductions, folds, covariates and nulls are those of the study; only the targets are others
/// (`CalibrationWorlds`), and every run has null draws of its own.
struct CalibrationRunsStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let design: TestedDesign
    /// What the true model of the features scores; 0: nothing is planted.
    let plantedR: Double
    let firstRun: Int
    let runCount: Int
  }

  let name = "calibration_runs"
  let version = 8
  let summary = "a study's own fit and test on surrogates of its targets, with nothing or a known score planted"
  let tables: [any ResultRow.Type] = []

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let (design, fit) = (parameters.design, parameters.design.fit)
    let assembled = try DataAssembly(task, fit, covariates: design.covariates).assemble()
    let worlds = try CalibrationWorlds(assembled.data, planting: parameters.plantedR, settings: fit.encoding)
    var found = CalibrationScores(unit: task.key, fit, assembled, courseShare: worlds.courseShare)
    for place in 0..<parameters.runCount {
      let run = parameters.firstRun + place
      do {
        found.add(try design.tested(worlds.data(run: run), seed: worlds.nullSeed(run: run)))
      } catch let error as EvokeError {
        // A world that this design cannot fit has no score, as the study's own target would have none.
        found.add(error)
      }
      progress(Double(place + 1) / Double(parameters.runCount))
    }
    try found.write(writer)
    return []
  }

  /// In proportion to the study's own units, which most often draw 1,000 times.
  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost {
    let design = parameters.design
    let runs = Double(parameters.runCount) * design.operations / design.drawing(1000).operations
    return WorkCost(time: .times(runs, step: design.step), memory: .unknown, diskBytes: 0)
  }

  func measure(_ parameters: Parameters) -> WorkMeasure? {
    WorkMeasure(
      name: parameters.design.fit.keys.featureSet, settings: parameters.design.sha256,
      soundS: Double(parameters.runCount))
  }
}

extension TestedDesign {
  /// The step of the study itself.
  fileprivate var step: String {
    switch self {
    case .single: EncodingStep().name
    case .controlled: CovariateControlStep().name
    case .joint: JointStep().name
    }
  }

  /// Roughly what it computes, in predictions of all folds: fits with their inner folds, draws, and what stands beside.
  fileprivate var operations: Double {
    switch self {
    case .single(let step):
      guard case .drawn(_, let draws) = step.null else { return 200 }
      return 200 + Double(draws) + 8 * Double(ScoreCheck.draws(draws))
    case .controlled(let step): return 300 + 3 * Double(step.draws)
    case .joint(let step): return 300 + Double(step.sets.count * step.draws)
    }
  }

  fileprivate var sha256: JSONValue {
    do {
      return .string(try StrictCoder.encode(self).sha256)
    } catch {
      preconditionFailure("a design without JSON: \(error)")
    }
  }
}

/// The scores and null draws of the runs of one unit.
struct CalibrationScores {
  private let unit: String
  private let parameters: FitParameters
  private let assembled: AssembledData
  private let courseShare: [Double]
  /// nil: a run without scores.
  private var runs: [[TestedScore]?] = []
  private var error: EvokeError?

  init(unit: String, _ parameters: FitParameters, _ assembled: AssembledData, courseShare: [Double]) {
    self.unit = unit
    self.parameters = parameters
    self.assembled = assembled
    self.courseShare = courseShare
  }

  mutating func add(_ scores: [TestedScore]) { runs.append(scores) }

  mutating func add(_ error: EvokeError) {
    self.error = error
    runs.append(nil)
  }

  /// Writes, per score, its values with whether they may be reported, and its null draws.
  ///
  /// - Throws: the last run's error where no run has a score.
  func write(_ writer: ArrayFileWriter) throws {
    guard let first = runs.lazy.compactMap({ $0 }).first else {
      if let error { throw error }
      return
    }
    for (place, score) in first.enumerated() { try write(place, score, writer) }
  }

  private func write(_ place: Int, _ first: TestedScore, _ writer: ArrayFileWriter) throws {
    let labels = assembled.target.labels
    let (cells, draws) = (labels.count, first.null.draws.rows)
    var values: [Float] = []
    var drawn: [Float] = []
    for run in runs {
      guard let score = run?[place] else {
        values += [Float](repeating: .nan, count: cells) + [Float](repeating: 0, count: cells)
        drawn += [Float](repeating: .nan, count: draws * cells)
        continue
      }
      values += score.observed.values.map(Float.init) + score.valid(missing: assembled.target.missing)
      drawn += score.null.draws.values.map(Float.init)
    }
    let score = first.observed.score
    let axes: [Axis] = [.index("trial", runs.count), .labels("cell", labels)]
    for (array, own, data) in [
      (CalibrationArray.scores(score), Axis.labels("feature", CalibrationArray.quantities), values),
      (.null(score), .index("draw", draws), drawn),
    ] {
      try writer.add(
        try describe(array, first.null), group: "\(score.mode.label)-\(score.quantity.rawValue)-\(array.kind)",
        LabelledArray(axes: [axes[0], own, axes[1]], values: data))
    }
  }

  private func describe(_ array: CalibrationArray, _ null: NullDistribution) throws -> ArrayDescription {
    let cells = zip(assembled.target.labels, courseShare).map { label, share in
      let info = parameters.regionInfo[label]
      return CalibrationParameters.Cell(
        courseShare: share.isNaN ? nil : share, hemisphere: info?.hemisphere, regionGroup: info?.group)
    }
    var description = ArrayDescription(
      name: array.name(of: unit), kind: array.kind,
      parameters: try StrictCoder.encode(CalibrationParameters(nullKind: null.kind, cells: cells)))
    parameters.keys.sign(&description)
    return description
  }
}

extension TestedScore {
  /// 1 where the score of a cell may be reported.
  fileprivate func valid(missing: MissingMembers) -> [Float] {
    observed.values.indices.map { cell in
      let flags = observed.flags[cell].union(missing.flags(of: cell))
      return Reportable.isValid(observed.values[cell], flags, stimulusCount: stimuliCounted[cell]) ? 1 : 0
    }
  }
}

/// The arrays of calibration runs.
package enum CalibrationArray {
  /// Trial (run) x feature (value, valid) x cell.
  case scores(FitScore)
  /// Trial (run) x draw x cell.
  case null(FitScore)

  /// The score of every run, and whether it may be reported (1 or 0).
  static let quantities = ["value", "valid"]

  package var kind: String {
    switch self {
    case .scores: "calibration_score"
    case .null: "calibration_null"
    }
  }

  package func name(of unit: String) -> String {
    switch self {
    case .scores(let score): Self.name(of: unit, score, "scores")
    case .null(let score): Self.name(of: unit, score, "null")
    }
  }

  private static func name(of unit: String, _ score: FitScore, _ what: String) -> String {
    ["calibration", String(unit.prefix(24)), score.label, what].joined(separator: "/")
  }
}

/// What an array of calibration runs tells of its cells.
package struct CalibrationParameters: Codable, Sendable {
  package struct Cell: Codable, Sendable {
    /// The share of the target's variance within stimuli that is planted as a course of all; nil with one stimulus.
    package let courseShare: Double?
    package let hemisphere: String?
    package let regionGroup: String?
  }

  package let nullKind: NullKind
  package let cells: [Cell]
}
