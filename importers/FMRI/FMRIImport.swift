import Diagnostics
import Importing

/// Imports fMRI region or voxel series by the generic array mapping; see `importRecordings`. Without units they are
/// `au`.
public func importFMRI(
  files: [String], options: RecordingOptions, common: CommonOptions, known: KnownNames = KnownNames(),
  progress: ImportProgress? = nil
) -> ImportBatch {
  importRecordings(.fmri, files: files, options: options, common: common, known: known, progress: progress)
}
