import ContentIdentity
import Diagnostics
import Vocabulary
import Warehouse

/// Draws rows of `synchrony_consistency`: r with its interval in every region, one panel for each pair of measures, one
/// colour for each stimulus and for all of them together.
///
/// What is not to be reported is grey, its flags in the legend. Nothing is computed: every mark is a stored value.
public struct ConsistencyPlot: ViewFigure {
  private let panels: [Panel]
  /// Panels that were left out.
  public let leftOut: Int
  private let colours: [String: String]
  private let invalid: InvalidRows

  private struct Panel {
    let title: String
    let subtitle: String
    let regions: [String]
    let marks: [Mark]
  }

  private struct Mark {
    let stimulus: String
    let region: Int
    let r: Double
    let interval: ClosedRange<Double>?
    let isSignificant: Bool
    let isValid: Bool
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.ConsistencyPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.filter { $0.r != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "synchrony_consistency", reason: "no row of it has a correlation",
        remedy: "run a study of kind synchrony_consistency first, or loosen the conditions")
    }
    let cells = CurvePanels(rows) {
      [$0.study, $0.dataset, $0.cohort, $0.measureA, $0.parametersA, $0.measureB, $0.parametersB]
    }
    let subtitles = try Subtitles(rows)
    panels = try cells.shown.map { Self.panel($0, subtitle: try subtitles.of($0[0])) }
    leftOut = cells.leftOut
    colours = CurveColours.of(Set(panels.flatMap { $0.marks.map(\.stimulus) }))
    invalid = InvalidRows(cells.shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
  }

  private static func panel(_ rows: [Rows.ConsistencyPoints], subtitle: String) -> Panel {
    let regions = Set(rows.map { region($0) }).sorted()
    let marks = rows.compactMap { row -> Mark? in
      guard let r = row.r, let place = regions.firstIndex(of: region(row)) else { return nil }
      let interval = row.low.flatMap { low in row.high.map { low...max(low, $0) } }
      return Mark(
        stimulus: row.stimulus.map { [$0, row.run].compactMap(\.self).joined(separator: " run ") } ?? "all stimuli",
        region: place, r: r, interval: interval, isSignificant: Significance.isReached(by: row.pMax),
        isValid: row.valid == 1)
    }
    return Panel(title: title(rows[0]), subtitle: subtitle, regions: regions, marks: marks)
  }

  fileprivate static func title(_ row: Rows.ConsistencyPoints) -> String { "\(row.measureA) with \(row.measureB)" }

  private static func region(_ row: Rows.ConsistencyPoints) -> String { row.region ?? "whole" }

  /// The figure, the same bytes for the same rows.
  public func svg() -> String {
    let figure = CurveFigure(
      view: "synchrony_consistency", title: "Agreement of synchrony", panelWidth: 420, panelHeight: 300,
      colours: colours, marks: "r and its 95 % interval; full: p_max <= .05", leftOut: leftOut, invalid: invalid)
    return figure.svg(panels) { draw($0, at: $1, of: figure, in: &$2) }
  }

  private func draw(
    _ panel: Panel, at corner: (left: Double, top: Double), of figure: CurveFigure, in drawing: inout SVGDrawing
  ) {
    let ends = panel.marks.flatMap { [$0.r] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    let frame = figure.frame(
      at: corner, x: -0.5...(Double(panel.regions.count) - 0.5), y: PanelFrame.range(of: ends))
    frame.head(panel.title, panel.subtitle, in: &drawing)
    frame.axes("r (correlation)", in: &drawing)
    let every = max(1, panel.regions.count / 12)
    for (place, region) in panel.regions.enumerated() where place % every == 0 {
      drawing.text(region, frame.x(Double(place)), frame.bottom + 14, size: 9, anchor: "middle")
    }
    let names = colours.keys.sorted()
    for mark in panel.marks {
      guard let rank = names.firstIndex(of: mark.stimulus) else { preconditionFailure("every stimulus has a colour") }
      // Beside each other within a region.
      let shift = (Double(rank) + 0.5) / Double(names.count) - 0.5
      let x = frame.x(Double(mark.region) + 0.6 * shift)
      let colour = mark.isValid ? figure.colour(mark.stimulus) : InvalidRows.colour
      if let interval = mark.interval {
        drawing.line(x, frame.y(interval.lowerBound), x, frame.y(interval.upperBound), colour: colour, width: 1)
      }
      drawing.dot(
        CurvePoint(x: x, y: frame.y(mark.r), isSignificant: mark.isSignificant, isValid: mark.isValid),
        colour: figure.colour(mark.stimulus))
    }
  }
}

/// What tells panels of one title apart: of the parameters of either measure those that differ, then study, dataset and
/// cohort.
private struct Subtitles {
  private let namesStudy: Bool
  private let namesDataset: Bool
  /// By title: the keys in which the panels differ.
  private let differing: [String: (a: [String], b: [String])]

  init(_ rows: [Rows.ConsistencyPoints]) throws {
    namesStudy = Set(rows.map(\.study)).count > 1
    namesDataset = Set(rows.map(\.dataset)).count > 1
    differing = try Dictionary(grouping: rows, by: ConsistencyPlot.title).mapValues { alike in
      (try Self.keys(alike.map(\.parametersA)), try Self.keys(alike.map(\.parametersB)))
    }
  }

  /// The keys whose values are not the same everywhere.
  private static func keys(_ parameters: [String]) throws -> [String] {
    let all = try Set(parameters).map(members)
    return Set(all.flatMap(\.keys)).sorted().filter { key in Set(all.map { $0[key] }).count > 1 }
  }

  /// Those within others too: what a synchrony is stands in a mapping of its own.
  private static func members(_ parameters: String) throws -> [String: String] {
    func members(_ value: JSONValue, _ name: String) -> [(String, String)] {
      guard let object = value.objectValue else { return [(name, value.stringValue ?? value.canonical)] }
      return object.flatMap { members($0.value, $0.key) }
    }
    return Dictionary(
      members(try JSONValue(parsing: parameters), "target"), uniquingKeysWith: { first, other in "\(first) \(other)" })
  }

  func of(_ row: Rows.ConsistencyPoints) throws -> String {
    guard let keys = differing[ConsistencyPlot.title(row)] else { preconditionFailure("every panel has a title") }
    func shown(_ parameters: String, _ keys: [String]) throws -> String {
      let members = try Self.members(parameters)
      return keys.map { "\($0) \(members[$0, default: "none"])" }.joined(separator: " ")
    }
    let sides = [try shown(row.parametersA, keys.a), try shown(row.parametersB, keys.b)].filter { !$0.isEmpty }
    let own = sides.isEmpty ? nil : sides.joined(separator: " with ")
    return [own, namesStudy ? row.study : nil, namesDataset ? row.dataset : nil, row.cohort].compactMap(\.self)
      .joined(separator: ", ")
  }
}
