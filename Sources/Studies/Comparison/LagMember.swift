import ContentIdentity
import Diagnostics
import Encoding
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Statistics
import Warehouse
import Work

/// What a unit of lagged correlations found, as comparisons see it.
struct LagMember {
  let keys: FitKeys
  let cell: LagCell
  /// Stimuli, with runs.
  let stimuli: [String]
  private let observed: [LagScore: [Double]]
  let flags: [Set<EncodingFlag>]
  /// Fisher z, draw x stimulus; nil where the study has none.
  private let draws: Matrix?
  let drawCount: Int
  private let null: [(mean: Double, sd: Double)]

  /// - Throws: `E-EXE-007` where one of its arrays is missing.
  init(_ member: LagComparisonStep.Parameters.Member, hasDraws: Bool, in task: UnitTask) throws {
    (keys, cell) = (member.keys, LagCell(member.keys, member.transform))
    func read(_ array: LagArray) throws -> (LabelledArray, JSONValue) {
      let name = array.name(of: member.unit)
      guard let found = task.arrays.first(where: { $0.unitKey == member.unit && $0.description.name == name }) else {
        throw EvokeError(
          .inputMissing, name, reason: "the correlations left no such array", remedy: "plan and run the study again")
      }
      return (try ArrayReader.read(found.reference), found.description.parameters)
    }
    let (scores, said) = try read(.scores)
    guard let labels = scores.axis("cell")?.labels else { preconditionFailure("scores name their stimuli") }
    stimuli = labels
    let values = scores.values.map(Double.init)
    observed = Dictionary(
      uniqueKeysWithValues: LagScore.allCases.enumerated().map { place, score in
        (score, Array(values[(place * labels.count)..<((place + 1) * labels.count)]))
      })
    flags = try StrictCoder.decode(LagParameters.self, from: said).flags.map { Set($0) }
    guard hasDraws else {
      (draws, drawCount, null) = (nil, 0, [])
      return
    }
    let drawn = try read(.null).0
    let matrix = Matrix(
      rows: drawn.values.count / max(1, labels.count), columns: labels.count, values: drawn.values.map(Double.init))
    (draws, drawCount) = (matrix, matrix.rows)
    null = labels.indices.map { place in
      let column = matrix.column(place)
      return (Moments.mean(column), Moments.standardDeviation(column))
    }
  }

  /// The mean over some stimuli of what was observed, or of a draw.
  func mean(_ score: LagScore, over wanted: [String], draw: Int? = nil) -> Double {
    Moments.mean(wanted.map { value(score, of: place(of: $0), draw: draw) })
  }

  /// NaN where nothing is known of the stimulus.
  func value(_ score: LagScore, of stimulus: String) -> Double {
    stimuli.contains(stimulus) ? value(score, of: place(of: stimulus), draw: nil) : .nan
  }

  private func place(of stimulus: String) -> Int {
    guard let place = stimuli.firstIndex(of: stimulus) else { preconditionFailure("\(stimulus) is no stimulus of it") }
    return place
  }

  private func value(_ score: LagScore, of place: Int, draw: Int?) -> Double {
    guard let draw else {
      guard let values = observed[score] else { preconditionFailure("every score is stored") }
      return values[place]
    }
    guard let draws else { preconditionFailure("there are no draws") }
    switch score {
    case .z: return draws[draw, place]
    case .zStandardised: return (draws[draw, place] - null[place].mean) / null[place].sd
    }
  }
}
