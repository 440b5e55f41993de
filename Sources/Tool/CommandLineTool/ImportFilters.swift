import ArgumentParser
import Filters
import Importing

struct ImportFilters: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filters", abstract: "Filters of a cochleogram: aud24.mat of the NSL toolbox, or coefficients.",
    discussion: """
      Read are the complex matrix COCHBA in MATLAB (version 5 or 7.3), HDF5 and NumPy files, NumPy arrays of filters x 2 \
      x taps, and tables with the columns filter, tap, b, a. The sets cochleogram and coch-env use the bank by its name \
      (coch-env:NAME), with these parameters; the built-in bank coch-gt128 needs no file.
      """)
  @Argument(help: "File.") var file: String
  @Option(help: "Name of the bank; else the file's stem.") var name: String?
  @Option(help: "Variable or dataset in the file; else COCHBA.") var variable: String?
  @Option(help: "Length of a frame, ms.") var frameMs = 8.0
  @Option(help: "Time constant of the integration, ms; 0: means of frames.") var timeConstantMs = 8.0
  @Option(help: "Hair cells: -2 linear, -1 half-wave, 0 sign, positive a sigmoid.") var factor = -2.0
  @Option(help: "Shift of all filters, whole octaves.") var shift = 0
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var options = FilterOptions()
    options.name = name
    options.variable = variable
    options.frameMs = frameMs
    options.timeConstantMs = timeConstantMs
    options.factor = factor
    options.octaveShift = shift
    try global.importing(own, "filters") { common, _, _ in
      importFilters(file: file, options: options, common: common)
    }
  }
}
