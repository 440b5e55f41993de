import Diagnostics
import TableText
import Vocabulary
import Warehouse

/// Draws rows of `temporal_resolution`: r over the spread of its null in every window and step, one panel for each feature
/// and target cell.
///
/// A cell has the colour of r / null SD and r itself as its number; one whose p_max is at most .05 is outlined, one that is not
/// to be reported is hatched. Nothing is computed: every mark is a stored value.
public struct TemporalResolutionPlot: ViewFigure {
  let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  let scale: ColourScale
  /// Rows drawn that are not to be reported, by flag.
  let invalid: InvalidRows

  /// One feature on one target cell.
  struct Panel {
    let title: String
    let subtitle: String
    /// Seconds, ascending.
    let windows: [Double]
    let steps: [Double]
    let cells: [Cell]
  }

  struct Cell {
    let windowS: Double
    let stepS: Double
    let r: Double
    /// nil without draws.
    let ratio: Double?
    /// Whether its p_max is at most .05.
    let isSignificant: Bool
    /// Whether it may be reported.
    let isValid: Bool
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.TemporalResolutionPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.filter { $0.r != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "temporal_resolution", reason: "no row of it has a score",
        remedy: "run a study of kind temporal_resolution first, or loosen the conditions")
    }
    let isOnlyStudy = Set(rows.map(\.study)).count == 1
    // In the order of the view.
    let groups = Dictionary(grouping: rows.indices) { Self.cell(rows[$0]) }.values.sorted { $0[0] < $1[0] }
    let shown = groups.prefix(LayerSweepPlot.panelLimit).map { group in group.map { rows[$0] } }
    panels = shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = groups.count - shown.count
    invalid = InvalidRows(shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
    let ratios = panels.flatMap(\.cells).filter(\.isValid).compactMap(\.ratio)
    scale = ColourScale(ratios.reduce(0, min)...ratios.reduce(0, max))
  }

  private static func cell(_ row: Rows.TemporalResolutionPoints) -> [String?] {
    [
      row.study, row.dataset, row.cohort, row.subject, row.featureSet, row.layerKey, row.element, row.covariateMode,
      row.target, row.band, row.method, row.anchor, row.region,
    ]
  }

  private static func panel(_ rows: [Rows.TemporalResolutionPoints], isOnlyStudy: Bool) -> Panel {
    let first = rows[0]
    let what = [first.featureSet, first.layerKey, "on", first.target, first.region].compactMap(\.self)
    let who = [isOnlyStudy ? nil : first.study, first.cohort, first.subject, first.element, first.method, first.band]
    return Panel(
      title: what.joined(separator: " "), subtitle: who.compactMap(\.self).joined(separator: ", "),
      windows: Set(rows.map(\.windowS)).sorted(), steps: Set(rows.map(\.stepS)).sorted(),
      cells: rows.compactMap { row in
        row.r.map {
          Cell(
            windowS: row.windowS, stepS: row.stepS, r: $0, ratio: row.rOverNullSd,
            isSignificant: Significance.isReached(by: row.pMax), isValid: row.valid == 1)
        }
      })
  }
}

extension TemporalResolutionPlot {
  private static let panelWidth = 300.0
  private static let panelHeight = 240.0

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let grid = PanelGrid(panels.count, width: Self.panelWidth, height: Self.panelHeight)
    let notes = notes(characters: Int((grid.width - 72) / 6))
    var drawing = SVGDrawing(width: grid.width, height: grid.legendTop + 60 + Double(notes.count) * 16)
    drawing.hatch()
    drawing.text("Encoding score over window and step of synchrony", 14, 22, size: 14, weight: "bold")
    for (i, panel) in panels.enumerated() { draw(panel, at: grid.corner(i), in: &drawing) }
    scale.drawBar(20, grid.legendTop, width: 240, in: &drawing)
    drawing.text("r / null SD", 276, grid.legendTop + 10)
    for (i, note) in notes.enumerated() { drawing.text(note, 20, grid.legendTop + 56 + Double(i) * 16) }
    return drawing.document(title: "temporal_resolution")
  }

  private func notes(characters: Int) -> [String] {
    [
      "number: r; outlined: p_max <= .05", invalid.sentence.map { "hatched: not to be reported (valid = 0): \($0)" },
      leftOut > 0 ? "\(leftOut) further panels left out" : nil,
    ].compactMap(\.self).flatMap { $0.wrapped(to: characters) }
  }

  private func draw(_ panel: Panel, at corner: (left: Double, top: Double), in drawing: inout SVGDrawing) {
    let frame = PanelFrame(
      left: corner.left + 52, top: corner.top + 40, width: Self.panelWidth - 72, height: Self.panelHeight - 90,
      xRange: 0...Double(panel.steps.count), yRange: 0...Double(panel.windows.count))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    // Outlines last: a neighbour would cover them.
    for cell in panel.cells.sorted(by: { !$0.isSignificant && $1.isSignificant }) {
      guard let x = panel.steps.firstIndex(of: cell.stepS), let y = panel.windows.firstIndex(of: cell.windowS) else {
        preconditionFailure("a cell has a place")
      }
      draw(cell, Double(x), Double(y), frame, in: &drawing)
    }
    for (i, step) in panel.steps.enumerated() {
      drawing.text(NumberText.of(step), frame.x(Double(i) + 0.5), frame.bottom + 14, size: 10, anchor: "middle")
    }
    for (i, window) in panel.windows.enumerated() {
      drawing.text(NumberText.of(window), frame.left - 6, frame.y(Double(i) + 0.5) + 4, size: 10, anchor: "end")
    }
    drawing.text("step, s", (frame.left + frame.right) / 2, frame.bottom + 30, anchor: "middle")
    drawing.text("window, s", frame.left - 36, (frame.top + frame.bottom) / 2, anchor: "middle", rotation: -90)
  }

  private func draw(_ cell: Cell, _ x: Double, _ y: Double, _ frame: PanelFrame, in drawing: inout SVGDrawing) {
    let (left, right, low, high) = (frame.x(x) + 1, frame.x(x + 1) - 1, frame.y(y) - 1, frame.y(y + 1) + 1)
    let isMarked = cell.isSignificant && cell.isValid
    let ratio = cell.ratio.map { NumberText.of($0, digits: 3) }
    drawing.shape(
      [[(left, low), (right, low), (right, high), (left, high)]], fill: fill(cell),
      stroke: isMarked ? "#111111" : "#ffffff", width: isMarked ? 2 : 0.8,
      title: ["r \(NumberText.of(cell.r, digits: 3))", ratio.map { "r / null SD \($0)" }].compactMap(\.self).joined(
        separator: ", "))
    drawing.text(
      NumberText.of(cell.r, digits: 2), (left + right) / 2, (low + high) / 2 + 4, size: 10, anchor: "middle",
      hasHalo: true)
  }

  private func fill(_ cell: Cell) -> String {
    guard cell.isValid else { return SVGDrawing.hatched }
    return ColourScale.text(cell.ratio.map { scale.colour(at: scale.place($0)) } ?? ColourScale.missing)
  }
}
