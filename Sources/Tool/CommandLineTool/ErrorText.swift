import ContentIdentity
import Diagnostics
import FileSystem

/// Errors as the user sees them: only colours of their own, whatever a file's names hold.
enum ErrorText {
  /// Three lines: what and which object, why, what to do; before them every finding that they do not say themselves. What
  /// an import found beside its errors has been said when they are printed.
  static func lines(_ error: EvokeError, colour: Bool) -> String {
    var text = ""
    let isSaid = error.code == .importRefused
    for finding in error.diagnostics where !error.says(finding) && !(isSaid && finding.severity != .error) {
      text += line(finding, colour: colour) + "\n"
    }
    return text + paint(error.description.visible, .error, colour) + "\n"
  }

  /// One finding, as the three lines of an error.
  static func line(_ finding: Diagnostic, colour: Bool) -> String {
    let text = "\(finding.severity.rawValue) \(finding.code.id): \(finding.code.title): \(finding.object)"
    return paint(text.visible, finding.severity, colour)
      + "\n  why: \(finding.reason)\n  do:  \(finding.remedy)".visible
  }

  /// One JSON document.
  static func json(_ error: EvokeError) -> String {
    JSONValue.object([
      "schema": "evoke.error/1", "code": .string(error.code.id), "title": .string(error.code.title),
      "object": .string(error.object), "reason": .string(error.reason), "remedy": .string(error.remedy),
      "exit": .int(Int(error.code.exit.rawValue)), "diagnostics": .array(error.diagnostics.map(json)),
    ]).canonical + "\n"
  }

  static func json(_ finding: Diagnostic) -> JSONValue {
    [
      "severity": .string(finding.severity.rawValue), "code": .string(finding.code.id),
      "object": .string(finding.object), "reason": .string(finding.reason), "remedy": .string(finding.remedy),
    ]
  }

  private static func paint(_ text: String, _ severity: Diagnostic.Severity, _ colour: Bool) -> String {
    guard colour, let space = text.firstIndex(of: " ") else { return text }
    let code = severity == .error ? "31" : severity == .warning ? "33" : "36"
    return "\u{1B}[1;\(code)m\(text[..<space])\u{1B}[0m\(text[space...])"
  }
}

extension EvokeError {
  /// Whether its own lines hold all of a finding: it is that finding, or lists it by its place in the object.
  fileprivate func says(_ finding: Diagnostic) -> Bool {
    if finding == Diagnostic(self) { return true }
    let place =
      finding.object.hasPrefix("\(object): ") ? finding.object.dropFirst(object.count + 2) : finding.object[...]
    return reason.contains("\(place): \(finding.reason)") && remedy.contains(finding.remedy)
  }
}
