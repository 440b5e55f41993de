import Diagnostics
import HDF5File
import Importing
import LabelledArrays

/// Reads recordings from HDF5 (and NumPy) arrays by the generic mapping: any axis order, one or many subjects,
/// sessions, trials and stimuli, in one file or many.
///
/// Stored are float32 `[time, channel]` or `[time, region]`; electric units become volts; missing samples stay NaN and
/// are counted. Every recording is read twice, here for its checks and when it is stored, so that memory holds one.
/// Nothing is thrown: every fault is a diagnostic of the batch, and one error keeps the whole import out.
///
/// `--crop A:B` acts on the file's own clock; `--onset-s` is in that clock too, the stored onset is `onset - A`.
///
/// - Parameters:
///   - batch: the empty batch of the verb, whose options may be more than these.
///   - confounds: nuisance regressors beside each recording.
///   - recognise: files it knows are read as their format says, all others by the generic mapping.
package func importRecordings(
  _ modality: RecordingModality, files: [String], options: RecordingOptions, confounds: ConfoundOptions? = nil,
  batch: ImportBatch, known: KnownNames, progress: ImportProgress?,
  recognise: RecordingRecogniser
) -> ImportBatch {
  var batch = batch
  var findings = Findings()
  if files.isEmpty {
    findings.error(
      .optionMalformed, batch.verb, reason: "no file is named", remedy: "name one or more files, or a template")
  }
  var reader = RecordingReader(modality, options, confounds, known, &findings)
  var recordings: [RecordingRecord] = []
  if !findings.hasErrors {
    let found = files.flatMap { file in findings.collect(file) { try PathTemplate.files(file) } ?? [] }
    reader.survey(found, recognise, &batch, &findings)
    recordings = reader.read(&batch, &findings, progress)
  }
  batch.sources += reader.extraSources
  batch.records = recordings
  batch.introduce(stimuli: recordings.flatMap { $0.presentations.map(\.stimulus) }, known: known, &findings)
  findings.compareSpelling(ofSubjects: recordings.map(\.subject), known: known)
  batch.diagnostics = findings.all
  return batch
}

/// One recording to be read: its key and place.
struct RecordingPlan {
  var subject: String
  var session: String?
  var run: String?
  var stimulus: String?
  var repetition = 1
  var name: String
  var rateHz: Double
  var unit: StoredUnit
  var spaceName: String
  var source: RecordingSource
  /// Markers, in the recording's own clock before any crop.
  var events: [RecordingRecord.Event] = []
  /// nil: options and events say what was shown.
  var presentations: [RecordingRecord.Presentation]?
  /// Labels the source itself calls bad.
  var badLabels: Set<String> = []
  /// Nuisance regressors of this recording, before those of the options.
  var confounds: ConfoundOptions?
  /// Voxels behind each label, and those left out, where it was an image.
  var voxels: [VoxelCount]?
  /// What names and paths say, before renaming.
  var codes: [String: String] = [:]
  /// For messages.
  var place: String
}

struct RecordingReader {
  let modality: RecordingModality
  let options: RecordingOptions
  /// Where the nuisance regressors of recordings that bring none are.
  let confounds: ConfoundOptions?
  let known: KnownNames
  let settings: RecordingSettings
  let renames: Renames
  var labels: AxisLabels
  var plans: [RecordingPlan] = []
  var eventReader: EventReader

  static let spaceAxes = ["channel", "region", "voxel", "component"]

  var extraSources: [SourceFile] { labels.sources + renames.sources + eventReader.sources }

  init(
    _ modality: RecordingModality, _ options: RecordingOptions, _ confounds: ConfoundOptions? = nil,
    _ known: KnownNames, _ findings: inout Findings
  ) {
    self.modality = modality
    self.options = options
    self.confounds = confounds
    self.known = known
    self.settings = RecordingSettings(options, &findings)
    self.renames = Renames(options.array.rename, &findings)
    self.labels = AxisLabels(options.array.labels, &findings)
    self.eventReader = EventReader(options, known, &findings)
  }

  /// A set of datasets that make up one array: one, or one per channel.
  private struct Item {
    var fields: [String: String]
    /// The fields before renaming.
    var codes: [String: String]
    var file: ArrayFile
    var dataset: String
    var channels: [(label: String, part: RecordingSource.Part)]
  }

  /// Hashes the files, finds their datasets and plans the recordings.
  mutating func survey(
    _ files: [PathTemplate.File], _ recognise: RecordingRecogniser, _ batch: inout ImportBatch,
    _ findings: inout Findings
  ) {
    var items: [Item] = []
    for file in files {
      guard let source = findings.collect(file.path, { try SourceFile(reading: file.path) }) else { continue }
      if !batch.sources.contains(source) { batch.sources.append(source) }
      guard let known = findings.collect(file.path, { try recognise(file.path, options) }) else { continue }
      if let known {
        for recording in known { plan(recording, file, &batch, &findings) }
        continue
      }
      guard let opened = findings.collect(file.path, { try ArrayFile.open(file.path) }),
        let found = findings.collect(file.path, { try opened.datasets(options.array.data) })
      else { continue }
      for dataset in found {
        guard let fields = join(file, dataset, opened, &findings) else { continue }
        let codes = file.fields.merging(dataset.fields) { _, inside in inside }
        add(fields, codes, opened, dataset.dataset, &items)
      }
    }
    for item in items { plan(item, files.count, &findings) }
    separateStimuli()
    refuseTwice(&findings)
  }

  /// What the file's name and the dataset's path say together, renamed.
  private func join(
    _ file: PathTemplate.File, _ found: ArrayFile.Found, _ opened: ArrayFile, _ findings: inout Findings
  ) -> [String: String]? {
    var fields = file.fields
    for (field, value) in found.fields {
      if let other = fields[field], other != value {
        findings.error(
          .templateNoMatch, opened.object(found.dataset),
          reason: "the file's name says \(field) \(other), the path \(value)",
          remedy: "use the field in one of the templates")
        return nil
      }
      fields[field] = value
    }
    for (field, code) in fields {
      guard let name = findings.collect(file.path, { try renames.name(code, field) }) else { return nil }
      fields[field] = name
    }
    return fields
  }

  private func add(
    _ fields: [String: String], _ codes: [String: String], _ file: ArrayFile, _ dataset: String,
    _ items: inout [Item]
  ) {
    guard let channel = fields["channel"] else {
      items.append(Item(fields: fields, codes: codes, file: file, dataset: dataset, channels: []))
      return
    }
    var key = fields
    key["channel"] = nil
    let part = (channel, RecordingSource.Part(file: file.path, dataset: dataset))
    if let index = items.firstIndex(where: { $0.fields == key && !$0.channels.isEmpty }) {
      items[index].channels.append(part)
    } else {
      items.append(Item(fields: key, codes: codes, file: file, dataset: dataset, channels: [part]))
    }
  }

  private mutating func plan(_ item: Item, _ fileCount: Int, _ findings: inout Findings) {
    do { try planThrowing(item, &findings) } catch let error as EvokeError { findings.add(error) } catch {
      findings.error(.hdf5Failed, item.file.path, reason: "\(error)", remedy: "check the file")
    }
  }

  private mutating func planThrowing(_ item: Item, _ findings: inout Findings) throws {
    let shape = try item.file.shape(item.dataset)
    let object = item.file.object(item.dataset)
    let axes = try options.array.axisNames(
      item.file, item.dataset, shape: shape, allowed: ["subject", "session", "trial", "time"] + Self.spaceAxes)
    let spaces = axes.filter(Self.spaceAxes.contains)
    guard spaces.count <= 1, item.channels.isEmpty || spaces.isEmpty else {
      throw EvokeError(
        .axisName, object,
        reason: "\((spaces + (item.channels.isEmpty ? [] : ["{channel}"])).joined(separator: ", ")) are given",
        remedy: "name one of channel, region, voxel, component")
    }
    try checkOneSourceEach(item, axes, object)
    for part in item.channels.dropFirst() {
      let other = try ArrayFile.open(part.part.file).shape(part.part.dataset)
      guard other == shape else {
        throw EvokeError(
          .axisCount, "\(part.part.file):\(part.part.dataset)", reason: "its shape is \(other), \(object) has \(shape)",
          remedy: "all channels of a recording have the same shape")
      }
    }
    let (rateHz, _) = try options.array.rate(item.file, item.dataset, timeAxis: axes.firstIndex(of: "time") ?? 0)
    let unit = try unit(item)
    let names = try spaceLabels(item, axes, shape, spaces.first, &findings)
    try checkOrder(item, axes, shape, spaces.first, rateHz)
    let samples = try crop(shape[axes.firstIndex(of: "time") ?? 0], rateHz, object)
    let parts =
      item.channels.isEmpty
      ? [RecordingSource.Part(file: item.file.path, dataset: item.dataset)] : item.channels.map(\.part)
    let source = RecordingSource(
      parts: parts, axes: axes, shape: shape, samples: samples, spaceAxis: spaces.first, labels: names,
      factor: unit.factor, kept: Array(names.indices))
    let spaceName = spaces.first.map { $0 == "channel" ? "channel" : "region" } ?? modality.spaceAxis
    try expand(item, axes, shape, source, rateHz, unit, spaceName, &findings)
  }

  /// A key may come from a template, an axis or an option, not from two.
  private func checkOneSourceEach(_ item: Item, _ axes: [String], _ object: String) throws {
    let given: [(String, String?)] = [
      ("subject", options.subject), ("session", options.session), ("run", options.run), ("stimulus", options.stimulus),
    ]
    for (key, option) in given {
      var from: [String] = []
      if item.fields[key] != nil { from.append("{\(key)}") }
      if axes.contains(key) { from.append("axis \(key)") }
      if option != nil { from.append("--\(key)") }
      if from.count > 1 {
        throw EvokeError(
          .optionMalformed, object, reason: "the \(key) is given by \(from.joined(separator: " and "))",
          remedy: "give it once")
      }
    }
  }

  private func unit(_ item: Item) throws -> StoredUnit {
    let object = item.file.object(item.dataset)
    if let text = options.units, let unit = StoredUnit(text) { return unit }
    if let text = try item.file.attribute("units", near: item.dataset)?.text {
      if let unit = StoredUnit(text) { return unit }
      throw EvokeError(
        .unitsUnknown, object, reason: "its units attribute is \(text.debugDescription)", remedy: "give --units")
    }
    guard let text = modality.defaultUnits, let unit = StoredUnit(text) else {
      throw EvokeError(
        .unitsUnknown, object, reason: "neither --units nor an attribute `units` gives it",
        remedy: "give --units uV (or V, mV, nV, au)")
    }
    return unit
  }

  private mutating func spaceLabels(
    _ item: Item, _ axes: [String], _ shape: [Int], _ space: String?, _ findings: inout Findings
  ) throws -> [String] {
    if !item.channels.isEmpty {
      var seen: Set<String> = []
      if let twice = item.channels.first(where: { !seen.insert($0.label).inserted }) {
        throw EvokeError(
          .recordingTwice, "\(twice.part.file):\(twice.part.dataset)", reason: "channel \(twice.label) is found twice",
          remedy: "narrow the template")
      }
      return item.channels.map(\.label)
    }
    guard let space else { return [signalName(item.dataset)] }
    let found = try labels.labels(
      space, isSpace: true, item.file, item.dataset, axes: axes, shape: shape, fields: item.fields)
    if let found { return found }
    let count = shape[axes.firstIndex(of: space) ?? 0]
    findings.add(
      .note, .labelsInvented, "\(item.file.object(item.dataset)) axis \(space)",
      reason: "the file names none of the \(count)", remedy: "give --labels to have real names")
    return Self.numbered(space == "channel" ? "channel" : "region", count, digits: 3)
  }

  static func numbered(_ stem: String, _ count: Int, digits: Int) -> [String] {
    let width = max(digits, String(count).count)
    return (1...max(1, count)).prefix(count).map { index in
      let text = String(index)
      return "\(stem)-" + String(repeating: "0", count: width - text.count) + text
    }
  }

  /// Refuses axis orders that cannot be meant, where labels did not prove them already.
  private func checkOrder(
    _ item: Item, _ axes: [String], _ shape: [Int], _ space: String?, _ rateHz: Double
  ) throws {
    let object = item.file.object(item.dataset)
    func length(_ axis: String) -> Int? { axes.firstIndex(of: axis).map { shape[$0] } }
    guard let samples = length("time") else { return }
    func wrong(_ axis: String, _ reason: String) -> EvokeError {
      var swapped = axes
      if let a = axes.firstIndex(of: axis), let b = axes.firstIndex(of: "time") { swapped.swapAt(a, b) }
      return EvokeError(
        .axisOrder, object, reason: reason,
        remedy: "the order is probably --axes \(swapped.joined(separator: ",")); if not, give --labels \(axis)=...")
    }
    if samples < 2 {
      throw EvokeError(.tooFewSamples, object, reason: "the time axis has \(samples) entries", remedy: "check --axes")
    }
    if let subjects = length("subject"), subjects > samples, !labels.isGiven("subject", isSpace: false) {
      throw wrong("subject", "\(subjects) subjects but \(samples) samples")
    }
    guard let space, let width = length(space), !labels.isGiven(space, isSpace: true) else { return }
    if modality == .eeg, width > samples { throw wrong(space, "\(width) channels but only \(samples) samples") }
    let stimulus = item.fields["stimulus"] ?? options.stimulus
    if let stimulus, case .some(.some(let duration)) = known.stimuli[stimulus] {
      let asTime = Double(samples) / rateHz
      let asSpace = Double(width) / rateHz
      if abs(asSpace - duration) < 0.1 * duration, abs(asTime - duration) > 0.3 * duration {
        throw wrong(
          space,
          "the time axis lasts \(asTime) s, the \(space) axis would last \(asSpace) s, \(stimulus) lasts \(duration) s")
      }
    }
  }

  func crop(_ count: Int, _ rateHz: Double, _ object: String) throws -> Range<Int> {
    guard let crop = settings.crop else { return 0..<count }
    // A sample at the bound, up to rounding, belongs to it.
    let first = Int((crop.lowerBound * rateHz - 1e-6).rounded(.up))
    let end = Int((crop.upperBound * rateHz - 1e-6).rounded(.up))
    guard first >= 0, end <= count, end - first >= 2 else {
      throw EvokeError(
        .cropOutside, object, reason: "\(crop.lowerBound):\(crop.upperBound) s of \(Double(count) / rateHz) s",
        remedy: "give a crop inside the recording")
    }
    return first..<end
  }

  /// The dataset's last path component; where that varies, what is fixed in the template's.
  func signalName(_ dataset: String) -> String {
    if let name = options.name { return name }
    let last = dataset.split(separator: "/").last.map(String.init) ?? ""
    guard let data = options.array.data, let pattern = data.split(separator: "/").last.map(String.init),
      let template = try? PathTemplate(pattern), !template.isPlain
    else { return last.isEmpty ? modality.name : last }
    let fixed = template.pieces.compactMap { if case .letter(let letter) = $0 { letter } else { nil } }
    let name = String(fixed).split { "_-. ".contains($0) }.joined(separator: "_")
    return name.isEmpty ? modality.name : name
  }

  /// One plan per subject, session and trial of the array.
  private mutating func expand(
    _ item: Item, _ axes: [String], _ shape: [Int], _ source: RecordingSource, _ rateHz: Double, _ unit: StoredUnit,
    _ spaceName: String, _ findings: inout Findings
  ) throws {
    func along(_ axis: String) -> Int? { axes.firstIndex(of: axis).map { shape[$0] } }
    let subjects = try along("subject").map { count in
      try labels.labels(
        "subject", isSpace: false, item.file, item.dataset, axes: axes, shape: shape, fields: item.fields)
        ?? Self.numbered("sub", count, digits: 2)
    }
    let sessions = try along("session").map { count in
      try labels.labels(
        "session", isSpace: false, item.file, item.dataset, axes: axes, shape: shape, fields: item.fields)
        ?? Self.numbered("ses", count, digits: 2)
    }
    let trials = along("trial").map { Self.numbered("trial", $0, digits: 2) }
    let single = item.fields["subject"] ?? options.subject ?? SourceFile.stem(item.file.path)
    for (s, subject) in (subjects ?? [single]).enumerated() {
      for (e, session) in (sessions ?? [""]).enumerated() {
        for (t, trial) in (trials ?? [""]).enumerated() {
          var source = source
          if subjects != nil { source.fixed["subject"] = s }
          if sessions != nil { source.fixed["session"] = e }
          if trials != nil { source.fixed["trial"] = t }
          let run = [item.fields["run"] ?? options.run, trials == nil ? nil : trial].compactMap { $0 }
          plans.append(
            RecordingPlan(
              subject: try renames.name(subject, subjects == nil ? "" : "subject"),
              session: sessions == nil ? item.fields["session"] ?? options.session : session,
              run: run.isEmpty ? nil : run.joined(separator: "_"),
              stimulus: item.fields["stimulus"] ?? options.stimulus,
              repetition: t + 1, name: signalName(item.dataset), rateHz: rateHz, unit: unit, spaceName: spaceName,
              source: source, codes: item.codes, place: "\(item.file.object(item.dataset)) subject \(subject)"))
        }
      }
    }
  }

  /// Recordings of several stimuli without a run of their own are told apart by the stimulus as their run.
  private mutating func separateStimuli() {
    var stimuli: [[String?]: Set<String?>] = [:]
    for plan in plans where plan.run == nil {
      stimuli[[plan.subject, plan.session, plan.name], default: []].insert(plan.stimulus)
    }
    for index in plans.indices where plans[index].run == nil {
      let plan = plans[index]
      if stimuli[[plan.subject, plan.session, plan.name], default: []].count > 1 { plans[index].run = plan.stimulus }
    }
  }

  func refuseTwice(_ findings: inout Findings) {
    var met: [[String?]: String] = [:]
    for plan in plans {
      let key = [plan.subject, plan.session, plan.run, plan.name]
      if let other = met.updateValue(plan.place, forKey: key) {
        let what = [plan.session.map { "session \($0)" }, plan.run.map { "run \($0)" }].compactMap { $0 }
        findings.error(
          .recordingTwice, "subject \(plan.subject)\(what.isEmpty ? "" : ", " + what.joined(separator: ", "))",
          reason: "\(plan.name) comes from \(other) and from \(plan.place)",
          remedy: "tell them apart by {session}, {run} or --name, or give one of them")
      }
    }
  }
}
