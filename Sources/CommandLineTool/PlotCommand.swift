import ArgumentParser
import Diagnostics
import FileSystem
import Queries
import Reports
import Warehouse

/// `evoke plot VIEW -o FILE.svg`
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draws a view, or features over a stimulus, from what is stored as SVG.",
    discussion: """
      layer_sweep: r over depth, a panel for each target cell. features STIMULUS: a feature space over the film or piece \
      of music with its ratings below. synchrony STIMULUS: regions by time with the ratings above and the mean below.
      """)

  @Argument(help: "layer_sweep, features or synchrony.")
  var view: String

  @Argument(help: "The stimulus (features, synchrony).")
  var stimulus: String?

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

  @Option(help: "Dataset of the stimulus (features, synchrony).")
  var dataset: String?

  @Option(help: "Element (features).")
  var element = "original"

  @Option(help: "Set, model or imported space; needed where there are several (features).")
  var space: String?

  @Option(help: "Layer of a model; the deepest unless told (features).")
  var layer: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    let isOfStimulus = ["features", "synchrony"].contains(view)
    if isOfStimulus, stimulus == nil { throw ValidationError("plot \(view) takes the name of a stimulus") }
    if !isOfStimulus, let stimulus { throw ValidationError("Unexpected argument '\(stimulus)'") }
    if !output.lowercased().hasSuffix(".svg") {
      throw ValidationError("The figure is SVG: name a file that ends with .svg.")
    }
  }

  func run() throws {
    if view == "features", let stimulus { return try drawFeatures(of: stimulus) }
    if view == "synchrony", let stimulus { return try drawSynchrony(of: stimulus) }
    guard view == "layer_sweep" else {
      let isView = Queries.views.contains { $0.name == view }
      throw EvokeError(
        isView ? .notInThisVersion : .unknownQuestion, view,
        reason: isView ? "this version draws layer_sweep, features and synchrony" : "no published view has this name",
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

  private func drawSynchrony(of stimulus: String) throws {
    let request = PlotSynchrony(
      stimulus: stimulus, dataset: dataset, cohort: cohort, conditions: try conditions.map { try Condition($0) })
    let plot = try global.withWarehouse(.reading) { try request.plot(in: $0) }
    try Files.write(plot.svg(), to: output)
    global.note("wrote \(output)")
  }

  private func drawFeatures(of stimulus: String) throws {
    let request = PlotFeatures(stimulus: stimulus, dataset: dataset, element: element, space: space, layer: layer)
    let (plot, note) = try global.withWarehouse(.reading) { try request.plot(in: $0) }
    try Files.write(plot.svg(), to: output)
    if let note { global.note(note) }
    global.note("wrote \(output)")
  }
}
