import ContentIdentity
import Diagnostics
import Yams

/// A YAML document as texts with their lines; types are decided by the grammar, not by YAML's guesses
/// (so that a key `null` or a dataset `2020` stays a name).
indirect enum YAMLTree: Sendable {
  /// One `key: value` of a mapping.
  struct Entry: Sendable {
    let key: String
    let line: Int
    let value: YAMLTree
  }

  case scalar(String, plain: Bool, line: Int)
  case sequence([YAMLTree], line: Int)
  case mapping([Entry], line: Int)

  var line: Int {
    switch self {
    case .scalar(_, _, let line), .sequence(_, let line), .mapping(_, let line): line
    }
  }

  /// An empty value, `~` or `null`.
  var isNull: Bool {
    if case .scalar(let text, true, _) = self { ["", "~", "null", "Null", "NULL"].contains(text) } else { false }
  }

  /// What stands there, for messages.
  var shown: String {
    switch self {
    case .scalar(let text, let plain, _): isNull ? "nothing" : plain ? "`\(text)`" : "the text \"\(text)\""
    case .sequence(let items, _): items.isEmpty ? "an empty list" : "a list"
    case .mapping: "a mapping"
    }
  }

  /// Reads one document. Throws `studySyntax` and `studyDuplicateKey`.
  init(parsing text: String, file: String) throws {
    let root: Node?
    // libYAML counts a byte order mark as a column, which breaks the indentation of the second line.
    let unmarked = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    do {
      root = try Yams.compose(yaml: unmarked.composed)
    } catch let error as YamlError {
      throw Self.refusal(error, file: file)
    }
    guard let root else {
      throw EvokeError(
        .studySyntax, file, reason: "the file is empty", remedy: "`evoke explain layer_sweep` shows an example.")
    }
    var budget = 100_000
    self = try Self.tree(root, file: file, budget: &budget)
  }

  private static func tree(_ node: Node, file: String, budget: inout Int) throws -> YAMLTree {
    budget -= 1
    guard budget > 0 else {
      throw EvokeError(
        .studySyntax, file, reason: "more than 100,000 values", remedy: "Write the lists out without repeated aliases.")
    }
    let line = node.mark?.line ?? 0
    switch node {
    case .scalar(let scalar):
      return .scalar(scalar.string, plain: scalar.style == .plain || scalar.style == .any, line: line)
    case .sequence(let sequence):
      var items: [YAMLTree] = []
      for item in sequence { items.append(try tree(item, file: file, budget: &budget)) }
      return .sequence(items, line: line)
    case .mapping(let mapping):
      return .mapping(try entries(mapping, file: file, budget: &budget), line: line)
    case .alias:
      throw EvokeError(.studySyntax, "\(file) (line \(line))", reason: "an unresolved alias", remedy: "Write it out.")
    }
  }

  private static func entries(_ mapping: Node.Mapping, file: String, budget: inout Int) throws -> [Entry] {
    var entries: [Entry] = []
    for (key, value) in mapping {
      let line = key.mark?.line ?? 0
      guard let name = key.scalar?.string else {
        throw EvokeError(
          .studySyntax, "\(file) (line \(line))", reason: "a key is a list or a mapping", remedy: "Keys are words.")
      }
      guard !entries.contains(where: { $0.key == name }) else { throw duplicate([name], line: line, file: file) }
      entries.append(Entry(key: name, line: line, value: try tree(value, file: file, budget: &budget)))
    }
    return entries
  }

  private static func duplicate(_ keys: [String], line: Int, file: String) -> EvokeError {
    let names = keys.map { "`\($0)`" }.joined(separator: ", ")
    return EvokeError(
      .studyDuplicateKey, "\(file): \(keys.joined(separator: ", ")) (line \(line))",
      reason: "\(names) stands twice in one mapping", remedy: "Keep one of them.")
  }

  private static func refusal(_ error: YamlError, file: String) -> EvokeError {
    var place = file
    let reason: String
    switch error {
    case .duplicatedKeysInMapping(let keys, let context):
      return duplicate(keys.sorted(), line: context.mark.line, file: file)
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      place = "\(file) (line \(mark.line), column \(mark.column))"
      reason = [context?.text, problem].compactMap { $0 }.joined(separator: " ")
    case .reader(let problem, _, _, _): reason = problem
    default: reason = "the text cannot be read"
    }
    return EvokeError(
      .studySyntax, place, reason: reason,
      remedy: "Mend the YAML there: spaces, not tabs, for indentation; a space after every colon; one document.")
  }
}
