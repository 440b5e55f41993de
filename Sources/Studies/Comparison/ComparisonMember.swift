import ContentIdentity
import Diagnostics
import Encoding
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Warehouse
import Work

/// A fit as comparisons see it: its keys, observed values with their flags, null draws, and r fold by fold.
struct ComparisonMember {
  let unit: String
  let keys: FitKeys
  let kind: FitKind
  let cells: [String]
  /// A value per cell.
  let observed: [FitScore: [Double]]
  /// What is said of every cell of a score.
  let flags: [FitScore: [Set<EncodingFlag>]]
  /// Stimuli that the folds of every cell test.
  let stimuliCounted: [Int]
  /// What a perfect model could reach, per cell; nil where the target was measured once.
  let ceilings: [Double?]
  /// Draw x cell; empty where the study has no draws or keeps none.
  let draws: [FitScore: Matrix]
  /// Of the main model, per cell.
  let folds: [FoldwiseScores]
  /// What it is to beat.
  let twins: [TwinScores]

  /// - Throws: `E-EXE-007` where one of the fit's arrays is missing.
  init(_ member: ComparisonStep.Parameters.Member, hasDraws: Bool, in task: UnitTask) throws {
    let arrays = FitArrays(member.unit, task)
    unit = member.unit
    keys = member.keys
    kind = member.kind
    let scores = try arrays.read(.scores)
    cells = scores.cells
    let drawn = hasDraws ? member.kind.drawn : []
    observed = try Dictionary(
      uniqueKeysWithValues: member.kind.scores.map { ($0, try scores.row($0.label, of: member.unit)) })
    draws = try Dictionary(uniqueKeysWithValues: drawn.map { ($0, try arrays.read(.null($0)).matrix) })
    precondition(draws.values.allSatisfy { $0.rows > 0 }, "fit \(unit.prefix(24)) keeps draws and has none")
    let said = try StrictCoder.decode(ScoreParameters.self, from: scores.parameters)
    flags = Dictionary(
      uniqueKeysWithValues: zip(member.kind.scores, said.flags).map { ($0, $1.map { Set($0) }) })
    stimuliCounted = said.stimuliCounted
    ceilings = said.ceilings
    folds = try arrays.folds(of: member.kind.main)
    twins = try member.twins.map { try TwinScores($0, of: member.kind.main, in: task) }
  }

  /// The cells of a score that has draws.
  func cells(_ score: FitScore) -> [ComparisonCell] {
    guard draws[score] != nil else { return [] }
    return cells.indices.map { ComparisonCell(member: self, column: $0, score: score) }
  }

  /// The cells of the r that stands for the features themselves.
  var mainCells: [ComparisonCell] {
    cells.indices.map {
      ComparisonCell(member: self, column: $0, score: FitScore(mode: kind.main, quantity: .r))
    }
  }
}

/// The stored arrays of one fit.
struct FitArrays {
  let unit: String
  let task: UnitTask
  private let arrays: [String: TaskArray]

  /// Rows by label, where they have labels, columns by cell.
  struct Stored {
    let labels: [String]
    let cells: [String]
    let matrix: Matrix
    let parameters: JSONValue

    init(_ array: TaskArray) throws {
      let stored = try ArrayReader.read(array.reference)
      guard stored.axes.count == 2, let cells = stored.axes[1].labels else {
        preconditionFailure("\(array.description.name) has no axis of cells")
      }
      self.cells = cells
      labels = stored.axes[0].labels ?? []
      matrix = Matrix(rows: stored.shape[0], columns: stored.shape[1], values: stored.values.map(Double.init))
      parameters = array.description.parameters
    }

    func row(_ label: String, of unit: String) throws -> [Double] {
      guard let row = labels.firstIndex(of: label) else {
        throw EvokeError(
          .inputMissing, "fit \(unit.prefix(24))", reason: "its scores lack \(label)",
          remedy: "plan and run the study again")
      }
      return (0..<matrix.columns).map { matrix[row, $0] }
    }
  }

  init(_ unit: String, _ task: UnitTask) {
    self.unit = unit
    self.task = task
    arrays = Dictionary(
      task.arrays.filter { $0.unitKey == unit }.map { ($0.description.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// r of every fold over the rows in which both elements sound, per cell, and how the elements share the sound.
  func activeFolds(of mode: FitMode) throws -> (folds: [FoldwiseScores], shares: ElementShares) {
    let r = try read(.activeFolds(mode))
    let said = try StrictCoder.decode(ActiveFoldParameters.self, from: r.parameters)
    let folds = r.cells.indices.map { cell in
      FoldwiseScores(
        folds: r.labels.indices.map {
          FoldwiseScores.Fold(
            key: r.labels[$0], stimuli: said.folds.stimuli[$0], r: r.matrix[$0, cell], innerR: .nan)
        }, overlap: said.folds.overlap)
    }
    return (folds, said.shares)
  }

  /// r and inner r of every fold, per cell: the folds that are the cell's.
  func folds(of mode: FitMode) throws -> [FoldwiseScores] {
    let (r, inner) = (try read(.folds(mode)), try read(.innerFolds(mode)))
    let said = try StrictCoder.decode(FoldParameters.self, from: r.parameters)
    return r.cells.indices.map { cell in
      let own = r.labels.indices.filter { !inner.matrix[$0, cell].isNaN }
      return FoldwiseScores(
        folds: own.map {
          FoldwiseScores.Fold(
            key: r.labels[$0], stimuli: said.stimuli[$0], r: r.matrix[$0, cell], innerR: inner.matrix[$0, cell])
        }, overlap: said.overlap)
    }
  }

  func read(_ array: FitArray) throws -> Stored {
    let name = array.name(of: unit)
    guard let found = arrays[name], found.description.kind == array.kind else {
      throw EvokeError(
        .inputMissing, name, reason: "the fit left no such array of kind \(array.kind)",
        remedy: "plan and run the study again")
    }
    return try Stored(found)
  }
}

/// One cell of a member: what a p value belongs to.
struct ComparisonCell: FamilyCell {
  let member: ComparisonMember
  let column: Int
  let score: FitScore

  var keys: FitKeys { member.keys }
  /// The column's name: a region, or the target itself.
  var name: String { member.cells[column] }
  var fitKey: String { FitRows.key(member.unit, mode: score.mode, column: column) }

  var value: Double {
    guard let values = member.observed[score] else { preconditionFailure("\(score.label) is no score of the fit") }
    return values[column]
  }

  /// r of the main model fold by fold.
  var folds: FoldwiseScores { member.folds[column] }

  var flags: Set<EncodingFlag> {
    guard let flags = member.flags[score] else { preconditionFailure("\(score.label) is no score of the fit") }
    return flags[column]
  }

  /// Stimuli that its folds test.
  var stimuliCounted: Int { member.stimuliCounted[column] }

  /// What a perfect model could reach; nil where the target was measured once.
  var ceiling: Double? { member.ceilings[column] }

  /// Whether there is one: a subject whose region was not recorded, or does not vary, has none.
  var hasScore: Bool { !value.isNaN }

  /// As rows over subjects read it.
  var said: SubjectFlags.Score { SubjectFlags.Score(value: value, flags: flags, stimulusCount: stimuliCounted) }

  /// Whether its score may be reported.
  var isValid: Bool { Reportable.isValid(value, flags, stimulusCount: stimuliCounted) }

  /// Draws of the null; none where the study has none.
  func draws() -> [Double] { member.draws[score].map { $0.column(column) } ?? [] }

  /// What identifies the target cell, whatever the features.
  var target: [String] {
    [
      keys.dataset, keys.cohort, FitKeys.spelled(keys.subject), FitKeys.spelled(keys.rater), keys.targetKind.rawValue,
      keys.target, keys.targetParameters, keys.element.rawValue, name,
    ]
  }
}
