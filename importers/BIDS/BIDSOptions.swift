import ArgumentParser
import ContentIdentity
import Importing
import RecordingImport

/// The options of `import bids`, as typed.
package struct BIDSOptions: VerbOptions {
  @Option(help: "Space of the derivatives: NAME or NAME:res-2.") package var space: String?
  @Option(help: "Atlas with a label image, for volumes.") package var atlas: String?
  @Option(help: "Table: stimulus, and stim_file or task, run ... that it belongs to.")
  package var stimulusMap: String?
  @Option(help: "Table: trial_type (or value ...) and stimulus.") package var eventMap: String?
  /// Without it they are stimuli, with a warning.
  @Option(help: "stimuli or repetitions: what runs of one task without events are.") package var runs: String?
  /// Without it JSON counts over the headers of volumes, and EEG whose rates differ is refused.
  @Option(help: "header or json: which counts where they disagree about time.") package var trust: ClockSource?
  @Option(name: .customLong("task"), help: "Tasks to read, NAME,...; repeatable.") package var tasks: [String] = []
  @Option(help: "Subjects to read, LABEL,...; repeatable.") package var subjects: [String] = []
  @Option(help: "Sessions to read, LABEL,...; repeatable.") package var sessions: [String] = []
  @Option(help: "Columns of stim, physio, beh and events files that rate the stimulus, COL,...")
  package var ratings: [String] = []
  @Option(help: "Further columns of them to keep, COL,...") package var series: [String] = []
  @Option(help: "Scale of the ratings, lo:hi.") package var scale: String?
  @Option(help: "Types of channels.tsv that are read as EEG, TYPE,...") package var types: [String] = ["EEG"]
  @Option(help: "mark, drop, or bad channels' names; repeatable.") package var bad: [String] = []
  @Flag(help: "Accept recordings shorter than declared, and showings that end before their stimulus, and record it.")
  package var allowShort = false

  package init() {}
}

/// Readers of the recordings inside a BIDS folder.
package struct BIDSReaders {
  /// EDF, BDF, BrainVision and EEGLAB files.
  package var eeg: RecordingRecogniser
  /// Preprocessed volumes by an atlas; nil: no atlas was named.
  package var bold: Bold?

  /// What reads volumes, and the stored array it reads them with.
  package struct Bold {
    package var read: RecordingRecogniser
    package var atlas: UsedArray
    /// The atlas by name and content.
    package var identity: JSONValue

    package init(atlas: UsedArray, identity: JSONValue, read: @escaping RecordingRecogniser) {
      self.read = read
      self.atlas = atlas
      self.identity = identity
    }
  }

  package init(eeg: @escaping RecordingRecogniser, bold: Bold? = nil) {
    self.eeg = eeg
    self.bold = bold
  }
}
