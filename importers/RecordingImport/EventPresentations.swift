import Diagnostics
import Importing

/// From events to presentations: which stretch of a recording shows which stretch of which stimulus.
package struct EventPresentations {
  /// What is known of the recording.
  package struct Recording {
    package var place: String
    package var fields: [String: String]
    package var lengthS: Double
    package var rateHz: Double

    package init(place: String, fields: [String: String], lengthS: Double, rateHz: Double) {
      self.place = place
      self.fields = fields
      self.lengthS = lengthS
      self.rateHz = rateHz
    }
  }

  /// Stimuli of known length.
  package let known: KnownNames
  /// Accept a showing that is shorter than its stimulus.
  package let allowShort: Bool

  /// Seconds by which clocks of media, markers and recordings may differ.
  package static let tolerance = 0.5

  package init(known: KnownNames, allowShort: Bool) {
    self.known = known
    self.allowShort = allowShort
  }

  /// One event that starts a stimulus.
  package struct Start {
    package var event: TimedEvent
    package var rule: StimulusMap.Rule

    /// As the map says, else the event's own column; nil where neither does.
    var stimulusStartS: Double? {
      rule.stimulusStartS ?? event.fields["stimulus_start_s"].flatMap { OptionText.number($0) }
    }

    /// Whether another row says that the stimulus goes on behind this one.
    ///
    /// - Parameter last: the latest second of each stimulus at which a row begins.
    func isPart(_ last: [String: Double]) -> Bool {
      guard let own = stimulusStartS, let lasts = rule.durationS ?? event.durationS,
        let other = rule.stimulus.flatMap({ last[$0] })
      else { return false }
      return other > own && other >= own + lasts - EventPresentations.tolerance
    }

    package init(event: TimedEvent, rule: StimulusMap.Rule) {
      self.event = event
      self.rule = rule
    }
  }

  /// The events the map (or, without one, their own column `stimulus`) gives a stimulus, by onset.
  package static func starts(
    _ events: [TimedEvent], _ map: inout StimulusMap?, _ recording: Recording
  ) -> [Start] {
    var found: [Start] = []
    for event in events {
      if map != nil {
        let fields = event.fields.merging(recording.fields) { own, _ in own }
        if let rule = map?.rule(for: fields), rule.stimulus != nil { found.append(Start(event: event, rule: rule)) }
      } else if let stimulus = event.fields["stimulus"] {
        let rule = StimulusMap.Rule(conditions: [:], stimulus: stimulus, place: event.place)
        found.append(Start(event: event, rule: rule))
      }
    }
    return found.sorted { $0.event.onsetS < $1.event.onsetS }
  }

  /// Presentations in the order of their onsets, repetitions counted from 1; every fault is a finding.
  ///
  /// A showing lasts as long as the map says, else its event if that is no mere pulse (1 s, or half a shorter stimulus),
  /// else the rest of its stimulus. It must lie inside the
  /// recording; one that ends more than 0.5 s before its stimulus does is refused, or cut with `allowShort`; one that
  /// lasts longer than its stimulus ends with it.
  package func presentations(
    _ starts: [Start], _ recording: Recording, _ findings: inout Findings
  ) -> [RecordingRecord.Presentation] {
    var shown: [RecordingRecord.Presentation] = []
    let parts = StimulusParts(starts, durations: known.durations, &findings)
    let last = Dictionary(
      starts.compactMap { start in start.rule.stimulus.flatMap { name in start.stimulusStartS.map { (name, $0) } } },
      uniquingKeysWith: max)
    for (index, start) in starts.enumerated() {
      guard let stimulus = start.rule.stimulus.map(known.stimulus) else { continue }
      let onset = start.event.onsetS
      guard onset >= -0.5 / recording.rateHz, onset < recording.lengthS else {
        findings.error(
          .eventOutside, "\(start.event.place) (\(start.event.name))",
          reason: "it lies at \(SeriesTable.short(onset)) s, \(recording.place) lasts from 0 to "
            + "\(SeriesTable.short(recording.lengthS)) s",
          remedy: onset < 0
            ? "correct the onset; --onset-s is for a stimulus that had begun before"
            : "check the unit and the recording")
        continue
      }
      let next = index + 1 < starts.count ? starts[index + 1] : nil
      let isPart = parts.startS[index] != nil || start.isPart(last)
      let startS = start.stimulusStartS ?? parts.startS[index, default: 0]
      let lasts = duration(
        of: start, stimulus, from: startS, isPart: isPart, until: next, in: recording, &findings)
      var showing = RecordingRecord.Presentation(
        stimulus: stimulus, onsetS: onset, stimulusStartS: startS, durationS: lasts, onsetSource: "event")
      showing.isPart = isPart
      // A length in the map is a part that was shown; an event much shorter than its stimulus is one that broke off.
      if let event = start.event.durationS, start.rule.durationS == nil, !isPart, event >= 1,
        lasts.map({ event > 0.9 * $0 }) ?? true
      {
        showing.measuredS = event
      }
      shown.append(showing)
    }
    for (index, repetition) in shown.repetitions.enumerated() { shown[index].repetition = repetition }
    return shown
  }

  /// nil: to the end of the recording.
  private func duration(
    of start: Start, _ stimulus: String, from startS: Double, isPart: Bool, until next: Start?,
    in recording: Recording, _ findings: inout Findings
  ) -> Double? {
    let media = known.durations[stimulus]
    let rest = media.map { $0 - startS }
    // A trigger's pulse is no length of a stimulus.
    let event = start.event.durationS.flatMap { $0 >= min(1, (rest ?? 2) / 2) ? $0 : nil }
    let onset = start.event.onsetS
    let place = "\(start.event.place) (\(start.event.name))"
    if let media, let rest, rest <= 0 {
      findings.error(
        .eventMapColumns, start.rule.place, reason: "\(stimulus) lasts \(SeriesTable.short(media)) s",
        remedy: "correct stimulus_start_s")
      return nil
    }
    let left = recording.lengthS - onset
    guard var lasts = start.rule.durationS ?? event ?? rest else {
      findings.add(
        .warning, .showingLengthUnknown, place, reason: "neither its event nor \(stimulus) has a duration",
        remedy: "import the media first, or give duration_s in the map")
      return next.map { min($0.event.onsetS, recording.lengthS) - onset }
    }
    if let rest, start.rule.durationS == nil, !isPart, let event, event < rest - max(Self.tolerance, 0.01 * rest) {
      short(place, "it lasts \(SeriesTable.short(event)) s, \(stimulus) \(SeriesTable.short(rest)) s", &findings)
    }
    if let rest { lasts = min(lasts, rest) }
    if lasts > left + 0.1 + 1 / recording.rateHz {
      short(
        place,
        "\(stimulus) would last until \(SeriesTable.short(onset + lasts)) s, \(recording.place) ends at "
          + "\(SeriesTable.short(recording.lengthS)) s", &findings)
    }
    if let next, next.event.onsetS < onset + lasts - Self.tolerance {
      findings.error(
        .showingsOverlap, "\(next.event.place) (\(next.event.name))",
        reason: "\(stimulus) has started at \(SeriesTable.short(onset)) s and lasts \(SeriesTable.short(lasts)) s",
        remedy: "map only the event that starts a stimulus, or give its duration_s in the map")
    }
    return min(lasts, left)
  }

  private func short(_ place: String, _ reason: String, _ findings: inout Findings) {
    findings.add(
      allowShort ? .warning : .error, .showingTooShort, place, reason: reason,
      remedy: allowShort
        ? "it is imported; alignment_audit says short"
        : "check rate and stimulus; --allow-short imports what was shown")
  }
}
