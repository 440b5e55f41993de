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
  private var sources: [StimulusFeature]
  /// Stretches of an annotation that do not count.
  package private(set) var bad: [BadSegment]

  /// Those it is there for.
  package var stimuli: Set<String> { Set(sources.map(\.stimulus)) }

  package init(
    spec: FeatureSpec, name: String, model: String? = nil, layerKey: String? = nil, depth: Int? = nil,
    relDepth: Double? = nil, element: Element, sources: [StimulusFeature], bad: [BadSegment] = []
  ) {
    (self.spec, self.name, self.model) = (spec, name, model)
    (self.layerKey, self.depth, self.relDepth) = (layerKey, depth, relDepth)
    (self.element, self.sources, self.bad) = (element, sources, bad)
  }

  package func inputs(_ role: FitRole) -> [WorkUnit.Input] {
    sources.map {
      switch $0.source {
      case .array(let reference): .array(role: role.name, reference)
      case .unit(let key, let array): .unit(role: role.name, key: key, array: array)
      }
    }
  }

  /// The same of some stimuli alone.
  package func of(_ stimuli: Set<String>) -> PlannedFeature {
    var feature = self
    feature.sources = sources.filter { stimuli.contains($0.stimulus) }
    feature.bad = bad.filter { stimuli.contains($0.stimulus) }
    return feature
  }
}

/// A feature of one stimulus.
package struct StimulusFeature {
  package let stimulus: String
  let source: FeatureSource

  package init(_ stimulus: String, _ source: FeatureSource) { (self.stimulus, self.source) = (stimulus, source) }
}

/// Where features of a stimulus come from.
package enum FeatureSource {
  case array(ArrayReference)
  /// A unit, and the path of the one array of it that is read; nil: it makes one.
  case unit(String, array: String?)
}
