import ContentIdentity
import Diagnostics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// `preparation.fmri`: every fMRI recording through one `fmri_preparation` unit.
struct FMRIPreparationStage: RecordingStage {
  private let spec: FMRIPreparationSpec
  private let context: StudyContext
  private(set) var units: [WorkUnit] = []
  private var prepared: [String: WorkUnit] = [:]
  private var confounds: [String: ConfoundSeries] = [:]

  /// Nil where the study does not prepare fMRI.
  init?(_ context: StudyContext) {
    guard let spec = context.definition.fmriPreparation else { return nil }
    self.spec = spec
    self.context = context
  }

  /// A recording's imported confounds.
  private struct ConfoundSeries {
    let reference: ArrayReference
    let names: [String]
    /// Column -> mask, as far as the pipeline said it.
    let masks: [String: String]
  }

  mutating func apply(_ recordings: [StudyRecording]) throws -> [StudyRecording] {
    let concerned = recordings.filter { $0.row.modality == "fmri" }
    guard !concerned.isEmpty else { return recordings }
    try checkAtlas(concerned)
    try readConfounds(of: Set(concerned.map { $0.row.dataset }))
    return try recordings.map { recording in
      guard recording.row.modality == "fmri" else { return recording }
      let unit = try unit(of: recording)
      var result = recording
      result.source = .computed(unit.key)
      result.longestPeriodS = spec.highPassS
      result.arrayName = FMRIPreparationStep.arrayName(recording: recording.arrayName, key: unit.key)
      return result
    }
  }

  private mutating func unit(of recording: StudyRecording) throws -> WorkUnit {
    if let known = prepared[recording.arrayName] { return known }
    var inputs = [recording.input(role: "recording")]
    var chosen = ConfoundChoice.none
    if !spec.confounds.isEmpty {
      guard let series = confounds[recording.row.name] else {
        throw EvokeError(
          .noConfounds, recording.arrayName, reason: "study \(context.definition.name) regresses confounds out of it",
          remedy: "import it with --confounds FILE, or leave preparation.fmri.confounds out")
      }
      chosen = try ConfoundChoice(spec.confounds, among: series.names, masks: series.masks, of: series.reference.name)
      inputs.append(.array(role: "confounds", series.reference))
    }
    let unit = FMRIPreparationStep().unit(
      FMRIPreparationStep.Parameters(
        recording: recording.arrayName, owner: RecordingOwner(recording), rateHz: recording.rateHz,
        bad: recording.importedBad, confounds: chosen, highPassS: spec.highPassS,
        detrend: spec.detrend, scale: spec.scale, discardVolumes: spec.discardVolumes, asInStudy: spec.parameters),
      inputs: inputs, label: "preparation of \(recording.arrayName)")
    prepared[recording.arrayName] = unit
    units.append(unit)
    return unit
  }

  private mutating func readConfounds(of datasets: Set<String>) throws {
    guard !spec.confounds.isEmpty, confounds.isEmpty else { return }
    for dataset in datasets {
      for row in try context.warehouse.read({ try $0.studyConfounds(dataset: dataset) }) {
        confounds[row.recording] = ConfoundSeries(
          reference: try context.warehouse.reference(row), names: try StudyRecording.texts(row.labels),
          masks: try StrictCoder.decode(ConfoundParameters.self, from: JSONValue(parsing: row.parameters)).masks)
      }
    }
  }

  private func checkAtlas(_ recordings: [StudyRecording]) throws {
    guard let name = spec.atlas else { return }
    let regions = Set(try context.warehouse.read { try $0.atlasImage(name: name) }.map(\.region))
    guard !regions.isEmpty else {
      throw EvokeError(
        .unknownName, "atlas \(name) of study \(context.definition.name)", reason: "no atlas of that name was imported",
        remedy: "evoke import atlas TABLE --name \(name)")
    }
    for recording in recordings {
      guard let strange = recording.labels.first(where: { !regions.contains($0) }) else { continue }
      throw EvokeError(
        .unknownName, "region \(strange) of \(recording.arrayName)", reason: "atlas \(name) has no such region",
        remedy: "name the atlas the recording was imported with, or leave preparation.fmri.atlas out")
    }
  }
}
