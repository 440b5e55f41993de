import Diagnostics

/// The sign between whole and fractional digits.
package enum DecimalSign: String, Sendable {
  case point, comma
}

extension DelimitedTable {
  /// What a cell is, read as a number.
  enum Cell: Equatable {
    case number(Double)
    case missing
    /// A number if the other decimal sign were meant.
    case otherDecimalSign
    case text
  }

  /// Whether a column holds numbers: at least half of the cells that are not missing do.
  package func isNumeric(_ column: Int, _ decimal: DecimalSign) -> Bool {
    var (numbers, texts) = (0, 0)
    for row in 0..<rowCount {
      switch cell(row, column, decimal) {
      case .number, .otherDecimalSign: numbers += 1
      case .text: texts += 1
      case .missing: break
      }
    }
    return numbers > 0 && numbers >= texts
  }

  /// A column as numbers, NaN where missing; every other text is a finding with its line.
  package func numbers(_ column: Int, _ decimal: DecimalSign, _ findings: inout Findings) -> [Double] {
    var values = [Double](repeating: .nan, count: rowCount)
    for row in 0..<rowCount {
      switch cell(row, column, decimal) {
      case .number(let value): values[row] = value
      case .missing: break
      case .otherDecimalSign:
        findings.error(
          .tableDecimalComma, "\(path) line \(line(of: row)) column \(header[column])",
          reason: "\(text(row, column).debugDescription) has a decimal \(decimal == .point ? "comma" : "point")",
          remedy: decimalRemedy(text(row, column), decimal))
      case .text:
        findings.error(
          .tableTextInNumbers, "\(path) line \(line(of: row)) column \(header[column])",
          reason: "\(text(row, column).debugDescription) is not a number",
          remedy: Self.remedy(almostNumber: text(row, column))
            ?? "correct it, or leave it empty where the value is missing")
      }
    }
    return values
  }

  /// What to do about a number with the other sign. Three digits behind it may be thousands as well: read with the
  /// sign as decimal they would be another number.
  private func decimalRemedy(_ text: String, _ decimal: DecimalSign) -> String {
    let sign: Character = decimal == .point ? "," : "."
    let groups = text.trimmed.split(separator: sign, omittingEmptySubsequences: false)
    let mayBeThousands =
      groups.dropFirst().allSatisfy { $0.count == 3 && $0.allSatisfy(\.isNumber) }
      && !["", "0"].contains(groups[0].drop { $0 == "-" || $0 == "+" })
    let shown = text.replacing(String(sign), with: "")
    switch (decimal, mayBeThousands) {
    case (.point, false): return "write decimal points, or give --decimal comma"
    case (.point, true): return "give --decimal comma, or write \(shown) if the comma groups thousands"
    case (.comma, false): return "write decimal commas, or leave --decimal comma out"
    case (.comma, true): return "leave --decimal comma out, or write \(shown) if the point groups thousands"
    }
  }

  /// The first text of a column that would be a number but for its signs, as `50%` is, and what to do about it; nil where
  /// there is none.
  package func almostNumber(_ column: Int) -> (text: String, remedy: String)? {
    (0..<rowCount).lazy.map { text($0, column).trimmed }
      .compactMap { text in Self.remedy(almostNumber: text).map { (text, $0) } }.first
  }

  private static func remedy(almostNumber text: String) -> String? {
    var (plain, remedies) = (text.trimmed, [String]())
    if let first = plain.first, ["\u{2212}", "\u{2013}", "\u{FE63}", "\u{FF0D}"].contains(first) {
      plain = "-" + plain.dropFirst()
      remedies.append("write the minus as the hyphen of the keyboard (-)")
    }
    if plain.hasSuffix("%") {
      plain = String(plain.dropLast()).trimmed
      remedies.append("write numbers without the sign %")
    }
    guard !remedies.isEmpty, Double(plain.replacing(",", with: ".")) != nil else { return nil }
    return remedies.joined(separator: ", ")
  }

  /// Empty, NA, n/a or NaN.
  package func isMissing(_ row: Int, _ column: Int) -> Bool { cell(row, column, .point) == .missing }

  func cell(_ row: Int, _ column: Int, _ decimal: DecimalSign) -> Cell {
    let index = row * header.count + column
    var start = Int(starts[index])
    var end = start + Int(lengths[index] & ~Self.doubledQuotes)
    while start < end, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
    while start < end, bytes[end - 1] == 32 || bytes[end - 1] == 9 { end -= 1 }
    if start == end { return .missing }
    let point = UInt8(ascii: ".")
    let comma = UInt8(ascii: ",")
    if let value = number(start, end, decimal == .point ? point : comma) { return .number(value) }
    if end - start <= 3 {
      let word = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
      if word == "na" || word == "n/a" || word == "nan" { return .missing }
    }
    return number(start, end, decimal == .point ? comma : point) == nil ? .text : .otherDecimalSign
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// A decimal number over the whole range, correctly rounded; nil for anything else, infinities too.
  ///
  /// A mantissa below 2^53 and a power up to 10^22 are exact in float64, so that one division or product rounds once
  /// (W. D. Clinger, How to read floating point numbers accurately, 1990); the rest goes to the standard library.
  private func number(_ start: Int, _ end: Int, _ sign: UInt8) -> Double? {
    var at = start
    let negative = bytes[at] == UInt8(ascii: "-")
    if negative || bytes[at] == UInt8(ascii: "+") { at += 1 }
    var mantissa: UInt64 = 0
    var (digits, significant, scale) = (0, 0, 0)
    var seenSign = false
    while at < end {
      let byte = bytes[at]
      if byte &- 48 < 10 {
        digits += 1
        if significant > 0 || byte != 48 { significant += 1 }
        if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(byte &- 48) }
        if seenSign { scale -= 1 }
      } else if byte == sign && !seenSign {
        seenSign = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    if at < end {
      guard let exponent = exponent(at, end) else { return nil }
      scale += exponent
    }
    if significant <= 19, mantissa < 1 << 53, abs(scale) <= 22 {
      let value = scale < 0 ? Double(mantissa) / Self.powers[-scale] : Double(mantissa) * Self.powers[scale]
      return negative ? -value : value
    }
    let text = String(decoding: bytes[start..<end].map { $0 == sign ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  private func exponent(_ start: Int, _ end: Int) -> Int? {
    guard bytes[start] | 32 == UInt8(ascii: "e"), start + 1 < end else { return nil }
    var at = start + 1
    let negative = bytes[at] == UInt8(ascii: "-")
    if negative || bytes[at] == UInt8(ascii: "+") { at += 1 }
    guard at < end, end - at <= 6 else { return nil }
    var value = 0
    while at < end {
      guard bytes[at] &- 48 < 10 else { return nil }
      value = value * 10 + Int(bytes[at] &- 48)
      at += 1
    }
    return negative ? -value : value
  }
}
