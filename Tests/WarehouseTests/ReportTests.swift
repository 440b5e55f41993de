import ContentIdentity
import Diagnostics
import EncodingModels
import Figures
import Foundation
import TableText
import Testing
import Warehouse

@Suite struct ReportTests {
  private let columns = ["name", "value", "note"]
  private var table: SQLTable {
    SQLTable(
      columns: columns,
      rows: [
        SQLRow(columns: columns, values: ["a,b", .real(0.1 + 0.2), .null]),
        SQLRow(columns: columns, values: ["say \"hi\"\nthere", .real(1e-7), "x|y_z"]),
        SQLRow(columns: columns, values: ["é", .real(.infinity), "100 %"]),
      ])
  }

  @Test func csvFollowsRFC4180WithEveryBitOfANumber() {
    #expect(
      TableFormat.csv.text(table)
        == "name,value,note\r\n\"a,b\",0.30000000000000004,\r\n\"say \"\"hi\"\"\nthere\",1e-07,x|y_z\r\né,inf,100 %\r\n"
    )
  }

  @Test func jsonReadsBackAndHasNullForMissingAndNoBareInfinity() throws {
    let text = TableFormat.json.text(table)
    let rows = try #require(try JSONValue(parsing: text).arrayValue)
    #expect(rows[0]["value"]?.doubleValue == 0.1 + 0.2)
    #expect(rows[0]["note"] == .null)
    #expect(rows[1]["name"]?.stringValue == "say \"hi\"\nthere")
    #expect(rows[2]["value"]?.stringValue == "inf")
    let lines = TableFormat.ndjson.text(table).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(TableFormat.json.text(SQLTable(columns: columns, rows: [])) == "[]\n")
  }

  @Test func tsvMarkdownAndTexKeepOneRowPerLine() {
    #expect(TableFormat.tsv.text(table).split(separator: "\n").count == 4)
    #expect(TableFormat.md.text(table).split(separator: "\n").count == 5)
    #expect(TableFormat.md.text(table).contains("x\\|y_z"))
    #expect(TableFormat.tex.text(table).contains("x|y\\_z"))
    #expect(TableFormat.tex.text(table).contains("100 \\%"))
    #expect(TableFormat.table.text(table).split(separator: "\n").count == 5)
  }

  @Test(arguments: [
    (123.456, 3, "123"), (0.001_234_5, 3, "0.00123"), (-0.000_049_96, 2, "-5e-05"), (123_456, 3, "123000"), (0, 3, "0"),
    (9.996, 3, "10"), (1.0, 3, "1"), (2.5e-9, 4, "2.5e-09"), (6.02214076e23, 3, "6.02e+23"),
  ])
  func digitsAreSignificantOnes(number: Double, digits: Int, text: String) {
    #expect(NumberText.of(number, digits: digits) == text)
  }

  @Test func theSweepFigureIsTheSameBytesAndShowsStoredValuesOnly() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    let rows = try warehouse.read { try $0.layerSweepPoints() }.filter { $0.study == "sweep" }
    let figure = try LayerSweepPlot(rows, reasons: EncodingFlag.reasons).svg()
    #expect(figure == (try LayerSweepPlot(rows, reasons: EncodingFlag.reasons).svg()))
    #expect(figure == (try LayerSweepPlot(rows.reversed(), reasons: EncodingFlag.reasons).svg()))
    let document = try XMLCheck.elements(figure)
    #expect(document["polyline"] == 1)
    // Two layers, a ring around the peak, whose p_max is .004, and the end of the line of what has no layers.
    #expect(document["circle"] == 4)
    #expect(figure.contains("peak hs.1, share 0.75"))
    #expect(figure.contains("n = 120 rows, 1 stimulus"))
    #expect(figure.contains("lld12 (original), no layers"))
    #expect(figure.contains("r (correlation, out of fold)"))
  }

  @Test func aFigureOfNothingIsRefused() throws {
    let error = #expect(throws: EvokeError.self) { try LayerSweepPlot([], reasons: EncodingFlag.reasons) }
    #expect(error?.code == .nothingToPlot)
  }
}

/// Well-formedness by hand: every element closes itself or is closed, counted by name.
enum XMLCheck {
  static func elements(_ text: String) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    var open: [String] = []
    for match in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
      let name = String(match.2)
      if !match.1.isEmpty {
        #expect(open.popLast() == name)
      } else {
        counts[name, default: 0] += 1
        if match.3.isEmpty { open.append(name) }
      }
    }
    #expect(open == [])
    return counts
  }
}
