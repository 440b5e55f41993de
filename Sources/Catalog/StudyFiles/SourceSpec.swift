import ContentIdentity
import Vocabulary

/// `preparation.source` of a study: how EEG is localised in regions of the cortex.
public struct SourceSpec: Sendable, Hashable {
  /// `leadfield`; nil: the only one there is.
  public let leadfield: String?
  /// `atlas`: must be the leadfield's; nil: whatever it is.
  public let atlas: String?
  /// `inverse`, `sloreta` by default.
  public let inverse: InverseMethod
  /// `snr`, 1 by default, which suits continuous recordings.
  public let snr: Double
  /// `orientation`, `fixed` by default.
  public let orientation: SourceOrientation
  /// `depth`, 0.8 by default.
  public let depth: Double
  /// `label`, `mean_flip` by default.
  public let label: RegionSummary
  /// `noise`, `ad_hoc` by default.
  public let noise: SourceNoise
  /// As written.
  public let parameters: JSONValue

  init(_ json: JSONValue) {
    leadfield = json["leadfield"]?.stringValue
    atlas = json["atlas"]?.stringValue
    inverse = json.word("inverse", unlessGiven: .sLORETA)
    snr = json["snr"]?.doubleValue ?? 1
    orientation = json.word("orientation", unlessGiven: .fixed)
    depth = json["depth"]?.doubleValue ?? 0.8
    label = json.word("label", unlessGiven: .meanFlip)
    noise = json.word("noise", unlessGiven: .adHoc)
    parameters = json
  }
}

extension StudyDefinition {
  /// How EEG is localised; nil: it stays in its channels.
  public var sourceLocalisation: SourceSpec? { preparation?["source"].map(SourceSpec.init) }
}
