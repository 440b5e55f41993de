import Diagnostics
import Importing

/// A set of datasets that make up one array: one, or one per channel.
private struct ArrayItem {
  var file: ArrayFile
  var dataset: String
  /// What names and paths say, renamed.
  var fields: [String: String]
  /// The same before renaming.
  var codes: [String: String]
  var channels: [Channel] = []

  struct Channel {
    var label: String
    var part: RecordingSource.Part
  }
}

/// What all recordings of one array share.
private struct ArrayPlan {
  var item: ArrayItem
  var array: ArrayDataset
  var source: RecordingSource
  var rateHz: Double
  var unit: StoredUnit
  /// `channel` or `region`.
  var spaceName: String
  /// What its own scale of time says; nothing where an option says the rate.
  var clock: ClockLedger
}

extension RecordingReader {
  /// Hashes the files, finds their datasets and plans the recordings.
  mutating func survey(
    _ files: [PathTemplate.File], _ recognise: RecordingRecogniser, _ batch: inout ImportBatch,
    _ findings: inout Findings
  ) {
    var items: [ArrayItem] = []
    for file in files {
      findings.file = file.path
      guard let source = findings.collect(file.path, { try SourceFile(reading: file.path, fields: file.fields) }) else {
        continue
      }
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
        Self.gather(ArrayItem(file: opened, dataset: dataset.dataset, fields: fields, codes: codes), in: &items)
      }
    }
    for item in items {
      findings.file = item.file.path
      plan(item, &findings)
    }
    findings.file = nil
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
    return findings.collect(file.path) { try renames.names(fields, known) }
  }

  /// Adds a dataset; one that holds a channel is joined with its recording's others.
  private static func gather(_ item: ArrayItem, in items: inout [ArrayItem]) {
    guard let channel = item.fields["channel"] else {
      items.append(item)
      return
    }
    var joined = item
    joined.fields["channel"] = nil
    let part = RecordingSource.Part(file: item.file.path, dataset: item.dataset)
    joined.channels = [ArrayItem.Channel(label: channel, part: part)]
    if let index = items.firstIndex(where: { $0.fields == joined.fields && !$0.channels.isEmpty }) {
      items[index].channels += joined.channels
    } else {
      items.append(joined)
    }
  }

  private mutating func plan(_ item: ArrayItem, _ findings: inout Findings) {
    do { try expand(try arrayPlan(item, &findings)) } catch let error as EvokeError { findings.add(error) } catch {
      findings.error(.hdf5Failed, item.file.path, reason: "\(error)", remedy: "check the file")
    }
  }

  private mutating func arrayPlan(_ item: ArrayItem, _ findings: inout Findings) throws -> ArrayPlan {
    let array = try ArrayDataset(
      item.file, item.dataset, options: options.array,
      allowed: ["subject", "session", "trial", "time"] + Self.spaceAxes,
      fields: item.fields)
    let spaces = array.axes.filter(Self.spaceAxes.contains)
    guard spaces.count <= 1, item.channels.isEmpty || spaces.isEmpty else {
      throw EvokeError(
        .axisName, array.object,
        reason: "\((spaces + (item.channels.isEmpty ? [] : ["{channel}"])).joined(separator: ", ")) are given",
        remedy: "name one of channel, region, voxel, component")
    }
    try checkOneSourceEach(array)
    try checkShapes(of: item, array)
    let (rateHz, firstS) = try options.array.rate(of: array)
    let unit = try unit(of: array)
    let names = try spaceLabels(of: item, array, space: spaces.first, &findings)
    try checkOrder(of: array, space: spaces.first, rateHz: rateHz)
    let parts =
      item.channels.isEmpty
      ? [RecordingSource.Part(file: item.file.path, dataset: item.dataset)] : item.channels.map(\.part)
    let source = RecordingSource(
      parts: parts, axes: array.axes, shape: array.shape, samples: try crop(array.sampleCount, rateHz, array.object),
      spaceAxis: spaces.first, labels: names, factor: unit.factor, kept: Array(names.indices))
    let spaceName = spaces.first.map { $0 == "channel" ? "channel" : "region" } ?? modality.spaceAxis
    let clock = try clock(of: array, rateHz: rateHz, firstS: firstS, &findings)
    return ArrayPlan(
      item: item, array: array, source: source, rateHz: rateHz, unit: unit, spaceName: spaceName, clock: clock)
  }

  /// What the scale along an array's axis of time says, where it gives the rate.
  private func clock(
    of array: ArrayDataset, rateHz: Double, firstS: Double, _ findings: inout Findings
  ) throws -> ClockLedger {
    var clock = ClockLedger()
    guard try options.array.declaredRate() == nil, options.array.rateAttr == nil else { return clock }
    clock.state("rate", rateHz, "Hz", by: .stamps, of: array.object)
    let isPlaced = options.onsetS != nil || options.events != nil
    if let said = clock.stateFirstStamp(firstS, stepS: 1 / rateHz, of: array.object, isPlaced: isPlaced) {
      findings.add(said.severity, said.code, said.object, reason: said.reason, remedy: said.remedy)
    }
    return clock
  }

  /// A key may come from a template, an axis or an option, not from two.
  private func checkOneSourceEach(_ array: ArrayDataset) throws {
    let given: [(String, String?)] = [
      ("subject", options.subject), ("session", options.session), ("run", options.run), ("stimulus", options.stimulus),
      ("repetition", options.repetition.map { "\($0)" }),
    ]
    for (key, option) in given {
      var from: [String] = []
      if array.fields[key] != nil { from.append("{\(key)}") }
      if array.axes.contains(key) { from.append("axis \(key)") }
      if option != nil { from.append("--\(key)") }
      if from.count > 1 {
        throw EvokeError(
          .optionMalformed, array.object, reason: "the \(key) is given by \(from.joined(separator: " and "))",
          remedy: "give it once")
      }
    }
  }

  private func checkShapes(of item: ArrayItem, _ array: ArrayDataset) throws {
    for channel in item.channels.dropFirst() {
      let other = try ArrayFile.open(channel.part.file).shape(channel.part.dataset)
      guard other == array.shape else {
        throw EvokeError(
          .axisCount, "\(channel.part.file):\(channel.part.dataset)",
          reason: "its shape is \(other), \(array.object) has \(array.shape)",
          remedy: "all channels of a recording have the same shape")
      }
    }
  }

  private func unit(of array: ArrayDataset) throws -> StoredUnit {
    if let text = options.units, let unit = StoredUnit(text) { return unit }
    if let text = try array.file.attribute("units", near: array.path)?.text {
      if let unit = StoredUnit(text) { return unit }
      throw EvokeError(
        .unitsUnknown, array.object, reason: "its units attribute is \(text.debugDescription)", remedy: "give --units")
    }
    guard let text = modality.defaultUnits, let unit = StoredUnit(text) else {
      throw EvokeError(
        .unitsUnknown, array.object, reason: "neither --units nor an attribute `units` gives it",
        remedy: "give --units uV (or V, mV, nV, au)")
    }
    return unit
  }

  private mutating func spaceLabels(
    of item: ArrayItem, _ array: ArrayDataset, space: String?, _ findings: inout Findings
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
    guard let space, let count = array.length(space) else { return [signalName(item.dataset)] }
    if let found = try labels.labels(space, isSpace: true, of: array) { return found }
    findings.add(
      .note, .labelsInvented, "\(array.object) axis \(space)", reason: "the file names none of the \(count)",
      remedy: "give --labels to have real names")
    return AxisLabels.numbered(space == "channel" ? "channel" : "region", count, digits: 3)
  }

  /// Refuses axis orders that cannot be meant, where labels did not prove them already.
  private func checkOrder(of array: ArrayDataset, space: String?, rateHz: Double) throws {
    let samples = array.sampleCount
    func wrong(_ axis: String, _ reason: String) -> EvokeError {
      var swapped = array.axes
      if let place = swapped.firstIndex(of: axis) { swapped.swapAt(place, array.timeAxis) }
      return EvokeError(
        .axisOrder, array.object, reason: reason,
        remedy: "the order is probably --axes \(swapped.joined(separator: ",")); if not, give --labels \(axis)=...")
    }
    if samples < 2 {
      throw EvokeError(
        .tooFewSamples, array.object, reason: "the time axis has \(samples) entries", remedy: "check --axes")
    }
    if let subjects = array.length("subject"), subjects > samples, !labels.isGiven("subject", isSpace: false) {
      throw wrong("subject", "\(subjects) subjects but \(samples) samples")
    }
    guard let space, let width = array.length(space), !labels.isGiven(space, isSpace: true) else { return }
    if modality == .eeg, width > samples { throw wrong(space, "\(width) channels but only \(samples) samples") }
    guard let stimulus = array.fields["stimulus"] ?? stimulusOption, let duration = known.durations[stimulus] else {
      return
    }
    let asTime = Double(samples) / rateHz
    let asSpace = Double(width) / rateHz
    if abs(asSpace - duration) < 0.1 * duration, abs(asTime - duration) > 0.3 * duration {
      throw wrong(
        space,
        "the time axis lasts \(asTime) s, the \(space) axis would last \(asSpace) s, \(stimulus) lasts \(duration) s")
    }
  }

  /// The names along an axis of the array, numbered where nothing names them; nil where it has no such axis.
  private mutating func names(along axis: String, of array: ArrayDataset, stem: String) throws -> [String]? {
    guard let count = array.length(axis) else { return nil }
    return try labels.labels(axis, isSpace: false, of: array) ?? AxisLabels.numbered(stem, count, digits: 2)
  }

  /// One plan per subject, session and trial of the array.
  private mutating func expand(_ plan: ArrayPlan) throws {
    let array = plan.array
    let subjects = try names(along: "subject", of: array, stem: "sub")
    let sessions = try names(along: "session", of: array, stem: "ses")
    let trials = array.length("trial").map { AxisLabels.numbered("trial", $0, digits: 2) }
    let single = array.fields["subject"] ?? options.subject ?? SourceFile.stem(array.file.path)
    for (s, subject) in (subjects ?? [single]).enumerated() {
      for (e, session) in (sessions as [String?]? ?? [nil]).enumerated() {
        for (t, trial) in (trials as [String?]? ?? [nil]).enumerated() {
          var source = plan.source
          if subjects != nil { source.fixed["subject"] = s }
          if sessions != nil { source.fixed["session"] = e }
          if trials != nil { source.fixed["trial"] = t }
          let run = [array.fields["run"] ?? options.run, trial].compactMap { $0 }
          plans.append(
            RecordingPlan(
              subject: try renames.name(subject, subjects == nil ? "" : "subject"),
              session: session ?? array.fields["session"] ?? options.session,
              run: run.isEmpty ? nil : run.joined(separator: "_"),
              stimulus: array.fields["stimulus"] ?? stimulusOption,
              repetition: try repetition(array.fields, array.object),
              name: signalName(array.path), rateHz: plan.rateHz, unit: plan.unit, spaceName: plan.spaceName,
              source: source, clock: plan.clock, codes: plan.item.codes, file: array.file.path, origin: array.object,
              place: "\(array.object) subject \(subject)"))
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
}
