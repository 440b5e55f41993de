import ArgumentParser
import Figures
import Lineage
import Warehouse

/// A row as the query that names its columns returns it.
protocol DrawnRow {
  /// That query.
  static var statement: Statement { get }

  init(_ reader: inout RowReader) throws
}

/// A view that `evoke plot` draws as a figure of its own.
protocol PlottedView: ViewFigure where Row: DrawnRow {
  static var view: String { get }
  /// What `evoke plot` calls it.
  static var command: String { get }
  /// What the figure shows, for help.
  static var abstract: String { get }
  /// The column that `--target` chooses by.
  static var targets: String { get }
}

extension PlottedView {
  static var command: String { view }
  static var targets: String { "target" }
}

/// `evoke plot VIEW -o FILE`
struct PlotView<Figure: PlottedView>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: Figure.command, abstract: Figure.abstract)
  }

  @OptionGroup var figure: FigureOptions
  @OptionGroup var rows: RowOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let (drawn, permit) = try rows.read(Figure.Row.self, of: Figure.view, targets: Figure.targets, global)
    let plot = try Figure(drawn, reasons: RowFlags.reasons)
    try figure.write(plot.svg(), leftOut: plot.leftOut, permit, global)
  }
}

extension LayerSweepPlot: PlottedView {
  static let view = "layer_sweep"
  static let abstract = "r over the depth of models, a panel for each target cell."
}

extension LayerContrastPlot: PlottedView {
  static let view = "layer_contrast"
  static let abstract =
    "Contrasts of layers and baselines region by region, with the counts of the report beats_baseline, a panel for each."
}

extension ArchitecturePlot: PlottedView {
  static let view = "architecture_comparison"
  static let abstract = "r of several models over their relative depth, a panel for each target cell."
}

extension LagSweepPlot: PlottedView {
  static let view = "lag_sweep"
  static let command = "lag"
  static let abstract = "r over the delay of the features, a panel for each target cell."
}

extension TemporalResolutionPlot: PlottedView {
  static let view = "temporal_resolution"
  static let abstract =
    "r over the spread of its null in every window and step of synchrony, a panel for each target cell."
}

extension EmotionLagPlot: PlottedView {
  static let view = "emotion_lag"
  static let abstract =
    "r of a feature and a rating over the lag between them, a panel for each feature and rating."
  static let targets = "rating"
}

extension ConsistencyPlot: PlottedView {
  static let view = "synchrony_consistency"
  static let abstract = "r of synchrony with ratings and other synchrony in every region, a panel for each pair."
  static let targets = "measure_a"
}

extension GradientPlot: PlottedView {
  static let view = "gradient_map"
  static let abstract =
    "r of a study's maps with columns of an atlas beside what rotations give, a panel for each map and column."
}

extension FactorSharePlot: PlottedView {
  static let view = "controlled_synthesis"
  static let abstract =
    "What factors of a design explain of features over the depth of models, a panel for each feature."
  static let targets = "feature_set"
}

extension Rows.LayerSweepPoints: DrawnRow { static let statement = Statement.layerSweepPoints }
extension Rows.LayerContrastPoints: DrawnRow { static let statement = Statement.layerContrastPoints }
extension Rows.ArchitectureComparisonPoints: DrawnRow { static let statement = Statement.architectureComparisonPoints }
extension Rows.LagSweepPoints: DrawnRow { static let statement = Statement.lagSweepPoints }
extension Rows.TemporalResolutionPoints: DrawnRow { static let statement = Statement.temporalResolutionPoints }
extension Rows.EmotionLagPoints: DrawnRow { static let statement = Statement.emotionLagPoints }
extension Rows.ConsistencyPoints: DrawnRow { static let statement = Statement.consistencyPoints }
extension Rows.GradientPoints: DrawnRow { static let statement = Statement.gradientPoints }
extension Rows.ControlledSynthesisPoints: DrawnRow { static let statement = Statement.controlledSynthesisPoints }
