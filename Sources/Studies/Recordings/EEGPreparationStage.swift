import Electrophysiology
import Showings
import StudyFiles
import Warehouse
import Work

/// `preparation.eeg`: every EEG recording of channels through one `eeg_preparation` unit.
struct EEGPreparationStage: RecordingStage {
  private let spec: EEGPreparationSpec
  private let context: StudyContext
  private(set) var units: [WorkUnit] = []
  private var prepared: [String: WorkUnit] = [:]

  /// Nil where the study does not prepare EEG.
  init?(_ context: StudyContext) {
    guard let spec = context.definition.eegPreparation else { return nil }
    self.spec = spec
    self.context = context
  }

  mutating func apply(_ recordings: [StudyRecording]) throws -> [StudyRecording] {
    var result = recordings
    let groups = Dictionary(grouping: recordings.indices.filter { recordings[$0].isElectrodes }) {
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
        result[place].longestPeriodS = spec.lowHz.map { 1 / $0 }
        result[place].labels = EEGPreparationStep.labels(of: recordings[place].labels)
        // The unit interpolates them or leaves them missing.
        result[place].bad.subtract(bad)
      }
    }
    return result
  }

  private mutating func unit(of showings: [StudyRecording], bad: Set<String>) throws -> WorkUnit {
    let recording = showings[0]
    let blank = Set(showings.flatMap(\.blank).filter { $0.channel == nil })
    let newRateHz = spec.rateHz(of: recording.rateHz)
    try EEGPreparation.checkRate(newRateHz, of: recording.rateHz, lowHz: spec.lowHz, highHz: spec.highHz)
    let components = spec.components.map {
      EEGPreparationStep.Components(
        search: $0, rejected: recording.rejectedComponents.sorted(), seed: context.definition.seed)
    }
    let unit = EEGPreparationStep().unit(
      EEGPreparationStep.Parameters(
        recording: recording.arrayName, owner: RecordingOwner(recording), rateHz: recording.rateHz,
        units: recording.row.units, bad: bad.sorted(),
        blank: blank.sorted { ($0.from, $0.to ?? .infinity) < ($1.from, $1.to ?? .infinity) }, notchHz: spec.notchHz,
        lowHz: spec.lowHz, highHz: spec.highHz, badChannels: spec.badChannels, components: components,
        interpolation: spec.interpolation, reference: spec.reference,
        newRateHz: newRateHz == recording.rateHz ? nil : newRateHz, asInStudy: spec.parameters),
      inputs: [recording.input(role: "recording")], label: "preparation of \(recording.arrayName)")
    if let known = prepared[unit.key] { return known }
    prepared[unit.key] = unit
    units.append(unit)
    return unit
  }
}
