import Diagnostics
import Importing
import RecordingImport

extension BIDSReader {
  /// The events of events.tsv, by onset; nil where there is none. Without a map a `stim_file` names its stimulus.
  mutating func events(of file: BIDSFile, absent: inout BIDSFile?) -> [TimedEvent]? {
    guard
      let table = sidecars.table("events", for: file, except: Self.notOfEvents, absent: &absent, &findings)
    else { return nil }
    guard var events = EventTable.events(table, &findings) else { return [] }
    for index in events.indices where events[index].fields["stimulus"] == nil {
      events[index].fields["stimulus"] = events[index].fields["stim_file"].map(Self.stem)
    }
    return events.sorted { $0.onsetS < $1.onsetS }
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
    let events = table ?? own
    eventNames.formUnion(events.map(\.name))
    recording.events = events.map(\.record)
    let lengthS = Double(recording.sampleCount) / recording.rateHz
    let carrier = EventPresentations.Recording(
      place: recording.place, fields: file.name.fields, lengthS: lengthS, rateHz: recording.rateHz)
    recording.presentations = showings(of: carrier, file, events, hasTable: table != nil)
  }

  /// What a recording shows: by its events, by a row of the map for the recording, else its task from the first sample.
  ///
  /// A task is taken for its stimulus only where there is no events.tsv, no map, and it is not rest.
  mutating func showings(
    of carrier: EventPresentations.Recording, _ file: BIDSFile, _ events: [TimedEvent], hasTable: Bool
  ) -> [RecordingRecord.Presentation] {
    let showings = EventPresentations(known: known, allowShort: options.allowShort)
    let starts = EventPresentations.starts(events, &map, carrier)
    if !starts.isEmpty { return showings.presentations(starts, carrier, &findings) }
    let task = file.name["task"]
    var rule = map?.recordingRule(for: carrier.fields)
    if rule == nil, map == nil, !hasTable, let task, !Self.isRest(task) {
      rule = StimulusMap.Rule(conditions: [:], stimulus: task, place: carrier.place)
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
    let event = TimedEvent(onsetS: rule.onsetS ?? 0, durationS: nil, name: task ?? "recording", place: carrier.place)
    var shown = showings.presentations([.init(event: event, rule: rule)], carrier, &findings)
    for index in shown.indices { shown[index].onsetSource = rule.onsetS == nil ? "assumed" : "option" }
    return shown
  }

  static func isRest(_ task: String) -> Bool { task.lowercased().hasPrefix("rest") || task.lowercased() == "noise" }
}
