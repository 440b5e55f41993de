import ArgumentParser
import Figures
import FileSystem
import Lineage
import Warehouse

/// `evoke plot WHAT -o FILE.svg|FILE.png|FILE.pdf`
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draws stored results as SVG, PNG or PDF.",
    discussion: """
      A figure leaves the warehouse as far as consent lets it: one that names a subject or rater, or draws a recording, is \
      per-subject, any other is group (evoke explain E-CNS-001).
      """,
    subcommands: [
      PlotView<LayerSweepPlot>.self, PlotView<LayerContrastPlot>.self, PlotView<ArchitecturePlot>.self,
      PlotView<LagSweepPlot>.self, PlotView<TemporalResolutionPlot>.self, PlotView<EmotionLagPlot>.self,
      PlotView<ConsistencyPlot>.self,
      PlotView<GradientPlot>.self, PlotView<FactorSharePlot>.self, PlotFeaturesCommand.self,
      PlotSynchronyCommand.self, PlotRegionsCommand.self, PlotRecordingCommand.self,
    ])

  @OptionGroup var global: GlobalOptions
}

/// Where a figure goes.
struct FigureOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("The figure.", valueName: "file.svg|file.png|file.pdf"))
  var output: String

  func validate() throws { _ = try format() }

  private func format() throws -> FigureFormat {
    guard let format = FigureFormat(path: output) else {
      throw ValidationError("The figure is SVG, PNG or PDF: name a file that ends with .svg, .png or .pdf.")
    }
    return format
  }

  /// Writes a drawing in the format that the file's name asks for.
  func write(_ svg: String, _: DeparturePermit, _ global: GlobalOptions) throws {
    try global.requireOutside(output)
    try Files.write(try format().bytes(of: svg), to: output)
    global.note("wrote \(output)")
  }

  /// The same, saying how many panels it has no room for.
  func write(_ svg: String, leftOut: Int, _ permit: DeparturePermit, _ global: GlobalOptions) throws {
    if leftOut > 0 { global.note("\(leftOut) panels left out; choose with --target, --region or --where") }
    try write(svg, permit, global)
  }
}

/// Which rows of a view are drawn.
struct RowOptions: ParsableArguments {
  @Option(help: "Rows of this target only.") var target: String?
  @Option(help: "Rows of this region only.") var region: String?
  @Option(help: "Rows of this cohort only.") var cohort: String?
  @Option(
    name: .customLong("where"), help: ArgumentHelp("Rows that meet a condition; repeatable.", valueName: "column=value")
  )
  var conditions: [String] = []

  /// - Parameter targets: the column in which targets stand.
  func chosen(targets: String = "target") throws -> [Condition] {
    let named = [(targets, target), ("region", region), ("cohort", cohort)].compactMap { column, value in
      value.map { Condition(column: column, equals: $0) }
    }
    return try conditions.map { try Condition($0) } + named
  }

  /// The chosen rows of a view as those of a query that names the same columns, and the permit to draw them.
  func read<Row: DrawnRow>(
    _ row: Row.Type, of view: String, targets: String, _ global: GlobalOptions
  ) throws -> (rows: [Row], permit: DeparturePermit) {
    let conditions = try chosen(targets: targets)
    let (table, permit) = try global.withWarehouse(.reading) {
      try ViewSelection(name: view, conditions: conditions, columns: Row.statement.columns).leavingRows(in: $0)
    }
    return (try table.rows(of: Row.statement) { try Row(&$0) }, permit)
  }
}

/// `evoke plot features STIMULUS -o FILE`
struct PlotFeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "A feature space over the film or piece of music with its ratings below.")

  @Argument(help: "The stimulus.") var stimulus: String
  @Option(help: "Dataset of the stimulus.") var dataset: String?
  @Option(help: "Element.") var element = "original"
  @Option(help: "Set, model or imported space; needed where there are several.") var space: String?
  @Option(help: "Layer of a model; the deepest unless told.") var layer: String?
  @Option(name: .customLong("run"), help: "Acquisition run; of features made for each the first unless told.")
  var acquisitionRun: String?
  @Option(help: "Seconds per row of features and ratings, as filters.grid of a study.") var grid = 1.0
  @OptionGroup var figure: FigureOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard grid > 0, grid.isFinite else { throw ValidationError("--grid is a positive number of seconds.") }
  }

  func run() throws {
    let request = PlotFeatures(
      stimulus: stimulus, dataset: dataset, element: element, space: space, layer: layer, run: acquisitionRun,
      gridS: grid)
    let (plot, permit, note) = try global.withWarehouse(.reading) { try request.plot(in: $0) }
    if let note { global.note(note) }
    try figure.write(plot.svg(), permit, global)
  }
}

/// `evoke plot synchrony STIMULUS -o FILE`
struct PlotSynchronyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synchrony", abstract: "Regions by time, with the ratings above and the mean below.",
    discussion:
      "Where several are stored, --where chooses by signal, band, method, window_s, step_s, anchor, null_kind.")

  @Argument(help: "The stimulus.") var stimulus: String
  @Option(help: "Dataset of the stimulus.") var dataset: String?
  @Option(help: "Cohort.") var cohort: String?
  @Option(name: .customLong("where"), help: ArgumentHelp("Which one; repeatable.", valueName: "column=value"))
  var conditions: [String] = []
  @OptionGroup var figure: FigureOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let request = PlotSynchrony(
      stimulus: stimulus, dataset: dataset, cohort: cohort, conditions: try conditions.map { try Condition($0) })
    let (plot, permit) = try global.withWarehouse(.reading) { try request.plot(in: $0) }
    try figure.write(plot.svg(), permit, global)
  }
}

/// `evoke plot regions [VIEW] -o FILE`
struct PlotRegionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regions", abstract: "One number per region on both hemispheres.",
    discussion: "From any view with a column region; --where chooses rows where a region has several.")

  @Argument(help: "The view.") var view = "synchrony_summary"
  @Option(help: "Column of the numbers; the view's own unless told.") var value: String?
  @Option(help: "Leadfield whose cortex is drawn.") var leadfield: String?
  @OptionGroup var figure: FigureOptions
  @OptionGroup var rows: RowOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var request = PlotRegions(value: value, leadfield: leadfield)
    request.view = view
    request.conditions = try rows.chosen()
    let (plot, permit) = try global.withWarehouse(.reading) { try request.plot(in: $0) }
    if !plot.unknown.isEmpty { global.note("not in the picture: \(plot.unknown.joined(separator: ", "))") }
    try figure.write(plot.svg(), permit, global)
  }
}

/// `evoke plot recording [NAME] -o FILE`
struct PlotRecordingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recording",
    abstract: "The channels of one recording, its bad channels, what was shown, and the spectra.")

  @Argument(help: "The array, as in array_catalog; or say --subject, --session, --run, --dataset.") var name: String?
  @Option(help: "Dataset.") var dataset: String?
  @Option(help: "Subject.") var subject: String?
  @Option(help: "Session.") var session: String?
  @Option(name: .customLong("run"), help: "Run.") var acquisitionRun: String?
  @Option(help: ArgumentHelp("Seconds of the recording, all unless told.", valueName: "a:b")) var seconds: String?
  @OptionGroup var figure: FigureOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var request = PlotRecording(name: name, dataset: dataset, subject: subject, session: session, run: acquisitionRun)
    if let seconds {
      let ends = seconds.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
      guard ends.count == 2, let from = ends[0], let to = ends[1], from < to else {
        throw ValidationError("--seconds takes A:B, two numbers with A < B")
      }
      request.seconds = from...to
    }
    let (plot, permit) = try global.withWarehouse(.reading) { try request.plot(in: $0) }
    try figure.write(plot.svg(), permit, global)
  }
}
