import ContentIdentity
import Diagnostics
import Encoding
import LabelledArrays
import LinearAlgebra
import Warehouse
import Work

/// A fit as comparisons see it: its keys, observed values, null and bootstrap draws.
struct ComparisonMember {
  let unit: String
  let keys: FitKeys
  let kind: FitKind
  let cells: [String]
  /// A value per cell.
  let observed: [FitScore: [Double]]
  /// Draw x cell; empty where the study has no draws or keeps none.
  let draws: [FitScore: Matrix]
  /// Of the main model: draw x cell.
  let bootstrap: Matrix
  /// Blocks of rows that bootstrap draws choose from.
  let unitCount: Int
  /// Of the main model: stimulus -> r per cell.
  let stimuli: [String: [Double]]

  /// - Throws: `E-EXE-007` where one of the fit's arrays is missing.
  init(_ member: ComparisonStep.Parameters.Member, hasDraws: Bool, in task: UnitTask) throws {
    let arrays = FitArrays(member.unit, task)
    unit = member.unit
    keys = member.keys
    kind = member.kind
    let scores = try arrays.read(.scores)
    cells = scores.cells
    observed = try Dictionary(
      uniqueKeysWithValues: member.kind.scores.map { ($0, try scores.row($0.label, of: member.unit)) })
    draws = try Dictionary(
      uniqueKeysWithValues: (hasDraws ? member.kind.drawn : []).map { ($0, try arrays.read(.null($0)).matrix) })
    let resampled = try arrays.read(.bootstrap(member.kind.main))
    bootstrap = resampled.matrix
    unitCount = try StrictCoder.decode(BootstrapParameters.self, from: resampled.parameters).unitCount
    let each = try arrays.read(.stimuli(member.kind.main))
    stimuli = try Dictionary(
      uniqueKeysWithValues: each.labels.map { ($0, try each.row($0, of: member.unit)) })
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
private struct FitArrays {
  let unit: String
  let task: UnitTask
  private let arrays: [String: TaskArray]

  /// Rows by label, where they have labels, columns by cell.
  struct Stored {
    let labels: [String]
    let cells: [String]
    let matrix: Matrix
    let parameters: JSONValue

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

  func read(_ array: FitArray) throws -> Stored {
    let name = array.name(of: unit)
    guard let found = arrays[name], found.description.kind == array.kind else {
      throw EvokeError(
        .inputMissing, name, reason: "the fit left no such array of kind \(array.kind)",
        remedy: "plan and run the study again")
    }
    let stored = try ArrayReader.read(found.reference)
    guard stored.axes.count == 2, let cells = stored.axes[1].labels else {
      preconditionFailure("\(name) has no axis of cells")
    }
    return Stored(
      labels: stored.axes[0].labels ?? [], cells: cells,
      matrix: Matrix(rows: stored.shape[0], columns: stored.shape[1], values: stored.values.map(Double.init)),
      parameters: found.description.parameters)
  }
}

/// One cell of a member: what a p value belongs to.
struct ComparisonCell {
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

  /// r of the main model by stimulus, those without a score left out.
  var stimuli: [String: Double] { member.stimuli.mapValues { $0[column] }.filter { !$0.value.isNaN } }

  /// Draws of the null; none where the study has none.
  func draws() -> [Double] { member.draws[score].map { $0.column(column) } ?? [] }

  /// Draws of the main model's bootstrap.
  func bootstrap() -> [Double] { member.bootstrap.column(column) }

  /// What identifies the target cell, whatever the features.
  var target: [String] {
    [
      keys.dataset, keys.cohort, FitKeys.spelled(keys.subject), FitKeys.spelled(keys.rater), keys.targetKind.rawValue,
      keys.target, keys.targetParameters, keys.element.rawValue, name,
    ]
  }
}
