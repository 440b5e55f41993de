import ArgumentParser
import Diagnostics
import FileSystem
import Queries
import Reports
import Warehouse

/// `evoke plot VIEW -o FILE.svg`
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draws a view, features over a stimulus or a recording, from what is stored as SVG.",
    discussion: """
      layer_sweep: r over depth, a panel for each target cell. features STIMULUS: a feature space over the film or piece \
      of music with its ratings below. regions [VIEW]: one number per region on both hemispheres, from any view with a \
      column region (synchrony_summary unless told); choose rows with --where, another column with --value. recording \
      [NAME]: the channels of one recording, its bad channels, what was shown and the spectra; NAME as in array_catalog, \
      or --subject, --session, --run, --dataset; --seconds A:B for a part.
      """)

  @Argument(help: "layer_sweep, features, regions or recording.")
  var view: String

  @Argument(help: "The stimulus (features), the view (regions) or the array (recording).")
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

  @Option(help: "Dataset of the stimulus or recording.")
  var dataset: String?

  @Option(help: "Element (features).")
  var element = "original"

  @Option(help: "Set, model or imported space; needed where there are several (features).")
  var space: String?

  @Option(help: "Layer of a model; the deepest unless told (features).")
  var layer: String?

  @Option(help: "Column of the numbers (regions).")
  var value: String?

  @Option(help: "Leadfield whose cortex is drawn (regions).")
  var leadfield: String?

  @Option(help: "Subject (recording).")
  var subject: String?

  @Option(help: "Session (recording).")
  var session: String?

  @Option(help: "Run (recording).")
  var run: String?

  @Option(help: ArgumentHelp("Seconds of the recording, all unless told.", valueName: "a:b"))
  var seconds: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if view == "features", stimulus == nil { throw ValidationError("plot features takes the name of a stimulus") }
    if !["features", "regions", "recording"].contains(view), let stimulus {
      throw ValidationError("Unexpected argument '\(stimulus)'")
    }
    let isPNG = view == "regions" && output.lowercased().hasSuffix(".png")
    if !output.lowercased().hasSuffix(".svg"), !isPNG {
      throw ValidationError("The figure is SVG: name a file that ends with .svg.")
    }
  }

  func run() throws {
    if view == "features", let stimulus { return try drawFeatures(of: stimulus) }
    if view == "regions" { return try drawRegions() }
    if view == "recording" { return try drawRecording() }
    guard view == "layer_sweep" else {
      let isView = Queries.views.contains { $0.name == view }
      throw EvokeError(
        isView ? .notInThisVersion : .unknownQuestion, view,
        reason: isView
          ? "this version draws layer_sweep, features, regions and recording" : "no published view has this name",
        remedy: "evoke plot layer_sweep -o \(output)")
    }
    let chosen = try chosen()
    let table = try global.withWarehouse(.reading) { try ViewSelection(name: view, conditions: chosen).rows(in: $0) }
    let plot = try LayerSweepPlot(table)
    try Files.write(plot.svg(), to: output)
    if plot.leftOut > 0 {
      global.note("\(plot.leftOut) panels left out; choose with --target, --region or --where")
    }
    global.note("wrote \(output)")
  }

  private func chosen() throws -> [Condition] {
    let named = [("target", target), ("region", region), ("cohort", cohort)].compactMap { column, value in
      value.map { Condition(column: column, equals: $0) }
    }
    return try conditions.map { try Condition($0) } + named
  }

  private func drawRegions() throws {
    var request = PlotRegions(value: value, leadfield: leadfield)
    if let stimulus { request.view = stimulus }
    request.conditions = try chosen()
    let plot = try global.withWarehouse(.reading) { try request.plot(in: $0) }
    if output.lowercased().hasSuffix(".png") {
      try Files.write(plot.png(), to: output)
    } else {
      try Files.write(plot.svg(), to: output)
    }
    if !plot.unknown.isEmpty { global.note("not in the picture: \(plot.unknown.joined(separator: ", "))") }
    global.note("wrote \(output)")
  }

  private func drawRecording() throws {
    var request = PlotRecording(name: stimulus, dataset: dataset, subject: subject, session: session, run: run)
    if let seconds {
      let ends = seconds.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
      guard ends.count == 2, let from = ends[0], let to = ends[1], from < to else {
        throw ValidationError("--seconds takes A:B, two numbers with A < B")
      }
      request.seconds = from...to
    }
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
