import DelimitedText
import Diagnostics
import Importing

/// The events of an import of recordings: from the files themselves or from `--events`, and the map of `--event-map`.
struct EventReader {
  private let template: PathTemplate?
  private var map: StimulusMap?
  private var tables: [String: [TimedEvent]] = [:]
  /// Names of all events met, for messages.
  private var names: Set<String> = []
  /// Who has used a table that says of no event whose it is.
  private var owners: [String: String] = [:]
  private(set) var sources: [SourceFile] = []

  var hasMap: Bool { map != nil }

  init(_ options: RecordingOptions, _ known: KnownNames, _ findings: inout Findings) {
    template = options.events.flatMap { text in findings.collect("--events \(text)") { try PathTemplate(text) } }
    guard let path = options.eventMap, let table = read(path, &findings) else { return }
    map = StimulusMap(table, &findings)
  }

  private mutating func read(_ path: String, _ findings: inout Findings) -> DelimitedTable? {
    guard let (source, bytes) = findings.collect(path, { try SourceFile.contents(of: path) }) else { return nil }
    if !sources.contains(source) { sources.append(source) }
    return DelimitedTable.read(path, bytes, &findings)
  }

  /// The events inside the kept samples, in their clock; those a crop cuts off go without a word.
  mutating func events(of plan: RecordingPlan, cut: Bool, _ findings: inout Findings) -> [TimedEvent] {
    let firstS = Double(plan.source.samples.lowerBound) / plan.rateHz
    let lengthS = Double(plan.source.samples.count) / plan.rateHz
    var events =
      template.map { fromTable($0, plan, &findings) }
      ?? plan.events.map {
        TimedEvent(onsetS: $0.onsetS, durationS: $0.durationS, name: $0.name, place: "\(plan.place) event")
      }
    names.formUnion(events.map(\.name))
    for index in events.indices { events[index].onsetS -= firstS }
    let isInside = { (event: TimedEvent) in event.onsetS >= -0.5 / plan.rateHz && event.onsetS < lengthS }
    let kept = events.filter(isInside)
    if kept.count < events.count, !cut {
      // An event that starts a stimulus must not be lost: the showings refuse it.
      var probe = map
      let lost = events.filter { !isInside($0) && EventPresentations.starts([$0], &probe, recording(plan)).isEmpty }
      if let first = lost.first {
        findings.add(
          .warning, .eegEventOutside, plan.place,
          reason: "\(lost.count) of \(events.count), the first at \(first.onsetS) s of \(lengthS) s",
          remedy: "check whether markers and samples belong together")
      }
      return events.filter { event in isInside(event) || !lost.contains(event) }
    }
    return kept
  }

  private mutating func fromTable(
    _ template: PathTemplate, _ plan: RecordingPlan, _ findings: inout Findings
  ) -> [TimedEvent] {
    let path = template.filled(fields(plan))
    if tables[path] == nil {
      let table = read(path, &findings)
      tables[path] = table.flatMap { EventTable.events($0, &findings) } ?? []
    }
    let all = tables[path] ?? []
    let own = all.filter { event in
      [("subject", plan.subject), ("participant_id", plan.subject), ("session", plan.session), ("run", plan.run)]
        .allSatisfy { key, value in event.fields[key].map { StimulusMap.same($0, value ?? $0) } ?? true }
    }
    guard own.count == all.count, !all.isEmpty else { return own }
    if let other = owners.updateValue(plan.place, forKey: path), other != plan.place {
      findings.error(
        .eventsAmbiguous, path, reason: "\(other) and \(plan.place) would have the same events",
        remedy: "give a template such as {subject}_events.tsv, or a column subject, session or run")
    }
    return own
  }

  private func fields(_ plan: RecordingPlan) -> [String: String] {
    let all = [
      "subject": plan.subject, "session": plan.session, "run": plan.run, "stimulus": plan.stimulus,
      "repetition": plan.repetition.map { "\($0)" },
    ]
    return all.compactMapValues { $0 }
  }

  private func recording(_ plan: RecordingPlan) -> EventPresentations.Recording {
    EventPresentations.Recording(
      place: plan.place, fields: fields(plan), lengthS: Double(plan.source.samples.count) / plan.rateHz,
      rateHz: plan.rateHz)
  }

  /// What the events show; nil where neither a map nor the table itself names a stimulus.
  mutating func showings(
    _ plan: RecordingPlan, _ events: [TimedEvent], _ showings: EventPresentations, _ findings: inout Findings
  ) -> [RecordingRecord.Presentation]? {
    guard map != nil || events.contains(where: { $0.fields["stimulus"] != nil }) else { return nil }
    let starts = EventPresentations.starts(events, &map, recording(plan))
    return showings.presentations(starts, recording(plan), &findings)
  }

  func finish(_ findings: inout Findings) { map?.reportUnused(names.sorted(), &findings) }
}

extension RecordingReader {
  /// What was shown: as the format says, as the events say, or one stimulus by option.
  mutating func showings(
    _ plan: RecordingPlan, _ events: [TimedEvent], _ findings: inout Findings
  ) -> [RecordingRecord.Presentation] {
    if let known = plan.presentations { return known }
    let showings = EventPresentations(known: known, allowShort: options.allowShort)
    if let shown = eventReader.showings(plan, events, showings, &findings) {
      if plan.stimulus != nil || options.onsetS != nil {
        findings.error(
          .optionMalformed, plan.place,
          reason: "events and --stimulus, {stimulus} or --onset-s both say what was shown",
          remedy: "leave one of them out")
      }
      if shown.isEmpty, !events.isEmpty {
        findings.add(
          .warning, .eventsUnmapped, plan.place,
          reason: "none of its \(events.count) events starts a stimulus: "
            + NearMiss.list(Set(events.map(\.name)).sorted()),
          remedy: "add them to the map if one does")
      }
      return shown
    }
    guard let stimulus = plan.stimulus else { return [] }
    // The clock begins with the first kept sample, which a crop between two samples does not name.
    let firstS = Double(plan.source.samples.lowerBound) / plan.rateHz
    let onsetS = options.onsetS.map { $0 - firstS }
    let shown = RecordingRecord.Presentation(
      stimulus: stimulus, onsetS: onsetS ?? 0,
      stimulusStartS: options.stimulusStartS ?? 0, onsetSource: onsetS == nil ? "assumed" : "option")
    check(shown, plan, &findings)
    return [shown]
  }

  /// The stimulus must begin before the recording ends, and end before it unless that is allowed.
  private func check(
    _ shown: RecordingRecord.Presentation, _ plan: RecordingPlan, _ findings: inout Findings
  ) {
    let lengthS = Double(plan.source.samples.count) / plan.rateHz
    let end = known.durations[shown.stimulus].map { shown.onsetS + $0 - shown.stimulusStartS }
    guard shown.onsetS < lengthS, end.map({ $0 > 0 }) ?? true else {
      findings.error(
        .eventOutside, plan.place,
        reason: "--onset-s puts \(shown.stimulus) at \(SeriesTable.short(shown.onsetS)) s"
          + (end.map { " to \(SeriesTable.short($0)) s" } ?? "")
          + ", the recording lasts \(SeriesTable.short(lengthS)) s",
        remedy: "check --onset-s, --stimulus-start-s and the rate")
      return
    }
    guard let end, settings.crop == nil, end > lengthS + EventPresentations.tolerance else { return }
    findings.add(
      options.allowShort ? .warning : .error, .showingTooShort, plan.place,
      reason: "\(shown.stimulus) would last until \(SeriesTable.short(end)) s, the recording ends at "
        + "\(SeriesTable.short(lengthS)) s",
      remedy: options.allowShort
        ? "it is imported; alignment_audit says short"
        : "check rate and stimulus; --allow-short imports what was recorded")
  }
}
