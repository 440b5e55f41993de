import Diagnostics
import Importing
import RecordingFiles
import RecordingImport

/// BrainVision: every channel that is a voltage, with the markers as events.
struct BrainVisionRecording {
  let file: BrainVisionFile

  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    // The format's own default.
    let units = file.channels.map { StoredUnit($0.unit.isEmpty ? options.units ?? "uV" : $0.unit) }
    let kept = units.indices.filter { units[$0]?.isElectric == true }
    let others = file.channels.indices.filter { !kept.contains($0) }.map { file.channels[$0] }
    guard !kept.isEmpty else {
      let first = others[0]
      throw EvokeError(
        .eegUnit, "\(file.path) channel \(first.name)", reason: "its unit is \(first.unit.debugDescription)",
        remedy: "correct the header: no channel of the file is a voltage")
    }
    let recorded = file
    // Others are never stored, whatever they are multiplied by.
    let factors = units.map { unit in unit.flatMap { $0.isElectric ? $0.factor : nil } ?? 1 }
    let names = file.channels.map(\.name)
    var recording = DescribedRecording(
      place: file.path, rateHz: file.rateHz, sampleCount: file.sampleCount, channelCount: names.count, labels: names,
      units: "V"
    ) { try recorded.values(factors: factors, $0) }
    recording.keep(kept, of: names)
    recording.notes = [file.unlikeDeclared].compactMap { $0 }.map { EDFRecording.accepted(file.data.path, $0) }
    if !others.isEmpty {
      recording.notes.append(
        Diagnostic(
          .note, .eegChannelsLeftOut, file.path,
          reason: "no voltages: \(NearMiss.list(others.map { "\($0.name) (\($0.unit))" }))",
          remedy: "nothing; export them as features if they are needed"))
    }
    if let count = file.declaredCount {
      recording.lengths = [
        ClockStatement(
          source: .header, object: file.path, statement: "length", value: Double(count) / file.rateHz, unit: "s")
      ]
    }
    recording.files = [file.data.path, file.markerPath].compactMap { $0 }
    recording.events = file.markers.map { marker in
      RecordingRecord.Event(
        onsetS: (Double(marker.sample) - 1) / recorded.rateHz, durationS: Double(marker.length) / recorded.rateHz,
        name: marker.text.isEmpty ? marker.type : "\(marker.type)/\(marker.text)")
    }
    return [recording]
  }
}
