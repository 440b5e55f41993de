import Diagnostics
import Importing

extension BIDSReader {
  /// One finding per file that was not read, in the tree's order; folders of other things count as one.
  func unread() -> [Diagnostic] {
    let read = Set(batch.sources.map(\.path)).union(sidecars.used.map(tree.absolute))
    var list: [Diagnostic] = []
    for file in tree.files where !read.contains(tree.absolute(file.path)) && !sidecars.used.contains(file.path) {
      let why = reasons[file.path] ?? plainReason(file)
      list.append(Diagnostic(why.severity, why.code, file.path, reason: why.reason, remedy: why.remedy))
    }
    for folder in tree.others {
      let (reason, remedy) = Self.folderReason(folder.path)
      list.append(
        Diagnostic(.note, .bidsNotRead, "\(folder.path) (\(folder.count) files)", reason: reason, remedy: remedy))
    }
    return list
  }

  private static func folderReason(_ path: String) -> (String, String) {
    switch path {
    case "stimuli/": ("films and sounds are imported by their own verb", "evoke import video|audio stimuli/FILE")
    case "code/", "sourcedata/": ("no part of the data", "nothing")
    default: ("no folder of subjects inside", "nothing")
    }
  }

  private func plainReason(
    _ file: BIDSFile
  ) -> (severity: Diagnostic.Severity, code: ErrorCode, reason: String, remedy: String) {
    if let option = filteredOut(file) { return (.note, .bidsNotRead, "left out by \(option)", "nothing") }
    if let absence = file.absence {
      let matters = ["eeg", "bold", "physio", "stim", "events"].contains(file.name.suffix)
      return (matters ? .warning : .note, absence.code, absence.reason, absence.remedy)
    }
    let (reason, remedy) = Self.kind(of: file)
    return (.note, .bidsNotRead, reason, remedy)
  }

  private static let datatypes = [
    "anat": "anatomy", "fmap": "field maps", "dwi": "diffusion", "perf": "perfusion", "meg": "MEG",
    "ieeg": "intracranial recordings", "pet": "PET", "nirs": "NIRS", "micr": "microscopy", "motion": "motion capture",
    "mrs": "spectroscopy", "figures": "figures of a report", "log": "log files",
  ]

  private static let suffixes = [
    "electrodes": ("positions", "the montage places channels by their names"),
    "coordsystem": ("positions", "the montage places channels by their names"),
    "scans": ("times of acquisition", "nothing"), "sessions": ("dates of sessions", "nothing"),
    "sbref": ("reference volumes", "nothing"), "aseg": ("segmentation", "nothing"),
    "participants": ("describes participants.tsv", "nothing"), "photo": ("photographs", "nothing"),
    "channels": ("describes a recording that is not read", "nothing"),
    "events": ("describes a recording that is not read", "nothing"), "mask": ("brain masks", "nothing"),
    "boldref": ("reference volumes", "nothing"), "xfm": ("transforms", "nothing"),
    "timeseries": ("no recording that is read has these confounds", "nothing"),
  ]

  private static func kind(of file: BIDSFile) -> (String, String) {
    if let (what, remedy) = suffixes[file.name.suffix] { return (what, remedy) }
    if let what = datatypes[file.datatype] { return ("\(what): not used", "nothing") }
    if file.folders.first == "phenotype" { return ("tables of questionnaires", "evoke import participants FILE") }
    if file.name.ending == ".json" { return ("describes a file that is not read", "nothing") }
    if [".md", ".txt", ".rst", "", ".html", ".bib", ".tex", ".svg", ".png"].contains(file.name.ending) {
      return ("text or pictures for people", "nothing")
    }
    if file.name.suffix == "eeg" {
      return ("EEG in the format \(file.name.ending) is not read", "convert it to BrainVision or EDF (mne-bids)")
    }
    return ("no kind of file this import reads", "nothing")
  }
}
