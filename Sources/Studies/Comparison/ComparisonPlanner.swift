import ContentIdentity
import Diagnostics
import Encoding
import Statistics
import StudyFiles
import Work

/// Plans the unit that compares all fits of a study: families, peaks, contrasts, group tests.
package struct ComparisonPlanner {
  private let definition: StudyDefinition
  private var members: [ComparisonStep.Parameters.Member] = []
  private var hasDraws = false

  package init(_ definition: StudyDefinition) { self.definition = definition }

  package mutating func add(_ fit: PlannedFit) {
    members.append(ComparisonStep.Parameters.Member(unit: fit.unit.key, keys: fit.keys, kind: fit.kind))
    hasDraws = fit.keepsDraws
  }

  /// The comparison; nil without fits.
  package var unit: WorkUnit? {
    guard !members.isEmpty else { return nil }
    let statistics = definition.statistics
    let parameters = ComparisonStep.Parameters(
      members: members, hasDraws: hasDraws, family: statistics.family, correction: statistics.correction,
      contrasts: statistics.contrasts, seed: definition.seed)
    return ComparisonStep().unit(
      parameters, inputs: members.map { .unit(role: "fit", key: $0.unit) },
      label: "families and contrasts of \(definition.name)")
  }

  /// Refuses a contrast that would give no row.
  package func checkContrasts() throws {
    let keys = members.map(\.keys)
    for contrast in definition.statistics.contrasts
    where !keys.isEmpty && contrast.name != ContrastSpec.standardName && !contrast.isFound(in: keys) {
      throw EvokeError(
        .studyContradiction, "contrast \(contrast.name) of study \(definition.name)",
        reason: "no model has both sides: a set with layers is no side by itself, and layers of two models are not "
          + "contrasted",
        remedy: "name layers of one model ({layer: KEY} or {rel_depth: [LOW, HIGH]}) or sets without layers")
    }
  }

  /// What the smallest q can be, for people; nil where none is asked for.
  package func smallestQNote() -> String? {
    let statistics = definition.statistics
    guard statistics.correction.contains(.bh), statistics.draws > 0, !members.isEmpty else { return nil }
    let q = MultipleTesting.smallestReachableQ(cells: members.count, draws: statistics.draws)
    return
      "smallest reachable q with \(statistics.draws) draws over at least \(members.count) cells: \(JSONValue.number(q).canonical)"
      + (q > 0.05 ? " - no single cell can reach .05; ask for more draws or use correction: [max]" : "")
  }
}
