import ContentIdentity
import Vocabulary

/// The kinds of study a study file can ask for; raw values are the file's spellings.
public enum StudyKind: String, Sendable, Hashable, CaseIterable {
  case layerSweep = "layer_sweep"
  case elementAblation = "element_ablation"
  case covariateControl = "covariate_control"
  case architectureComparison = "architecture_comparison"
  case temporalResolution = "temporal_resolution"
  case controlledSynthesis = "controlled_synthesis"
  case cohortComparison = "cohort_comparison"
  case emotionLag = "emotion_lag"
  case audioToBrain = "audio_to_brain"
  case emotionToBrain = "emotion_to_brain"
  case iscReport = "isc_report"

  /// Whether this version computes the kind; the others are read and checked, and refused when planned.
  public var isComputed: Bool { [.layerSweep, .covariateControl, .iscReport].contains(self) }

  /// Whether the kind relates features to targets (`features` and `encoding` apply).
  public var isEncoding: Bool { self != .iscReport }
}

/// A study file, read, checked and completed: every key has a value, given or default.
///
/// Seconds everywhere; the order of lists is the file's. `init(parsing:file:)` makes it from YAML.
public struct StudyDefinition: Sendable, Hashable {
  /// `study`.
  public let name: String
  /// `kind`.
  public let kind: StudyKind
  /// `datasets`, at least one, without duplicates.
  public let datasets: [String]
  /// `elements`, `[original]` by default.
  public let elements: [Element]
  /// `features`: alternatives, each fitted alone. Empty for `isc_report`.
  public let features: [FeatureSpec]
  /// `joint`: sets of two or three feature names fitted together as well.
  public let joint: [[String]]
  /// `covariates`: present in every fit, zeroed at prediction.
  public let covariates: [CovariateSpec]
  /// `targets`.
  public let targets: [TargetSpec]
  /// `preparation` as written, keys checked; nil: recordings are used as imported.
  public let preparation: JSONValue?
  /// `encoding`; nil for `isc_report`.
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

  /// The features of that name (`FeatureSpec.name`).
  public func features(named name: String) -> [FeatureSpec] { features.filter { $0.name == name } }
}
