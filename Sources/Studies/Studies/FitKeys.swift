import Vocabulary

/// The K columns of a fit: what was fitted to what.
struct FitKeys: Codable, Sendable, Hashable {
  let dataset: String
  let cohort: String
  /// nil: the target is a group's, or a rater's who is no subject.
  let subject: String?
  /// nil: fits pool sessions.
  let session: String?
  /// nil: the target is not one rater's.
  let rater: String?
  /// Set, space or model; the names of a joint model's sets with ` + ` between them.
  let featureSet: String
  /// nil: no model made the features, or several sets are fitted together.
  let model: String?
  /// nil: the features have no layers, or several sets are fitted together.
  let layerKey: String?
  /// Rank along the network; nil where `layerKey` is, and for imported layers that say nothing of it.
  let depth: Int?
  /// Depth over the largest depth; nil where `depth` is.
  let relDepth: Double?
  let element: Element
  /// Of the unit; its fits carry each their own.
  let covariateMode: CovariateMode
  let targetKind: TargetKind
  let target: String
  /// JSON, as in the study file.
  let targetParameters: String
}

extension FitKeys {
  /// How keys that may be absent are spelled where keys are joined to texts or put in order: an absent one is empty.
  static func spelled(_ key: String?) -> String { key ?? "" }
}
