import ContentIdentity
import Diagnostics
import Encoding
import Recordings
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// The fit of a feature's twin; of position that of the feature, which has it beside itself.
package struct TwinFit {
  package let twin: Twin
  package let unit: WorkUnit

  package init(twin: Twin, unit: WorkUnit) { (self.twin, self.unit) = (twin, unit) }
}

/// Plans the unit that compares all fits of a study: families, peaks, contrasts, group tests.
package struct ComparisonPlanner {
  private let context: StudyContext
  private var definition: StudyDefinition { context.definition }
  private var regions: Set<String> = []
  private var members: [ComparisonStep.Parameters.Member] = []
  private var hasDraws = false

  package init(_ context: StudyContext) { self.context = context }

  package mutating func add(_ fit: PlannedFit, beside twins: [TwinFit]) {
    members.append(
      ComparisonStep.Parameters.Member(
        unit: fit.unit.key, keys: fit.keys, kind: fit.kind,
        twins: twins.map { ComparisonStep.Parameters.Twin(twin: $0.twin, unit: $0.unit.key) }))
    hasDraws = fit.keepsDraws
    regions.formUnion(fit.regions)
  }

  /// The fits, and those of their twins that are no members, each once.
  private var inputs: [WorkUnit.Input] {
    var keys = Set(members.map(\.unit))
    let twins = members.flatMap(\.twins).map(\.unit).filter { keys.insert($0).inserted }
    return members.map { .unit(role: "fit", key: $0.unit) } + twins.map { .unit(role: "twin", key: $0) }
  }

  /// The comparison; nil without fits.
  ///
  /// - Throws: `E-CMP-003` where clusters are asked for and no atlas says which regions touch.
  package func unit() throws -> WorkUnit? {
    guard !members.isEmpty else { return nil }
    let statistics = definition.statistics
    let atlases = try atlases()
    let parameters = ComparisonStep.Parameters(
      members: members, hasDraws: hasDraws, family: statistics.family, correction: statistics.correction,
      contrasts: statistics.contrasts, draws: statistics.draws, seed: UInt64(definition.seed),
      atlases: atlases.map(\.atlas))
    return ComparisonStep().unit(
      parameters, inputs: inputs + atlases.map { .array(role: RegionClusters.role, $0.image) },
      label: "families and contrasts of \(definition.name)")
  }

  /// Atlases with an image of some of the study's regions, where clusters are asked for.
  private func atlases() throws -> [(atlas: RegionClusters.Atlas, image: ArrayReference)] {
    guard definition.statistics.correction.contains(.cluster) else { return [] }
    let warehouse = context.warehouse
    let found = try warehouse.read { connection in
      try connection.atlasList().map(\.name).compactMap {
        name -> (atlas: RegionClusters.Atlas, image: ArrayReference)? in
        guard let image = try connection.atlasArray(name: name).first else { return nil }
        let codes = try connection.atlasImage(name: name).filter { regions.contains($0.region) }.compactMap { row in
          row.code.map { (row.region, $0) }
        }
        guard !codes.isEmpty else { return nil }
        return (
          RegionClusters.Atlas(name: name, codes: Dictionary(codes, uniquingKeysWith: min)),
          try warehouse.reference(image)
        )
      }
    }
    guard !found.isEmpty else {
      throw EvokeError(
        .regionsWithoutAdjacency, "statistics.correction of study \(definition.name)",
        reason: "no atlas with an image has its regions, so that nothing says which of them touch",
        remedy: "evoke import atlas TABLE --image LABELS.nii.gz, or write correction: [max]")
    }
    return found
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
      + (q > Significance.level ? " - no single cell can reach .05; ask for more draws or use correction: [max]" : "")
  }
}
