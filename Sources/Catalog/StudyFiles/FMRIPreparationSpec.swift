import ContentIdentity
import Vocabulary

/// `preparation.fmri` of a study: what is regressed out of region series, and how they are scaled.
public struct FMRIPreparationSpec: Sendable, Hashable {
  /// An entry of `confounds`.
  public enum Confound: Sendable, Hashable {
    case set(ConfoundSet)
    /// Columns of this name, in which `*` stands for anything.
    case columns(String)

    init(_ text: String) { self = ConfoundSet(spelling: text).map { .set($0) } ?? .columns(text) }
  }

  /// `atlas`: the recordings' regions must be this atlas'; nil: any.
  public let atlas: String?
  /// `confounds`, in order.
  public let confounds: [Confound]
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

  init(_ json: JSONValue) {
    atlas = json["atlas"]?.stringValue
    let texts = json["confounds"]?.stringValue.map { [$0] } ?? json.texts("confounds")
    confounds = texts.filter { $0 != "none" }.map(Confound.init)
    highPassS = json["high_pass_s"]?.doubleValue
    detrend = json["detrend"]?.boolValue ?? (!confounds.isEmpty || highPassS != nil)
    scale = json.word("scale", unlessGiven: .none)
    discardVolumes = json["discard_volumes"]?.intValue ?? 0
    parameters = json
  }
}

extension StudyDefinition {
  /// How fMRI is prepared; nil: it is used as imported.
  public var fmriPreparation: FMRIPreparationSpec? { preparation?["fmri"].map(FMRIPreparationSpec.init) }
}
