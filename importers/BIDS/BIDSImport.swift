import ContentIdentity
import DelimitedText
import Diagnostics
import Importing
import LabelledArrays
import RecordingImport

/// Imports a whole BIDS folder: EEG, fMRI derivatives, events, physio and stim series, participants.
///
/// Every file is read, described by one that is read, or listed with its reason (`bidsNotRead`, `bidsNotFetched`); those
/// findings come last and are never shortened. Nothing is thrown: every fault is a diagnostic of the batch, and one error
/// keeps the whole import out.
package func importBIDS(
  folder: String, options: BIDSOptions, readers: BIDSReaders, common: CommonOptions, known: KnownNames = KnownNames(),
  progress: ImportProgress? = nil
) -> ImportBatch {
  var reader = BIDSReader(folder, options, readers: readers, common: common, known: known)
  reader.read(progress)
  return reader.finished()
}

/// Why a file is not read, and what would help.
struct BIDSReason: Sendable {
  let severity: Diagnostic.Severity
  let code: ErrorCode
  let reason: String
  let remedy: String

  init(
    _ reason: String, remedy: String = "nothing", severity: Diagnostic.Severity = .note,
    code: ErrorCode = .bidsNotRead
  ) {
    self.severity = severity
    self.code = code
    self.reason = reason
    self.remedy = remedy
  }
}

/// One pass over a BIDS folder.
struct BIDSReader {
  let options: BIDSOptions
  let readers: BIDSReaders
  let known: KnownNames
  let tree: BIDSTree
  var sidecars: BIDSSidecars
  var batch: ImportBatch
  var annotations: [AnnotationRecord] = []
  var recordings: [RecordingRecord] = []
  var participants: [ParticipantRecord] = []
  var findings = Findings()
  var map: StimulusMap?
  /// Path -> why it is not read.
  var reasons: [String: BIDSReason] = [:]
  /// Columns that were asked for in files of which nothing says what was shown meanwhile.
  var unplacedColumns: Set<String> = []
  /// Columns that were asked for in tables whose rows have no time.
  var columnsWithoutTime: Set<String> = []
  /// Columns of files that are read otherwise.
  var columnsNotRead = UnreadColumns()
  /// Name, stimulus, subject and run of a series -> its file.
  var seriesFiles: [[String?]: String] = [:]
  /// Names of the events met.
  var eventNames: Set<String> = []
  /// Tasks whose runs became stimuli of their own, with the runs.
  var runsAsStimuli: [String: [String]] = [:]
  /// Channels left out by type: `VEOG (EOG)` -> recordings.
  var otherChannels: [String: Int] = [:]

  init(
    _ folder: String, _ options: BIDSOptions, readers: BIDSReaders, common: CommonOptions, known: KnownNames
  ) {
    self.options = options
    self.readers = readers
    self.known = known
    tree = BIDSTree(folder)
    sidecars = BIDSSidecars(tree)
    let settled = readers.bold.map { ["atlas": $0.identity] } ?? [:]
    batch = ImportBatch(verb: "import bids", options: options, settled: settled, common: common)
  }

  mutating func read(_ progress: ImportProgress?) {
    guard tree.files.contains(where: { $0.subject != nil }) else {
      findings.error(
        .bidsFolder, tree.root, reason: "it has no folders sub-LABEL with files",
        remedy: "name the folder that holds dataset_description.json")
      return
    }
    for fault in tree.faults { findings.add(fault) }
    describe()
    readMap(options.stimulusMap)
    readMap(options.eventMap)
    checkFilters()
    if let trust = options.trust, ![.header, .json].contains(trust) {
      OptionText.malformed("--trust", trust.rawValue, "header|json", &findings)
    }
    if let runs = options.runs, !["stimuli", "repetitions"].contains(runs) {
      OptionText.malformed("--runs", runs, "stimuli|repetitions", &findings)
    }
    readSoundParticipants()
    let eeg = tree.files.filter(isWanted).flatMap { file in sound(file) { $0.eegRecording(file) } ?? [] }
    let bold = tree.files.filter(isWanted).flatMap { file in sound(file) { $0.boldRecording(file) } ?? [] }
    for file in tree.files.filter(isWanted) { sound(file) { $0.readSeries(file) } }
    separateSeries()
    var reading = RecordingOptions.unset
    reading.bad = options.bad
    reading.allowShort = options.allowShort
    for (modality, described) in [(RecordingModality.eeg, eeg), (.fmri, bold)] {
      recordings += importDescribed(
        modality, described, options: reading, known: known, progress: progress, &batch, &findings)
    }
    reportRuns()
    map?.reportUnused(eventNames.sorted(), &findings)
    reportChannels()
    columnsNotRead.report(&findings)
  }

  /// Reads what belongs to a file; faults of it, and of what lies beside it, are its own.
  private mutating func sound<Value>(_ file: BIDSFile, _ read: (inout BIDSReader) -> Value) -> Value {
    findings.file = tree.absolute(file.path)
    defer { findings.file = nil }
    return read(&self)
  }

  /// What the options leave in.
  func isWanted(_ file: BIDSFile) -> Bool { filteredOut(file) == nil && !isLeftOut(file) }

  /// Whether it was set aside: it or a part of it had faults.
  func isLeftOut(_ file: BIDSFile) -> Bool {
    let path = tree.absolute(file.path)
    return batch.common.leftOut.contains { $0.hasPrefix(path) }
  }

  /// A file at the top that is not set aside.
  func top(_ name: String) -> BIDSFile? { tree.files.first { $0.path == name && !isLeftOut($0) } }

  func filteredOut(_ file: BIDSFile) -> String? {
    func fits(_ wanted: [String], _ label: String?, _ key: String) -> Bool {
      let wanted = wanted.flatMap(OptionText.list)
      guard !wanted.isEmpty, let label else { return true }
      return wanted.contains { $0 == label || $0 == "\(key)-\(label)" }
    }
    if !fits(options.subjects, file.name["sub"], "sub") { return "--subjects" }
    if !fits(options.sessions, file.name["ses"], "ses") { return "--sessions" }
    if !fits(options.tasks, file.name["task"], "task") { return "--task" }
    return nil
  }

  private mutating func checkFilters() {
    for (option, values, key) in [
      ("--subjects", options.subjects, "sub"), ("--sessions", options.sessions, "ses"),
      ("--task", options.tasks, "task"),
    ] {
      let labels = Set(tree.files.compactMap { $0.name[key] })
      for value in values.flatMap(OptionText.list)
      where !labels.contains(value) && !labels.contains(where: { "\(key)-\($0)" == value }) {
        findings.error(
          .bidsFilter, "\(option) \(value)", reason: "no file has \(key)-\(value)",
          remedy: NearMiss.suggestion(value, in: labels.sorted()))
      }
    }
  }

  /// dataset_description.json gives the licence unless the option does.
  private mutating func describe() {
    guard let file = top("dataset_description.json") else {
      findings.add(
        .warning, .bidsSidecar, tree.root, reason: "dataset_description.json is missing",
        remedy: "check that this is the top of the dataset")
      return
    }
    guard file.content == .present, let json = sound(file, { $0.sidecars.json(file, &$0.findings) }) else { return }
    guard batch.common.licence == nil, let licence = json["License"] else { return }
    guard let text = licence.stringValue else {
      return findings.add(
        .warning, .bidsSidecar, file.path, reason: "its License is \(licence.canonical), no text",
        remedy: "give --licence, or write the licence as one text")
    }
    batch.common.licence = text
  }

  private mutating func readMap(_ path: String?) {
    guard let path, let (source, bytes) = findings.collect(path, { try SourceFile.contents(of: path) }) else { return }
    batch.sources.append(source)
    guard let table = DelimitedTable.read(path, bytes, &findings), let read = StimulusMap(table, &findings) else {
      return
    }
    map = StimulusMap(rules: (map?.rules ?? []) + read.rules)
  }

  /// Notes why a file is not read; the first reason stays.
  mutating func pass(_ file: BIDSFile, _ reason: BIDSReason) {
    if reasons[file.path] == nil { reasons[file.path] = reason }
  }

  /// Passes over a recording whose file, or one it needs, is not there.
  mutating func passIfAbsent(_ file: BIDSFile, needs: BIDSFile? = nil) -> Bool {
    guard let absence = (needs ?? file).absence else { return false }
    let reason = needs.map { "it needs \($0.path): \(absence.reason)" } ?? absence.reason
    pass(file, BIDSReason(reason, remedy: absence.remedy, severity: .warning, code: absence.code))
    return true
  }

  private mutating func reportChannels() {
    guard let most = otherChannels.values.max() else { return }
    let names = otherChannels.sorted { $0.key < $1.key }.map(\.key)
    findings.add(
      .note, .eegChannelsLeftOut, "\(most) recordings",
      reason: "not of type \(options.types.flatMap(OptionText.list).joined(separator: ", ")): \(NearMiss.list(names))",
      remedy: "give --types EEG,EOG to keep them, for example for the rejection of eye movements")
  }

  /// The batch with its findings, those about files not read last.
  mutating func finished() -> ImportBatch {
    if !findings.hasErrors { checkContents() }
    for source in sidecars.sources where !batch.sources.contains(source) { batch.sources.append(source) }
    let names = recordings.flatMap { $0.presentations.map(\.stimulus) } + annotations.map(\.stimulus)
    batch.records = annotations + recordings + participants
    batch.introduce(stimuli: names, known: known, &findings)
    findings.compareSpelling(ofSubjects: recordings.map(\.subject), known: known)
    if let atlas = readers.bold?.atlas, recordings.contains(where: { $0.modality == "fmri" }) {
      batch.usedArrays = [atlas]
    }
    batch.conclude(findings, and: unread())
    return batch
  }

  private mutating func checkContents() {
    if recordings.isEmpty, annotations.isEmpty, participants.isEmpty {
      findings.error(
        .bidsNothing, tree.root, reason: "none of its \(tree.files.count) files could be read",
        remedy: "see the reasons: fetch content, or name --atlas for fMRI derivatives")
    } else if !annotations.contains(where: { $0.kind == "rating" }) {
      findings.add(
        .note, .bidsNoRatings, tree.root, reason: "missing ratings: no column of a stim, physio or beh file was read",
        remedy: "give --ratings COL,... or evoke import annotations FILE")
    }
  }
}
