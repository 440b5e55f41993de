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
  ///
  /// - Parameters:
  ///   - columns: names of the columns where the first line is a row; nil: the first line has them.
  ///   - mayBeEmpty: a header without rows says that there is nothing, as a table of events may.
  package static func read(
    _ path: String, _ bytes: [UInt8], columns: [String]? = nil, mayBeEmpty: Bool = false, _ findings: inout Findings
  ) -> DelimitedTable? {
    guard bytes.count < Int(UInt32.max) else {
      findings.error(.tableTooLarge, path, reason: "it has \(bytes.count) bytes", remedy: "split it")
      return nil
    }
    guard isText(path, bytes, &findings) else { return nil }
    var scanner = CellScanner(bytes: bytes)
    scanner.skipByteOrderMark()
    guard beginsWithText(path, &scanner, &findings) else { return nil }
    guard let header = columns ?? readHeader(path, &scanner, &findings) else { return nil }
    let before = findings.errorCount
    scanRows(path, header, &scanner, &findings)
    guard findings.errorCount == before else { return nil }
    guard mayBeEmpty || !scanner.rowLines.isEmpty else {
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
    if bytes.starts(with: [0x50, 0x4b, 3, 4]) {
      let isNumPy = path.lowercased().hasSuffix(".npz")
      findings.error(
        .tableEncoding, path,
        reason: isNumPy ? "it is an .npz archive of NumPy" : "it is a ZIP archive (.xlsx, .npz ...)",
        remedy: isNumPy
          ? "save each array of its own: np.save(\"NAME.npy\", archive[\"NAME\"])"
          : "export a spreadsheet as CSV UTF-8; save arrays with np.save")
      return false
    }
    if bytes.starts(with: Array("MATLAB ".utf8)) || bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      findings.error(
        .tableEncoding, path, reason: "it is a MATLAB or HDF5 file, no text",
        remedy: "write each of its series as a CSV file with a column time (writetable, or scipy.io and numpy.savetxt)")
      return false
    }
    if bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil,
      let kind = FileKind(head: Array(bytes.prefix(FileKind.headCount)))
    {
      findings.error(.tableEncoding, path, reason: "it is \(kind.name), no table", remedy: kind.remedy)
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

  /// The cells of the first line with text, trimmed; nil where there is none or a quote in it is not closed.
  package static func firstLine(of bytes: [UInt8]) -> [String]? {
    guard bytes.count < Int(UInt32.max) else { return nil }
    var scanner = CellScanner(bytes: bytes)
    scanner.skipByteOrderMark()
    guard scanner.findText(), let count = scanner.record() else { return nil }
    return (0..<count).map { scanner.text($0).trimmed }
  }

  private static func beginsWithText(
    _ path: String, _ scanner: inout CellScanner, _ findings: inout Findings
  ) -> Bool {
    if scanner.findText() { return true }
    findings.error(.tableEmpty, path, reason: "it holds no text", remedy: "export the table again")
    return false
  }

  private static func readHeader(
    _ path: String, _ scanner: inout CellScanner, _ findings: inout Findings
  ) -> [String]? {
    let line = scanner.line
    guard let count = scanner.record() else {
      findings.error(
        .tableQuote, "\(path) line \(line)", reason: "a quote in the header is not closed", remedy: "close it")
      return nil
    }
    let names = (0..<count).map { scanner.text($0).trimmed }
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
    _ path: String, _ header: [String], _ scanner: inout CellScanner, _ findings: inout Findings
  ) {
    let width = header.count
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
      } else if scanner.rowLines.isEmpty, let comment = header.first, comment.hasPrefix("#") {
        findings.error(
          .tableRagged, "\(path) line \(line)",
          reason: "\(count) fields, and the first line (\(comment)) is a comment instead of the columns' names",
          remedy: "remove the lines that begin with #")
        return
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
