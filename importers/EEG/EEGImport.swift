import Importing
import RecordingImport

/// Imports EEG recordings: formats that describe themselves by their content, other arrays by the generic mapping; see
/// `importRecordings`. Electric units are stored as volts.
package func importEEG(
  files: [String], options: RecordingOptions, common: CommonOptions, known: KnownNames = KnownNames(),
  progress: ImportProgress? = nil
) -> ImportBatch {
  importRecordings(
    .eeg, files: files, options: options, batch: ImportBatch(verb: "import eeg", options: options, common: common),
    known: known, progress: progress, recognise: RecordingFormat.recogniser())
}
