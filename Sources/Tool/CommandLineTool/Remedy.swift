import ArgumentParser
import ContentIdentity
import Diagnostics

/// What an error says to do, in the words of the verb that prints it.
///
/// Readers are shared by verbs with different options: a remedy may name one that only another verb has. Its clauses are
/// alternatives; those that this verb cannot follow are left out, and where none is left the verbs that can are named.
package enum Remedy {
  /// The words of a remedy that name an option.
  package static func options(in text: Substring) -> [String] {
    text.matches(of: /(?:^|[^\w-])--([a-z][a-z-]*)/).map { String($0.1) }
  }

  /// The options of a command, without their dashes.
  package static func options(of command: any ParsableCommand.Type) throws -> Set<String> {
    let help = try JSONValue(parsing: command._dumpHelp())
    guard let arguments = help["command"]?["arguments"]?.arrayValue else {
      preconditionFailure("the help of \(command) lists no arguments")
    }
    return Set(arguments.compactMap { $0["names"]?.arrayValue }.joined().compactMap { $0["name"]?.stringValue })
  }

  /// A remedy that a verb of `evoke import` prints.
  package static func fitted(_ text: String, to verb: any ImportVerb.Type) throws -> String {
    guard text.contains("--") else { return text }
    let known = try options(of: verb)
    let clauses = text.split(separator: ", or ").map(String.init)
    let own = clauses.filter { ownOptions(in: $0).isSubset(of: known) }
    if own.count == clauses.count { return text }
    if !own.isEmpty { return own.joined(separator: ", or ") }
    let wanted = ownOptions(in: text)
    let others = try ImportCommand.verbs.filter { try wanted.isSubset(of: options(of: $0)) }
      .map { $0._commandName }
    guard !others.isEmpty else { return text }
    return "evoke import \(others.joined(separator: "|")) takes what import \(verb._commandName) does not: \(text)"
  }

  /// Options that stand before the name of another command: what comes behind it belongs to that one.
  private static func ownOptions(in clause: String) -> Set<String> {
    let end = clause.firstRange(of: "evoke ")?.lowerBound ?? clause.endIndex
    return Set(options(in: clause[..<end]))
  }
}

extension Diagnostic {
  func fitted(to verb: any ImportVerb.Type) throws -> Diagnostic {
    Diagnostic(severity, code, object, reason: reason, remedy: try Remedy.fitted(remedy, to: verb))
  }
}

extension EvokeError {
  func fitted(to verb: any ImportVerb.Type) throws -> EvokeError {
    EvokeError(
      code, object, reason: reason, remedy: try Remedy.fitted(remedy, to: verb),
      diagnostics: try diagnostics.map { try $0.fitted(to: verb) })
  }
}
