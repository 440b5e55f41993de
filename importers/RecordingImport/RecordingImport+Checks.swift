import Diagnostics
import Importing
import LabelledArrays

extension RecordingReader {
  /// Reads every planned recording once and checks its samples; the files of confounds are added to the sources.
  mutating func read(
    _ batch: inout ImportBatch, _ findings: inout Findings, _ progress: ImportProgress?
  ) -> [RecordingRecord] {
    guard !findings.hasErrors else { return [] }
    var records: [RecordingRecord] = []
    var read: [RecordingPlan] = []
    var bad = BadChannels()
    var hashes: [String: RecordingPlan] = [:]
    var badNamesMet: Set<String> = []
    var allNames: Set<String> = []
    for (index, plan) in plans.enumerated() {
      progress?(index, plans.count, plan.place)
      findings.file = plan.file
      guard let values = findings.collect(plan.place, { try Self.values(of: plan, batch.common) }) else { continue }
      let survey = SampleSurvey(values, width: plan.source.labels.count)
      allNames.formUnion(plan.source.labels)
      badNamesMet.formUnion(Set(settings.badNames).intersection(plan.source.labels))
      if let other = hashes[survey.sha256] {
        // Nobody but the user can say which of the two is the copy.
        findings.file = nil
        refuseCopy(plan, other, &findings)
        findings.file = plan.file
      } else {
        hashes[survey.sha256] = plan
      }
      check(plan, survey, &findings)
      guard var record = record(plan, survey, &bad, &findings) else { continue }
      record.readFrom.paths = [plan.file] + plan.source.parts.map(\.file) + plan.companions
      if let confounds = (plan.confounds ?? confounds).map(ConfoundSource.init(options:)),
        let series = findings.collect(plan.place, { try confounds.series(for: plan) })
      {
        record.confounds = ArraySource(series.array)
        record.confoundMasks = series.masks
        for source in series.sources where !batch.sources.contains(source) { batch.sources.append(source) }
        record.readFrom.paths += series.sources.map(\.path)
      }
      records.append(record)
      read.append(plan)
    }
    findings.file = nil
    countRepetitions(&records, of: read, &findings)
    progress?(plans.count, plans.count, "")
    eventReader.finish(&findings)
    for name in settings.badNames where !badNamesMet.contains(name) && !plans.isEmpty {
      findings.error(
        .badNameUnknown, "--bad \(name)", reason: "no recording has it",
        remedy: NearMiss.suggestion(name, in: allNames.sorted()))
    }
    bad.report(settings.badRule, recordingCount: plans.count, &findings)
    summarise(records, &findings)
    return records
  }

  /// Its samples, unless it would be too long.
  private static func values(of plan: RecordingPlan, _ common: CommonOptions) throws -> [Float] {
    try common.refuse(longer: Double(plan.source.fileSampleCount) / plan.rateHz, plan.place)
    return try plan.source.values()
  }

  private func refuseCopy(_ plan: RecordingPlan, _ other: RecordingPlan, _ findings: inout Findings) {
    let same = plan.subject == other.subject
    findings.add(
      same ? .warning : .error, .recordingsIdentical,
      same ? "subject \(plan.subject)" : "subjects \(other.subject) and \(plan.subject)",
      reason: "\(other.place) and \(plan.place) agree in every sample",
      remedy: same
        ? "check whether one recording was exported twice" : "replace the copy by the subject's own recording")
  }

  private func check(_ plan: RecordingPlan, _ survey: SampleSurvey, _ findings: inout Findings) {
    for (channel, count) in survey.infinite.sorted(by: { $0.key < $1.key }) {
      findings.error(
        .infiniteSamples, "\(plan.place), \(plan.spaceName) \(plan.source.labels[channel])",
        reason: "\(count) of \(plan.source.samples.count) samples are infinite", remedy: "export missing samples as NaN"
      )
    }
    if modality == .eeg, plan.unit.isElectric { checkAmplitude(plan, survey.typicalDeviation, &findings) }
  }

  /// Scalp EEG has a standard deviation of 1 to 1000 microvolts. Beyond 0.1 microvolt to 2 millivolts a wrong prefix is
  /// likely, which refuses a unit that nothing says; three orders of magnitude further it is certain, unless
  /// `--any-amplitude` says that it is no scalp EEG.
  private func checkAmplitude(_ plan: RecordingPlan, _ deviation: Double, _ findings: inout Findings) {
    guard deviation > 0, deviation > 2e-3 || deviation < 1e-7 else { return }
    let isCertain = (plan.unitIsAssumed || deviation > 0.05 || deviation < 1e-10) && !options.anyAmplitude
    findings.add(
      isCertain ? .error : .warning, .unitsImplausible, plan.place,
      reason: "the typical standard deviation would be \(deviation) V"
        + (plan.unitIsAssumed ? "; nothing says its unit, taken to be uV" : ""),
      remedy:
        "give the unit the file is in (--units uV, mV, V, or au for standardised data; units in channels.tsv of BIDS)"
        + (isCertain ? ", or --any-amplitude if it is no scalp EEG" : ""))
  }

  private mutating func record(
    _ plan: RecordingPlan, _ survey: SampleSurvey, _ bad: inout BadChannels, _ findings: inout Findings
  ) -> RecordingRecord? {
    var source = plan.source
    let faulty = Set(survey.constant + survey.empty)
    let named = Set(
      source.labels.indices.filter {
        settings.badNames.contains(source.labels[$0]) || plan.badLabels.contains(source.labels[$0])
      })
    for channel in survey.constant where !named.contains(channel) {
      bad.note(plan, source.labels[channel], "constant")
    }
    for channel in survey.empty where !named.contains(channel) {
      bad.note(plan, source.labels[channel], "all NaN")
    }
    let marked = (settings.badRule == .refuse ? named : named.union(faulty)).sorted()
    guard marked.count < source.labels.count else {
      findings.error(
        .allChannelsBad, plan.place, reason: "all \(marked.count) are constant, empty or named by --bad",
        remedy: "check the export and --axes")
      return nil
    }
    if settings.badRule == .drop { source.kept = source.labels.indices.filter { !marked.contains($0) } }
    let labels = source.kept.map { source.labels[$0] }
    let (final, rateHz, spaceName, units) = (source, plan.rateHz, plan.spaceName, plan.unit.symbol)
    var record = RecordingRecord(
      modality: modality.name, name: plan.name, subject: plan.subject,
      array: ArraySource { try final.array(rateHz: rateHz, spaceName: spaceName, units: units) },
      sampleCount: source.samples.count, rateHz: rateHz, units: units, spaceAxis: spaceName, labels: labels,
      contentSHA256: survey.sha256)
    record.session = plan.session
    record.run = plan.run
    record.voxels = plan.voxels.map { voxels in source.kept.map { voxels[$0] } }
    record.badLabels = settings.badRule == .drop ? [] : marked.map { source.labels[$0] }
    let dropped = Set(source.labels.indices).subtracting(source.kept)
    record.missingCount = survey.missing - dropped.intersection(survey.empty).count * source.samples.count
    let timed = eventReader.events(of: plan, cut: settings.crop != nil, &findings)
    record.events = timed.map(\.record)
    record.presentations = showings(plan, timed, &findings)
    refuseFar(record, plan, &findings)
    record.clock = clock(of: plan, record, &findings)
    return record
  }

  /// Times that no recording reaches are damage of what states them, and sample numbers made of them would be none.
  private func refuseFar(_ record: RecordingRecord, _ plan: RecordingPlan, _ findings: inout Findings) {
    let events = record.events.map { ($0.name, [$0.onsetS, $0.durationS]) }
    let showings = record.presentations.map { ($0.stimulus, [$0.onsetS, $0.stimulusStartS, $0.durationS]) }
    for (name, seconds) in events + showings {
      guard let far = seconds.compactMap(\.self).first(where: { !(abs($0) < TimeBounds.furthestS) }) else { continue }
      findings.error(
        .eventOutside, "\(plan.place) (\(name))", reason: "\(far) s is no time of a recording",
        remedy: "correct the table, header or option that says so")
    }
  }

  /// The ledger of a recording with its pauses and onsets; a pause is a warning.
  private func clock(
    of plan: RecordingPlan, _ record: RecordingRecord, _ findings: inout Findings
  ) -> ClockLedger {
    var clock = plan.clock
    if clock.statements.isEmpty { clock.state("rate", plan.rateHz, "Hz", by: .option, of: plan.place) }
    let pauses = record.events.filter { event in
      event.name.hasPrefix("New Segment") || event.name == "boundary"
    }
    for pause in pauses { clock.state("start of a segment", pause.onsetS, "s", by: .header, of: plan.place) }
    let later = pauses.filter { $0.name != "boundary" && $0.onsetS > 1 / plan.rateHz }
    if let first = later.first {
      findings.add(
        .warning, .recordingPaused, plan.place,
        reason:
          "\(later.count) further segments, the first at \(SeriesTable.short(first.onsetS)) s; the pause before it is "
          + "in no sample",
        remedy: "give the onsets of what follows by --events, or keep one stretch with --crop A:B")
    }
    for shown in record.presentations {
      let source: ClockSource =
        switch shown.onsetSource {
        case "event": .events
        case "option": .option
        case "cut": .header
        default: .assumed
        }
      clock.state("onset of \(shown.stimulus)", shown.onsetS, "s", by: source, of: plan.place)
      if shown.stimulusStartS != 0 {
        clock.state("start in \(shown.stimulus)", shown.stimulusStartS, "s", by: source, of: plan.place)
      }
    }
    return clock
  }

  private func summarise(_ records: [RecordingRecord], _ findings: inout Findings) {
    let missing = records.filter { $0.missingCount > 0 }
    for record in missing {
      let all = record.sampleCount * record.labels.count
      findings.add(
        .warning, .missingSamples, "\(record.name) of subject \(record.subject)",
        reason: "\(record.missingCount) of \(all) samples are NaN",
        remedy: "they stay missing; check whether so many are expected")
    }
    let silent = records.filter(\.presentations.isEmpty)
    if let first = silent.first {
      findings.add(
        .warning, .noStimulusNamed,
        "\(first.name) of subject \(first.subject)\(silent.count > 1 ? " and \(silent.count - 1) more" : "")",
        reason: "neither --stimulus nor {stimulus} names one",
        remedy: "give --stimulus NAME if something was shown or heard")
    }
    let assumed = records.filter { $0.presentations.contains { $0.onsetSource == "assumed" } }
    if !assumed.isEmpty {
      findings.add(
        .note, .onsetAssumed, "\(assumed.count) recordings",
        reason: "the stimulus is taken to start with the \(settings.crop == nil ? "recording" : "cropped recording")",
        remedy: "give --onset-s if it started at another time")
    }
  }
}

/// The constant and empty channels of an import, by name.
struct BadChannels {
  private struct Key: Hashable {
    let space: String
    let label: String
    let fault: String
  }

  private struct Place {
    let subject: String
    let file: String
  }

  private var places: [Key: [Place]] = [:]

  mutating func note(_ plan: RecordingPlan, _ label: String, _ fault: String) {
    let key = Key(space: plan.spaceName, label: label, fault: fault)
    places[key, default: []].append(Place(subject: plan.subject, file: plan.file))
  }

  func report(_ rule: RecordingSettings.BadRule, recordingCount: Int, _ findings: inout Findings) {
    for (key, places) in places.sorted(by: { ($0.key.label, $0.key.fault) < ($1.key.label, $1.key.fault) }) {
      var files: [String] = []
      for place in places where files.last != place.file { files.append(place.file) }
      func object(_ file: String?) -> String {
        "\(key.space) \(key.label) of \(file ?? NearMiss.list(files, limit: 3))"
      }
      let subjects = NearMiss.list(places.map(\.subject), limit: 6)
      let reason = "\(key.fault) in \(places.count) of \(recordingCount) recordings (\(subjects))"
      let remedy =
        switch rule {
        case .refuse: "give --bad mark or --bad drop, or correct the file"
        case .mark: "it is imported and marked bad"
        case .drop: "it is left out"
        }
      if rule == .refuse {
        findings.error(.badChannel, in: files, object, reason: reason, remedy: remedy)
      } else {
        findings.add(.warning, .badChannel, object(nil), reason: reason, remedy: remedy)
      }
    }
  }
}
