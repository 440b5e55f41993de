import Diagnostics
import Warehouse

/// `COLUMN=VALUE` of the command line, as a clause with a bound value.
struct Condition {
  let column: String
  let comparison: String
  let value: String

  /// - Throws: `E-QRY-003` when there is no comparison in it.
  init(_ text: String) throws {
    for comparison in ["!=", "<=", ">=", "=", "<", ">"] {
      guard let range = text.firstRange(of: comparison), range.lowerBound > text.startIndex else { continue }
      let before = text[..<range.lowerBound]
      guard !before.contains(where: { "!<>=".contains($0) }) else { continue }
      column = String(before)
      self.comparison = comparison
      value = String(text[range.upperBound...])
      return
    }
    throw EvokeError(
      .badCondition, text, reason: "it has no comparison", remedy: "write COLUMN=VALUE, for example target=arousal")
  }

  init(column: String, equals value: String) {
    self.column = column
    comparison = "="
    self.value = value
  }

  /// The clause, with its value under `:name`; no value at all means NULL.
  func clause(_ name: String) -> String {
    let quoted = "\"\(column)\""
    guard !value.isEmpty else { return comparison == "!=" ? "\(quoted) IS NOT NULL" : "\(quoted) IS NULL" }
    switch comparison {
    case "=": return "\(quoted) IS :\(name)"
    case "!=": return "\(quoted) IS NOT :\(name)"
    default: return "\(quoted) \(comparison) :\(name)"
    }
  }

  /// A number where the text is one and the column does not hold text.
  func bound(isText: Bool) -> SQLValue {
    if isText { return .text(value) }
    if let n = Int(value) { return .int(n) }
    if let d = Double(value), d.isFinite { return .real(d) }
    return .text(value)
  }
}
