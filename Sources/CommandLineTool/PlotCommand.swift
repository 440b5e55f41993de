import ArgumentParser
import Diagnostics
import FileSystem
import Queries
import Reports
import Warehouse

/// `evoke plot VIEW -o FILE.svg`
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draws a view from stored rows as SVG.",
    discussion: "This version draws layer_sweep: r over depth, a panel for each target cell.")

  @Argument(help: "View.")
  var view: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The figure.", valueName: "file.svg"))
  var output: String

  @Option(help: "Rows of this target only.")
  var target: String?

  @Option(help: "Rows of this region only.")
  var region: String?

  @Option(help: "Rows of this cohort only.")
  var cohort: String?

  @Option(
    name: .customLong("where"), help: ArgumentHelp("Rows that meet a condition; repeatable.", valueName: "column=value")
  )
  var conditions: [String] = []

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if !output.lowercased().hasSuffix(".svg") {
      throw ValidationError("The figure is SVG: name a file that ends with .svg.")
    }
  }

  func run() throws {
    guard view == "layer_sweep" else {
      let isView = Queries.views.contains { $0.name == view }
      throw EvokeError(
        isView ? .notInThisVersion : .unknownQuestion, view,
        reason: isView ? "this version draws layer_sweep" : "no published view has this name",
        remedy: "evoke plot layer_sweep -o \(output)")
    }
    var chosen = try conditions.map { try Condition($0) }
    for (column, value) in [("target", target), ("region", region), ("cohort", cohort)] {
      if let value { chosen.append(Condition(column: column, equals: value)) }
    }
    let table = try global.withWarehouse(.reading) { try ViewSelection(name: view, conditions: chosen).rows(in: $0) }
    let plot = try LayerSweepPlot(table)
    try Files.write(plot.svg(), to: output)
    if plot.leftOut > 0 {
      global.note("\(plot.leftOut) panels left out; choose with --target, --region or --where")
    }
    global.note("wrote \(output)")
  }
}
