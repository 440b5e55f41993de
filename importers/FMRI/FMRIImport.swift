import ArgumentParser
import Diagnostics
import Importing
import RecordingImport

/// The options of `import fmri`, as typed.
package struct FMRIOptions: VerbOptions {
  @Option(help: "Atlas with a label image, for NIfTI images.") package var atlas: String?
  @Option(help: "Confounds of each recording: a path, {subject} {session} {run} filled in.")
  package var confounds: String?
  @Option(help: "Rows of the confounds before the recording's first volume.") package var confoundStart = 0
  @Option(help: "Names of the columns of confounds that have none (datasets, SPM's rp_*.txt), NAME,...")
  package var confoundNames: String?
  @OptionGroup package var recording: RecordingOptions

  package init() {}

  package func validate() throws {
    try refuseUnidentified()
    if confounds == nil, confoundStart != 0 || confoundNames != nil {
      throw ValidationError("--confound-start and --confound-names belong to --confounds.")
    }
    if confoundStart < 0 { throw ValidationError("--confound-start is a number of rows.") }
  }

  var confoundOptions: ConfoundOptions? {
    confounds.map {
      ConfoundOptions(file: $0, start: confoundStart, names: confoundNames.map(OptionText.list) ?? [])
    }
  }
}

/// Imports fMRI: images (NIfTI-1 and -2) as the region means of an atlas on the same grid, tables with one column per
/// region, region or voxel series in HDF5 by the generic mapping; see `importRecordings`. Without units they are `au`.
///
/// - Parameter atlas: the atlas `options` name, found in the catalog.
package func importFMRI(
  files: [String], options: FMRIOptions, atlas: RegionAtlas? = nil, common: CommonOptions,
  known: KnownNames = KnownNames(), progress: ImportProgress? = nil
) -> ImportBatch {
  // The atlas by its content: the same name may come to mean another one.
  let settled = atlas.map { ["atlas": $0.identity] } ?? [:]
  var batch = importRecordings(
    .fmri, files: files, options: options.recording, confounds: options.confoundOptions,
    batch: ImportBatch(verb: "import fmri", options: options, settled: settled, common: common), known: known,
    progress: progress, recognise: FMRIFormat.recogniser(atlas: atlas))
  batch.usedArrays = atlas.map { [$0.array] } ?? []
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
            remedy: "give --atlas NAME, which evoke import atlas TABLE --image LABELS.nii.gz brings")
        }
        return [try NIfTIRecording(reading: path, atlas: atlas, allowShort: options.allowShort).recording(options)]
      }
      let lower = path.lowercased()
      if let (format, remedy) = others.first(where: { lower.hasSuffix($0.key) })?.value {
        throw EvokeError(.niftiUnknownFormat, path, reason: "\(format) is not read", remedy: remedy)
      }
      if [".tsv", ".csv", ".txt"].contains(where: lower.hasSuffix) {
        return [try RegionTable(reading: path, isLabelled: !options.array.labels.isEmpty).recording(options)]
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
