import ContentIdentity
import Diagnostics
import Importing
import Vocabulary
import Warehouse

extension RecordingRecord {
  package static let noun = "recording"
  package var names: [(noun: String, text: String)] {
    let parts = [("session", session), ("run", run)].compactMap { noun, text in text.map { (noun, $0) } }
    return [("recording", name), ("subject", subject)] + parts + presentations.map { ("stimulus", $0.stimulus) }
  }
  // Its arrays are closures, of which nothing is printed.
  package var statement: String? {
    // A dictionary has its pairs in another order each time.
    let masks = confoundMasks.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    var plain = self
    plain.confoundMasks = [:]
    return String(describing: plain) + masks.joined(separator: ",")
  }

  /// Its samples, and behind those of all recordings its confounds, which lie beside it on its clock.
  package func arrays(in dataset: String) -> [RecordArray] {
    let only = presentations.count == 1 ? presentations.first : nil
    let parts = [dataset, only?.stimulus, subject, session, run, modality, name]
    var description = ArrayDescription(name: parts.compactMap { $0 }.joined(separator: "/"), kind: "recording")
    description.dataset = dataset
    description.cohort = dataset
    description.subject = subject
    description.session = session
    description.run = run
    description.stimulus = only?.stimulus
    description.repetition = only?.repetition
    description.rateHz = rateHz
    description.parameters = ["modality": .string(modality), "signal": .string(name)]
    guard let confounds else { return [RecordArray(description, array)] }
    var beside = description
    beside.name += "/confounds"
    beside.kind = "confound"
    let said = ConfoundParameters(modality: modality, signal: name, masks: confoundMasks)
    do { beside.parameters = try StrictCoder.encode(said) } catch {
      preconditionFailure("words do not encode: \(error)")
    }
    return [RecordArray(description, array), RecordArray(beside, confounds, isCompanion: true)]
  }

  /// Two subjects never have the same samples.
  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    let alike = try place.connection.recordingsAlike(dataset: place.dataset, sha256: contentSHA256)
    guard let other = alike.first(where: { $0.subject != subject }) else { return nil }
    return EvokeError(
      .recordingsIdentical, "subjects \(other.subject) and \(subject)",
      reason: "\(name) of \(subject) agrees with \(other.array), which an earlier import brought, in every sample",
      remedy: "replace the copy by the subject's own recording")
  }

  /// Rows of tables `recording`, `recording_channel`, `confound_series`, `event`, `presentation` and `alignment`.
  package func enter(_ entry: RecordEntry) throws {
    let subjectKey = try entry.subject(subject)
    let recording = try entry.connection.insert(
      RecordingRow(
        activityID: entry.activity, datasetID: entry.dataset, subjectID: subjectKey,
        sessionID: try entry.session(session, of: subjectKey), acquisitionRunID: try run.map(entry.run),
        modality: modality, name: name, rateHz: rateHz, units: units, spaceAxis: spaceAxis, sampleCount: sampleCount,
        missingCount: missingCount, contentSHA256: contentSHA256, arrayID: entry.arrays[0]))
    try enterChannels(of: recording, entry)
    if confounds != nil {
      try entry.connection.insert(ConfoundSeriesRow(recordingID: recording, arrayID: entry.arrays[1]))
    }
    for event in events {
      try entry.connection.insert(
        EventRow(recordingID: recording, onsetS: event.onsetS, durationS: event.durationS, name: event.name))
    }
    for shown in presentations { try enter(shown, of: recording, entry) }
    try entry.enter(clock, series: name, stimulus: nil, subject: subject)
  }

  private func enterChannels(of recording: Int, _ entry: RecordEntry) throws {
    let bad = Set(badLabels)
    for (i, label) in labels.enumerated() {
      try entry.connection.insert(
        RecordingChannelRow(
          recordingID: recording, position: i, label: label, isBad: bad.contains(label) ? 1 : 0,
          voxelCount: voxels?[i].used, voxelsLeftOut: voxels?[i].leftOut))
    }
  }

  private func enter(_ shown: Presentation, of recording: Int, _ entry: RecordEntry) throws {
    let length = Double(sampleCount) / rateHz
    let duration = shown.durationS ?? (length - shown.onsetS)
    let stimulus = try entry.stimulus(shown.stimulus, durationS: shown.stimulusStartS + duration)
    try entry.connection.insert(
      PresentationRow(
        recordingID: recording, stimulusID: stimulus, repetition: shown.repetition, onsetS: shown.onsetS,
        stimulusStartS: shown.stimulusStartS, durationS: shown.durationS, onsetSource: shown.onsetSource))
    let media = try entry.connection.stimulusDuration(stimulus: stimulus).first?.durationS
    var alignment = alignment(of: shown, stimulusS: media)
    alignment.array = entry.arrays[0]
    try entry.enter(alignment)
  }

  /// Rate and offset of a showing against the stimulus' length, and what is to be said of them.
  private func alignment(of shown: Presentation, stimulusS: Double?) -> Alignment {
    let length = Double(sampleCount) / rateHz
    let rest = stimulusS.map { $0 - shown.stimulusStartS }
    let end = shown.durationS.map { shown.onsetS + $0 } ?? length
    let isShort = !shown.isPart && rest.map { min(end, length) - shown.onsetS + max(0.1, 0.5 / rateHz) < $0 } == true
    // Markers are set to some hundredths of a second: only half a second more or less speaks of another rate.
    let isOff = shown.measuredS.flatMap { measured in rest.map { abs(measured - $0) > 0.5 } } ?? false
    let verdict: Alignment.Verdict =
      isShort ? .short : isOff ? .rate : shown.onsetSource == "assumed" ? .assumed : .ok
    var alignment = Alignment(
      stimulus: shown.stimulus, series: name, onsetSource: shown.onsetSource, verdict: verdict)
    alignment.subject = subject
    alignment.declaredRateHz = rateHz
    alignment.impliedRateHz = rest.flatMap { impliedRateHz(of: shown, lastingS: $0) }
    alignment.offsetS = shown.onsetS - shown.stimulusStartS
    alignment.repetition = shown.repetition
    alignment.isMarked = shown.measuredS != nil
    return alignment
  }

  private func impliedRateHz(of shown: Presentation, lastingS: Double) -> Double? {
    guard lastingS > 0 else { return nil }
    if shown.onsetSource == "cut" { return Double(sampleCount) / lastingS }
    return shown.measuredS.map { rateHz * $0 / lastingS } ?? rateHz
  }
}
