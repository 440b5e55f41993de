import Diagnostics
import Encoding
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Layers of several models on the same targets: curves over relative depth, and the middle of each against its end.
struct ArchitectureComparisonStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Fits of single layers, each of a model and a relative depth.
    let layers: [ComparisonStep.Parameters.Member]
    /// Whether the fits drew from a null and keep the draws.
    let hasDraws: Bool
    /// Equal parts of the relative depth.
    let bins: Int
    /// Relative depths of the middle.
    let middleLow: Double
    let middleHigh: Double
    /// What is taken of the middle's layers.
    let take: ContrastTake
  }

  let name = "architecture_comparison"
  let version = 4
  let summary =
    "layers of several models in parts of their depth, and the middle of each less its last layer; analysis of variance over subjects"
  let tables: [any ResultRow.Type] = [DepthBinRow.self, ContrastRow.self, CheckRow.self, DepthEffectRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let members = try parameters.layers.map { try ComparisonMember($0, hasDraws: parameters.hasDraws, in: task) }
    progress(0.7)
    let rows = ArchitectureRows(parameters, members)
    let tables = [
      ResultRows(rows.bins), ResultRows(rows.contrasts), ResultRows(rows.checks), ResultRows(rows.effects),
    ]
    return tables.filter { !$0.rows.isEmpty }
  }
}

/// Plans the unit that compares the models of a study.
package struct ArchitectureComparisonPlanner {
  /// How the layers of a model are compared.
  package struct Design: Sendable {
    let bins: Int
    let middle: ClosedRange<Double>
    let take: ContrastTake

    package init(bins: Int, middle: ClosedRange<Double>, take: ContrastTake) {
      (self.bins, self.middle, self.take) = (bins, middle, take)
    }
  }

  private let layers: [ComparisonStep.Parameters.Member]
  private let hasDraws: Bool
  private let design: Design
  private let name: String

  /// - Parameter fits: of the study `name`, in its order; those of no layer are left out.
  /// - Throws: `E-STU-008` where fewer than two features have layers that say where they lie.
  package init(_ fits: [PlannedFit], as design: Design, of name: String) throws {
    (self.design, self.name) = (design, name)
    layers = fits.filter { $0.keys.relDepth != nil && $0.keys.layerKey != nil }.map {
      ComparisonStep.Parameters.Member(unit: $0.unit.key, keys: $0.keys, kind: $0.kind, twins: [])
    }
    hasDraws = !layers.isEmpty && fits.allSatisfy { $0.keepsDraws && !$0.kind.isJoint }
    let models = Set(layers.map(\.keys.featureSet)).sorted()
    guard fits.isEmpty || models.count >= 2 else {
      throw EvokeError(
        .studyContradiction, "features of study \(name)",
        reason: models.isEmpty
          ? "no feature has layers of a known depth" : "\(models[0]) alone has layers of a known depth",
        remedy: "list two models, or spaces imported with layers, or make it a layer_sweep")
    }
  }

  /// nil where nothing is fitted.
  package var unit: WorkUnit? {
    guard !layers.isEmpty else { return nil }
    return ArchitectureComparisonStep().unit(
      ArchitectureComparisonStep.Parameters(
        layers: layers, hasDraws: hasDraws, bins: design.bins, middleLow: design.middle.lowerBound,
        middleHigh: design.middle.upperBound, take: design.take),
      inputs: layers.map { .unit(role: "fit", key: $0.unit) }, label: "architectures of \(name)")
  }
}
