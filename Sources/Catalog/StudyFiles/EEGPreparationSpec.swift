import ContentIdentity
import Vocabulary

/// `preparation.eeg` of a study: what is done to recordings of EEG before anything is computed of them.
public struct EEGPreparationSpec: Sendable, Hashable {
  /// `resample_hz`.
  public enum Rate: Sendable, Hashable {
    /// 200 Hz, or the recording's own where lower.
    case standard
    /// The recording's own.
    case own
    case hertz(Double)
  }

  /// `notch_hz`; nil: none.
  public let notchHz: Double?
  /// `bandpass_hz`; nil: open on that side.
  public let lowHz: Double?
  public let highHz: Double?
  /// `bad_channels`.
  public let badChannels: BadChannelChoice
  /// `ica`; nil: none.
  public let components: ComponentChoice?
  public let interpolation: Interpolation
  /// `reference`.
  public let reference: EEGReference
  public let rate: Rate
  /// With every default.
  public let parameters: JSONValue

  /// The rate a recording gets that the study does not name one for.
  public static let standardRateHz = 200.0

  /// From a checked and completed `preparation.eeg`.
  init(_ json: JSONValue) {
    notchHz = json.isNone("notch_hz") ? nil : json.number("notch_hz")
    let band = json.isNone("bandpass_hz") ? nil : json.numbers("bandpass_hz")
    lowHz = band.flatMap { $0[0] > 0 ? $0[0] : nil }
    highHz = band?[1]
    badChannels =
      json["bad_channels"]?.arrayValue == nil ? .rule(json.word("bad_channels")) : .named(json.texts("bad_channels"))
    components = json.isNone("ica") ? nil : json["ica"].map(ComponentChoice.init)
    interpolation = json.word("interpolate")
    reference = EEGReference(json)
    rate =
      if json["resample_hz"] == nil {
        .standard
      } else if json.isNone("resample_hz") {
        .own
      } else {
        .hertz(json.number("resample_hz"))
      }
    parameters = json
  }

  /// The rate of a prepared recording.
  public func rateHz(of own: Double) -> Double {
    switch rate {
    case .standard: min(own, Self.standardRateHz)
    case .own: own
    case .hertz(let rate): rate
    }
  }
}

extension JSONValue {
  func isNone(_ key: String) -> Bool { self[key] == "none" }
}

extension ComponentChoice {
  fileprivate init(_ json: JSONValue) {
    self.init(method: json.word("method"), eog: json["eog"]?.stringValue.map { [$0] } ?? json.texts("eog"))
  }
}

extension EEGReference {
  fileprivate init(_ json: JSONValue) {
    if json["reference"]?.arrayValue != nil {
      self = .channels(json.texts("reference"))
      return
    }
    switch json.text("reference") {
    case "average": self = .average
    case "none": self = .none
    case let name: self = .channels([name])
    }
  }
}

extension StudyDefinition {
  /// How EEG is prepared; nil: it is used as imported.
  public var eegPreparation: EEGPreparationSpec? { preparation?["eeg"].map(EEGPreparationSpec.init) }
}
