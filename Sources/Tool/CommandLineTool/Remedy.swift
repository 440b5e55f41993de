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

  /// A command that does something.
  package struct Command: Sendable {
    /// Without `evoke`: `import eeg`, `run`.
    package let words: [String]
    package let type: any ParsableCommand.Type
    package let options: Set<String>
  }

  package static let commands: [Command] = leaves(Evoke.self, [])

  private static func leaves(_ command: any ParsableCommand.Type, _ words: [String]) -> [Command] {
    let children = command.configuration.subcommands
    guard children.isEmpty else { return children.flatMap { leaves($0, words + [$0._commandName]) } }
    do { return [Command(words: words, type: command, options: try options(of: command))] } catch {
      preconditionFailure("the help of \(command) is no JSON: \(error)")
    }
  }

  /// A remedy that a command prints; one that begins with another command speaks of that.
  package static func fitted(_ text: String, to command: any ParsableCommand.Type) throws -> String {
    guard text.contains("--"), !text.hasPrefix("evoke ") else { return text }
    let own = commands.first { $0.type == command }
    let known = try own?.options ?? options(of: command)
    let clauses = text.split(separator: ", or ").map(String.init)
    let possible = clauses.filter { ownOptions(in: $0).isSubset(of: known) }
    if possible.count == clauses.count { return text }
    if !possible.isEmpty { return possible.joined(separator: ", or ") }
    let wanted = ownOptions(in: text)
    let able = commands.filter { wanted.isSubset(of: $0.options) }.map(\.words)
    guard let first = able.first, let own else { return text }
    // Those of one verb are named together.
    let verbs = able.filter { $0.dropLast() == first.dropLast() }
    let words = first.dropLast() + [verbs.compactMap(\.last).joined(separator: "|")]
    return "evoke \(words.joined(separator: " ")) takes what \(own.words.joined(separator: " ")) does not: \(text)"
  }

  /// What a finding says of an import that is stored: options that its remedy names, and a name that it asks for, are those
  /// of another import of the same file, which is refused while this one stands.
  ///
  /// - Parameter file: the one that the finding is of; nil: it is of several, or of none.
  package static func afterStoring(_ text: String, of file: String?, by verb: any ParsableCommand.Type) throws -> String
  {
    let wanted = ownOptions(in: text)
    let known = try commands.first { $0.type == verb }?.options ?? options(of: verb)
    guard !wanted.isEmpty || text.contains("did you mean "), wanted.isSubset(of: known),
      !text.hasPrefix("accepted by "), !text.contains("evoke forget")
    else { return text }
    return "\(text); what is stored goes first: evoke forget \(file.map(ShellText.quoted) ?? "FILE")"
  }

  /// Options that stand before the name of another command: what comes behind it belongs to that one.
  private static func ownOptions(in clause: String) -> Set<String> {
    let end = clause.firstRange(of: "evoke ")?.lowerBound ?? clause.endIndex
    return Set(options(in: clause[..<end]))
  }
}

extension Diagnostic {
  /// The finding as it is told once the import of these files is stored.
  func afterStoring(_ files: [String], by verb: any ParsableCommand.Type) throws -> Diagnostic {
    guard severity != .error, !files.isEmpty else { return self }
    let named = files.filter(object.contains)
    let longest = named.max { $0.count < $1.count } ?? (files.count == 1 ? files[0] : nil)
    // Of several, as a group of findings names them, each goes.
    let file = longest.flatMap { file in named.allSatisfy(file.contains) ? file : nil }
    return with(remedy: try Remedy.afterStoring(remedy, of: file, by: verb))
  }

  func fitted(to verb: any ParsableCommand.Type) throws -> Diagnostic {
    with(remedy: try Remedy.fitted(remedy, to: verb))
  }
}

extension EvokeError {
  func fitted(to verb: any ParsableCommand.Type) throws -> EvokeError {
    EvokeError(
      code, object, reason: reason, remedy: try Remedy.fitted(remedy, to: verb),
      diagnostics: try diagnostics.map { try $0.fitted(to: verb) })
  }
}
