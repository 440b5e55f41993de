import ContentIdentity
import Encoding
import StudyFiles
import Warehouse
import Work

/// Whether features, or ratings, differ in the largest correlation over lags: analysis of variance over subjects who rated
/// with each, or over stimuli where a rating is nobody's alone.
struct LagComparisonStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// The correlations of one feature with one rating.
    struct Member: Codable, Sendable {
      /// Key of the unit that made them.
      let unit: String
      let keys: FitKeys
      /// Of the feature.
      let transform: SeriesTransform
    }

    let members: [Member]
    /// Whether the correlations drew from a null.
    let hasDraws: Bool
  }

  let name = "lag_comparison"
  let version = 1
  let summary = "repeated-measures analysis of variance of the largest lagged correlations, with a null of common draws"
  let tables: [any ResultRow.Type] = [AnovaEffectRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let members = try parameters.members.map { try LagMember($0, hasDraws: parameters.hasDraws, in: task) }
    progress(0.3)
    let designs = LagDesign.all(of: members)
    return [ResultRows(designs.flatMap(\.rows)), ResultRows(designs.compactMap(\.check))].filter { !$0.rows.isEmpty }
  }
}

/// Plans the unit that compares the lagged correlations of a study.
package struct LagComparisonPlanner {
  private let lags: [PlannedLag]
  private let definition: StudyDefinition

  package init(_ lags: [PlannedLag], of definition: StudyDefinition) {
    (self.lags, self.definition) = (lags, definition)
  }

  /// nil where there is one feature and one rating, or none.
  package var unit: WorkUnit? {
    let cells = Set(lags.map { LagCell($0.keys, $0.transform) })
    guard cells.count > 1 else { return nil }
    let parameters = LagComparisonStep.Parameters(
      members: lags.map {
        LagComparisonStep.Parameters.Member(unit: $0.unit.key, keys: $0.keys, transform: $0.transform)
      }, hasDraws: definition.statistics.draws > 0)
    return LagComparisonStep().unit(
      parameters, inputs: lags.map { .unit(role: "lags", key: $0.unit.key) },
      label: "largest lagged correlations of \(definition.name)")
  }
}

/// A feature and a rating, whoever gave it.
struct LagCell: Hashable {
  /// What makes two series features of their own.
  struct Feature: Hashable {
    let set: String
    let layerKey: String?
    let element: String
    let transform: SeriesTransform

    var name: String {
      let what = [set, layerKey].compactMap(\.self).joined(separator: "/")
      return what + (element == "original" ? "" : " (\(element))") + suffix(transform)
    }
  }

  struct Rating: Hashable {
    let name: String
    let parameters: String
  }

  let feature: Feature
  let rating: Rating

  init(_ keys: FitKeys, _ transform: SeriesTransform) {
    feature = Feature(
      set: keys.featureSet, layerKey: keys.layerKey, element: keys.element.rawValue, transform: transform)
    rating = Rating(name: keys.target, parameters: keys.targetParameters)
  }
}

private func suffix(_ transform: SeriesTransform) -> String {
  switch transform {
  case .none: ""
  case .changes: " changes"
  case .smooth(let seconds): " over \(JSONValue.number(seconds).canonical) s"
  }
}
