import ContentIdentity
import Encoding
import EncodingModels
import LinearAlgebra
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Whether what each set of a joint model explains alone holds over subjects: signs of subjects turned, and in which
/// regions the draws of the features find it.
struct ContributionStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Joint fits of single subjects.
    let members: [ComparisonStep.Parameters.Member]
    /// Dimensions that a family pools.
    let family: [FamilyDimension]
    /// The largest number of patterns of signs.
    let draws: Int
    let seed: UInt64
  }

  let name = "contribution"
  let version = 1
  let summary = "unique variance of joint sets over subjects: sign flips with their maximum over the family, checks"
  let tables: [any ResultRow.Type] = [GroupTestRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let members = try parameters.members.map { try ComparisonMember($0, hasDraws: true, in: task) }
    progress(0.6)
    let groups = GroupRows(members, family: parameters.family)
    let shares = Set(members.flatMap { $0.draws.keys }).filter { $0.quantity == .uniqueR2 }
    let tested = shares.sorted { $0.label < $1.label }.map(groups.tested)
    let flips = tested.flatMap { SignFlipRows($0.map(\.sample), groups, parameters).rows }
    let checks = tested.flatMap(Self.checks)
    return [ResultRows(flips), ResultRows(checks)].filter { !$0.rows.isEmpty }
  }

  /// One for each set on each target: in how many of its regions the maximum over the family finds it.
  private static func checks(_ tested: [(sample: GroupSample, correction: GroupCorrection)]) -> [CheckRow] {
    let sets = Dictionary(grouping: tested) { entry in
      let keys = entry.sample.first.keys
      return [keys.dataset, keys.cohort, keys.featureSet, keys.element.rawValue, keys.target, keys.targetParameters]
    }
    return sets.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, regions in
      guard let best = regions.max(by: { $0.sample.mean < $1.sample.mean }) else { return nil }
      let found = regions.filter { entry in
        entry.correction.pMax <= 0.05 && entry.sample.mean > 0 && SubjectFlags([entry.sample.cells.map(\.said)]).isValid
      }.map(\.sample.first.name)
      let observed: JSONValue = [
        "regions": .int(regions.count), "found_in": .array(found.map { .string($0) }),
        "largest_in": .string(best.sample.first.name), "largest_unique_r2": .number(best.sample.mean),
      ]
      return CheckRow(
        fitKey: best.sample.first.fitKey, name: "the set explains what the others do not",
        expected: "unique_r2 over subjects with a p_max of at most 0.05 in one region or more",
        observed: observed.canonical, pass: found.isEmpty ? 0 : 1)
    }
  }
}

/// Rows of sign flips of one score, one pattern of signs common to all of its cells.
struct SignFlipRows {
  let rows: [GroupTestRow]

  init(_ samples: [GroupSample], _ groups: GroupRows, _ parameters: ContributionStep.Parameters) {
    let families = Dictionary(grouping: samples, by: groups.family)
    rows = families.sorted { $0.key.values.lexicographicallyPrecedes($1.key.values) }.flatMap { family, own in
      Self.rows(own, family: family.name, parameters)
    }
  }

  private static func rows(
    _ samples: [GroupSample], family: String, _ parameters: ContributionStep.Parameters
  ) -> [GroupTestRow] {
    let subjects = Set(samples.flatMap(\.subjects)).sorted()
    let flips = SignFlips(subjects: subjects.count, draws: parameters.draws, seed: parameters.seed)
    let draws = flips.means(samples.map { sample in subjects.map(sample.value(of:)) })
    let observed = samples.map(\.mean)
    let summaries = observed.indices.map { NullSummary(observed: observed[$0], draws: draws.column($0)) }
    let pMax = MultipleTesting.maxStatistic(observed: observed, draws: draws)
    let q = MultipleTesting.benjaminiHochberg(summaries.map(\.p))
    return samples.indices.map { place in
      samples[place].row(
        GroupSample.Test(
          name: GroupTest.Kind.signFlip.rawValue, statistic: observed[place],
          null: (GroupTest.Kind.signFlip.rawValue, summaries[place], flips.count), p: summaries[place].p,
          pFloor: flips.pFloor(of: samples[place].values.count), generalisesTo: .subjects, family: family, q: q[place],
          pMax: pMax[place], reason: pMax[place].isNaN ? "the subjects' values are 0" : nil))
    }
  }
}

extension GroupSample {
  var subjects: [String] { cells.map { FitKeys.spelled($0.keys.subject) } }

  /// As the mean is of; NaN of one who has none.
  func value(of subject: String) -> Double {
    guard let place = subjects.firstIndex(of: subject) else { return .nan }
    return values[place]
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
    let statistics = definition.statistics
    return ContributionStep().unit(
      ContributionStep.Parameters(
        members: members, family: statistics.family, draws: statistics.draws, seed: UInt64(definition.seed)),
      inputs: members.map { .unit(role: "fit", key: $0.unit) },
      label: "contributions over subjects of \(definition.name)")
  }
}
