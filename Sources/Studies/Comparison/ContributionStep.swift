import ContentIdentity
import Encoding
import EncodingModels
import LinearAlgebra
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// In which regions the draws of the features find what each set of a joint model explains alone, over subjects.
struct ContributionStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Joint fits of single subjects.
    let members: [ComparisonStep.Parameters.Member]
    /// Dimensions that a family pools.
    let family: [FamilyDimension]
  }

  let name = "contribution"
  let version = 3
  let summary = "in which regions the unique variance of joint sets is found over subjects"
  let tables: [any ResultRow.Type] = [CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let members = try parameters.members.map { try ComparisonMember($0, hasDraws: true, in: task) }
    progress(0.6)
    let groups = GroupRows(members, family: parameters.family)
    let shares = Set(members.flatMap { $0.draws.keys }).filter { $0.quantity == .uniqueR2 }
    let checks = shares.sorted { $0.label < $1.label }.map(groups.tested).flatMap(Self.checks)
    return checks.isEmpty ? [] : [ResultRows(checks)]
  }

  /// One for each set on each target: in how many of its regions the maximum over the family finds it, of those that have a
  /// p of it and may be reported; none where none has.
  private static func checks(_ tested: [(sample: GroupSample, correction: GroupCorrection)]) -> [CheckRow] {
    let sets = Dictionary(grouping: tested) { entry in
      let keys = entry.sample.first.keys
      return [keys.dataset, keys.cohort, keys.featureSet, keys.element.rawValue, keys.target, keys.targetParameters]
    }
    return sets.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, regions in
      let judged = regions.filter { entry in
        !entry.correction.pMax.isNaN && SubjectFlags([entry.sample.cells.map(\.said)]).isValid
      }
      guard let best = judged.max(by: { $0.sample.mean < $1.sample.mean }) else { return nil }
      let found = judged.filter { Significance.isReached(by: $0.correction.pMax) && $0.sample.mean > 0 }
        .map(\.sample.first.name)
      let observed: JSONValue = [
        "regions": .int(judged.count), "left_out": .int(regions.count - judged.count),
        "found_in": .array(found.map { .string($0) }),
        "largest_in": .string(best.sample.first.name), "largest_unique_r2": .number(best.sample.mean),
      ]
      return CheckRow(
        fitKey: best.sample.first.fitKey, name: "the set explains what the others do not",
        expected: "unique_r2 over subjects with a p_max of at most 0.05 in one region or more",
        observed: observed.canonical, pass: found.isEmpty ? 0 : 1)
    }
  }
}

/// Plans the unit that tests joint sets over subjects.
package struct ContributionPlanner {
  private let members: [ComparisonStep.Parameters.Member]
  private let definition: StudyDefinition

  /// - Parameter fits: of the study, in its order; those of a group, of one set or without draws are left out.
  package init(_ fits: [PlannedFit], of definition: StudyDefinition) {
    self.definition = definition
    members = fits.filter { $0.keepsDraws && $0.kind.isJoint && $0.keys.subject != nil }.map {
      ComparisonStep.Parameters.Member(unit: $0.unit.key, keys: $0.keys, kind: $0.kind, twins: [])
    }
  }

  /// nil where nothing is tested.
  package var unit: WorkUnit? {
    guard !members.isEmpty else { return nil }
    return ContributionStep().unit(
      ContributionStep.Parameters(members: members, family: definition.statistics.family),
      inputs: members.map { .unit(role: "fit", key: $0.unit) },
      label: "contributions over subjects of \(definition.name)")
  }
}
