import ContentIdentity
import Diagnostics
import Importing

/// Imports fMRI: images (NIfTI-1 and -2) as the region means of an atlas on the same grid, tables with one column per
/// region, region or voxel series in HDF5 by the generic mapping; see `importRecordings`. Without units they are `au`.
public func importFMRI(
  files: [String], options: RecordingOptions, atlas: RegionAtlas? = nil, common: CommonOptions,
  known: KnownNames = KnownNames(), progress: ImportProgress? = nil
) -> ImportBatch {
  var batch = importRecordings(
    .fmri, files: files, options: options, common: common, known: known, progress: progress,
    recognise: FMRIFormat.recogniser(atlas: atlas))
  guard let atlas else { return batch }
  // The atlas by its content: the same name may come to mean another one.
  var canonical = batch.options.objectValue ?? [:]
  canonical["atlas"] = ["name": .string(atlas.name), "sha256": .string(atlas.array.sha256)]
  batch.options = .object(canonical)
  batch.usedArrays = [atlas.array]
  return batch
}

/// The formats of fMRI recordings.
package enum FMRIFormat {
  /// Reads images by an atlas and tables of regions; other files are left to the generic mapping.
  package static func recogniser(atlas: RegionAtlas?) -> RecordingRecogniser {
    { path, options in
      if NIfTIRecording.isImage(path) {
        guard let atlas else {
          throw EvokeError(
            .atlasWithoutImage, path, reason: "an image is imported as the means of an atlas' regions",
            remedy: "evoke import atlas TABLE --image LABELS.nii.gz, then import with --atlas NAME")
        }
        return [try NIfTIRecording(reading: path, atlas: atlas).recording(options)]
      }
      let lower = path.lowercased()
      if let (format, remedy) = others.first(where: { lower.hasSuffix($0.key) })?.value {
        throw EvokeError(.niftiUnknownFormat, path, reason: "\(format) is not read", remedy: remedy)
      }
      if [".tsv", ".csv", ".txt"].contains(where: lower.hasSuffix) {
        return [try RegionTable(reading: path).recording(options)]
      }
      return nil
    }
  }

  private static let surface = "average it over parcels (wb_command -cifti-parcellate, nilearn) and import the table"
  private static let convert = "convert it to NIfTI (mri_convert, 3dAFNItoNIFTI, dcm2niix)"
  private static let others = [
    ".gii": ("GIfTI", surface), ".gii.gz": ("GIfTI", surface), ".mgz": ("MGH", convert), ".mgh": ("MGH", convert),
    ".head": ("AFNI", convert), ".brik": ("AFNI", convert), ".dcm": ("DICOM", convert), ".mnc": ("MINC", convert),
  ]
}
