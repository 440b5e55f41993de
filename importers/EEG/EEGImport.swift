import Diagnostics
import Importing

/// Imports EEG recordings by the generic array mapping; see `importRecordings`. Electric units are stored as volts.
public func importEEG(
  files: [String], options: RecordingOptions, common: CommonOptions, known: KnownNames = KnownNames(),
  progress: ImportProgress? = nil
) -> ImportBatch {
  importRecordings(.eeg, files: files, options: options, common: common, known: known, progress: progress)
}
