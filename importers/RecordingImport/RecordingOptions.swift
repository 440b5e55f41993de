import ArgumentParser
import Diagnostics
import Importing

/// The options of `import eeg`, and with those of an atlas and confounds of `import fmri`, as typed.
package struct RecordingOptions: VerbOptions {
  @OptionGroup package var array: ArrayOptions
  @Option(help: "V, mV, uV, nV, T, fT, %, au or a UCUM code.") package var units: String?
  @Option(
    parsing: .unconditional,
    help: "Recording time of stimulus second 0 (or of --stimulus-start-s); may be negative.")
  package var onsetS: Double?
  @Option(help: "Stimulus time at the onset.") package var stimulusStartS: Double?
  /// The seconds are of the recording's own clock.
  @Option(help: "A:B, seconds of the recording that are kept.") package var crop: String?
  @Option(help: "mark, drop, or bad channels' names; repeatable.") package var bad: [String] = []
  @Flag(help: "Accept amplitudes that scalp EEG does not have.") package var anyAmplitude = false
  @Option(help: "Subject.") package var subject: String?
  @Option(help: "Session.") package var session: String?
  @Option(help: "Acquisition run.") package var run: String?
  @Option(help: "Stimulus.") package var stimulus: String?
  @Option(help: "Which showing of its stimulus to the subject this is, counted from 1.") package var repetition: Int?
  @Option(help: "Name of the signal; else the dataset's last path component.") package var name: String?
  @Option(help: "Table of events (onset, duration, trial_type ...); '{subject}_events.tsv' for several recordings.")
  package var events: String?
  @Option(help: "Table of the stimulus each event starts: event, stimulus, stimulus_start_s, duration_s.")
  package var eventMap: String?
  @Option(help: "header, json or option: which counts where they disagree about time.")
  package var trust: ClockSource?
  @Flag(help: "Accept files shorter or longer than declared, and recordings that end early; recorded.") package
    var allowShort = false

  package init() {}
}

/// What a recording measures: fixes axis names, units and checks.
package struct RecordingModality: Sendable, Equatable {
  /// `eeg` or `fmri`.
  package let name: String
  /// `channel` or `region`, unless the axes say otherwise.
  package let spaceAxis: String
  /// nil: must be declared.
  let defaultUnits: String?

  package static let eeg = RecordingModality(name: "eeg", spaceAxis: "channel", defaultUnits: nil)
  package static let fmri = RecordingModality(name: "fmri", spaceAxis: "region", defaultUnits: "au")
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

extension RecordingOptions {
  /// The option's unit, which was checked before, else the format's.
  package func unit(otherwise format: String) throws -> StoredUnit {
    let text = units ?? format
    guard let unit = StoredUnit(text) else {
      throw EvokeError(.unitsUnknown, "--units \(text)", reason: "no unit", remedy: "give uV or V")
    }
    return unit
  }

  /// A note that nothing says the unit of voltages; nil where `--units` does.
  ///
  /// - Parameter custom: who keeps them in microvolts, as `SEED`.
  package func microvoltsAssumed(_ path: String, as custom: String) -> Diagnostic? {
    units == nil
      ? Diagnostic(
        .note, .eegUnit, path, reason: "nothing says its unit: taken to be uV, as \(custom) has them",
        remedy:
          "give --units, or units in channels.tsv of BIDS, if it is another (scalp EEG has a standard deviation of "
          + "1 to 1000 uV)") : nil
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
    if let trust = options.trust, !ClockSource.trusted.contains(trust) {
      OptionText.malformed("--trust", trust.rawValue, "header|json|option", &findings)
    }
    if let repetition = options.repetition, repetition < 1 {
      OptionText.malformed("--repetition", "\(repetition)", "NUMBER, from 1", &findings)
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
