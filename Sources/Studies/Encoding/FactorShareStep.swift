import ContentIdentity
import Diagnostics
import LabelledArrays
import LinearAlgebra
import Recordings
import Statistics
import Vocabulary
import Warehouse
import Work

/// How much of the features of the stimuli of a design its factors explain, for every feature, layer and element of a study.
///
/// Features are averaged over the seconds of a stimulus. One draw exchanges the same rows in all features, so that `p_max` is
/// of the maximum over them, effect by effect.
struct FactorShareStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let dataset: String
    let cohort: String
    let factors: [Factor]
    let rows: [Row]
    /// How many variants every stimulus has; the features of space s and variant v are handed in as `feature(s * variants + v)`.
    let variants: Int
    let spaces: [FitSet]
    let interactions: Bool
    /// Exchanges of rows; 0: there is no null.
    let draws: Int
    let seed: UInt64
  }

  struct Factor: Codable, Sendable, Hashable {
    let name: String
    let role: FactorRole
  }

  /// A row of the design.
  struct Row: Codable, Sendable {
    let stimulus: String
    let variant: Int
    /// One of each factor.
    let levels: [String]
  }

  /// What says that there is nothing to analyse.
  struct Absent: Codable, Sendable {
    let dataset: String
    let cohort: String
    let element: Element
    let factors: [Factor]
  }

  let name = "factor_share"
  let version = 2
  let summary = "what the factors of a design explain of the features of its stimuli"
  let tables: [any ResultRow.Type] = [FactorShareRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let design = try FactorDesign(parameters, label: task.label)
    let features = try parameters.spaces.indices.map { place in
      progress(0.5 * Double(place) / Double(parameters.spaces.count))
      return DesignRows(try parameters.values(of: place, task))
    }
    let shares = design.effects.enumerated().map { place, effect in
      progress(0.5 + 0.5 * Double(place) / Double(design.effects.count))
      return EffectShares(effect, design, features, parameters)
    }
    try store(shares, design, parameters, unit: task.key, in: writer)
    return [
      ResultRows(shares.flatMap { $0.rows(design, features, parameters) }),
      ResultRows(design.checks(shares, parameters)),
    ]
  }

  /// Partial eta squared of the draws, draw x cell.
  private func store(
    _ shares: [EffectShares], _ design: FactorDesign, _ parameters: Parameters, unit: String, in writer: ArrayFileWriter
  ) throws {
    guard parameters.draws > 0 else { return }
    var description = ArrayDescription(name: "factor_share/\(unit.prefix(24))/null", kind: "null")
    (description.dataset, description.cohort) = (parameters.dataset, parameters.cohort)
    let labels = shares.flatMap { share in
      parameters.spaces.map { "\($0.name) (\($0.element.rawValue)): \(design.name(share.effect))" }
    }
    let values = (0..<parameters.draws).flatMap { draw in shares.flatMap { $0.drawn.map { Float($0[draw]) } } }
    try writer.add(
      description, group: "factor-share-null",
      LabelledArray(axes: [.index("draw", parameters.draws), .labels("cell", labels)], values: values))
  }
}

extension FactorShareStep.Parameters {
  /// The features of a space averaged over the seconds of every row, `[row, column]`; a column without a value is NaN.
  fileprivate func values(of space: Int, _ task: UnitTask) throws -> Matrix {
    let all = try (0..<variants).map { variant in
      try Dictionary(grouping: task.arrays(.feature(space * variants + variant)), by: \.piece.stimulus)
        .mapValues { try Self.mean($0.map { try ArrayReader.read($0.reference) }) }
    }
    var labels: [String]?
    let values = try rows.map { row -> [Double] in
      guard let own = all[row.variant][row.stimulus] else {
        throw EvokeError(
          .inputMissing, task.label, reason: "\(spaces[space].name) of \(row.stimulus) was not handed to it",
          remedy: "plan and run the study again")
      }
      labels = labels ?? own.labels
      return own.values(in: labels)
    }
    let widths = Set(values.map(\.count))
    guard let width = widths.first, widths.count == 1 else {
      throw EvokeError(
        .noCommonData, task.label, reason: "\(spaces[space].name) has not the same columns in all stimuli",
        remedy: "import features of one kind under one name")
    }
    return Matrix(rows: rows.count, columns: width, values: values.flatMap { $0 })
  }

  /// Over the rows of all arrays, column by column.
  private static func mean(_ arrays: [LabelledArray]) -> ColumnMeans {
    let width = arrays.map { $0.axes.dropFirst().map(\.count).reduce(1, *) }.reduce(0, max)
    var (sums, counts) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
    for array in arrays {
      for (place, value) in array.values.enumerated() where value.isFinite {
        sums[place % width] += Double(value)
        counts[place % width] += 1
      }
    }
    let labels = arrays.map { $0.axes.count == 2 ? $0.axes[1].labels : nil }
    return ColumnMeans(
      labels: Set(labels).count == 1 ? labels[0] : nil, means: zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan })
  }
}

/// Means of columns, which tables of two stimuli may hold in another order.
private struct ColumnMeans {
  /// nil: nothing names them.
  let labels: [String]?
  let means: [Double]

  /// The means in the order of these names, where they are those of all columns.
  func values(in wanted: [String]?) -> [Double] {
    guard let labels, let wanted, labels != wanted, labels.count == means.count, Set(labels) == Set(wanted) else {
      return means
    }
    return wanted.compactMap { name in labels.firstIndex(of: name).map { means[$0] } }
  }
}
