import Citations
import Diagnostics
import Testing
import Upkeep
import Warehouse

/// Numbers of a publication: kept with their row, their units and their print; asked again; gone with their rows.
@Suite struct CitationTests {
  private func writing<T>(_ body: (Warehouse) throws -> T) throws -> T {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    return try body(warehouse)
  }

  @discardableResult
  private func cite(
    _ label: String, _ sql: String, format: String? = nil, replacing: Bool = false, in warehouse: Warehouse
  ) throws -> CitationRequest.Outcome {
    try CitationRequest(label: label, sql: sql, format: format, limits: .own, in: warehouse)
      .store(in: warehouse, replacing: replacing, dryRun: false)
  }

  @Test(arguments: [
    ("r = %.2f", SQLValue.real(-0.126), "r = -0.13"), ("%+.1f %%", .real(12.25), "+12.2 %"), ("%d", .integer(18), "18"),
    ("%d", .real(18), "18"), ("%.3g", .real(0.000_123_4), "0.000123"), ("%.1e", .real(123), "1.2e+02"),
    ("%s", .text("hs.5"), "hs.5"), ("%s", .real(0.1), "0.1"), ("p %.3p", .real(0.0126), "p = .013"),
    ("p %.3p", .real(0.000_9), "p < .001"), ("%.2p", .real(1), "= 1.00"),
  ])
  func `a number is printed as its format says`(format: String, value: SQLValue, text: String) throws {
    #expect(try NumberFormat(format).text(value) == text)
  }

  @Test(arguments: ["r", "%f %f", "%x", "%.2d", "100 % of %f", "%.2s"])
  func `what is no format is refused`(format: String) {
    #expect(#expect(throws: EvokeError.self) { try NumberFormat(format) }?.code == .citationMalformed)
  }

  @Test(arguments: [("%d", SQLValue.real(0.5)), ("%f", .text("a")), ("%.3p", .real(1.5))])
  func `a value that a format cannot print is refused`(format: String, value: SQLValue) {
    #expect(#expect(throws: EvokeError.self) { try NumberFormat(format).text(value) }?.code == .citationMalformed)
  }

  @Test(arguments: [
    ("SELECT r FROM layer_sweep WHERE study = 'sweep' AND layer_key = 'hs.1'", ["u-fit1"]),
    ("SELECT r FROM layer_sweep WHERE study = 'sweep' ORDER BY r DESC LIMIT 1", ["u-fit1"]),
    ("SELECT avg(r) FROM layer_sweep WHERE study = 'sweep' AND model = 'tiny'", ["u-fit0", "u-fit1"]),
    ("SELECT max(r) FROM layer_sweep WHERE model = 'tiny' LIMIT 1", ["u-fit0", "u-fit1"]),
    ("SELECT count(*), study FROM layer_sweep GROUP BY study ORDER BY 1 DESC LIMIT 1", ["u-fit0", "u-fit1", "u-lld"]),
    ("WITH s AS (SELECT * FROM layer_sweep) SELECT DISTINCT r FROM s WHERE layer_key = 'hs.0' -- FROM x", ["u-fit0"]),
    (
      "SELECT (SELECT count(*) FROM fit) AS \"FROM\", r FROM encoding_score WHERE r = 0.125 AND study = 'sweep';",
      ["u-lld"]
    ),
    (
      "SELECT a.r - b.r, a.unit_key, b.unit_key AS unit_key_b FROM layer_sweep a JOIN layer_sweep b ON a.study = b.study "
        + "WHERE a.study = 'sweep' AND a.layer_key = 'hs.1' AND b.layer_key = 'hs.0'", ["u-fit0", "u-fit1"]
    ),
    ("SELECT count(*) FROM dataset", []),
  ])
  func `the units behind a number are those of the rows it is made of`(sql: String, units: [String]) throws {
    try writing { warehouse in
      try cite("n", sql, in: warehouse)
      let number = try warehouse.read { try Citation("n", in: $0) }
      #expect(number.units.map(\.key) == units)
      #expect(try number.difference(in: warehouse) == nil)
      #expect(number.units.allSatisfy { $0.result == $0.resultNow })
    }
  }

  @Test(arguments: [
    ("SELECT r FROM layer_sweep", ErrorCode.noCitedValue), ("SELECT NULL", .noCitedValue), ("", .noCitedValue),
    ("SELECT 1; SELECT 2", .noCitedValue), ("SELECT x'00'", .noCitedValue), ("DELETE FROM score", .refusedSQL),
    ("SELECT max(a.r - b.r) FROM layer_sweep a, layer_sweep b", .citedRowUnknown),
    ("SELECT 1, 'nobody' AS unit_key", .citedRowUnknown), ("SELECT absent FROM fit", .invalidSQL),
    ("SELECT count(*) FROM materialization", .refusedSQL),
  ])
  func `what is no number with a row is refused, and nothing is kept`(sql: String, code: ErrorCode) throws {
    try writing { warehouse in
      let error = #expect(throws: EvokeError.self) { try cite("n", sql, in: warehouse) }
      #expect(error?.code == code)
      let kept = "SELECT (SELECT count(*) FROM materialization) + count(*) FROM paper_number"
      let rows = try warehouse.userQuery(kept)[0].rows
      #expect(rows[0].values == [.integer(0)])
    }
  }

  @Test func `a label keeps its number until it is replaced, changed or forgotten`() throws {
    try writing { warehouse in
      let sql = "SELECT r FROM layer_sweep WHERE study = 'sweep' AND layer_key = 'hs.1'"
      #expect(try cite("t1", sql, format: "%.1f", in: warehouse) == .cited)
      #expect(try cite("t2", "SELECT count(*) FROM dataset", in: warehouse) == .cited)
      #expect(try cite("t1", sql, format: "%.1f", in: warehouse) == .unchanged)
      // One number more makes none stale.
      #expect(try warehouse.userQuery("SELECT sum(is_stale) FROM cited")[0].rows[0].values == [.integer(0)])
      let other = #expect(throws: EvokeError.self) { try cite("t1", sql, format: "%.2f", in: warehouse) }
      #expect(other?.code == .labelTaken)
      #expect(try cite("t1", sql, format: "%.2f", replacing: true, in: warehouse) == .replaced)
      #expect(try warehouse.read { try Citation("t1", in: $0) }.text == "0.50")

      try warehouse.write { try $0.execute("UPDATE score SET value = 0.5625 WHERE fit_key = 'fit1'") }
      let number = try warehouse.read { try Citation("t1", in: $0) }
      #expect(try number.difference(in: warehouse) == "row 1: r was 0.5, is 0.5625")
      #expect(try warehouse.userQuery("SELECT label FROM cited WHERE is_stale = 1")[0].rows.map(\.values) == [["t1"]])
      #expect(try cite("t1", sql, format: "%.2f", replacing: true, in: warehouse) == .replaced)
      #expect(try warehouse.read { try Citation.contradictions(in: $0) }.differing.isEmpty)
      try warehouse.write { try $0.execute("UPDATE paper_number SET text = '0.57' WHERE label = 't1'") }
      let wrong = try warehouse.read { try Citation.contradictions(in: $0) }
      #expect(wrong.count == 2 && wrong.differing.map(\.detail) == ["it says 0.57, its row 0.56"])

      #expect(try Citation.remove("t1", from: warehouse, dryRun: true).label == "t1")
      _ = try Citation.remove("t1", from: warehouse, dryRun: false)
      let gone = #expect(throws: EvokeError.self) { try warehouse.read { try Citation("t1", in: $0) } }
      #expect(gone?.code == .unknownName && gone?.remedy.contains("t2") == true)
      #expect(try warehouse.userQuery("SELECT label FROM paper_number")[0].rows.map(\.values) == [["t2"]])
    }
  }

  @Test func `LaTeX prints what was printed`() throws {
    try writing { warehouse in
      try cite("tab1.r1", "SELECT -0.25", format: "%.2f_%%", in: warehouse)
      try cite("n", "SELECT 18", in: warehouse)
      let text = Citation.tex(try warehouse.read { try Citation.all(in: $0) }) { $0.replacing("%", with: "\\%") }
      #expect(text.contains("\\csname evoke@tab1.r1\\endcsname{\\ensuremath{-}0.25_\\%}\n"), "\(text)")
      #expect(text.contains("\\csname evoke@n\\endcsname{18}\n") && text.contains("\\newcommand{\\evoke}[1]"))
      let bad = #expect(throws: EvokeError.self) { try cite("a}b", "SELECT 1", in: warehouse) }
      #expect(bad?.code == .citationMalformed)
    }
  }
}
