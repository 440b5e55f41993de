import ArgumentParser
import Figures
import Lineage
import Warehouse

/// A view that `evoke plot` draws as a figure of its own.
protocol PlottedView: ViewFigure {
  static var view: String { get }
  /// What `evoke plot` calls it.
  static var command: String { get }
  /// What the figure shows, for help.
  static var abstract: String { get }
  /// The query that names what it shows of each row.
  static var statement: Statement { get }
  /// The column that `--target` chooses by.
  static var targets: String { get }

  static func row(_ reader: inout RowReader) throws -> Row
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
    let (drawn, permit) = try rows.read(
      Figure.statement, of: Figure.view, targets: Figure.targets, global, Figure.row)
    let plot = try Figure(drawn, reasons: RowFlags.reasons)
    try figure.write(plot.svg(), leftOut: plot.leftOut, permit, global)
  }
}

extension LayerSweepPlot: PlottedView {
  static let view = "layer_sweep"
  static let abstract = "r over the depth of models, a panel for each target cell."
  static let statement = Statement.layerSweepPoints
  static func row(_ reader: inout RowReader) throws -> Rows.LayerSweepPoints { try Rows.LayerSweepPoints(&reader) }
}

extension ArchitecturePlot: PlottedView {
  static let view = "architecture_comparison"
  static let abstract = "r of several models over their relative depth, a panel for each target cell."
  static let statement = Statement.architectureComparisonPoints
  static func row(_ reader: inout RowReader) throws -> Rows.ArchitectureComparisonPoints {
    try Rows.ArchitectureComparisonPoints(&reader)
  }
}

extension LagSweepPlot: PlottedView {
  static let view = "lag_sweep"
  static let command = "lag"
  static let abstract = "r over the delay of the features, a panel for each target cell."
  static let statement = Statement.lagSweepPoints
  static func row(_ reader: inout RowReader) throws -> Rows.LagSweepPoints { try Rows.LagSweepPoints(&reader) }
}

extension TemporalResolutionPlot: PlottedView {
  static let view = "temporal_resolution"
  static let abstract =
    "r over the spread of its null in every window and step of synchrony, a panel for each target cell."
  static let statement = Statement.temporalResolutionPoints
  static func row(_ reader: inout RowReader) throws -> Rows.TemporalResolutionPoints {
    try Rows.TemporalResolutionPoints(&reader)
  }
}

extension EmotionLagPlot: PlottedView {
  static let view = "emotion_lag"
  static let abstract =
    "r of a feature and a rating over the lag between them, a panel for each feature and rating."
  static let statement = Statement.emotionLagPoints
  static let targets = "rating"
  static func row(_ reader: inout RowReader) throws -> Rows.EmotionLagPoints { try Rows.EmotionLagPoints(&reader) }
}

extension ConsistencyPlot: PlottedView {
  static let view = "synchrony_consistency"
  static let abstract = "r of synchrony with ratings and other synchrony in every region, a panel for each pair."
  static let statement = Statement.consistencyPoints
  static let targets = "measure_a"
  static func row(_ reader: inout RowReader) throws -> Rows.ConsistencyPoints { try Rows.ConsistencyPoints(&reader) }
}

extension GradientPlot: PlottedView {
  static let view = "gradient_map"
  static let abstract =
    "r of a study's maps with columns of an atlas beside what rotations give, a panel for each map and column."
  static let statement = Statement.gradientPoints
  static func row(_ reader: inout RowReader) throws -> Rows.GradientPoints { try Rows.GradientPoints(&reader) }
}

extension FactorSharePlot: PlottedView {
  static let view = "controlled_synthesis"
  static let abstract =
    "What factors of a design explain of features over the depth of models, a panel for each feature."
  static let statement = Statement.controlledSynthesisPoints
  static let targets = "feature_set"
  static func row(_ reader: inout RowReader) throws -> Rows.ControlledSynthesisPoints {
    try Rows.ControlledSynthesisPoints(&reader)
  }
}
