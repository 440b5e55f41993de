import Annotations
import ArgumentParser
import EEG
import Features
import Importing
import RecordingImport

struct ImportAnnotations: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "annotations",
    abstract: "Continuous ratings and bad segments: CSV, TSV, LIRIS-ACCEDE, ELAN, TextGrid, arrays.",
    discussion: """
      The format is known by its content. Tables are long or wide. Arrays (HDF5, MATLAB, .npy) have the axes time, \
      subject and feature, --rate-hz and --onset-s place them; a template in --data names what varies: '{stimulus}'. Tiers of ELAN (.eaf or its tab-delimited export) and \
      Praat become series of --rate: the mean of numbers, the share of every bin that each of up to 12 labels covers, \
      or TIER.rate (onsets per second) and TIER.active for words; --map NAME=TIER chooses tiers; with --kind bad_segment \
      their annotations are the bad stretches.
      """)
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var options: AnnotationOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importAnnotations(files: files, options: options, common: site.common, known: site.known, progress: site.progress)
  }
}

struct ImportFeatures: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Feature series computed elsewhere: CSV, TSV, HDF5, MATLAB, .npy, also layered ones.")
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var options: FeatureOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importFeatures(files: files, options: options, common: site.common, known: site.known, progress: site.progress)
  }
}

struct ImportEEG: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "eeg",
    abstract: "EEG from EEGLAB, BrainVision, EDF, BDF, NWB, MNE and SEED files, MATLAB and HDF5 arrays.",
    discussion: """
      Formats are known by their content; --axes asks for the generic mapping of arrays. Axes of MATLAB 5 variables stand
      as MATLAB shows them, those of HDF5 (MATLAB 7.3 included) in the order of the file, which is the reverse.

      A .fif file goes through two lines of Python: raw = mne.io.read_raw_fif("sub-01_raw.fif") and
      mne.export.export_raw("sub-01.vhdr", raw).
      """)
  @Argument(help: "Files, or a template such as '{subject}.h5'.") var files: [String]
  @OptionGroup var options: RecordingOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importEEG(files: files, options: options, common: site.common, known: site.known, progress: site.progress)
  }
}
