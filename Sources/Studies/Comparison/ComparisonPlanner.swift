import ContentIdentity
import Diagnostics
import Encoding
import Statistics
import StudyFiles
import Vocabulary
import Work

/// The fit of a feature's twin; of position that of the feature, which has it beside itself.
package struct TwinFit {
  package let twin: Twin
  package let unit: WorkUnit

  package init(twin: Twin, unit: WorkUnit) { (self.twin, self.unit) = (twin, unit) }
}

/// Plans the unit that compares all fits of a study: families, peaks, contrasts, group tests.
package struct ComparisonPlanner {
  private let definition: StudyDefinition
  private var members: [ComparisonStep.Parameters.Member] = []
  private var hasDraws = false

  package init(_ definition: StudyDefinition) { self.definition = definition }

  package mutating func add(_ fit: PlannedFit, beside twins: [TwinFit]) {
    members.append(
      ComparisonStep.Parameters.Member(
        unit: fit.unit.key, keys: fit.keys, kind: fit.kind,
        twins: twins.map { ComparisonStep.Parameters.Twin(twin: $0.twin, unit: $0.unit.key) }))
    hasDraws = fit.keepsDraws
  }

  /// The fits, and those of their twins that are no members, each once.
  private var inputs: [WorkUnit.Input] {
    var keys = Set(members.map(\.unit))
    let twins = members.flatMap(\.twins).map(\.unit).filter { keys.insert($0).inserted }
    return members.map { .unit(role: "fit", key: $0.unit) } + twins.map { .unit(role: "twin", key: $0) }
  }

  /// The comparison; nil without fits.
  package var unit: WorkUnit? {
    guard !members.isEmpty else { return nil }
    let statistics = definition.statistics
    let parameters = ComparisonStep.Parameters(
      members: members, hasDraws: hasDraws, family: statistics.family, correction: statistics.correction,
      contrasts: statistics.contrasts, draws: statistics.draws, seed: UInt64(definition.seed))
    return ComparisonStep().unit(
      parameters, inputs: inputs,
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
