import Annotations
import ArgumentParser
import Diagnostics
import EEG
import Features
import Importing

/// Options of tables of series.
struct TableArguments: ParsableArguments {
  @Option(help: "NAME=COL,... : time=COL and the columns to read; repeatable.") var map: [String] = []
  @Option(help: "Stimulus: a column of the table, or a name; else the file's stem.") var stimulus: String?
  @Option(help: "Acquisition run: a column of the table, or a name.") var run: String?
  @Option(help: "s or ms.") var timeUnit: String?
  @Option(help: "point or comma.") var decimal: String?
  @Option(help: "Name of the series; else the file's stem.") var name: String?

  func options(subject: String? = nil, session: String? = nil) -> SeriesTableOptions {
    var options = SeriesTableOptions()
    options.map = map
    options.stimulus = stimulus
    options.subject = subject
    options.session = session
    options.run = run
    options.timeUnit = timeUnit
    options.decimal = decimal
    options.name = name
    return options
  }
}

/// Options of arrays in HDF5 and .npy files.
struct ArrayArguments: ParsableArguments {
  @Option(help: "Path inside the file; {subject} {session} {run} {stimulus} {channel} and * are templates.") var data:
    String?
  @Option(help: "Axis names in file order: time,channel ...") var axes: String?
  @Option(help: "Samples per second.") var rateHz: Double?
  @Option(name: .customLong("tr-s"), help: "Repetition time in seconds, instead of --rate-hz.") var trS: Double?
  @Option(help: "Attribute or one-number dataset that holds the rate.") var rateAttr: String?
  @Option(help: "Labels of an axis: PATH, FILE or list, as AXIS=...; repeatable.") var labels: [String] = []
  @Option(help: "AXIS=FILE: a table of codes and names; repeatable.") var rename: [String] = []

  var options: ArrayOptions {
    var options = ArrayOptions()
    options.data = data
    options.axes = axes
    options.rateHz = rateHz
    options.trS = trS
    options.rateAttr = rateAttr
    options.labels = labels
    options.rename = rename
    return options
  }
}

struct ImportAnnotations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotations",
    abstract: "Continuous ratings and bad segments: CSV, TSV, LIRIS-ACCEDE, ELAN, TextGrid.",
    discussion: """
      The format is known by its content. Tables are long or wide. Tiers of ELAN (.eaf or its tab-delimited export) and \
      Praat become series of --rate: the mean of numbers, the share of every bin that each of up to 12 labels covers, \
      or TIER.rate (onsets per second) and TIER.active for words; --map NAME=TIER chooses tiers; with --kind bad_segment \
      their annotations are the bad stretches.
      """)
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var table: TableArguments
  @Option(help: "Column that names the rater.") var rater: String?
  @Option(help: "wide: every value column is a rater.") var raters: String?
  @Option(help: "Subject: a column of the table, or a name.") var subject: String?
  @Option(help: "Session: a column of the table, or a name.") var session: String?
  @Option(help: "Scale of the ratings, lo:hi.") var scale: String?
  @Option(help: "rating or bad_segment.") var kind: String?
  @Option(help: "Samples per second of series made of tiers; else 1.") var rate: Double?
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var options = AnnotationOptions()
    options.table = table.options(subject: subject, session: session)
    options.rater = rater
    options.raters = raters
    options.scale = scale
    options.kind = kind
    options.rateHz = rate
    try global.importing(own, "annotations") {
      importAnnotations(files: files, options: options, common: $0, known: $1, progress: $2)
    }
  }
}

struct ImportFeatures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Feature series computed elsewhere: CSV, TSV, HDF5, .npy, also layered ones.")
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var table: TableArguments
  @Option(help: "NAME=COL,COL : a feature space; repeatable.") var space: [String] = []
  @Option(help: "original, voice or soundtrack.") var element: String?
  @Option(help: "Model that layered embeddings belong to.") var model: String?
  @OptionGroup var array: ArrayArguments
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var options = FeatureOptions()
    options.table = table.options()
    options.spaces = space
    options.element = element
    options.array = array.options
    options.model = model
    try global.importing(own, "features") {
      importFeatures(files: files, options: options, common: $0, known: $1, progress: $2)
    }
  }
}

/// Options of recordings.
struct RecordingArguments: ParsableArguments {
  @Option(help: "V, mV, uV, nV, T, fT, %, au or a UCUM code.") var units: String?
  @Option(help: "Recording time of stimulus second 0 (or of --stimulus-start-s); may be negative.") var onsetS: Double?
  @Option(help: "Stimulus time at the onset.") var stimulusStartS: Double?
  @Option(help: "A:B, seconds of the recording that are kept.") var crop: String?
  @Option(help: "mark, drop, or bad channels' names; repeatable.") var bad: [String] = []
  @Flag(help: "Accept amplitudes that scalp EEG does not have.") var anyAmplitude = false
  @Option(help: "Subject.") var subject: String?
  @Option(help: "Session.") var session: String?
  @Option(help: "Acquisition run.") var run: String?
  @Option(help: "Stimulus; else the file's stem.") var stimulus: String?
  @Option(help: "Name of the signal; else the dataset's last path component.") var name: String?
  @Option(help: "Table of events (onset, duration, trial_type ...); '{subject}_events.tsv' for several recordings.")
  var events: String?
  @Option(help: "Table of the stimulus each event starts: event, stimulus, stimulus_start_s, duration_s.")
  var eventMap: String?
  @Flag(help: "Accept a recording that ends before its stimulus, and record it.") var allowShort = false

  func options(_ array: ArrayArguments) -> RecordingOptions {
    var options = RecordingOptions()
    options.array = array.options
    options.units = units
    options.onsetS = onsetS
    options.stimulusStartS = stimulusStartS
    options.crop = crop
    options.bad = bad
    options.anyAmplitude = anyAmplitude
    options.subject = subject
    options.session = session
    options.run = run
    options.stimulus = stimulus
    options.name = name
    options.events = events
    options.eventMap = eventMap
    options.allowShort = allowShort
    return options
  }
}

struct ImportEEG: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eeg",
    abstract: "EEG from EEGLAB, BrainVision, EDF, BDF, NWB, MNE and SEED files, MATLAB and HDF5 arrays.",
    discussion: """
      Formats are known by their content; --axes asks for the generic mapping of arrays. Axes of MATLAB 5 variables stand
      as MATLAB shows them, those of HDF5 (MATLAB 7.3 included) in the order of the file, which is the reverse.

      A .fif file goes through two lines of Python: raw = mne.io.read_raw_fif("sub-01_raw.fif") and
      mne.export.export_raw("sub-01.vhdr", raw).
      """)
  @Argument(help: "Files, or a template such as '{subject}.h5'.") var files: [String]
  @OptionGroup var array: ArrayArguments
  @OptionGroup var recording: RecordingArguments
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.importing(own, "eeg") {
      importEEG(files: files, options: recording.options(array), common: $0, known: $1, progress: $2)
    }
  }
}
