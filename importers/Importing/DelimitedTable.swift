import Diagnostics

/// A CSV, TSV, semicolon- or blank-separated text table with a header line (RFC 4180 quotes; CRLF, LF or CR).
///
/// Cells are ranges of the file's bytes, so that a table of a million rows costs eight bytes a cell beside its text.
package struct DelimitedTable: Sendable {
  /// What stands between two cells.
  package enum Separator: String, Sendable { case comma, tab, semicolon, blanks }

  package let path: String
  package let header: [String]
  package let separator: Separator
  package let rowCount: Int
  let bytes: [UInt8]
  /// Row-major; the top bit of a length says that the cell holds doubled quotes.
  let starts: [UInt32]
  let lengths: [UInt32]
  let lines: [UInt32]

  static let doubledQuotes: UInt32 = 1 << 31

  /// Reads a table; every fault is a finding with its line, and nil is returned where no cells can be trusted.
  package static func read(_ path: String, _ bytes: [UInt8], _ findings: inout Findings) -> DelimitedTable? {
    guard bytes.count < Int(UInt32.max) else {
      findings.error(.tableTooLarge, path, reason: "it has \(bytes.count) bytes", remedy: "split it")
      return nil
    }
    guard isText(path, bytes, &findings) else { return nil }
    var scanner = CellScanner(bytes: bytes)
    scanner.skipByteOrderMark()
    guard let header = readHeader(path, &scanner, &findings) else { return nil }
    let before = findings.errorCount
    scanRows(path, header.count, &scanner, &findings)
    guard findings.errorCount == before else { return nil }
    guard !scanner.rowLines.isEmpty else {
      findings.error(.tableHeaderOnly, path, reason: "its only line is the header", remedy: "export the rows too")
      return nil
    }
    return DelimitedTable(
      path: path, header: header, separator: scanner.separator, rowCount: scanner.rowLines.count, bytes: bytes,
      starts: scanner.starts, lengths: scanner.lengths, lines: scanner.rowLines)
  }

  private static func isText(_ path: String, _ bytes: [UInt8], _ findings: inout Findings) -> Bool {
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      findings.error(.tableEncoding, path, reason: "it is UTF-16", remedy: "save it as UTF-8")
      return false
    }
    if let zero = bytes.firstIndex(of: 0) {
      findings.error(
        .tableEncoding, path, reason: "byte \(zero) is zero: not a text file", remedy: "give a CSV or TSV file")
      return false
    }
    guard String(validating: bytes, as: UTF8.self) == nil else { return true }
    var line = 1
    for part in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
      if String(validating: part, as: UTF8.self) == nil { break }
      line += 1
    }
    findings.error(
      .tableEncoding, "\(path) line \(line)", reason: "its letters are not UTF-8 (probably Latin-1)",
      remedy: "save it as UTF-8: iconv -f LATIN1 -t UTF-8")
    return false
  }

  private static func readHeader(
    _ path: String, _ scanner: inout CellScanner, _ findings: inout Findings
  ) -> [String]? {
    while scanner.atBlankLine { scanner.skipLine() }
    guard scanner.at < scanner.bytes.count else {
      findings.error(.tableEmpty, path, reason: "it holds no text", remedy: "export the table again")
      return nil
    }
    scanner.separator = scanner.guessSeparator()
    let line = scanner.line
    guard let count = scanner.record() else {
      findings.error(
        .tableQuote, "\(path) line \(line)", reason: "a quote in the header is not closed", remedy: "close it")
      return nil
    }
    let names = (0..<count).map { OptionText.trim(scanner.text($0)) }
    scanner.forgetCells()
    var seen: Set<String> = []
    var sound = true
    for name in names where !name.isEmpty && !seen.insert(name).inserted {
      findings.error(
        .tableDuplicateColumn, "\(path) column \(name)", reason: "the header names it more than once",
        remedy: "rename one of the columns")
      sound = false
    }
    return sound ? names : nil
  }

  private static func scanRows(
    _ path: String, _ width: Int, _ scanner: inout CellScanner, _ findings: inout Findings
  ) {
    while scanner.at < scanner.bytes.count {
      let line = scanner.line
      if scanner.atBlankLine && (width > 1 || scanner.onlyBlankLinesFollow) {
        if scanner.onlyBlankLinesFollow { return }
        findings.error(
          .tableRagged, "\(path) line \(line)", reason: "the line is empty, the header has \(width) columns",
          remedy: "remove the line or fill it")
        scanner.skipLine()
        continue
      }
      guard let count = scanner.record() else {
        findings.error(
          .tableQuote, "\(path) line \(line)", reason: "a quoted field does not end before the next separator",
          remedy: "close the quote; double the quotes inside a field")
        return
      }
      if count == width {
        scanner.rowLines.append(UInt32(line))
      } else {
        findings.error(
          .tableRagged, "\(path) line \(line)", reason: "\(count) fields, the header has \(width)",
          remedy: scanner.separator == .comma
            ? "correct the line; numbers with decimal commas need ; or tabs between columns" : "correct the line")
        scanner.dropCells(count)
      }
    }
  }

  /// The line of the file on which a row starts, counted from 1.
  package func line(of row: Int) -> Int { Int(lines[row]) }

  /// The number of the column with this name.
  package func column(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// A cell's text, without quotes.
  package func text(_ row: Int, _ column: Int) -> String {
    let cell = row * header.count + column
    return Self.text(bytes, starts[cell], lengths[cell])
  }

  static func text(_ bytes: [UInt8], _ start: UInt32, _ length: UInt32) -> String {
    let range = Int(start)..<Int(start) + Int(length & ~doubledQuotes)
    let raw = String(decoding: bytes[range], as: UTF8.self)
    guard length & doubledQuotes != 0 else { return raw }
    var out = ""
    var skip = false
    for character in raw.unicodeScalars {
      if skip {
        skip = false
        continue
      }
      out.unicodeScalars.append(character)
      skip = character == "\""
    }
    return out
  }
}

/// Walks over a table's bytes and notes where cells are.
struct CellScanner {
  let bytes: [UInt8]
  var at = 0
  var line = 1
  var separator = DelimitedTable.Separator.comma
  var starts: [UInt32] = []
  var lengths: [UInt32] = []
  var rowLines: [UInt32] = []

  init(bytes: [UInt8]) { self.bytes = bytes }

  static let (tab, newline, carriage, space, quote): (UInt8, UInt8, UInt8, UInt8, UInt8) = (9, 10, 13, 32, 34)

  mutating func skipByteOrderMark() { if bytes.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 } }

  var atBlankLine: Bool { at < bytes.count && (bytes[at] == Self.newline || bytes[at] == Self.carriage) }

  var onlyBlankLinesFollow: Bool {
    bytes[at...].allSatisfy { $0 == Self.newline || $0 == Self.carriage || $0 == Self.space || $0 == Self.tab }
  }

  mutating func skipLine() {
    while at < bytes.count, !endLine() { at += 1 }
  }

  /// Steps over a line end, if one is here.
  private mutating func endLine() -> Bool {
    if bytes[at] == Self.carriage {
      at += 1
      if at < bytes.count, bytes[at] == Self.newline { at += 1 }
    } else if bytes[at] == Self.newline {
      at += 1
    } else {
      return false
    }
    line += 1
    return true
  }

  mutating func forgetCells() {
    starts = []
    lengths = []
  }

  mutating func dropCells(_ count: Int) {
    starts.removeLast(count)
    lengths.removeLast(count)
  }

  func text(_ cell: Int) -> String { DelimitedTable.text(bytes, starts[cell], lengths[cell]) }

  /// The separator that occurs most often in this line outside quotes; blanks where there is none but the next line
  /// has as many words.
  func guessSeparator() -> DelimitedTable.Separator {
    var counts: [UInt8: Int] = [:]
    var quoted = false
    var end = at
    while end < bytes.count, quoted || (bytes[end] != Self.newline && bytes[end] != Self.carriage) {
      if bytes[end] == Self.quote { quoted.toggle() } else if !quoted { counts[bytes[end], default: 0] += 1 }
      end += 1
    }
    let order: [(UInt8, DelimitedTable.Separator)] = [
      (Self.tab, .tab), (UInt8(ascii: ";"), .semicolon), (UInt8(ascii: ","), .comma),
    ]
    let best = order.max { counts[$0.0, default: 0] < counts[$1.0, default: 0] }
    if let best, counts[best.0, default: 0] > 0 { return best.1 }
    let words = bytes[at..<end].split(separator: Self.space).count
    while end < bytes.count, bytes[end] == Self.newline || bytes[end] == Self.carriage { end += 1 }
    let next = bytes[end...].prefix { $0 != Self.newline && $0 != Self.carriage }
    let nextWords = next.split { $0 == Self.space || $0 == Self.tab }.count
    return words > 1 && words == nextWords ? .blanks : .comma
  }

  /// Reads one record; the number of its fields, or nil for a broken quote.
  mutating func record() -> Int? {
    if separator == .blanks { return blankSeparatedRecord() }
    let between: UInt8 =
      switch separator {
      case .tab: Self.tab
      case .semicolon: UInt8(ascii: ";")
      default: UInt8(ascii: ",")
      }
    var count = 0
    while true {
      count += 1
      if at < bytes.count, bytes[at] == Self.quote {
        guard quotedField() else { return nil }
      } else {
        let start = at
        while at < bytes.count, bytes[at] != between, bytes[at] != Self.newline, bytes[at] != Self.carriage { at += 1 }
        starts.append(UInt32(start))
        lengths.append(UInt32(at - start))
      }
      if at >= bytes.count || endLine() { return count }
      guard bytes[at] == between else { return nil }
      at += 1
    }
  }

  private mutating func quotedField() -> Bool {
    at += 1
    let start = at
    var doubled: UInt32 = 0
    while at < bytes.count {
      if bytes[at] == Self.quote {
        if at + 1 < bytes.count, bytes[at + 1] == Self.quote {
          doubled = DelimitedTable.doubledQuotes
          at += 1
        } else {
          starts.append(UInt32(start))
          lengths.append(UInt32(at - start) | doubled)
          at += 1
          return true
        }
      } else if bytes[at] == Self.newline {
        line += 1
      }
      at += 1
    }
    return false
  }

  private mutating func blankSeparatedRecord() -> Int {
    var count = 0
    while at < bytes.count {
      if endLine() { return count }
      if bytes[at] == Self.space || bytes[at] == Self.tab {
        at += 1
        continue
      }
      let start = at
      while at < bytes.count, ![Self.space, Self.tab, Self.newline, Self.carriage].contains(bytes[at]) { at += 1 }
      starts.append(UInt32(start))
      lengths.append(UInt32(at - start))
      count += 1
    }
    return count
  }
}
