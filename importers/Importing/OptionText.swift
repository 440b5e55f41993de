import DelimitedText
import Diagnostics

/// A column of a table and the name its values get.
package struct ColumnName: Sendable, Equatable {
  package let name: String
  package let column: String
}

/// Option values as users type them.
package enum OptionText {
  /// `a,b, c` -> its trimmed parts; empty parts are kept, so that they can be refused.
  package static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { trim($0) }
  }

  /// `NAME=rest` split at the first `=`; nil without one or with an empty side.
  package static func pair(_ text: String) -> (String, String)? {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let (name, rest) = (trim(text[..<equals]), trim(text[text.index(after: equals)...]))
    return name.isEmpty || rest.isEmpty ? nil : (name, rest)
  }

  /// `lo:hi`; nil unless both are finite and lo < hi.
  package static func range(_ text: String) -> ClosedRange<Double>? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { trim($0) }
    guard parts.count == 2, let low = number(parts[0]), let high = number(parts[1]), low < high else { return nil }
    return low...high
  }

  /// A finite decimal number.
  package static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  package static func trim(_ text: some StringProtocol) -> String { text.trimmed }

  /// `time=COL,NAME=COL,...` (repeatable) as ordered pairs; malformed parts are findings.
  package static func map(_ texts: [String], option: String, _ findings: inout Findings) -> [ColumnName] {
    var pairs: [ColumnName] = []
    for part in texts.flatMap(list) {
      guard let (name, column) = pair(part) else {
        malformed(option, part, "NAME=COLUMN", &findings)
        continue
      }
      if pairs.contains(where: { $0.name == name }) {
        findings.error(
          .optionMalformed, "\(option) \(part)", reason: "\(name) is given twice", remedy: "give each name once")
      }
      pairs.append(ColumnName(name: name, column: column))
    }
    return pairs
  }

  package static func malformed(_ option: String, _ text: String, _ form: String, _ findings: inout Findings) {
    findings.error(
      .optionMalformed, "\(option) \(text)", reason: "its form is \(option) \(form)", remedy: "write it in that form")
  }
}
