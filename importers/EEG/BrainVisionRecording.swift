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
    for (channel, unit) in zip(file.channels, units) where unit?.isElectric != true {
      throw EvokeError(
        .eegUnit, "\(file.path) channel \(channel.name)", reason: "its unit is \(channel.unit.debugDescription)",
        remedy: "export the voltages without it, or correct the header")
    }
    let (recorded, factors) = (file, units.map { $0?.factor ?? 1 })
    var recording = DescribedRecording(
      place: file.path, rateHz: file.rateHz, sampleCount: file.sampleCount, channelCount: file.channels.count,
      labels: file.channels.map(\.name), units: "V"
    ) { try recorded.values(factors: factors, $0) }
    recording.files = [file.data.path] + (file.markerPath.map { [$0] } ?? [])
    recording.events = file.markers.map { marker in
      RecordingRecord.Event(
        onsetS: Double(marker.sample - 1) / recorded.rateHz, durationS: Double(marker.length) / recorded.rateHz,
        name: marker.text.isEmpty ? marker.type : "\(marker.type)/\(marker.text)")
    }
    return [recording]
  }
}
