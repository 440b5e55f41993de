import DelimitedText
import Diagnostics
import Importing
import RecordingImport

extension BIDSReader {
  /// The events of events.tsv, by onset; nil where there is none. Without a map a `stim_file` names its stimulus.
  mutating func events(of file: BIDSFile, absent: inout BIDSFile?) -> [TimedEvent]? {
    guard
      let table = sidecars.table("events", for: file, except: Self.notOfEvents, absent: &absent, &findings)
    else { return nil }
    noteColumns(of: table, file)
    guard var events = EventTable.events(table, &findings) else { return [] }
    for index in events.indices where events[index].fields["stimulus"] == nil {
      events[index].fields["stimulus"] = events[index].fields["stim_file"].map(Self.stem)
    }
    return events.sorted { $0.onsetS < $1.onsetS }
  }

  /// Columns of events that are stored, or place and name them.
  private static let eventColumns: Set<String> = Set(StimulusMap.eventNames)
    .union(["onset", "duration", "stimulus", "stimulus_start_s", "sample"])

  private mutating func noteColumns(of table: DelimitedTable, _ file: BIDSFile) {
    let wanted = Set(wantedColumns.map(\.name))
    let used = Self.eventColumns.union(wanted).union(map?.conditionNames ?? [])
    columnsNotRead.note(table.header.filter { !used.contains($0) }, suffix: "events", path: table.path)
  }

  /// Entities that a recording may have and its events need not share.
  static let notOfEvents: Set<String> = ["recording", "desc", "space", "res"]

  /// A file's name without folders and ending.
  static func stem(_ path: String) -> String { SourceFile.stem(path) }

  /// Sets the events of a recording and what they show.
  mutating func show(_ recording: inout DescribedRecording, _ file: BIDSFile, _ table: [TimedEvent]?) {
    let own = recording.events.map {
      TimedEvent(onsetS: $0.onsetS, durationS: $0.durationS, name: $0.name, place: "\(recording.place) event")
    }
    // Events are stamped by the scanner; where the volumes stand for other moments, their clock has another zero.
    var events = table ?? own
    for index in events.indices { events[index].onsetS -= recording.clockStartS }
    eventNames.formUnion(events.map(\.name))
    recording.events = events.map(\.record)
    let lengthS = Double(recording.sampleCount) / recording.rateHz
    let carrier = EventPresentations.Recording(
      place: recording.place, fields: file.name.fields, lengthS: lengthS, rateHz: recording.rateHz)
    recording.presentations = showings(
      of: carrier, file, events, hasTable: table != nil, clockStartS: recording.clockStartS)
  }

  /// What a recording shows: by its events, by a row of the map for the recording, else its task from the first sample.
  ///
  /// A task is taken for its stimulus only where there is no events.tsv, no map, and it is not rest.
  mutating func showings(
    of carrier: EventPresentations.Recording, _ file: BIDSFile, _ events: [TimedEvent], hasTable: Bool,
    clockStartS: Double = 0
  ) -> [RecordingRecord.Presentation] {
    let showings = EventPresentations(known: known, allowShort: options.allowShort)
    let starts = EventPresentations.starts(events, &map, carrier)
    if !starts.isEmpty { return showings.presentations(starts, carrier, &findings) }
    let task = file.name["task"]
    var rule = map?.recordingRule(for: carrier.fields)
    if rule == nil, map == nil, !hasTable, let task, !Self.isRest(task) {
      rule = StimulusMap.Rule(conditions: [:], stimulus: stimulus(of: task, file), place: carrier.place)
    }
    guard let rule, rule.stimulus != nil else {
      if !events.isEmpty, task.map(Self.isRest) != true {
        findings.add(
          .warning, .eventsUnmapped, carrier.place,
          reason: "none of its \(events.count) events starts a stimulus: "
            + NearMiss.list(Set(events.map(\.name)).sorted()),
          remedy: "give --event-map FILE with the columns trial_type and stimulus")
      }
      return []
    }
    let event = TimedEvent(
      onsetS: (rule.onsetS ?? 0) - clockStartS, durationS: nil, name: task ?? "recording", place: carrier.place)
    var shown = showings.presentations([.init(event: event, rule: rule)], carrier, &findings)
    for index in shown.indices { shown[index].onsetSource = rule.onsetS == nil ? "assumed" : "option" }
    return shown
  }

  /// What a task without events shows: one stimulus, or one for each of its runs, since a film cut into runs is as
  /// usual as one that is shown again, and averaging its parts would be a wrong number.
  private mutating func stimulus(of task: String, _ file: BIDSFile) -> String {
    guard options.runs != "repetitions", let run = file.name["run"], runs(of: task).count > 1 else { return task }
    runsAsStimuli[task] = runs(of: task)
    return "\(task)_run-\(run)"
  }

  /// The runs of a task, over all subjects, so that one of whom a run is missing names the others alike.
  private func runs(of task: String) -> [String] {
    let labels = tree.files.filter { $0.name["task"] == task && isWanted($0) && Self.carriers.contains($0.name.suffix) }
      .compactMap { $0.name["run"] }
    return Set(labels).sorted(by: NaturalOrder.precedes)
  }

  /// Suffixes of files with a clock of their own.
  private static let carriers: Set<String> = ["eeg", "bold", "physio", "stim", "beh"]

  /// Says what was made of runs that nothing describes.
  mutating func reportRuns() {
    guard options.runs == nil else { return }
    for (task, runs) in runsAsStimuli.sorted(by: { $0.key < $1.key }) {
      findings.add(
        .warning, .runsAssumed, "task \(task)",
        reason: "it has the runs \(NearMiss.list(runs)) and no events: each is taken as a stimulus of its own, "
          + "\(task)_run-\(runs[0]) and so on",
        remedy:
          "give --runs repetitions if every run shows the whole again, --runs stimuli to confirm, or --stimulus-map "
          + "FILE with task, run, stimulus, stimulus_start_s for the parts of one film")
    }
    let again = recordings.filter { record in
      record.presentations.contains { $0.repetition > 1 && $0.onsetSource == "assumed" }
    }
    guard let first = again.first, let shown = first.presentations.first else { return }
    findings.add(
      .warning, .runsAssumed,
      "subject \(first.subject)\(again.count > 1 ? " and \(again.count - 1) more recordings" : "")",
      reason: "without events \([first.session, first.run].compactMap { $0 }.joined(separator: ", ")) is taken to show "
        + "\(shown.stimulus) again",
      remedy: "give --runs repetitions to confirm, or --stimulus-map FILE if another part or stimulus was shown")
  }

  static func isRest(_ task: String) -> Bool { task.lowercased().hasPrefix("rest") || task.lowercased() == "noise" }
}
