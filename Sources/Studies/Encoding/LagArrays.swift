import ContentIdentity
import EncodingModels
import LabelledArrays
import Warehouse
import Work

/// What a unit of lagged correlations leaves for comparisons, per stimulus.
package enum LagScore: String, CaseIterable, Sendable {
  /// Fisher z of the largest r over lags.
  case z
  /// The same over the spread of the null's.
  case zStandardised = "z_standardised"
}

/// What an array of their scores tells of them.
package struct LagParameters: Codable, Sendable {
  /// Per stimulus.
  package let flags: [[EncodingFlag]]
}

/// The arrays of a unit of lagged correlations.
package enum LagArray {
  /// Scores: `LagScore` x stimulus.
  case scores
  /// Draw x stimulus: Fisher z of the largest r.
  case null

  package var kind: String {
    switch self {
    case .scores: "score"
    case .null: "null"
    }
  }

  package func name(of unit: String) -> String { "lag/\(unit.prefix(24))/\(kind)" }
}

/// Writes them.
struct LagArrays {
  private let unit: String
  private let keys: FitKeys
  private let writer: ArrayFileWriter

  init(unit: String, _ keys: FitKeys, _ writer: ArrayFileWriter) {
    (self.unit, self.keys, self.writer) = (unit, keys, writer)
  }

  /// - Parameters:
  ///   - values: of a score, per stimulus.
  ///   - draws: Fisher z per draw and stimulus; empty without draws.
  func write(
    _ stimuli: [String], flags: [Set<EncodingFlag>], draws: [[Double]], values: (LagScore) -> [Double]
  ) throws {
    let cells = Axis.labels("cell", stimuli)
    let said = LagParameters(flags: flags.map { $0.sorted() })
    try add(
      .scores, saying: try StrictCoder.encode(said),
      LabelledArray(
        axes: [.labels("feature", LagScore.allCases.map(\.rawValue)), cells],
        values: LagScore.allCases.flatMap { values($0).map(Float.init) }))
    guard !draws.isEmpty else { return }
    try add(
      .null, saying: ["target": .string(keys.targetParameters)],
      LabelledArray(axes: [.index("draw", draws.count), cells], values: draws.joined().map(Float.init)))
  }

  private func add(_ array: LagArray, saying parameters: JSONValue, _ values: LabelledArray) throws {
    var description = ArrayDescription(name: array.name(of: unit), kind: array.kind, parameters: parameters)
    keys.sign(&description)
    try writer.add(description, group: "lag-\(array.kind)", values)
  }
}
