import ContentIdentity
import Importing

/// The options of `import bids`, as typed.
public struct BIDSOptions: Sendable {
  /// Space of fMRI derivatives, `NAME` or `NAME:res-2`.
  public var space: String?
  /// Name and content of the atlas that volumes are reduced by.
  public var atlas: (name: String, sha256: String)?
  /// Tables of stimuli: columns of events.tsv, or task, run, session ..., and `stimulus`.
  public var stimulusMap: String?
  public var eventMap: String?
  /// What to read; empty: all.
  public var tasks: [String] = []
  public var subjects: [String] = []
  public var sessions: [String] = []
  /// Columns of *_stim, *_physio and *_beh files that are continuous ratings of the stimulus.
  public var ratings: [String] = []
  /// Further columns of them, kept as series of the subject.
  public var series: [String] = []
  /// `lo:hi` of the ratings.
  public var scale: String?
  /// Types of channels.tsv that are read as EEG.
  public var types: [String] = ["EEG"]
  /// `mark`, `drop`, or names.
  public var bad: [String] = []
  /// Accept a recording or a showing that ends before its stimulus.
  public var allowShort = false

  public init() {}

  var canonical: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    func list(_ values: [String]) -> JSONValue { .array(values.flatMap(OptionText.list).map { .string($0) }) }
    return [
      "space": text(space), "atlas": atlas.map { ["name": .string($0.name), "sha256": .string($0.sha256)] } ?? .null,
      "stimulus_map": text(stimulusMap), "event_map": text(eventMap), "tasks": list(tasks),
      "subjects": list(subjects), "sessions": list(sessions), "ratings": list(ratings), "series": list(series),
      "scale": text(scale), "types": list(types), "bad": list(bad), "allow_short": .bool(allowShort),
    ]
  }
}

/// Readers of the recordings inside a BIDS folder.
public struct BIDSReaders {
  /// EDF, BDF, BrainVision and EEGLAB files.
  package var eeg: RecordingRecogniser
  /// Preprocessed volumes by an atlas; nil: no atlas was named.
  package var bold: RecordingRecogniser?

  package init(eeg: @escaping RecordingRecogniser, bold: RecordingRecogniser? = nil) {
    self.eeg = eeg
    self.bold = bold
  }
}
