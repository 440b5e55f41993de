import ArgumentParser
import BIDS
import Diagnostics
import EEG
import FMRI
import Importing
import Warehouse

struct ImportBIDS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bids", abstract: "A whole BIDS folder: EEG, fMRI derivatives, events, physio, participants.",
    discussion: """
      EEG (EDF, BDF, BrainVision, EEGLAB) with channels.tsv and events.tsv; volumes of derivatives/fmriprep \
      (desc-preproc) by --atlas with their confounds; columns of stim, physio and beh files by --ratings and --series. \
      Sidecars are found by the inheritance principle. Without a map the column stim_file of events.tsv names the \
      stimulus, and a task without events.tsv is its own stimulus (onset assumed). A map has a column stimulus, any of \
      stimulus_start_s, duration_s, onset_s, and conditions: trial_type, stim_file, value, task, run, session ... Every \
      file that is not read is listed with its reason; the view import_log keeps the list.
      """)
  @Argument(help: "The folder that holds dataset_description.json.") var folder: String
  @Option(help: "Space of the derivatives: NAME or NAME:res-2.") var space: String?
  @Option(help: "Atlas with a label image, for volumes.") var atlas: String?
  @Option(help: "Table: stimulus, and stim_file or task, run ... that it belongs to.") var stimulusMap: String?
  @Option(help: "Table: trial_type (or value ...) and stimulus.") var eventMap: String?
  @Option(help: "Tasks to read, NAME,...; repeatable.") var task: [String] = []
  @Option(help: "Subjects to read, LABEL,...; repeatable.") var subjects: [String] = []
  @Option(help: "Sessions to read, LABEL,...; repeatable.") var sessions: [String] = []
  @Option(help: "Columns of stim, physio and beh files that rate the stimulus, COL,...") var ratings: [String] = []
  @Option(help: "Further columns of them to keep, COL,...") var series: [String] = []
  @Option(help: "Scale of the ratings, lo:hi.") var scale: String?
  @Option(help: "Types of channels.tsv that are read as EEG, TYPE,...") var types: [String] = []
  @Option(help: "mark, drop, or bad channels' names; repeatable.") var bad: [String] = []
  @Flag(help: "Accept recordings and showings that end before their stimulus, and record it.") var allowShort = false
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  private var options: BIDSOptions {
    var options = BIDSOptions()
    options.space = space
    options.stimulusMap = stimulusMap
    options.eventMap = eventMap
    options.tasks = task
    options.subjects = subjects
    options.sessions = sessions
    options.ratings = ratings
    options.series = series
    options.scale = scale
    if !types.isEmpty { options.types = types }
    options.bad = bad
    options.allowShort = allowShort
    return options
  }

  func run() throws {
    try global.withWarehouse(.writing("import bids")) { warehouse in
      let common = try own.common(in: warehouse)
      let known = try KnownNames(of: common.dataset, in: warehouse)
      let atlas = try atlas.map { try RegionAtlas(named: $0, in: warehouse) }
      var options = options
      options.atlas = atlas.map { $0.array }
      let readers = BIDSReaders(
        eeg: RecordingFormat.recogniser(), bold: atlas.map { FMRIFormat.recogniser(atlas: $0) })
      try global.importing(
        in: warehouse, dryRun: own.dryRun, tabled: [.bidsNotRead, .bidsNotFetched],
        table: { global.note(Self.table($0)) }
      ) { progress in
        importBIDS(
          folder: folder, options: options, readers: readers, common: common, known: known, progress: progress)
      }
    }
  }

  /// Files that were not read, one line for those of all subjects that have the same reason.
  static func table(_ findings: [Diagnostic]) -> String {
    guard !findings.isEmpty else { return "every file was read" }
    var groups: [(key: [String], count: Int, first: String)] = []
    var places: [[String]: Int] = [:]
    for finding in findings {
      let pattern = finding.object.replacing(/(sub|ses)-[A-Za-z0-9]+/) { "\($0.1)-*" }
      // Sizes differ between files of one kind.
      let reason = finding.reason.replacing(/\ \([0-9.]+ [kMGT]?B\)/, with: "").replacing(/(sub|ses)-[A-Za-z0-9]+/) {
        "\($0.1)-*"
      }
      let key = [finding.code.id, pattern, reason]
      if let place = places[key] {
        groups[place].count += 1
      } else {
        places[key] = groups.count
        groups.append((key, 1, finding.object))
      }
    }
    let rows = groups.map { group in
      (
        count: "\(group.count)", name: group.count == 1 ? group.first : group.key[1], why: group.key[2],
        code: group.key[0]
      )
    }
    let width = min(72, rows.map(\.name.count).max() ?? 0)
    let digits = rows.map(\.count.count).max() ?? 1
    func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
      let blanks = String(repeating: " ", count: max(0, width - text.count))
      return left ? blanks + text : text + blanks
    }
    let lines = rows.map {
      "  \(padded($0.count, digits, left: true))  \(padded($0.name, width))  \($0.code)  \($0.why)"
    }
    return (["not read, \(findings.count) in all:"] + lines).joined(separator: "\n")
  }
}
