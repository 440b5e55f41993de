import Showings
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// One feature space a study fits: a set, an imported space, or one layer of a model, on one element.
package struct PlannedFeature {
  package let spec: FeatureSpec
  package let name: String
  package let model: String?
  package let layerKey: String?
  package let depth: Int?
  package let relDepth: Double?
  package let element: Element
  /// Inputs that hold it, one or more per stimulus, without role.
  private let sources: [FeatureSource]
  /// Stretches of an annotation that do not count.
  package let bad: [BadSegment]

  package init(
    spec: FeatureSpec, name: String, model: String? = nil, layerKey: String? = nil, depth: Int? = nil,
    relDepth: Double? = nil, element: Element, sources: [FeatureSource], bad: [BadSegment] = []
  ) {
    (self.spec, self.name, self.model) = (spec, name, model)
    (self.layerKey, self.depth, self.relDepth) = (layerKey, depth, relDepth)
    (self.element, self.sources, self.bad) = (element, sources, bad)
  }

  package func inputs(_ role: FitRole) -> [WorkUnit.Input] {
    sources.map {
      switch $0 {
      case .array(let reference): .array(role: role.name, reference)
      case .unit(let key): .unit(role: role.name, key: key)
      }
    }
  }
}

/// Where features of a stimulus come from.
package enum FeatureSource {
  case array(ArrayReference)
  case unit(String)
}
