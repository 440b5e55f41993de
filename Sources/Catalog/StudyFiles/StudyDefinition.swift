import ContentIdentity
import Vocabulary

/// A study file, read, checked and completed: every key has a value, given or default.
///
/// Seconds everywhere; the order of lists is the file's. `init(parsing:file:grammar:)` makes it from YAML.
public struct StudyDefinition: Sendable, Hashable {
  /// `study`.
  public let name: String
  /// `kind`.
  public let kind: StudyKind
  /// `datasets`, at least one, without duplicates.
  public let datasets: [String]
  /// `elements`, `[original]` by default.
  public let elements: [Element]
  /// `features`: alternatives, each fitted alone. Empty where the kind takes none.
  public let features: [FeatureSpec]
  /// `joint`: sets of two or three feature names fitted together as well.
  public let joint: [[String]]
  /// `covariates`: present in every fit, zeroed at prediction.
  public let covariates: [CovariateSpec]
  /// `twins`: trivial models that every feature is compared with; none by default.
  public let twins: [Twin]
  /// `targets`.
  public let targets: [TargetSpec]
  /// `preparation` as written, keys checked; nil: recordings are used as imported.
  public let preparation: JSONValue?
  /// `encoding`; nil where the kind takes none.
  public let encoding: EncodingSpec?
  /// `statistics`.
  public let statistics: StatisticsSpec
  /// `filters`.
  public let filters: FilterSpec
  /// `seed`: every random number of the study is keyed by it. 1 by default.
  public let seed: Int
  /// The kind's own keys (under its name in the file), defaults filled in.
  public let ownKeys: JSONValue
  /// The whole definition with every default, as JSON. Key order, white space, comments and the spelling of
  /// delays do not change it; reading its text as a study file gives the same definition.
  public let canonical: JSONValue

  /// What voice and soundtrack are separated with: a model's name or `imported`; nil where the file does not say.
  public var separation: String? { preparation?["separation"]?.stringValue }

  /// The features of that name (`FeatureSpec.name`).
  public func features(named name: String) -> [FeatureSpec] { features.filter { $0.name == name } }
}
