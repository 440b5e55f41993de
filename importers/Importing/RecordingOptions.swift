import ContentIdentity
import Diagnostics

/// The options of `import eeg` and `import fmri`, as typed.
public struct RecordingOptions: Sendable, Equatable {
  public var array = ArrayOptions()
  /// `V`, `mV`, `uV`, `nV`, `T`, `fT`, `%`, `au` or a UCUM code; electric units become volts.
  public var units: String?
  /// Recording time of stimulus second `stimulusStartS`.
  public var onsetS: Double?
  public var stimulusStartS: Double?
  /// `A:B`: the seconds of the recording's own clock that are kept.
  public var crop: String?
  /// `mark`, `drop`, or names of bad channels or regions; repeatable.
  public var bad: [String] = []
  /// Accept amplitudes that scalp EEG does not have.
  public var anyAmplitude = false
  public var subject: String?
  public var session: String?
  public var run: String?
  public var stimulus: String?
  /// The signal's name; nil: the dataset's last path component.
  public var name: String?
  /// A table of events; a template where there are several recordings.
  public var events: String?
  /// A table that says which event starts which stimulus.
  public var eventMap: String?
  /// Accept a recording or a showing that ends before its stimulus.
  public var allowShort = false
  /// Nuisance regressors beside each recording.
  public var confounds: ConfoundOptions?

  public init() {}

  var canonical: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    return [
      "array": array.canonical, "units": text(units), "onset_s": number(onsetS),
      "stimulus_start_s": number(stimulusStartS), "crop": text(crop), "bad": .array(bad.map { .string($0) }),
      "subject": text(subject), "session": text(session), "run": text(run), "stimulus": text(stimulus),
      "name": text(name), "confounds": confounds?.canonical ?? .null, "events": text(events),
      "event_map": text(eventMap), "allow_short": .bool(allowShort), "any_amplitude": .bool(anyAmplitude),
    ]
  }
}

/// What a recording measures: fixes axis names, units and checks.
public struct RecordingModality: Sendable, Equatable {
  /// `eeg` or `fmri`.
  public let name: String
  /// `channel` or `region`, unless the axes say otherwise.
  public let spaceAxis: String
  /// nil: must be declared.
  let defaultUnits: String?

  public static let eeg = RecordingModality(name: "eeg", spaceAxis: "channel", defaultUnits: nil)
  public static let fmri = RecordingModality(name: "fmri", spaceAxis: "region", defaultUnits: "au")
}

/// A unit as stored and the factor that gets there.
package struct StoredUnit: Equatable {
  package let symbol: String
  package let factor: Double

  private static let electric: [String: Double] = [
    "v": 1, "volt": 1, "volts": 1, "mv": 1e-3, "millivolt": 1e-3, "millivolts": 1e-3, "uv": 1e-6, "µv": 1e-6,
    "μv": 1e-6, "microvolt": 1e-6, "microvolts": 1e-6, "nv": 1e-9, "nanovolt": 1e-9, "nanovolts": 1e-9,
  ]

  package var isElectric: Bool { symbol == "V" }

  package init?(_ text: String) {
    let trimmed = OptionText.trim(text)
    guard !trimmed.isEmpty, trimmed.utf8.count <= 32 else { return nil }
    // MV would be megavolts: of the letters only the prefix is case-sensitive.
    if trimmed != "MV", let factor = Self.electric[trimmed.lowercased()] {
      (symbol, self.factor) = ("V", factor)
    } else if ["a.u.", "au", "arbitrary", "none", "1"].contains(trimmed.lowercased()) {
      (symbol, factor) = ("au", 1)
    } else {
      (symbol, factor) = (trimmed, 1)
    }
  }
}

/// What the option values mean, once for the whole import.
struct RecordingSettings {
  var crop: ClosedRange<Double>?
  var badRule: BadRule = .refuse
  var badNames: [String] = []

  enum BadRule { case refuse, mark, drop }

  init(_ options: RecordingOptions, _ findings: inout Findings) {
    if let text = options.crop {
      crop = OptionText.range(text)
      if crop == nil { OptionText.malformed("--crop", text, "A:B", &findings) }
    }
    for part in options.bad.flatMap(OptionText.list) {
      switch part {
      case "mark", "drop":
        if badRule != .refuse, (part == "mark") != (badRule == .mark) {
          findings.error(.optionMalformed, "--bad mark,drop", reason: "one excludes the other", remedy: "give one")
        }
        badRule = part == "mark" ? .mark : .drop
      case "": OptionText.malformed("--bad", options.bad.joined(separator: " "), "NAMES|mark|drop", &findings)
      default: badNames.append(part)
      }
    }
    if let start = options.stimulusStartS, start < 0 || !start.isFinite {
      OptionText.malformed("--stimulus-start-s", "\(start)", "SECONDS, not negative", &findings)
    }
    if let onset = options.onsetS, !onset.isFinite {
      OptionText.malformed("--onset-s", "\(onset)", "SECONDS", &findings)
    }
    if let units = options.units, StoredUnit(units) == nil {
      OptionText.malformed("--units", units, "V|mV|uV|nV|T|fT|%|au|UCUM", &findings)
    }
  }
}
