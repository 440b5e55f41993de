import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import Vocabulary
import Warehouse
import Work

/// In which regions features explain a target beyond covariates: each of their two scores has its own null.
struct ControlCheckStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Fits beside covariates, of targets that are nobody's alone.
    let members: [ComparisonStep.Parameters.Member]
  }

  let name = "control_check"
  let version = 2
  let summary = "in which regions features explain a target beyond covariates"
  let tables: [any ResultRow.Type] = [CheckRow.self]

  private static let zeroed = FitScore(mode: .covariates(.zeroedBanded), quantity: .r)
  private static let unique = FitScore(mode: .covariates(.zeroedBanded), quantity: .uniqueR2)

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let checks = try parameters.members.compactMap { member in
      Self.check(try ComparisonMember(member, hasDraws: true, in: task))
    }
    return checks.isEmpty ? [] : [ResultRows(checks)]
  }

  /// Of the cells of a fit that have a p of the maximum and may be reported; nil where none has.
  private static func check(_ member: ComparisonMember) -> CheckRow? {
    let (unique, zeroed) = (member.cells(unique), member.cells(zeroed))
    guard let draws = member.draws[Self.unique] else { return nil }
    let pMax = MultipleTesting.maxStatistic(observed: unique.map(\.value), draws: draws)
    let judged = unique.indices.filter { !pMax[$0].isNaN && unique[$0].isValid }
    guard let best = judged.map({ unique[$0] }).max(by: { $0.value < $1.value }) else { return nil }
    let found = judged.filter { place in
      let own = zeroed[place]
      return unique[place].value > 0 && Significance.isReached(by: pMax[place]) && own.value > 0
        && Significance.isReached(by: NullSummary(observed: own.value, draws: own.draws()).p)
    }
    let observed: JSONValue = [
      "regions": .int(judged.count), "left_out": .int(unique.count - judged.count),
      "found_in": .array(found.map { .string(unique[$0].name) }),
      "largest_in": .string(best.name), "largest_unique_r2": .number(best.value),
    ]
    return CheckRow(
      fitKey: best.fitKey, name: "the features explain what the covariates do not",
      expected: "unique_r2 with a p of at most 0.05 for the maximum over regions, and r with covariates zeroed above 0 "
        + "with a p of at most 0.05, in one region or more",
      observed: observed.canonical, pass: found.isEmpty ? 0 : 1)
  }
}

/// Plans the unit that says where features explain what covariates do not.
package struct ControlCheckPlanner {
  private let members: [ComparisonStep.Parameters.Member]
  private let name: String

  /// - Parameter fits: of the study `name`, in its order; those of one subject or rater, without covariates or without
  ///   draws are left out.
  package init(_ fits: [PlannedFit], of name: String) {
    self.name = name
    members = fits.filter {
      $0.keepsDraws && $0.kind == .controlled && $0.keys.subject == nil && $0.keys.rater == nil
    }.map {
      ComparisonStep.Parameters.Member(unit: $0.unit.key, keys: $0.keys, kind: $0.kind, twins: [])
    }
  }

  /// nil where nothing is tested.
  package var unit: WorkUnit? {
    guard !members.isEmpty else { return nil }
    return ControlCheckStep().unit(
      ControlCheckStep.Parameters(members: members), inputs: members.map { .unit(role: "fit", key: $0.unit) },
      label: "beyond covariates in \(name)")
  }
}
