import Diagnostics
import Importing

/// Rows that name one stimulus several times in a recording: its parts one after another, or the whole again.
///
/// Nobody's word for either is a wrong number: minute 1 of one part would be averaged with minute 1 of another.
struct StimulusParts {
  typealias Start = EventPresentations.Start

  /// Place in the list of starts -> stimulus time of a part.
  private(set) var startS: [Int: Double] = [:]

  /// Judges the rows of every stimulus that neither the map nor a column `stimulus_start_s` places.
  ///
  /// Parts are shorter than their stimulus and together no longer. Where its length is not known, rows that follow each
  /// other without a pause are parts if they differ in length, rows of one length with pauses repeat it, and everything
  /// else is asked about.
  init(_ starts: [Start], durations: [String: Double], _ findings: inout Findings) {
    let unplaced = starts.indices.filter { starts[$0].stimulusStartS == nil && starts[$0].rule.durationS == nil }
    for (stimulus, places) in Dictionary(grouping: unplaced, by: { starts[$0].rule.stimulus })
      .sorted(by: { ($0.value[0], $0.value.count) < ($1.value[0], $1.value.count) })
    {
      guard let stimulus, places.count > 1 else { continue }
      let lengths = places.compactMap { starts[$0].event.durationS }.filter { $0 >= 1 }
      guard lengths.count == places.count else { continue }
      judge(
        stimulus, places.map { starts[$0] }, at: places, lengths: lengths, lastsS: durations[stimulus], &findings)
    }
  }

  private mutating func judge(
    _ stimulus: String, _ starts: [Start], at places: [Int], lengths: [Double], lastsS: Double?,
    _ findings: inout Findings
  ) {
    let tolerance = EventPresentations.tolerance
    let total = lengths.reduce(0, +)
    let place = "\(starts[0].event.place) (\(starts[0].event.name))"
    if let lastsS {
      let slack = max(tolerance, 0.01 * lastsS)
      guard lengths.allSatisfy({ $0 < lastsS - slack }), total <= lastsS + slack else { return }
    } else {
      let ends = zip(starts, lengths).map { $0.event.onsetS + $1 }
      let follow = zip(ends, starts.dropFirst()).allSatisfy { abs($1.event.onsetS - $0) <= tolerance }
      let areEqual = lengths.allSatisfy { abs($0 - lengths[0]) <= tolerance }
      if areEqual, !follow { return tell(stimulus, starts, lengths[0], at: place, &findings) }
      guard follow, !areEqual else {
        return findings.error(
          .showingsAmbiguous, place,
          reason:
            "\(places.count) rows name \(stimulus), \(SeriesTable.short(total)) s in all: its parts, or the whole "
            + "again",
          remedy: "import its media first, or give a column stimulus_start_s (0 in every row for repetitions)")
      }
    }
    add(places, lengths)
    findings.add(
      .note, .showingsAreParts, place,
      reason: "\(places.count) rows name \(stimulus) one after another, \(SeriesTable.short(total)) s in all: they are "
        + "taken as its parts",
      remedy: "give a column stimulus_start_s if they are not")
  }

  /// Shorter rows of one length are trials, which are repeated.
  private static let longestTrialS = 30.0

  /// Rows of one length with pauses between them are the whole again, unless the stimulus is longer than anybody said: as
  /// halves of a film are with a break between them.
  private func tell(
    _ stimulus: String, _ starts: [Start], _ length: Double, at place: String, _ findings: inout Findings
  ) {
    guard length > Self.longestTrialS else { return }
    findings.add(
      .warning, .shownAgain, place,
      reason:
        "\(starts.count) rows of \(SeriesTable.short(length)) s name \(stimulus), whose length is not known, with "
        + "pauses between them: they are taken as repetitions of the whole, which studies average",
      remedy: "give a column stimulus_start_s (0 in every row for repetitions), or import the media first")
  }

  private mutating func add(_ places: [Int], _ lengths: [Double]) {
    var start = 0.0
    for (index, length) in zip(places, lengths) {
      startS[index] = start
      start += length
    }
  }
}

extension [RecordingRecord.Presentation] {
  /// For each the number of its repetition: 1, and one more for every earlier one that shows some of the same seconds.
  package var repetitions: [Int] {
    indices.map { index in
      1 + indices.prefix(index).count { self[$0].stimulus == self[index].stimulus && self[$0].overlaps(self[index]) }
    }
  }
}

extension RecordingRecord.Presentation {
  /// Whether both show some of the same seconds of their stimulus, beyond what clocks may differ by.
  package func overlaps(_ other: Self) -> Bool {
    let lengths = [durationS ?? .infinity, other.durationS ?? .infinity]
    let end = min(stimulusStartS + lengths[0], other.stimulusStartS + lengths[1])
    return end - max(stimulusStartS, other.stimulusStartS)
      > min(EventPresentations.tolerance, min(lengths[0], lengths[1]) / 2)
  }
}
