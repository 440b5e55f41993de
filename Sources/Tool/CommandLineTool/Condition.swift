import Diagnostics
import Warehouse

/// `COLUMN=VALUE` of the command line, as a clause with a bound value.
struct Condition {
  let column: String
  let comparison: String
  let value: String

  /// - Throws: `E-QRY-003` when there is no comparison in it, or one that no column can be held against.
  init(_ text: String) throws {
    for comparison in ["!=", "<=", ">=", "=", "<", ">"] {
      guard let range = text.firstRange(of: comparison), range.lowerBound > text.startIndex else { continue }
      let before = text[..<range.lowerBound]
      guard !before.contains(where: { "!<>=".contains($0) }) else { continue }
      column = String(before)
      self.comparison = comparison
      value = String(text[range.upperBound...])
      if let fault { throw Self.refusal(text, fault) }
      return
    }
    throw Self.refusal(text, "it has no comparison")
  }

  init(column: String, equals value: String) {
    self.column = column
    comparison = "="
    self.value = value
  }

  private static func refusal(_ text: String, _ reason: String) -> EvokeError {
    EvokeError(
      .badCondition, text, reason: reason,
      remedy: "write COLUMN=VALUE with one of = != < <= > >=, for example target=arousal")
  }

  /// What is wrong with it; nil where nothing is. Whoever writes `==` or `<>`, or `p<` and a variable that is empty,
  /// would be given other rows.
  private var fault: String? {
    if let sign = value.first, "=<>".contains(sign) { return "\(comparison)\(sign) is no comparison" }
    if value.isEmpty, !["=", "!="].contains(comparison) { return "nothing stands behind \(comparison)" }
    return nil
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
