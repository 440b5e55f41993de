import Diagnostics
import Importing
import RecordingFiles
import RecordingImport

/// BrainVision: every channel that is a voltage, with the markers as events.
struct BrainVisionRecording {
  let file: BrainVisionFile

  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    // The format's own default.
    let factors = try file.channels.map { channel in
      guard let unit = StoredUnit(channel.unit.isEmpty ? options.units ?? "uV" : channel.unit), unit.isElectric else {
        throw EvokeError(
          .eegUnit, "\(file.path) channel \(channel.name)", reason: "its unit is \(channel.unit.debugDescription)",
          remedy: "export the voltages without it, or correct the header")
      }
      return unit.factor
    }
    let recorded = file
    var recording = DescribedRecording(
      place: file.path, rateHz: file.rateHz, sampleCount: file.sampleCount, channelCount: file.channels.count,
      labels: file.channels.map(\.name), units: "V"
    ) { try recorded.values(factors: factors, $0) }
    recording.files = [file.data.path, file.markerPath].compactMap { $0 }
    recording.events = file.markers.map { marker in
      RecordingRecord.Event(
        onsetS: Double(marker.sample - 1) / recorded.rateHz, durationS: Double(marker.length) / recorded.rateHz,
        name: marker.text.isEmpty ? marker.type : "\(marker.type)/\(marker.text)")
    }
    return [recording]
  }
}
