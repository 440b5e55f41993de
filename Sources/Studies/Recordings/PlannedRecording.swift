import ContentIdentity
import Showings
import Work

/// A recording that a unit will make of another.
package struct PlannedRecording {
  package let arrayName: String
  /// nil: that of the recording it is made of.
  let rateHz: Double?
  /// Samples at its start that are left out.
  let discarded: Int

  init(arrayName: String, rateHz: Double? = nil, discarded: Int = 0) {
    (self.arrayName, self.rateHz, self.discarded) = (arrayName, rateHz, discarded)
  }

  /// Its clock by that of the recording it is made of.
  package func clock(of given: SampleClock) -> SampleClock {
    let step = rateHz.map { 1 / $0 } ?? given.step
    let seconds = Double(given.count) * given.step
    let count = Int((seconds / step - 1e-6).rounded(.up))
    return SampleClock(start: given.time(discarded), step: step, count: max(0, count - discarded))
  }
}

/// A step that makes a recording of the one that it reads.
package protocol RecordingStep: WorkStep {
  func recording(_ parameters: Parameters, key: String) -> PlannedRecording
}

extension RecordingStep {
  /// What a unit of this step will make.
  package func recording(_ unit: WorkUnit) throws -> PlannedRecording {
    recording(try StrictCoder.decode(Parameters.self, from: unit.parameters), key: unit.key)
  }
}

extension EEGPreparationStep: RecordingStep {
  func recording(_ parameters: Parameters, key: String) -> PlannedRecording {
    PlannedRecording(
      arrayName: Self.arrayName(recording: parameters.recording, key: key), rateHz: parameters.newRateHz)
  }
}

extension FMRIPreparationStep: RecordingStep {
  func recording(_ parameters: Parameters, key: String) -> PlannedRecording {
    PlannedRecording(
      arrayName: Self.arrayName(recording: parameters.recording, key: key), discarded: parameters.discardVolumes)
  }
}

extension SourceLocalisationStep: RecordingStep {
  func recording(_ parameters: Parameters, key: String) -> PlannedRecording {
    PlannedRecording(arrayName: Self.arrayName(recording: parameters.recording, key: key))
  }
}
