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

  /// Steps over blank lines and settles the separator: by a first line `sep=;`, which spreadsheets read and write, else by
  /// the line behind them; false where there is none.
  mutating func findText() -> Bool {
    while atBlankLine { skipLine() }
    guard let stated = statedSeparator() else {
      guard at < bytes.count else { return false }
      separator = guessSeparator()
      return true
    }
    skipLine()
    while atBlankLine { skipLine() }
    separator = stated
    return at < bytes.count
  }

  /// The separator that a line `sep=;` states, with or without quotes.
  private func statedSeparator() -> DelimitedTable.Separator? {
    let line = bytes[at...].prefix { $0 != Self.newline && $0 != Self.carriage }.filter { $0 != Self.quote }
    guard line.count == 5, String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep=" else { return nil }
    return [Self.tab: .tab, UInt8(ascii: ";"): .semicolon, UInt8(ascii: ","): .comma][line[4]]
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
      } else if bytes[at] == Self.newline
        || bytes[at] == Self.carriage && !bytes[at...].dropFirst().starts(with: [Self.newline])
      {
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
