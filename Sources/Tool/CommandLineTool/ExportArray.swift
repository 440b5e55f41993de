import ArgumentParser
import Exports
import Warehouse

/// What of which array goes into which file.
struct ArrayExportOptions: ParsableArguments {
  @Argument(help: "The array, as in array_catalog.") var name: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The file; none is replaced.", valueName: "file")) var output: String
  @Option(
    name: .customLong("slice"),
    help: ArgumentHelp(
      "Part of an axis: time=0:60 (the end not included), region=heschl,planum; repeatable.", valueName: "axis=part"))
  var parts: [String] = []
  @Flag(help: "Say what would be written; write nothing.") var dryRun = false

  func validate() throws { _ = try slices() }

  private func slices() throws -> [AxisSlice] {
    let slices = try parts.map { text in
      guard let slice = AxisSlice(text) else { throw ValidationError("--slice is AXIS=A:B or AXIS=NAME,NAME: \(text)") }
      return slice
    }
    guard Set(slices.map(\.axis)).count == slices.count else { throw ValidationError("--slice names each axis once.") }
    return slices
  }

  /// Opens the array and hands it over, unless that is all that is asked for.
  func export(_ global: GlobalOptions, _ write: (ArrayExport) throws -> Void) throws {
    try global.requireNew(output)
    let shape = try global.withWarehouse(.reading) { warehouse in
      let array = try ArrayExport(name, slices: slices(), in: warehouse)
      if !dryRun { try write(array) }
      return array.axes.map { "\($0.count) \($0.name)" }.joined(separator: " x ")
    }
    try Output.line(output)
    global.note("\(dryRun ? "would write " : "")\(shape) of \(name)")
  }
}

/// How an array lies in a table.
struct LayoutOptions: ParsableArguments {
  @Flag(help: "A row for each number with all its coordinates; else a column for each coordinate of the later axes.")
  var long = false

  var layout: ArrayExport.Layout { long ? .long : .wide }
}

/// `evoke export array NAME -o FILE.h5`
struct ExportArray: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "array", abstract: "A stored array, or a part of it, as an HDF5 file with its axes.",
    discussion: """
      The numbers are the dataset `values`; its axes are dimension scales with units, its attributes what the catalog says of \
      it, its consent and the licences of all that it descends from.
      """)

  @OptionGroup var array: ArrayExportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try array.export(global) { try $0.hdf5(to: array.output) } }
}

/// `evoke export npy NAME -o FILE.npy`
struct ExportNPY: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "npy", abstract: "A stored array as a NumPy file, its axes and units in FILE.json beside it.")

  @OptionGroup var array: ArrayExportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try array.export(global) { try $0.npy(to: array.output) } }
}

/// `evoke export csv NAME -o FILE.csv`
struct ExportCSV: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv", abstract: "A stored array as a CSV table.",
    discussion:
      "A row for each second (or what the first axis is); NaN is an empty cell. Views: evoke query VIEW -o FILE.")

  @OptionGroup var array: ArrayExportOptions
  @OptionGroup var layout: LayoutOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try array.export(global) { try $0.csv(to: array.output, layout.layout) } }
}

/// `evoke export parquet NAME -o FILE.parquet`
struct ExportParquet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parquet", abstract: "A stored array as a Parquet table.",
    discussion: "A row for each second (or what the first axis is). Views: evoke query VIEW -o FILE.parquet.")

  @OptionGroup var array: ArrayExportOptions
  @OptionGroup var layout: LayoutOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try array.export(global) { try $0.parquet(to: array.output, layout.layout) } }
}
