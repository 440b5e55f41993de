import ContentIdentity
import Plans
import Showings

// Showings and stretches between the planner's recordings and a unit's parameters.

extension BlankStretch {
  /// `[from, to or null, channel or null]`, as it enters a unit's parameters.
  var json: JSONValue {
    [.number(from), to.map { .number($0) } ?? .null, channel.map { .string($0) } ?? .null]
  }

  init?(_ json: JSONValue) {
    guard let parts = json.arrayValue, parts.count == 3, let from = parts[0].doubleValue else { return nil }
    self.init(from: from, to: parts[1].doubleValue, channel: parts[2].stringValue)
  }
}

extension Showing {
  /// As it enters a unit's parameters.
  var json: JSONValue {
    [
      "subject": .string(subject), "stimulus": .string(stimulus), "run": run.map { .string($0) } ?? .null,
      "onset_s": .number(onsetS), "stimulus_start_s": .number(stimulusStartS),
      "duration_s": durationS.map { .number($0) } ?? .null, "bad": .array(bad.map { .string($0) }),
      "blank": .array(blank.map(\.json)),
    ]
  }

  init(_ json: JSONValue) {
    self.init(
      subject: json["subject"]?.stringValue ?? "", stimulus: json["stimulus"]?.stringValue ?? "",
      run: json["run"]?.stringValue, onsetS: json["onset_s"]?.doubleValue ?? 0,
      stimulusStartS: json["stimulus_start_s"]?.doubleValue ?? 0, durationS: json["duration_s"]?.doubleValue,
      bad: Set((json["bad"]?.arrayValue ?? []).compactMap(\.stringValue)),
      blank: (json["blank"]?.arrayValue ?? []).compactMap { BlankStretch($0) })
  }

  /// The showings in one recording array.
  static func all(of array: TaskArray, in placements: JSONValue) -> [Showing] {
    (placements[array.reference.name]?.arrayValue ?? []).map { Showing($0) }
  }

  var piece: PieceKey { PieceKey(stimulus: stimulus, run: run) }
}
