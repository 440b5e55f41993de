import Diagnostics
import Warehouse

/// `NAME=VALUE` of the command line: a value under a name. The first `=` parts them.
struct Assignment {
  let name: String
  let value: String

  init(name: String, value: String) { (self.name, self.value) = (name, value) }

  /// - Parameters:
  ///   - form: as it is written, `--attach NAME=DIR`.
  ///   - mayBeEmpty: whether there may be no value.
  /// - Throws: `E-QRY-003` for a text without a name, or without a value.
  init(_ text: String, as form: String, mayBeEmpty: Bool = false) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, mayBeEmpty || !parts[1].isEmpty else {
      throw EvokeError(
        .badCondition, text, reason: "it has no =, or nothing stands before or behind it", remedy: "write \(form)")
    }
    (name, value) = (parts[0], parts[1])
  }

  /// As a value of SQL: none is NULL, what stands in single quotes is text, what is written as numbers are is a number,
  /// all else is text: `01` and `+5` are names.
  var bound: SQLValue {
    if value.isEmpty { return .null }
    if value.count > 1, value.hasPrefix("'"), value.hasSuffix("'") {
      return .text(String(value.dropFirst().dropLast()).replacing("''", with: "'"))
    }
    guard value.wholeMatch(of: /-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/) != nil else {
      return .text(value)
    }
    if value.wholeMatch(of: /-?[0-9]+/) != nil { return Int(value).map { .int($0) } ?? .text(value) }
    return Double(value).flatMap { $0.isFinite ? .real($0) : nil } ?? .text(value)
  }
}
