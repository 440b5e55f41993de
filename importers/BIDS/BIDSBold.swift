import Diagnostics
import Importing
import RecordingImport

extension BIDSReader {
  /// A volume series of fMRIPrep (`space-..._desc-preproc_bold.nii.gz`) with its confounds; nil for other files.
  mutating func boldRecording(_ file: BIDSFile) -> [DescribedRecording]? {
    guard file.name.suffix == "bold", [".nii", ".nii.gz"].contains(file.name.ending) else { return nil }
    guard !passIfAbsent(file), isPreprocessed(file), isCombined(file), isInSpace(file) else { return nil }
    guard let read = readers.bold?.read else {
      pass(
        file,
        BIDSReason(
          "volumes are read as the regions of an atlas",
          remedy: "give --atlas NAME, which evoke import atlas TABLE --image LABELS.nii.gz brings", severity: .warning))
      return nil
    }
    var absent: BIDSFile?
    var own: BIDSFile?
    // Only what names no other space, resolution or step than the image's own describes it.
    let json = sidecars.json(for: file, absent: &absent, &findings)
    let events = self.events(of: file, absent: &absent)
    let confounds = self.confounds(of: file, absent: &own)
    if let missing = own ?? absent, passIfAbsent(file, needs: missing) { return nil }
    let path = tree.absolute(file.path)
    var reading = RecordingOptions.unset
    guard let clock = findings.collect(path, { try SidecarClock(json, object: file.path) }) else { return nil }
    reading.array.trS = clock.repetitionTimeS
    reading.trust = options.trust == .header ? .header : .option
    reading.allowShort = options.allowShort
    guard let source = findings.collect(path, { try SourceFile(reading: path) }) else { return nil }
    batch.sources.append(source)
    guard let found = findings.collect(path, { try read(path, reading) }), let found else { return nil }
    return found.map { recording in
      var own = recording
      own.clock.rename(.option, to: .json, object: "its JSON")
      own.disagreement = own.disagreement?.renamed(.option, to: .json, object: "its JSON")
      correct(&own, clock)
      place(&own, file)
      own.confounds = confounds.map { ConfoundOptions(file: $0) }
      show(&own, file, events)
      return own
    }
  }

  /// After correction for slice timing, volume i stands for `StartTime` + i TR; a recording's volume stands for the
  /// middle of its repetition time, so that its clock begins by the difference later.
  private func correct(_ recording: inout DescribedRecording, _ clock: SidecarClock) {
    guard let startS = clock.startTimeS, clock.isSliceTimingCorrected else { return }
    recording.clock.state("StartTime", startS, "s", by: .json, of: "its JSON")
    recording.clockStartS = ((startS - 0.5 / recording.rateHz) * 1e6).rounded() / 1e6
  }

  /// Raw volumes are not registered to any atlas.
  private mutating func isPreprocessed(_ file: BIDSFile) -> Bool {
    if file.name["desc"] == "preproc" { return true }
    if let desc = file.name["desc"] {
      pass(file, BIDSReason("desc-\(desc): of derivatives the preprocessed series (desc-preproc) are read"))
    } else if file.pipeline.isEmpty {
      pass(
        file,
        BIDSReason(
          "raw volumes are neither motion-corrected nor registered to an atlas",
          remedy: "run fMRIPrep into derivatives/fmriprep; evoke import fmri FILE reads volumes on an atlas' own grid",
          severity: .warning))
    } else {
      pass(file, BIDSReason("no desc-preproc in its name"))
    }
    return false
  }

  /// Echoes of one run are no recordings of their own.
  private mutating func isCombined(_ file: BIDSFile) -> Bool {
    guard let echo = file.name["echo"] else { return true }
    pass(
      file,
      BIDSReason(
        "echo \(echo) of several: of one run their combination is read",
        remedy: "run fMRIPrep, which combines echoes, or import the one that is meant with evoke import fmri",
        severity: .warning))
    return false
  }

  /// Space and resolution as in `--space`.
  private static func space(_ file: BIDSFile) -> String {
    (file.name["space"] ?? "native") + (file.name["res"].map { ":res-\($0)" } ?? "")
  }

  private mutating func isInSpace(_ file: BIDSFile) -> Bool {
    if let wanted = options.space {
      if Self.space(file) == wanted || (file.name["space"] ?? "native") == wanted { return true }
      pass(file, BIDSReason("in space \(Self.space(file)), --space says \(wanted)"))
      return false
    }
    // The spaces this very run exists in.
    let others = tree.files.filter { other in
      other.name.suffix == "bold" && other.name["desc"] == "preproc" && other.name.ending == file.name.ending
        && other.pipeline == file.pipeline && other.subject == file.subject && other.name["ses"] == file.name["ses"]
        && other.name.run == file.name.run
    }
    let spaces = Set(others.map(Self.space)).sorted()
    guard spaces.count > 1 else { return true }
    findings.error(
      .bidsSpaces, file.path, reason: "it stands in \(spaces.joined(separator: ", "))",
      remedy: "give --space NAME, the space of the atlas")
    return false
  }

  /// The path of the run's confounds in the same folder.
  private mutating func confounds(of file: BIDSFile, absent: inout BIDSFile?) -> String? {
    let found = tree.files.filter { other in
      ["timeseries", "regressors"].contains(other.name.suffix) && other.name["desc"] == "confounds"
        && other.name.ending == ".tsv" && other.pipeline == file.pipeline && other.folders == file.folders
        && other.name.applies(to: file.name, except: ["desc"])
    }
    guard let confounds = found.first else {
      findings.add(
        .warning, .bidsSidecar, file.path, reason: "there is no *_desc-confounds_timeseries.tsv beside it",
        remedy: "studies that regress confounds leave it out")
      return nil
    }
    if found.count > 1 {
      findings.error(
        .bidsSidecar, file.path, reason: "\(NearMiss.list(found.map(\.path))) could be its confounds",
        remedy: "keep one")
    }
    guard confounds.content == .present else {
      absent = confounds
      return nil
    }
    sidecars.use(confounds.path)
    return tree.absolute(confounds.path)
  }
}
