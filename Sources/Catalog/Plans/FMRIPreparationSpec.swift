import ContentIdentity
import Vocabulary

/// `preparation.fmri` of a study: what is regressed out of region series, and how they are scaled.
public struct FMRIPreparationSpec: Sendable, Hashable {
  /// `atlas`: the recordings' regions must be this atlas'; nil: any.
  public let atlas: String?
  /// `confounds`: columns (`*` stands for anything) and sets, in order; see `confoundSets`.
  public let confounds: [String]
  /// `high_pass_s`: longest period kept; nil: no cosine drifts.
  public let highPassS: Double?
  /// `detrend`: whether a straight line goes too; where absent, with confounds or drifts.
  public let detrend: Bool
  /// `scale`, `none` by default.
  public let scale: SeriesScale
  /// `discard_volumes`, 0 by default.
  public let discardVolumes: Int
  /// As written.
  public let parameters: JSONValue

  /// The sets of confounds that have a name, and what they are.
  public static let confoundSets: [(name: String, meaning: String)] = [
    ("motion6", "three translations and three rotations"),
    ("motion24", "motion6, their backward differences, and the squares of both"),
    ("wm_csf", "means of white matter and cerebrospinal fluid"),
    ("acompcor6", "the first six anatomical principal components"),
    ("spikes", "one regressor per volume displaced by more than 0.5 mm"),
  ]

  init(_ json: JSONValue) {
    atlas = json["atlas"]?.stringValue
    let single = json["confounds"]?.stringValue.map { [$0] }
    confounds = (single ?? json["confounds"]?.arrayValue?.compactMap(\.stringValue) ?? []).filter { $0 != "none" }
    highPassS = json["high_pass_s"]?.doubleValue
    detrend = json["detrend"]?.boolValue ?? (!confounds.isEmpty || highPassS != nil)
    scale = json["scale"]?.stringValue.flatMap { SeriesScale(rawValue: $0) } ?? .none
    discardVolumes = json["discard_volumes"]?.intValue ?? 0
    parameters = json
  }
}

extension StudyDefinition {
  /// How fMRI is prepared; nil: it is used as imported.
  public var fmriPreparation: FMRIPreparationSpec? { preparation?["fmri"].map(FMRIPreparationSpec.init) }
}
