import Diagnostics
import Importing

/// Plans, reads and checks recordings that another importer has found and described.
///
/// As in `importRecordings` every recording is read twice, and every fault is a finding.
package func importDescribed(
  _ modality: RecordingModality, _ recordings: [DescribedRecording], options: RecordingOptions, known: KnownNames,
  progress: ImportProgress?, _ batch: inout ImportBatch, _ findings: inout Findings
) -> [RecordingRecord] {
  guard !recordings.isEmpty else { return [] }
  var reader = RecordingReader(modality, options, known: known, &findings)
  reader.tellsRepetitions = false
  for recording in recordings {
    findings.file = recording.place
    reader.plan(recording, PathTemplate.File(path: recording.place, fields: [:]), &batch, &findings)
  }
  findings.file = nil
  reader.refuseTwice(&findings)
  return reader.read(&batch, &findings, progress)
}
