import ArgumentParser
import FMRI
import Importing

struct ImportFMRI: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "fmri", abstract: "fMRI: NIfTI images by an atlas, tables of regions, HDF5 region series.",
    discussion: """
      An image (.nii, .nii.gz, .hdr with .img) is reduced to the means of the atlas' regions; both must lie on the same \
      grid. The repetition time is the header's or the JSON file's beside it. A table has a row per volume and a column \
      per region; one without a first line of names takes --labels. Confounds are a table (with --confound-names where \
      it has no names, as SPM's rp_*.txt) or FILE.h5:DATASET; they are stored beside the recording, and the study's \
      preparation chooses from them.
      """)
  @Argument(help: "Files, or a template such as 'sub-{subject}_task-film_bold.nii.gz'.") var files: [String]
  @OptionGroup var options: FMRIOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) throws -> ImportBatch {
    let atlas = try options.atlas.map { try RegionAtlas(named: $0, in: site.warehouse) }
    return importFMRI(
      files: files, options: options, atlas: atlas, common: site.common, known: site.known, progress: site.progress)
  }
}
