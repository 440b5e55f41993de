import ArgumentParser
import BIDS
import Diagnostics
import EEG
import FMRI
import Importing

struct ImportBIDS: ImportVerb {
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
  @OptionGroup var options: BIDSOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  static let tabled: Set<ErrorCode> = [.bidsNotRead, .bidsNotFetched]

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) throws -> ImportBatch {
    let atlas = try options.atlas.map { try RegionAtlas(named: $0, in: site.warehouse) }
    let bold = atlas.map { atlas in
      BIDSReaders.Bold(
        atlas: atlas.array, identity: atlas.identity, read: FMRIFormat.recogniser(atlas: atlas))
    }
    return importBIDS(
      folder: folder, options: options, readers: BIDSReaders(eeg: RecordingFormat.recogniser(), bold: bold),
      common: site.common, known: site.known, progress: site.progress)
  }

  /// Files that were not read, one line for those of all subjects that have the same reason.
  static func table(_ findings: [Diagnostic]) -> String? {
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
    let width = min(72, rows.map(\.name.count).reduce(0, max))
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
