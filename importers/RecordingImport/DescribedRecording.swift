import Diagnostics
import Importing

/// A recording whose file says itself what its axes, rate, names and units are.
package struct DescribedRecording: Sendable {
  /// For messages.
  package var place: String
  /// What paths inside the file say: subject, session, run, stimulus.
  package var fields: [String: String] = [:]
  /// The signal's name unless `--name` gives one.
  package var signal = "eeg"
  package var rateHz: Double
  package var sampleCount: Int
  package var channelCount: Int
  /// Names in the file's order; nil where the file has none.
  package var labels: [String]?
  /// `V` or `au`.
  package var units: String
  /// Whether nothing but a custom of its format says what its samples were in.
  package var unitIsAssumed = false
  package var events: [RecordingRecord.Event] = []
  /// Set by formats that know what was shown; else options and events say it.
  package var presentations: [RecordingRecord.Presentation]?
  /// Labels the source itself calls bad.
  package var badLabels: Set<String> = []
  /// Nuisance regressors of this recording, before those of the options.
  package var confounds: ConfoundOptions?
  /// Voxels behind each label, and those left out, where it was an image.
  package var voxels: [VoxelCount]?
  /// Further files the samples, names or markers come from.
  package var files: [String] = []
  package var notes: [Diagnostic] = []
  /// What its format had to decide between.
  package var disagreement: ClockLedger.Disagreement?
  /// Scanner time at which the recording's own clock begins.
  package var clockStartS = 0.0
  /// What the file, and what lies beside it, say about time.
  package var clock = ClockLedger()
  /// What is said of its length, beside what is there.
  package var lengths: [ClockStatement] = []
  /// Samples of a range as `[time, channel]`, in `units`.
  package var read: @Sendable (Range<Int>) throws -> [Float]

  package init(
    place: String, rateHz: Double, sampleCount: Int, channelCount: Int, labels: [String]?, units: String,
    read: @escaping @Sendable (Range<Int>) throws -> [Float]
  ) {
    self.place = place
    self.rateHz = rateHz
    self.sampleCount = sampleCount
    self.channelCount = channelCount
    self.labels = labels
    self.units = units
    self.read = read
  }
}

/// What a file holds if its format is known by its content, else nil.
package typealias RecordingRecogniser = (_ path: String, _ options: RecordingOptions) throws -> [DescribedRecording]?

extension RecordingReader {
  /// Plans a recording of a known format: options and templates may name what the file does not, not contradict it.
  mutating func plan(
    _ recording: DescribedRecording, _ file: PathTemplate.File, _ batch: inout ImportBatch, _ findings: inout Findings
  ) {
    if let disagreement = recording.disagreement { findings.add(recording.place, disagreement) }
    for note in recording.notes {
      findings.add(note.severity, note.code, note.object, reason: note.reason, remedy: note.remedy)
    }
    for path in recording.files where !batch.sources.contains(where: { $0.path == path }) {
      guard let source = findings.collect(path, { try SourceFile(reading: path) }) else { return }
      batch.sources.append(source)
    }
    do { try planThrowing(recording, file, &findings) } catch let error as EvokeError { findings.add(error) } catch {
      findings.error(.fileUnreadable, recording.place, reason: "\(error)", remedy: "check the file")
    }
  }

  private mutating func planThrowing(
    _ recording: DescribedRecording, _ file: PathTemplate.File, _ findings: inout Findings
  ) throws {
    let codes = file.fields.merging(recording.fields) { _, inside in inside }
    let fields = try renames.names(codes, known)
    try refuseContradictions(recording, fields)
    var clock = recording.clock
    let rateHz = try rate(of: recording, &clock, &findings)
    guard TimeBounds.ratesHz.contains(rateHz) else {
      throw EvokeError(.rateMissing, recording.place, reason: "the file says \(rateHz) Hz", remedy: "export it again")
    }
    // A marker that lies days away from its recording is damage, and its sample no number.
    if let event = recording.events.first(where: { !(abs($0.onsetS) < TimeBounds.furthestS) }) {
      throw EvokeError(
        .eegHeader, recording.place, reason: "the marker \(event.name.debugDescription) stands at \(event.onsetS) s",
        remedy: "export it again, or take the marker out")
    }
    guard recording.sampleCount >= 2 else {
      throw EvokeError(
        .tooFewSamples, recording.place, reason: "it has \(recording.sampleCount)", remedy: "check the export")
    }
    guard let unit = StoredUnit(recording.units) else { preconditionFailure("no unit: \(recording.units)") }
    let labels = try channelNames(recording, fields, &findings)
    try weighLengths(of: recording, rateHz, &clock, &findings)
    var source = RecordingSource(
      parts: [], axes: ["time", modality.spaceAxis], shape: [recording.sampleCount, labels.count],
      samples: try crop(recording.sampleCount, rateHz, recording.place), spaceAxis: modality.spaceAxis, labels: labels,
      factor: 1, kept: Array(labels.indices))
    source.reader = recording.read
    plans.append(
      RecordingPlan(
        subject: fields["subject"] ?? options.subject ?? SourceFile.stem(file.path),
        session: fields["session"] ?? options.session, run: fields["run"] ?? options.run,
        stimulus: fields["stimulus"] ?? stimulusOption, repetition: try repetition(fields, recording.place),
        name: options.name ?? recording.signal, rateHz: rateHz, unit: unit, spaceName: modality.spaceAxis,
        source: source, events: recording.events, presentations: recording.presentations,
        unitIsAssumed: recording.unitIsAssumed,
        clock: clock, badLabels: recording.badLabels, confounds: recording.confounds, voxels: recording.voxels,
        codes: codes, companions: recording.files,
        file: file.path, origin: file.path, place: recording.place))
  }

  private func refuseContradictions(_ recording: DescribedRecording, _ fields: [String: String]) throws {
    let given = [
      ("subject", options.subject), ("session", options.session), ("run", options.run), ("stimulus", options.stimulus),
      ("repetition", options.repetition.map { "\($0)" }),
    ]
    for (key, option) in given where option != nil && fields[key] != nil {
      throw EvokeError(
        .optionMalformed, recording.place, reason: "the \(key) is given by {\(key)} and --\(key)",
        remedy: "give it once")
    }
  }

  /// The file's rate, or that of `--rate-hz` where `--trust option` says so.
  private func rate(
    of recording: DescribedRecording, _ clock: inout ClockLedger, _ findings: inout Findings
  ) throws -> Double {
    func said(_ source: ClockSource, _ object: String, _ value: Double) -> ClockStatement {
      ClockStatement(source: source, object: object, statement: "rate", value: value, unit: "Hz")
    }
    // A format that weighed its rate already has said so.
    guard !clock.statements.contains(where: { ["rate", "repetition time"].contains($0.statement) }) else {
      return recording.rateHz
    }
    let option = options.array.rateHz
    let statements =
      [said(.header, recording.place, recording.rateHz)] + (option.map { [said(.option, "--rate-hz", $0)] } ?? [])
    let settled = clock.settle(statements, trust: options.trust, within: 1e-6 * recording.rateHz)
    guard let settled else { return recording.rateHz }
    if let disagreement = settled.disagreement {
      guard disagreement.isDecided else {
        throw EvokeError(
          .optionMalformed, "--rate-hz \(disagreement.other.value)",
          reason: "\(recording.place) says \(recording.rateHz) Hz",
          remedy: "leave --rate-hz out, or give --trust option if the file is wrong")
      }
      findings.add(recording.place, disagreement)
    }
    return settled.used.value
  }

  /// What is there counts; a recording that should be longer was cut, which header and size do not always tell.
  private func weighLengths(
    of recording: DescribedRecording, _ rateHz: Double, _ clock: inout ClockLedger, _ findings: inout Findings
  ) throws {
    guard !recording.lengths.isEmpty else { return }
    let present = ClockStatement(
      source: .container, object: recording.place, statement: "length",
      value: Double(recording.sampleCount) / rateHz, unit: "s")
    // Lengths are rounded, and the last record is filled.
    let tolerance = max(1, 1e-3 * present.value)
    let settled = clock.settle([present] + recording.lengths, trust: .container, within: tolerance)
    // Of a file that is not as long as its own header says its format has told.
    guard let other = settled?.disagreement?.other, other.source == .json else { return }
    let reason =
      "\(other.object) says \(SeriesTable.short(other.value)) s, \(SeriesTable.short(present.value)) s are there"
    let isShort = other.value > present.value
    guard isShort, !options.allowShort else {
      findings.add(
        .warning, .recordingLengthDiffers, recording.place, reason: reason,
        remedy: isShort ? "accepted by --allow-short" : "correct the statement, unless samples do not belong there")
      return
    }
    throw EvokeError(
      .recordingLengthDiffers, recording.place, reason: reason,
      remedy: "fetch or export the file again, or accept what is there with --allow-short")
  }

  /// By option, else by the file; unique and not empty.
  private mutating func channelNames(
    _ recording: DescribedRecording, _ fields: [String: String], _ findings: inout Findings
  ) throws -> [String] {
    let count = recording.channelCount
    let given = try labels.spaceLabels(modality.spaceAxis, count: count, object: recording.place, fields: fields)
    guard let names = given ?? recording.labels else {
      findings.add(
        .note, .labelsInvented, recording.place, reason: "the file names none of the \(count) channels",
        remedy: "give --labels to have real names")
      return AxisLabels.numbered(modality.spaceAxis, count, digits: 3)
    }
    let remedy = "give --labels FILE with \(count) different names in the file's order"
    guard names.count == count else {
      throw EvokeError(
        .eegChannelNames, recording.place, reason: "\(names.count) names for \(count) channels", remedy: remedy)
    }
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      guard !name.isEmpty, seen.insert(name).inserted else {
        throw EvokeError(
          .eegChannelNames, recording.place,
          reason: name.isEmpty ? "channel \(index + 1) has no name" : "\(name) names two channels", remedy: remedy)
      }
    }
    return names
  }
}

extension DescribedRecording {
  /// Only the channels of these indices.
  package mutating func keep(_ kept: [Int], of labels: [String]) {
    let names = kept.map { labels[$0] }
    self.labels = names
    badLabels.formIntersection(names)
    guard kept.count < channelCount else { return }
    let (all, width) = (read, channelCount)
    channelCount = kept.count
    read = { range in
      let values = try all(range)
      var own = [Float](repeating: 0, count: range.count * kept.count)
      for sample in 0..<range.count {
        for (column, channel) in kept.enumerated() {
          own[sample * kept.count + column] = values[sample * width + channel]
        }
      }
      return own
    }
  }
}
