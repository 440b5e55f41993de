import Vocabulary
import Warehouse

/// The K columns of a fit: what was fitted to what.
package struct FitKeys: Codable, Sendable, Hashable {
  package let dataset: String
  package let cohort: String
  /// nil: the target is a group's, or a rater's who is no subject.
  package let subject: String?
  /// nil: fits pool sessions.
  package let session: String?
  /// nil: the target is not one rater's.
  package let rater: String?
  /// Set, space or model; the names of a joint model's sets, with their layers, and ` + ` between them.
  package let featureSet: String
  /// nil: no model made the features, or several sets are fitted together.
  package let model: String?
  /// nil: the features have no layers, or several sets are fitted together.
  package let layerKey: String?
  /// Rank along the network; nil where `layerKey` is, and for imported layers that say nothing of it.
  package let depth: Int?
  /// Depth over the largest depth; nil where `depth` is.
  package let relDepth: Double?
  package let element: Element
  /// Of the unit; its fits carry each their own.
  package let covariateMode: CovariateMode
  package let targetKind: TargetKind
  package let target: String
  /// JSON, as in the study file.
  package let targetParameters: String
}

extension FitKeys {
  /// The one subject or rater whose the target is.
  package var person: String? { subject ?? rater }

  /// Features on a target, for people; `what` stands for the features.
  package func described(as what: String) -> String {
    let whose = [cohort, person].compactMap { $0 }.joined(separator: ", ")
    return "\(what) -> \(targetKind.rawValue) \(target) of \(whose) (\(element.rawValue))"
  }

  /// The same of another element, or with other words for the target's parameters.
  package func with(element other: Element? = nil, targetParameters parameters: String? = nil) -> FitKeys {
    FitKeys(
      dataset: dataset, cohort: cohort, subject: subject, session: session, rater: rater, featureSet: featureSet,
      model: model, layerKey: layerKey, depth: depth, relDepth: relDepth, element: other ?? element,
      covariateMode: covariateMode, targetKind: targetKind, target: target,
      targetParameters: parameters ?? targetParameters)
  }

  /// What fits that differ in cohort and person alone have in common: no dataset, cohort, subject, session or rater.
  package var ofAnyCohort: FitKeys {
    FitKeys(
      dataset: "", cohort: "", subject: nil, session: nil, rater: nil, featureSet: featureSet, model: model,
      layerKey: layerKey, depth: depth, relDepth: relDepth, element: element, covariateMode: covariateMode,
      targetKind: targetKind, target: target, targetParameters: targetParameters)
  }

  /// Marks an array as made by the fit.
  func sign(_ description: inout ArrayDescription) {
    (description.dataset, description.cohort) = (dataset, cohort)
    (description.subject, description.rater) = (subject, rater)
    description.element = element.rawValue
    (description.featureSet, description.model, description.layerKey) = (featureSet, model, layerKey)
  }

  /// How keys that may be absent are spelled where keys are joined to texts or put in order: an absent one is empty.
  package static func spelled(_ key: String?) -> String { key ?? "" }
}
