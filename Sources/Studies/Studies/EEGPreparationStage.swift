import ContentIdentity
import Electrophysiology
import Plans
import Warehouse

/// `preparation.eeg`: every EEG recording of channels through one `eeg_preparation` unit.
struct EEGPreparationStage: RecordingStage {
  private let spec: EEGPreparationSpec
  private let context: StudyContext
  private(set) var units: [Unit] = []
  private var prepared: [String: Unit] = [:]

  /// Nil where the study does not prepare EEG.
  init?(_ context: StudyContext) {
    guard let spec = context.definition.eegPreparation else { return nil }
    self.spec = spec
    self.context = context
  }

  private static func concerns(_ recording: StudyRecording) -> Bool {
    recording.row.text("modality") == "eeg" && recording.row.text("space_axis") == "channel"
  }

  mutating func apply(_ recordings: [StudyRecording]) throws -> [StudyRecording] {
    var result = recordings
    let groups = Dictionary(grouping: recordings.indices.filter { Self.concerns(recordings[$0]) }) {
      recordings[$0].arrayName
    }
    for (_, places) in groups.sorted(by: { $0.key < $1.key }) {
      let showings = places.map { recordings[$0] }
      // What is excluded for one showing only is left to the statistics of that showing.
      let bad = showings.dropFirst().reduce(showings[0].bad) { $0.intersection($1.bad) }
      let unit = try unit(of: showings, bad: bad)
      for place in places {
        result[place].source = .computed(unit.key)
        result[place].arrayName = EEGPreparationStep.arrayName(recording: recordings[place].arrayName, key: unit.key)
        result[place].rateHz = spec.rateHz(of: recordings[place].rateHz)
        result[place].labels = EEGPreparationStep.labels(of: recordings[place].labels)
        // The unit interpolates them or leaves them missing.
        result[place].bad.subtract(bad)
      }
    }
    return result
  }

  private mutating func unit(of showings: [StudyRecording], bad: Set<String>) throws -> Unit {
    let recording = showings[0]
    try EEGPreparation.checkRate(
      spec.rateHz(of: recording.rateHz), of: recording.rateHz, lowHz: spec.lowHz, highHz: spec.highHz)
    let blank = Set(showings.flatMap(\.blank).filter { $0.channel == nil }.map(\.json))
    var parameters: [String: JSONValue] = [
      "recording": .string(recording.arrayName), "dataset": .string(recording.row.text("dataset")),
      "subject": .string(recording.subject), "session": Self.text(recording, "session"),
      "run": Self.text(recording, "run"), "rate_hz": .number(recording.rateHz),
      "units": .string(recording.row.text("units")), "bad": .array(bad.sorted().map { .string($0) }),
      "blank": .array(blank.sorted { $0.canonical < $1.canonical }),
      "new_rate_hz": .number(spec.rateHz(of: recording.rateHz)), "eeg": spec.parameters,
    ]
    if spec.components != nil {
      parameters["seed"] = .int(context.definition.seed)
      parameters["components"] = .array(recording.rejectedComponents.sorted().map { .int($0) })
    }
    let unit = Unit(
      step: "eeg_preparation", version: Steps.version(of: "eeg_preparation"), parameters: .object(parameters),
      inputs: [recording.input(role: "recording")], label: "preparation of \(recording.arrayName)")
    if let known = prepared[unit.key] { return known }
    prepared[unit.key] = unit
    units.append(unit)
    return unit
  }

  private static func text(_ recording: StudyRecording, _ column: String) -> JSONValue {
    recording.row.optionalText(column).map { .string($0) } ?? .null
  }
}
