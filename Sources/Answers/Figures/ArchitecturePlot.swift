import Diagnostics
import TableText
import Vocabulary
import Warehouse

/// Draws rows of `architecture_comparison`: r over relative depth, one panel for each target cell, one curve for each
/// model.
///
/// Ribbons are the stored 95 % intervals. Dots are full where the model's middle differs from its end (q_bh at most .05, and
/// the difference may be reported), open elsewhere. What is not to be reported is grey, its flags in the legend. Nothing is
/// computed: every mark is a stored value.
public struct ArchitecturePlot: ViewFigure {
  let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  let colours: [String: String]
  /// Rows drawn that are not to be reported, by flag.
  let invalid: InvalidRows

  /// One target cell.
  struct Panel {
    let title: String
    let subtitle: String
    let series: [Series]
  }

  /// One model over its depth.
  struct Series {
    let name: String
    let points: [Point]
  }

  struct Point {
    let relDepth: Double
    let r: Double
    let interval: ClosedRange<Double>?
    /// Whether the model's middle differs from its end.
    let differs: Bool
    /// Whether it may be reported.
    let isValid: Bool
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.ArchitectureComparisonPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.filter { $0.r != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "architecture_comparison", reason: "no row of it has a score",
        remedy: "run a study of kind architecture_comparison first, or loosen the conditions")
    }
    let isOnlyStudy = Set(rows.map(\.study)).count == 1
    let cells = CurvePanels(rows, of: Self.cell)
    panels = cells.shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = cells.leftOut
    colours = CurveColours.of(Set(panels.flatMap { $0.series.map(\.name) }))
    invalid = InvalidRows(cells.shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
  }

  private static func cell(_ row: Rows.ArchitectureComparisonPoints) -> [String?] {
    [
      row.study, row.dataset, row.cohort, row.targetKind, row.target, row.targetParameters, row.region, row.subject,
      row.session, row.rater, row.subjectCount.map(String.init),
    ]
  }

  private static func panel(_ rows: [Rows.ArchitectureComparisonPoints], isOnlyStudy: Bool) -> Panel {
    let first = rows[0]
    let isSingleMode = Set(rows.map(\.covariateMode)).count == 1
    let groups = Dictionary(grouping: rows) { row in
      "\(row.featureSet) (\(row.element)\(isSingleMode ? "" : ", " + row.covariateMode))"
    }
    let series = groups.sorted { $0.key < $1.key }.map { name, own in
      Series(name: name, points: own.compactMap(point).sorted { $0.relDepth < $1.relDepth })
    }
    let what = [first.targetKind, first.target, first.region].compactMap(\.self)
    let who = [
      isOnlyStudy ? nil : first.study, first.cohort, first.subject, first.session, first.rater,
      first.subjectCount.map { "\($0) subjects" },
    ]
    return Panel(
      title: what.joined(separator: " "), subtitle: who.compactMap(\.self).joined(separator: ", "), series: series)
  }

  private static func point(_ row: Rows.ArchitectureComparisonPoints) -> Point? {
    let interval: ClosedRange<Double>? = if let low = row.low, let high = row.high { low...high } else { nil }
    return row.r.map {
      Point(
        relDepth: row.relDepthBin, r: $0, interval: interval,
        differs: row.middleMinusFinalValid == 1 && Significance.isReached(by: row.qBh), isValid: row.valid == 1)
    }
  }
}

extension ArchitecturePlot {
  private var figure: CurveFigure {
    CurveFigure(
      view: "architecture_comparison", title: "Encoding score over the depth of models", panelWidth: 360,
      panelHeight: 270, colours: colours,
      marks: "ribbon: 95 % interval; full dot: the model's middle differs from its end (q <= .05)", leftOut: leftOut,
      invalid: invalid)
  }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let figure = figure
    return figure.svg(panels) { draw($0, at: $1, of: figure, in: &$2) }
  }

  private func draw(
    _ panel: Panel, at corner: (left: Double, top: Double), of figure: CurveFigure, in drawing: inout SVGDrawing
  ) {
    let points = panel.series.flatMap(\.points)
    let values = points.flatMap { [$0.r, $0.interval?.lowerBound, $0.interval?.upperBound].compactMap(\.self) }
    let frame = figure.frame(at: corner, x: -0.03...1.03, y: PanelFrame.range(of: values))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes(in: &drawing)
    frame.scale([0, 0.2, 0.4, 0.6, 0.8, 1], "relative depth (0: first layer, 1: last)", in: &drawing)
    for series in panel.series { ribbon(series, frame, colour: figure.colour(series.name), in: &drawing) }
    for series in panel.series { curve(series, frame, colour: figure.colour(series.name), in: &drawing) }
  }

  /// Over runs of points that have an interval and may be reported.
  private func ribbon(_ series: Series, _ frame: PanelFrame, colour: String, in drawing: inout SVGDrawing) {
    let bounds = series.points.map { point in point.isValid ? point.interval.map { (point.relDepth, $0) } : nil }
    for run in bounds.split(whereSeparator: { $0 == nil }) {
      let places = run.compactMap(\.self).map { x, range in
        (x: frame.x(x), low: frame.y(range.lowerBound), high: frame.y(range.upperBound))
      }
      drawing.area(
        places.map { ($0.x, $0.high) } + places.reversed().map { ($0.x, $0.low) }, colour: colour, opacity: 0.2)
      if places.count == 1 { drawing.line(places[0].x, places[0].low, places[0].x, places[0].high, colour: colour) }
    }
  }

  private func curve(_ series: Series, _ frame: PanelFrame, colour: String, in drawing: inout SVGDrawing) {
    let points = series.points.map {
      CurvePoint(x: frame.x($0.relDepth), y: frame.y($0.r), isSignificant: $0.differs, isValid: $0.isValid)
    }
    drawing.curve(points, colour: colour)
    for point in points { drawing.dot(point, colour: colour) }
  }
}
