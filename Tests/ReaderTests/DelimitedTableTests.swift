import DelimitedText
import Diagnostics
import Foundation
import Testing

@Suite struct DelimitedTableTests {
  private func read(_ text: String) -> (DelimitedTable?, [Diagnostic]) { read(bytes: Array(text.utf8)) }
  private func read(bytes: [UInt8]) -> (DelimitedTable?, [Diagnostic]) {
    var findings = Findings()
    let table = DelimitedTable.read("t.csv", bytes, &findings)
    return (table, findings.all)
  }

  @Test(arguments: [
    ("time,a\n0,1\n1,2\n", DelimitedTable.Separator.comma), ("time\ta\n0\t1\n1\t2", .tab),
    ("time;a\r\n0;1\r\n1;2\r\n", .semicolon), ("\u{feff}time,a\r0,1\r1,2\r\r", .comma),
    ("\"time\",\"a\"\n\"0\",\"1\"\n1,2\n\n\n", .comma), ("Time  a\n0 \t1\n 1  2 \n", .blanks),
    ("sep=;\r\ntime;a\r\n0;1\r\n1;2\r\n", .semicolon),
    ("\u{feff}SEP=,\n\ntime,a\n0,1\n1,2\n", .comma), ("\"sep=\t\"\ntime\ta\n0\t1\n1\t2\n", .tab),
  ])
  func separatorsLineEndsAndQuotesAreRecognised(text: String, separator: DelimitedTable.Separator) throws {
    let (found, findings) = read(text)
    let table = try #require(found, "\(findings)")
    #expect(table.separator == separator)
    #expect(table.rowCount == 2)
    #expect(table.header.map { $0.lowercased() } == ["time", "a"])
    #expect(table.text(1, 1) == "2" && table.text(0, 0) == "0")
  }

  /// A separator that is stated counts, whatever occurs more often, and lines are those of the file.
  @Test func theStatedSeparatorCounts() throws {
    let (found, findings) = read("sep=;\nname, time, a;b\n0,5;1\n1,5;2\n")
    let table = try #require(found, "\(findings)")
    #expect(table.header == ["name, time, a", "b"] && table.text(1, 0) == "1,5" && table.line(of: 0) == 3)
    #expect(read("sep=;\n").1.map(\.code) == [.tableEmpty] && read("sep=|\n1|2\n").0?.header == ["sep=|"])
  }

  @Test func aTableMayBeNamedFromOutside() throws {
    let text = "\n  0.5  0.5\n 1  2\n"
    #expect(DelimitedTable.firstLine(of: Array(text.utf8)) == ["0.5", "0.5"])
    #expect(DelimitedTable.firstLine(of: Array("\n\n".utf8)) == nil)
    var findings = Findings()
    let found = DelimitedTable.read("t.txt", Array(text.utf8), columns: ["a", "b"], &findings)
    let table = try #require(found, "\(findings.all)")
    #expect(table.header == ["a", "b"] && table.rowCount == 2 && table.line(of: 0) == 2)
    #expect(table.numbers(1, .point, &findings) == [0.5, 2] && findings.all.isEmpty)
    #expect(read(text).1.first?.code == .tableDuplicateColumn)
  }

  @Test func quotedFieldsHoldSeparatorsQuotesAndLines() throws {
    let (found, _) = read("a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n1,2\n")
    let table = try #require(found)
    #expect(table.text(0, 0) == "x, \"y\"" && table.text(0, 1) == "two\nlines")
    #expect(table.line(of: 0) == 2 && table.line(of: 1) == 4)
  }

  @Test(arguments: [
    ("", ErrorCode.tableEmpty, "t.csv"), ("\n\n", .tableEmpty, "t.csv"), ("a,b\n", .tableHeaderOnly, "t.csv"),
    ("a,b\n1,2\n3\n4,5,6\n", .tableRagged, "line 3"), ("a,b\n1,2\n\n3,4\n", .tableRagged, "line 3"),
    ("a,b,a\n1,2,3\n", .tableDuplicateColumn, "column a"), ("a,b\n\"1,2\n3,4\n", .tableQuote, "line 2"),
    ("a,b\n\"1\"x,2\n", .tableQuote, "line 2"),
  ])
  func faultyTablesAreRefusedWithTheirPlace(text: String, code: ErrorCode, place: String) {
    let (table, findings) = read(text)
    #expect(table == nil)
    #expect(findings.contains { $0.code == code && $0.object.contains(place) }, "\(findings)")
  }

  @Test func raggedRowsAreAllListedUpToTheLimitAndAllCounted() {
    let (_, findings) = read("a,b\n" + String(repeating: "1\n", count: 100))
    #expect(findings.filter { $0.code == .tableRagged }.count == Findings.listedPerCode + 1)
    #expect(findings.last?.object == "80 more" && findings.last?.reason.hasPrefix("100 ") == true)
  }

  @Test func textThatIsNotUTF8IsRefusedWithItsLine() {
    let (_, latin) = read(bytes: Array("a,b\n1,2\n".utf8) + [0xe9, 0x2c, 0x31, 0x0a])
    #expect(latin.first?.code == .tableEncoding && latin.first?.object.contains("line 3") == true)
    let (_, wide) = read(bytes: [0xff, 0xfe, 0x61, 0x00])
    #expect(wide.first?.code == .tableEncoding && wide.first?.reason.contains("UTF-16") == true)
    let (_, binary) = read(bytes: [0x50, 0x4b, 0x03, 0x04, 0x00, 0x00])
    #expect(binary.first?.code == .tableEncoding)
  }

  @Test func numbersAreTheNearestDoublesAndMissingIsNaN() throws {
    let texts = [
      "0", "-0", "1", "-1.5", "+2", ".5", "5.", "1e3", "1E-3", "0.1", "123456789012345678", "1.7976931348623157e308",
      "4.9e-324", "0.30000000000000004", "9007199254740993", "2.2250738585072014e-308", "1e22", "1e23",
      "0.00010010680000000001", "000.25", "1234567890.12345678901234567890",
    ]
    let (found, _) = read("a\n" + texts.joined(separator: "\n") + "\n")
    let table = try #require(found)
    var findings = Findings()
    let values = table.numbers(0, .point, &findings)
    #expect(!findings.hasErrors)
    for (value, text) in zip(values, texts) { #expect(value == Double(text), "\(text)") }
    let (missing, _) = read(
      "a,b\n,1\nNA,1\nn/a,1\nNaN,1\nnan,1\n \" \",1\n".replacingOccurrences(of: " \" \"", with: " "))
    let gaps = try #require(missing).numbers(0, .point, &findings)
    #expect(gaps.count == 6 && gaps.allSatisfy(\.isNaN) && !findings.hasErrors)
  }

  @Test(arguments: ["abc", "1.2.3", "0x10", "inf", "1e", "--1", "1 2", "1e999", "-", "."])
  func anyOtherTextIsAnErrorWithLineAndColumn(text: String) throws {
    let (found, _) = read("time,arousal\n0,1\n1,\(text)\n")
    var findings = Findings()
    _ = try #require(found).numbers(1, .point, &findings)
    #expect(findings.all.first?.code == .tableTextInNumbers)
    #expect(findings.all.first?.object == "t.csv line 3 column arousal")
    #expect(findings.all.first?.reason.contains(text) == true)
  }

  @Test func decimalCommasAreReadOnlyWhenDeclared() throws {
    let (found, _) = read("time;a\n0;0,5\n1;-1,25\n")
    let table = try #require(found)
    var findings = Findings()
    _ = table.numbers(1, .point, &findings)
    #expect(findings.all.map(\.code) == [.tableDecimalComma, .tableDecimalComma])
    #expect(findings.all[0].remedy.contains("--decimal comma"))
    var none = Findings()
    #expect(table.numbers(1, .comma, &none) == [0.5, -1.25] && !none.hasErrors)
  }

  @Test(arguments: [
    ("0,125", "write decimal points, or give --decimal comma"),
    ("-0,125", "write decimal points, or give --decimal comma"),
    ("1,250", "give --decimal comma, or write 1250 if the comma groups thousands"),
    ("50%", "write numbers without the sign %"), ("\u{2212}0.5", "write the minus as the hyphen of the keyboard (-)"),
    ("abc", "correct it, or leave it empty where the value is missing"),
  ])
  func theRemedyForANumberInOtherSignsHelps(text: String, remedy: String) throws {
    let (found, _) = read("time;a\n0;\(text)\n")
    var findings = Findings()
    _ = try #require(found).numbers(1, .point, &findings)
    #expect(findings.all.map(\.remedy) == [remedy])
  }

  @Test func aCommentInPlaceOfTheNamesIsCalledSo() {
    let (_, findings) = read("# made by me\ntime,a\n0,1\n1,2\n")
    #expect(findings.map(\.code) == [.tableRagged] && findings[0].remedy == "remove the lines that begin with #")
  }

  @Test func aTableOfAMillionRowsIsReadWhole() throws {
    var text = "time,arousal,valence\n"
    text.reserveCapacity(30_000_000)
    for row in 0..<1_000_000 { text += "\(row),0.\(row % 1000),-\(row % 7).25\n" }
    let (found, _) = read(text)
    let table = try #require(found)
    var findings = Findings()
    let sum = table.numbers(2, .point, &findings).reduce(0, +)
    // Exact in float64: multiples of a quarter.
    var expected = 0.0
    for row in 0..<1_000_000 { expected -= Double(row % 7) + 0.25 }
    #expect(table.rowCount == 1_000_000 && sum == expected)
  }
}
