import Diagnostics
import Names
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
    try Self.refuseOversize(text, file: file)
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

  /// Bytes of a file, and aliases in it. Yams compares keys by all that is in them: a few dozen aliases of aliases make one
  /// key of more values than any memory holds, twelve at most 82 times what is written.
  private static let (mostBytes, mostAliases) = (1 << 20, 12)

  private static func refuseOversize(_ text: String, file: String) throws {
    func refusal(_ reason: String, _ remedy: String) -> EvokeError {
      EvokeError(.studySyntax, file, reason: reason, remedy: remedy)
    }
    guard text.utf8.count <= mostBytes else {
      throw refusal(
        "\(text.utf8.count) bytes are no study file", "Name the study file; lists have at most 10,000 entries.")
    }
    // An alias begins a value or a key: before it stand a blank or what opens or parts a collection.
    let openers = Set(" \t\r\n,[{:-?".utf8)
    let aliases = zip(text.utf8, text.utf8.dropFirst()).count { before, sign in
      sign == UInt8(ascii: "*") && openers.contains(before)
    }
    guard aliases <= mostAliases else {
      throw refusal("it has \(aliases) aliases, at most \(mostAliases) are read", "Write out what is repeated.")
    }
  }

  private static func tree(_ node: Node, file: String, budget: inout Int, depth: Int = 0) throws -> YAMLTree {
    budget -= 1
    guard depth < 64 else {
      throw EvokeError(
        .studySyntax, file, reason: "nested more than 64 deep",
        remedy: "`evoke explain KIND` shows how keys are nested.")
    }
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
      for item in sequence { items.append(try tree(item, file: file, budget: &budget, depth: depth + 1)) }
      return .sequence(items, line: line)
    case .mapping(let mapping):
      return .mapping(try entries(mapping, file: file, budget: &budget, depth: depth + 1), line: line)
    case .alias:
      throw EvokeError(.studySyntax, "\(file) (line \(line))", reason: "an unresolved alias", remedy: "Write it out.")
    }
  }

  private static func entries(
    _ mapping: Node.Mapping, file: String, budget: inout Int, depth: Int
  ) throws -> [Entry] {
    var entries: [Entry] = []
    var names: Set<String> = []
    for (key, value) in mapping {
      let line = key.mark?.line ?? 0
      guard let name = key.scalar?.string else {
        throw EvokeError(
          .studySyntax, "\(file) (line \(line))", reason: "a key is a list or a mapping", remedy: "Keys are words.")
      }
      guard names.insert(name).inserted else { throw duplicate([name], line: line, file: file) }
      entries.append(Entry(key: name, line: line, value: try tree(value, file: file, budget: &budget, depth: depth)))
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
