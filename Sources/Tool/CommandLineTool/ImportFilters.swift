import ArgumentParser
import Filters
import Importing

struct ImportFilters: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "filters", abstract: "Filters of a cochleogram: aud24.mat of the NSL toolbox, or coefficients.",
    discussion: """
      Read are the complex matrix COCHBA in MATLAB (version 5 or 7.3), HDF5 and NumPy files, NumPy arrays of filters x 2 \
      x taps, and tables with the columns filter, tap, b, a. The sets cochleogram and coch-env use the bank by its name \
      (coch-env:NAME), with these parameters; the built-in bank coch-gt128 needs no file.
      """)
  @Argument(help: "File.") var file: String
  @OptionGroup var options: FilterOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch { importFilters(file: file, options: options, common: site.common) }
}
