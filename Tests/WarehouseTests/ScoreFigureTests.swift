import Diagnostics
import EncodingModels
import Figures
import LabelledArrays
import Testing
import Warehouse

/// What figures of scores say of rows that are not to be reported, and of what the maximum statistic supports.
@Suite struct ScoreFigureTests {
  /// The sweep of the hand-made rows (hs.0, the peak hs.1, lld12 without layers) after a change of its tables.
  private func sweep(_ change: String) throws -> String {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let writer = try Warehouse.open(directory, .writing("test"))
    try writer.write { try $0.execute(change) }
    try writer.close()
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let rows = try warehouse.read { try $0.layerSweepPoints() }.filter { $0.study == "sweep" }
    let figure = try LayerSweepPlot(rows, reasons: EncodingFlag.reasons).svg()
    _ = try XMLCheck.elements(figure)
    return figure
  }

  private static let grey = "#9a9a9a"

  /// Dots by radius: 5.5 rings, 2.4 points; with their fill and stroke.
  private func dots(_ svg: String) -> [(radius: String, fill: String, stroke: String)] {
    svg.matches(of: /<circle [^>]*r="([^"]*)" fill="([^"]*)" stroke="([^"]*)"/).map {
      (String($0.1), String($0.2), String($0.3))
    }
  }

  @Test func `what may be reported has no grey, and a ring where p_max supports the peak`() throws {
    let figure = try sweep("UPDATE score SET valid = 1")
    #expect(!figure.contains(Self.grey) && !figure.contains("not to be reported"))
    #expect(figure.contains("p_max &lt;= .05 (maximum statistic over layer x target)"))
    let rings = dots(figure).filter { $0.radius == "5.50" }
    #expect(rings.count == 1 && figure.contains("peak hs.1"))
    // Of hs.0 (p_max .094), hs.1 (.004) and lld12 (none) one is full.
    let points = dots(figure).filter { $0.radius == "2.40" }
    #expect(points.count == 3 && points.count { $0.fill != "#ffffff" } == 1)
    #expect(figure.matches(of: /<polygon [^>]*fill-opacity="0.20"/).count == 1)
  }

  @Test func `a curve that is not to be reported is grey, without ring and ribbon, its flag in the legend`() throws {
    let figure = try sweep(
      "UPDATE score SET valid = 0, flags = 'lambda_at_edge near_nonstationary' WHERE fit_key IN ('fit0', 'fit1')")
    #expect(figure.contains("valid = 0): near_nonstationary (2 rows)<") && !figure.contains("lambda_at_edge"))
    #expect(!figure.contains("peak hs.1") && !dots(figure).contains { $0.radius == "5.50" })
    let layered = dots(figure).filter { $0.radius == "2.40" }.prefix(3)
    #expect(layered.count { $0.stroke == Self.grey } == 2 && layered.allSatisfy { $0.fill == "#ffffff" })
    let curves = figure.matches(of: /<polyline [^>]*stroke="([^"]*)"/).map { String($0.1) }
    #expect(curves == [Self.grey])
    #expect(!figure.contains("fill-opacity=\"0.20\""))
    // Only the space without layers keeps its colour.
    #expect(figure.matches(of: /stroke="([^"]*)"[^>]*stroke-dasharray="6 4"/).contains { $0.1 != Self.grey })
  }

  @Test func `a line that is not to be reported is grey and a row without flags says what it lacks`() throws {
    let figure = try sweep("UPDATE score SET valid = 0, flags = '' WHERE fit_key = 'fitL'")
    #expect(figure.contains("valid = 0): no score or no p (1 row)<"))
    let dashed = figure.matches(of: /<line [^>]*stroke="([^"]*)"[^>]*stroke-dasharray="6 4"/).map { String($0.1) }
    #expect(dashed.contains(Self.grey) && figure.contains("peak hs.1"))
  }

  @Test func `a small q_bh is no reason for a full dot`() throws {
    let figure = try sweep("UPDATE family_member SET p_max = NULL")
    #expect(dots(figure).allSatisfy { $0.radius == "2.40" && $0.fill == "#ffffff" })
    #expect(!figure.contains("peak hs.1") && figure.contains("(maximum statistic)"))
    let named = try sweep("UPDATE family SET name = 'target,layer | dataset=held; mode=none' WHERE family_key = 'f1'")
    #expect(named.contains("(maximum statistic over target, layer)"))
  }

  // MARK: - Delays

  /// The lag sweep of hs.0 at 0, 2 (as it is stored) and 4 s, with these ends of the rows of 0 and 4 s.
  private func lags(_ first: String, _ last: String) throws -> String {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let writer = try Warehouse.open(directory, .writing("test"))
    for (key, lag, end) in [(2, "0.0", first), (3, "4.0", last)] {
      try writer.write {
        try $0.execute(
          "INSERT INTO lag_score VALUES (\(key), 'u-fit0', 'fit0', \(lag), 0.125, 120, 4, 5, 1, 'phase', 1000, 0.03125, \(end))"
        )
      }
    }
    try writer.close()
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let rows = try warehouse.read { try $0.lagSweepPoints() }.filter { $0.study == "sweep" }
    #expect(rows.count == 3)
    let figure = try LagSweepPlot(rows, reasons: EncodingFlag.reasons).svg()
    _ = try XMLCheck.elements(figure)
    return figure
  }

  @Test func `a delay is marked where the maximum over all delays supports it`() throws {
    let figure = try lags("0.03125, '', 1", "NULL, 'lambda_at_edge', 1")
    let points = dots(figure)
    // Of 0 (p_max .031), 2 (.063) and 4 s (none) one is full.
    #expect(points.count == 3 && points.map { $0.fill != "#ffffff" } == [true, false, false])
    #expect(!figure.contains(Self.grey) && !figure.contains("lambda_at_edge"))
    #expect(figure.matches(of: /<polyline\b/).count == 1)
  }

  @Test func `a delay that is not to be reported is grey, open, and says why`() throws {
    let figure = try lags("0.03125, '', 1", "0.001, 'folds_too_small', 0")
    let points = dots(figure)
    #expect(points.map { $0.stroke == Self.grey } == [false, false, true])
    #expect(points[2].fill == "#ffffff" && figure.contains("valid = 0): folds_too_small (1 row)<"))
    #expect(figure.matches(of: /<polyline [^>]*stroke="([^"]*)"/).map { String($0.1) }.contains(Self.grey))
  }

  // MARK: - Windows

  /// The hand-made row of a window of 10 s, and one of 3 s in steps of 2 s with this end.
  private func windows(valid: Int, pMax: String) throws -> String {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let writer = try Warehouse.open(directory, .writing("test"))
    try writer.write {
      try $0.execute("UPDATE score SET valid = \(valid), flags = 'lambda_at_edge few_folds' WHERE fit_key = 'w/a'")
      try $0.execute("INSERT INTO family VALUES ('f9', 'u-window', 'target', 'r', 1, 1000, 0.002, '[\"max\"]')")
      try $0.execute("INSERT INTO family_member VALUES ('f9', 'w/a', 'r', NULL, \(pMax), NULL)")
    }
    try writer.close()
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let rows = try warehouse.read { try $0.temporalResolutionPoints() }
    #expect(rows.count == 1)
    let figure = try TemporalResolutionPlot(rows, reasons: EncodingFlag.reasons).svg()
    _ = try XMLCheck.elements(figure)
    return figure
  }

  @Test
  func
    `a window is outlined where the maximum over the family supports it, and hatched where it is not to be reported`()
    throws
  {
    let found = try windows(valid: 1, pMax: "0.02")
    #expect(found.contains("stroke=\"#111111\"") && !found.contains("fill=\"url(#hatch)\""))
    #expect(found.contains("<title>r 0.5, r / null SD 4</title>") && found.contains("window, s"))
    #expect(!(try windows(valid: 1, pMax: "0.2")).contains("stroke=\"#111111\""))
    let unfit = try windows(valid: 0, pMax: "0.02")
    #expect(unfit.contains("fill=\"url(#hatch)\"") && !unfit.contains("stroke=\"#111111\""))
    #expect(unfit.contains("not to be reported (valid = 0)"))
  }

  // MARK: - Depth of models

  /// The hand-made rows of two parts of one model's depth, the first with these ends.
  private func depths(valid: Int, q: String) throws -> String {
    let folder = try TemporaryFolder()
    let directory = try warehouseWithRows(in: folder)
    let writer = try Warehouse.open(directory, .writing("test"))
    try writer.write {
      try $0.execute("UPDATE contrast SET q_bh = \(q)")
      try $0.execute("UPDATE depth_bin SET valid = \(valid), flags = 'folds_too_small' WHERE depth_bin_id = 1")
    }
    try writer.close()
    let warehouse = try Warehouse.open(directory, .reading)
    defer { try? warehouse.close() }
    let rows = try warehouse.read { try $0.architectureComparisonPoints() }
    #expect(rows.count == 2)
    let figure = try ArchitecturePlot(rows, reasons: EncodingFlag.reasons).svg()
    _ = try XMLCheck.elements(figure)
    return figure
  }

  @Test func `a model whose middle differs from its end has full dots, and what is not to be reported is grey`() throws
  {
    let found = try depths(valid: 1, q: "0.03125")
    #expect(found.contains("tiny (original)") && found.contains("relative depth"))
    // The part with an interval has a ribbon of one place, a line; the second part is not to be reported.
    #expect(dots(found).map { $0.fill != "#ffffff" } == [true, false])
    #expect(dots(found).map { $0.stroke == Self.grey } == [false, true])
    #expect(dots(try depths(valid: 1, q: "0.5")).allSatisfy { $0.fill == "#ffffff" })
    let unfit = try depths(valid: 0, q: "0.03125")
    #expect(dots(unfit).allSatisfy { $0.stroke == Self.grey } && unfit.contains("folds_too_small (1 row)"))
  }

  // MARK: - Regions

  private func map(_ numbers: [String: RegionNumber], test: String? = "p_max") throws -> String {
    let geometry = try #require(RegionGeometry.desikanKilliany(having: Set(numbers.keys)))
    let figure = try RegionMapPlot(
      title: "r by region", subtitle: "", valueName: "r", numbers: numbers, test: test, geometry: geometry
    ).svg()
    _ = try XMLCheck.elements(figure)
    return figure
  }

  /// Fill and stroke of a region's shapes.
  private func shapes(_ region: String, _ svg: String) -> [(fill: String, stroke: String, title: String)] {
    svg.matches(of: /<path [^>]*fill="([^"]*)"[^>]*stroke="([^"]*)"[^>]*><title>([^<]*)<\/title>/).filter {
      $0.3.hasPrefix(region + ":")
    }.map { (String($0.1), String($0.2), String($0.3)) }
  }

  @Test func `a region that is not to be reported is hatched and has no part in the colours`() throws {
    let figure = try map([
      "insula-lh": RegionNumber(0.9, reasons: ["shared_course"], isSignificant: true),
      "cuneus-rh": RegionNumber(0.2, isSignificant: true), "cuneus-lh": RegionNumber(0.1),
      "fusiform-lh": RegionNumber(nil),
    ])
    let unfit = shapes("insula-lh", figure)
    #expect(!unfit.isEmpty && unfit.allSatisfy { $0.fill == "url(#hatch)" && $0.stroke == "#ffffff" })
    #expect(unfit.allSatisfy { $0.title.hasSuffix("not to be reported: shared_course") })
    #expect(figure.contains("(valid = 0): shared_course (1 row)<") && figure.contains("<pattern id=\"hatch\""))
    let found = shapes("cuneus-rh", figure)
    #expect(!found.isEmpty && found.allSatisfy { $0.stroke == "#111111" && $0.title.hasSuffix("p_max &lt;= .05") })
    // The largest number that may be reported has the scale's brightest colour.
    #expect(found.allSatisfy { $0.fill == "#fde725" })
    #expect(shapes("cuneus-lh", figure).allSatisfy { $0.stroke == "#ffffff" && $0.fill == "#440154" })
    #expect(shapes("fusiform-lh", figure).allSatisfy { $0.title.hasSuffix("no value") })
    #expect(figure.contains("outlined: p_max &lt;= .05"))
  }

  @Test func `where nothing may be reported the picture is hatched, and without a test nothing is outlined`() throws {
    let figure = try map(
      ["insula-lh": RegionNumber(0.9, reasons: ["few_folds"]), "cuneus-lh": RegionNumber(0.1, reasons: ["few_folds"])],
      test: nil)
    #expect(shapes("cuneus-lh", figure).allSatisfy { $0.fill == "url(#hatch)" })
    #expect(figure.contains("few_folds (2 rows)") && !figure.contains("outlined"))
    #expect(!(try map(["insula-lh": RegionNumber(0.9)]).contains("hatch")))
  }

  // MARK: - Synchrony

  private func synchrony(_ regions: [String: SynchronyPlot.Region]) throws -> String {
    let values: [Float] = (0..<20).flatMap { window in [Float(window) / 20, -0.3, 0.1] }
    let figure = try SynchronyPlot(
      title: "Synchrony", subtitle: "",
      synchrony: LabelledArray(
        axes: [.time((0..<20).map(Double.init)), .labels("region", ["A", "B", "C"])], values: values),
      regions: regions, annotations: []
    ).svg()
    _ = try XMLCheck.elements(figure)
    return figure
  }

  /// Fill and weight of the text.
  private func label(_ text: String, _ svg: String) throws -> (fill: String, weight: String) {
    let labels = svg.matches(of: /<text [^>]*fill="([^"]*)" font-weight="([^"]*)"[^>]*>([^<]*)</)
    let label = try #require(labels.first { $0.3 == text })
    return (String(label.1), String(label.2))
  }

  @Test func `a region that is not to be reported is grey, has no star and no part in the mean`() throws {
    let found = SynchronyPlot.Region(staticValue: 0.4, pMax: 0.01)
    let figure = try synchrony([
      "A": found, "B": SynchronyPlot.Region(staticValue: 0.5, pMax: 0.01, reasons: ["drift_kept"]),
      "C": SynchronyPlot.Region(staticValue: 0.1, pMax: 0.6),
    ])
    #expect(try label("A", figure) == ("#222222", "bold") && figure.contains(">0.4 *<"))
    #expect(try label("B", figure) == ("#999999", "normal") && figure.contains(">0.5<"))
    #expect(try label("C", figure) == ("#222222", "normal") && figure.contains(">0.1<"))
    #expect(figure.contains("not in the mean: drift_kept (1 row)<"))
    // The picture, the grey line of B above it, and the colours' bar; every colour of the line is a grey.
    let groups = figure.matches(of: /<g transform=[^>]*shape-rendering="crispEdges">([\s\S]*?)<\/g>/)
    #expect(groups.count == 3)
    let line = groups[1].1.matches(of: /stroke="#(..)(..)(..)"/)
    #expect(!line.isEmpty && line.allSatisfy { $0.1 == $0.2 && $0.2 == $0.3 })
    // Of A (0 to .95) and C (.1): .05 to .525. With B it would begin at -.067.
    #expect(figure.contains(">0.525<") && figure.contains(">0.05<"))
    #expect(!(try synchrony(["A": found]).contains("not to be reported")))
  }

  @Test func `the mean of what may not be reported is grey`() throws {
    let unfit = SynchronyPlot.Region(staticValue: 0.5, pMax: 0.01, reasons: ["drift_kept"])
    let figure = try synchrony(["A": unfit, "B": unfit, "C": unfit])
    let curves = figure.matches(of: /<polyline [^>]*stroke="([^"]*)"/).map { String($0.1) }
    #expect(curves == [Self.grey] && !figure.contains(" *<"))
  }
}
