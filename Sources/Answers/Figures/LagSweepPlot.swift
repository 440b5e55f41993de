import Diagnostics
import Vocabulary
import Warehouse

/// Draws rows of `lag_sweep`: r over the delay of the features, one panel for each target cell, one colour for each
/// feature.
///
/// Full dots have a p_max (over all delays of the target) of at most .05, open ones a larger one or none. What is not to
/// be reported is grey, its flags in the legend. Nothing is computed: every mark is a stored value.
public struct LagSweepPlot: ViewFigure {
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

  /// One feature over its delays.
  struct Series {
    let name: String
    let points: [Point]
  }

  struct Point {
    let lagS: Double
    let r: Double
    /// Whether its p_max is at most .05.
    let isSignificant: Bool
    /// Whether it may be reported.
    let isValid: Bool
  }

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` when there are no rows.
  public init(_ stored: [Rows.LagSweepPoints], reasons: (String?) -> [String]) throws {
    let rows = stored.filter { $0.r != nil }
    guard !rows.isEmpty else {
      throw EvokeError(
        .nothingToPlot, "lag_sweep", reason: "no row of it has a score",
        remedy: "run a study with statistics: {lags_s: [0, 1, 2, 3, 4, 5]} first, or loosen the conditions")
    }
    let isOnlyStudy = Set(rows.map(\.study)).count == 1
    let cells = CurvePanels(rows, of: Self.cell)
    panels = cells.shown.map { Self.panel($0, isOnlyStudy: isOnlyStudy) }
    leftOut = cells.leftOut
    colours = CurveColours.of(Set(panels.flatMap { $0.series.map(\.name) }))
    invalid = InvalidRows(cells.shown.joined().map { $0.valid == 1 ? [] : reasons($0.flags) })
  }

  private static func cell(_ row: Rows.LagSweepPoints) -> [String?] {
    [
      row.study, row.dataset, row.cohort, row.targetKind, row.target, row.targetParameters, row.region, row.subject,
      row.session, row.rater,
    ]
  }

  private static func panel(_ rows: [Rows.LagSweepPoints], isOnlyStudy: Bool) -> Panel {
    let first = rows[0]
    let isSingleMode = Set(rows.map(\.covariateMode)).count == 1
    let groups = Dictionary(grouping: rows) { row in
      let what = [row.featureSet, row.layerKey].compactMap(\.self).joined(separator: " ")
      return "\(what) (\(row.element)\(isSingleMode ? "" : ", " + row.covariateMode))"
    }
    let series = groups.sorted { $0.key < $1.key }.map { name, own in
      Series(name: name, points: own.compactMap(point).sorted { $0.lagS < $1.lagS })
    }
    let what = [first.targetKind, first.target, first.region].compactMap(\.self)
    let who = [isOnlyStudy ? nil : first.study, first.cohort, first.subject, first.session, first.rater]
    let counts = Set(rows.compactMap(\.sampleCount)).sorted().map { "n = \($0) rows" }
    return Panel(
      title: what.joined(separator: " "),
      subtitle: (who.compactMap(\.self) + counts.prefix(1)).joined(separator: ", "), series: series)
  }

  private static func point(_ row: Rows.LagSweepPoints) -> Point? {
    row.r.map {
      Point(lagS: row.lagS, r: $0, isSignificant: Significance.isReached(by: row.pMax), isValid: row.valid == 1)
    }
  }
}
