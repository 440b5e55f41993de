import ContentIdentity
import Vocabulary

/// `preparation.eeg` of a study: what is done to recordings of EEG before anything is computed of them.
public struct EEGPreparationSpec: Sendable, Hashable {
  /// `reference`.
  public enum Reference: Sendable, Hashable {
    case average
    case none
    case channels([String])
  }

  /// `ica`.
  public struct Components: Sendable, Hashable {
    public let method: ComponentMethod
    /// Empty: by their names.
    public let eog: [String]
  }

  /// `notch_hz`; nil: none.
  public let notchHz: Double?
  /// `bandpass_hz`; nil: open on that side.
  public let lowHz: Double?
  public let highHz: Double?
  /// `bad_channels`: a rule, and the names where they are given.
  public let badChannels: BadChannelRule
  public let namedBad: [String]?
  /// `ica`; nil: none.
  public let components: Components?
  public let interpolation: Interpolation
  public let reference: Reference
  /// `resample_hz`: nil where absent (200 Hz, or the recording's own where lower) and for `none`.
  public let newRateHz: Double?
  /// Whether `resample_hz` is `none`.
  public let keepsRate: Bool
  /// With every default.
  public let parameters: JSONValue

  /// The rate a recording gets that the study does not name one for.
  public static let standardRateHz = 200.0

  public init(_ json: JSONValue) {
    func texts(_ value: JSONValue?) -> [String]? { value?.arrayValue?.compactMap(\.stringValue) }
    notchHz = json["notch_hz"]?.doubleValue
    let band = json["bandpass_hz"]?.arrayValue?.compactMap(\.doubleValue) ?? []
    lowHz = band.first.flatMap { $0 > 0 ? $0 : nil }
    highHz = band.count > 1 ? band[1] : nil
    badChannels = json["bad_channels"]?.stringValue.flatMap(BadChannelRule.init) ?? .none
    namedBad = texts(json["bad_channels"])
    components = json["ica"].flatMap { ica in
      ica["method"]?.stringValue.flatMap(ComponentMethod.init).map {
        Components(method: $0, eog: ica["eog"]?.stringValue.map { [$0] } ?? texts(ica["eog"]) ?? [])
      }
    }
    interpolation = json["interpolate"]?.stringValue.flatMap(Interpolation.init) ?? .auto
    switch json["reference"]?.stringValue {
    case "average": reference = .average
    case "none": reference = .none
    case .some(let name): reference = .channels([name])
    case nil: reference = .channels(texts(json["reference"]) ?? [])
    }
    newRateHz = json["resample_hz"]?.doubleValue
    keepsRate = json["resample_hz"]?.stringValue == "none"
    parameters = json
  }

  /// The rate of a prepared recording.
  public func rateHz(of own: Double) -> Double {
    keepsRate ? own : newRateHz ?? min(own, Self.standardRateHz)
  }
}

extension StudyDefinition {
  /// How EEG is prepared; nil: it is used as imported.
  public var eegPreparation: EEGPreparationSpec? { preparation?["eeg"].map(EEGPreparationSpec.init) }
}
