import Diagnostics
import Importing

extension BIDSReader {
  /// One finding per file that was not read, in the tree's order; folders of other things count as one.
  func unread() -> [Diagnostic] {
    let read = Set(batch.sources.map(\.path)).union(sidecars.used.map(tree.absolute))
    var list: [Diagnostic] = []
    for file in tree.files
    where reasons[file.path] != nil
      || !read.contains(tree.absolute(file.path)) && !sidecars.used.contains(file.path)
    {
      let why = reasons[file.path] ?? plainReason(file)
      list.append(Diagnostic(why.severity, why.code, file.path, reason: why.reason, remedy: why.remedy))
    }
    for folder in tree.others {
      let why = Self.folderReason(folder.path)
      list.append(
        Diagnostic(
          why.severity, why.code, "\(folder.path) (\(folder.count) files)", reason: why.reason, remedy: why.remedy))
    }
    return list
  }

  private static func folderReason(_ path: String) -> BIDSReason {
    switch path {
    case "stimuli/":
      BIDSReason(
        "films and sounds are imported by their own verb", remedy: "evoke import video|audio stimuli/FILE")
    case "code/", "sourcedata/": BIDSReason("no part of the data")
    default: BIDSReason("no folder of subjects inside")
    }
  }

  private func plainReason(_ file: BIDSFile) -> BIDSReason {
    if isLeftOut(file) {
      return BIDSReason("set aside for its faults, which are listed", remedy: "mend it, or leave it")
    }
    if let option = filteredOut(file) { return BIDSReason("left out by \(option)") }
    if let absence = file.absence {
      let matters = ["eeg", "bold", "physio", "stim", "beh", "events"].contains(file.name.suffix)
      return BIDSReason(
        absence.reason, remedy: absence.remedy, severity: matters ? .warning : .note, code: absence.code)
    }
    return Self.kind(of: file)
  }

  private static let datatypes = [
    "anat": "anatomy", "fmap": "field maps", "dwi": "diffusion", "perf": "perfusion", "meg": "MEG",
    "ieeg": "intracranial recordings", "pet": "PET", "nirs": "NIRS", "micr": "microscopy", "motion": "motion capture",
    "mrs": "spectroscopy", "figures": "figures of a report", "log": "log files",
  ]

  private static let positions = BIDSReason("positions", remedy: "the montage places channels by their names")
  private static let unread = BIDSReason("describes a recording that is not read")
  private static let suffixes = [
    "electrodes": positions, "coordsystem": positions, "scans": BIDSReason("times of acquisition"),
    "sessions": BIDSReason("dates of sessions"), "sbref": BIDSReason("reference volumes"),
    "aseg": BIDSReason("segmentation"), "participants": BIDSReason("describes participants.tsv"),
    "photo": BIDSReason("photographs"), "channels": unread, "events": unread, "mask": BIDSReason("brain masks"),
    "boldref": BIDSReason("reference volumes"), "xfm": BIDSReason("transforms"),
    "timeseries": BIDSReason("no recording that is read has these confounds"),
  ]

  private static func kind(of file: BIDSFile) -> BIDSReason {
    if let reason = suffixes[file.name.suffix] { return reason }
    if let what = datatypes[file.datatype] { return BIDSReason("\(what): not used") }
    if file.folders.first == "phenotype" {
      return BIDSReason("tables of questionnaires", remedy: "evoke import participants FILE")
    }
    if file.name.ending == ".json" { return BIDSReason("describes a file that is not read") }
    if [".md", ".txt", ".rst", "", ".html", ".bib", ".tex", ".svg", ".png"].contains(file.name.ending) {
      return BIDSReason("text or pictures for people")
    }
    if file.name.suffix == "eeg", eegEndings.contains(file.name.ending.lowercased()) {
      return BIDSReason("its faults, or those of what describes it, are listed", remedy: "mend them")
    }
    if file.name.suffix == "eeg" {
      return BIDSReason(
        "EEG in the format \(file.name.ending) is not read", remedy: "convert it to BrainVision or EDF (mne-bids)")
    }
    return BIDSReason("no kind of file this import reads")
  }
}

/// Columns that files which are read have beside those that are used.
struct UnreadColumns {
  /// Suffix -> column -> files.
  private var files: [String: [String: Set<String>]] = [:]

  mutating func note(_ columns: [String], of file: BIDSFile) {
    note(columns, suffix: file.name.suffix, path: file.path)
  }

  mutating func note(_ columns: [String], suffix: String, path: String) {
    for column in columns where !column.isEmpty { files[suffix, default: [:]][column, default: []].insert(path) }
  }

  /// A line for each kind of file.
  func report(_ findings: inout Findings) {
    for (suffix, columns) in files.sorted(by: { $0.key < $1.key }) {
      let count = columns.values.reduce(into: Set<String>()) { $0.formUnion($1) }.count
      findings.add(
        .note, .columnNotRead, "\(count) *_\(suffix) file\(count == 1 ? "" : "s")",
        reason: "columns that are not stored: \(NearMiss.list(columns.keys.sorted(), limit: 40))",
        remedy: "give --ratings COL,... or --series COL,... for columns of numbers that are wanted")
    }
  }
}
