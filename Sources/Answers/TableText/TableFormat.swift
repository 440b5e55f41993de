import ContentIdentity
import Warehouse

/// How rows are written out.
public enum TableFormat: String, CaseIterable, Sendable {
  case table, csv, tsv, json, ndjson, md, tex

  /// The rows as text that ends with a newline.
  ///
  /// Numbers are written so that reading them gives the same bits, unless `digits` (significant ones) are asked for.
  /// NULL is empty, in JSON null; CSV follows RFC 4180.
  public func text(_ table: SQLTable, digits: Int? = nil) -> String {
    let cells = table.rows.map { $0.values.map { Self.cell($0, digits) } }
    switch self {
    case .table: return Self.aligned(table, cells)
    case .csv: return Self.lines([table.columns] + cells, separator: ",", end: "\r\n", quote: Self.csvField)
    case .tsv: return Self.lines([table.columns] + cells, separator: "\t", end: "\n", quote: Self.tsvField)
    case .json:
      let objects = table.rows.map { "  " + Self.object($0, digits) }
      return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    case .ndjson: return table.rows.map { Self.object($0, digits) + "\n" }.joined()
    case .md: return Self.markdown(table.columns, cells)
    case .tex: return Self.latex(table, cells)
    }
  }

  /// A value as text.
  static func cell(_ value: SQLValue, _ digits: Int?) -> String {
    switch value {
    case .null: ""
    case .integer(let n): String(n)
    case .real(let d): NumberText.of(d, digits: digits)
    case .text(let s): s
    case .blob(let bytes): bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  private static func object(_ row: SQLRow, _ digits: Int?) -> String {
    let members = zip(row.columns, row.values).map { column, value in
      let text: String
      switch value {
      case .null: text = "null"
      case .integer(let n): text = String(n)
      case .real(let d) where d.isFinite: text = NumberText.of(d, digits: digits)
      default: text = JSONValue.string(cell(value, digits)).canonical
      }
      return JSONValue.string(column).canonical + ": " + text
    }
    return "{" + members.joined(separator: ", ") + "}"
  }

  private static func lines(
    _ rows: [[String]], separator: String, end: String, quote: (String) -> String
  ) -> String {
    rows.map { $0.map(quote).joined(separator: separator) + end }.joined()
  }

  /// One line of CSV with its end.
  public static func csvLine(_ cells: [String]) -> String {
    lines([cells], separator: ",", end: "\r\n", quote: csvField)
  }

  /// One line of a table of BIDS with its end: what is missing, NaN or empty is `n/a`, numbers have all their digits.
  public static func bidsLine(_ row: [SQLValue]) -> String {
    lines([row.map(bidsCell)], separator: "\t", end: "\n", quote: tsvField)
  }

  private static func bidsCell(_ value: SQLValue) -> String {
    let text = if case .real(let number) = value, number.isNaN { "" } else { cell(value, nil) }
    return text.isEmpty ? "n/a" : text
  }

  private static func csvField(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func tsvField(_ text: String) -> String {
    String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }
}

/// Numbers as text, without locale.
public enum NumberText {
  /// The shortest text that reads back to the same bits, or `digits` significant digits.
  public static func of(_ number: Double, digits: Int? = nil) -> String {
    guard let digits, number.isFinite, number != 0 else { return shortest(number) }
    let magnitude = Int(number.magnitude.logarithm10Floor)
    let step = power(10, abs(digits - 1 - magnitude))
    let scaled = digits - 1 - magnitude >= 0 ? (number * step).rounded() / step : (number / step).rounded() * step
    return shortest(scaled)
  }

  private static func shortest(_ number: Double) -> String {
    let text = number.description
    return text.hasSuffix(".0") && number.magnitude < 1e15 ? String(text.dropLast(2)) : text
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}

extension Double {
  /// Largest n with 10^n <= self, for a positive finite number.
  fileprivate var logarithm10Floor: Int {
    let text = description
    if let e = text.firstIndex(where: { $0 == "e" }) {
      guard let exponent = Int(text[text.index(after: e)...]) else {
        preconditionFailure("a number's exponent is whole: \(text)")
      }
      return exponent
    }
    let parts = text.split(separator: ".")
    if parts[0] != "0" { return parts[0].count - 1 }
    return -1 - (parts.count > 1 ? parts[1].prefix { $0 == "0" }.count : 0)
  }
}
