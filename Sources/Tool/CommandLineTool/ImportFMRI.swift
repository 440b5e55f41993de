import ArgumentParser
import FMRI
import Foundation
import Importing
import Warehouse

struct ImportFMRI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmri", abstract: "fMRI: NIfTI images by an atlas, tables of regions, HDF5 region series.",
    discussion: """
      An image (.nii, .nii.gz, .hdr with .img) is reduced to the means of the atlas' regions; both must lie on the same \
      grid. The repetition time is the header's or the JSON file's beside it. A table has a row per volume and a column \
      per region. Confounds are a table with a header, or FILE.h5:DATASET; they are stored beside the recording, and \
      the study's preparation chooses from them.
      """)
  @Argument(help: "Files, or a template such as 'sub-{subject}_task-film_bold.nii.gz'.") var files: [String]
  @Option(help: "Atlas with a label image, for NIfTI images.") var atlas: String?
  @Option(help: "Confounds of each recording: a path, {subject} {session} {run} filled in.") var confounds: String?
  @Option(help: "Rows of the confounds before the recording's first volume.") var confoundStart: Int = 0
  @Option(help: "Names of the columns of a dataset of confounds, NAME,...") var confoundNames: String?
  @OptionGroup var array: ArrayArguments
  @OptionGroup var recording: RecordingArguments
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if confounds == nil, confoundStart != 0 || confoundNames != nil {
      throw ValidationError("--confound-start and --confound-names belong to --confounds.")
    }
    if confoundStart < 0 { throw ValidationError("--confound-start is a number of rows.") }
  }

  func run() throws {
    var options = recording.options(array)
    options.confounds = confounds.map {
      ConfoundOptions(
        file: $0, start: confoundStart,
        names: confoundNames.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } } ?? [])
    }
    try global.withWarehouse(.writing("import fmri")) { warehouse in
      let common = try own.common(in: warehouse)
      let known = try KnownNames(of: common.dataset, in: warehouse)
      let atlas = try atlas.map { try RegionAtlas(named: $0, in: warehouse) }
      try global.importing(in: warehouse, dryRun: own.dryRun) {
        importFMRI(files: files, options: options, atlas: atlas, common: common, known: known, progress: $0)
      }
    }
  }
}
