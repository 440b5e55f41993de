import ContentIdentity
import Diagnostics

/// Holds a YAML tree against the grammar: collects every problem with its place and returns the values with the
/// tables' defaults filled in. A list entry with a problem becomes null, a mapping's key with one is left out.
struct GrammarChecker {
  let file: String
  let grammar: Grammar
  /// Nil where the file names no known kind: then every key applies.
  let kind: StudyKind?
  private(set) var problems: [Diagnostic] = []
  /// Problems that are told; what follows is of the same file and not looked at.
  static let mostProblems = 100
  /// Line of every place seen.
  private(set) var lines: [String: Int] = [:]

  init(file: String, grammar: Grammar, kind: StudyKind?) {
    self.file = file
    self.grammar = grammar
    self.kind = kind
  }

  /// Records a problem at a place such as `targets[2].synchrony.window_s` (entries count from 1).
  mutating func report(_ code: ErrorCode, at path: String, reason: String, remedy: String) {
    guard problems.count < Self.mostProblems else { return }
    problems.append(Diagnostic(.error, code, object(at: path), reason: reason, remedy: remedy))
  }

  /// Remembers on which line a place is written.
  mutating func note(_ line: Int, at path: String) { if line > 0 { lines[path] = line } }

  /// `file: place (line n)`, with the line of the nearest enclosing place that was written.
  private func object(at path: String) -> String {
    var place = Substring(path)
    while lines[String(place)] == nil, let cut = place.lastIndex(where: { $0 == "." || $0 == "[" }) {
      place = place[..<cut]
    }
    let line = lines[String(place)].map { " (line \($0))" } ?? ""
    return path.isEmpty ? "\(file)\(line)" : "\(file): \(path)\(line)"
  }

  /// The value at `path`, checked and completed; nil where it has a problem of its own.
  mutating func check(_ tree: YAMLTree, _ shape: Shape, at path: String) -> JSONValue? {
    if lines[path] == nil { note(tree.line, at: path) }
    switch shape {
    case .anyOf(let shapes): return checkAny(tree, shapes, at: path)
    case .list(let item, let count): return checkList(tree, item, count, at: path)
    case .map(let keys): return checkMap(tree, keys, at: path, shape: shape)
    case .variants(let variants): return checkVariants(tree, variants, at: path)
    case .pair, .two, .ramp: return checkNumbers(tree, shape, at: path)
    case .delays(let orAuto): return checkDelays(tree, orAuto: orAuto, at: path)
    case .free:
      guard case .mapping = tree else { return wrongType(tree, shape, at: path) }
      return Self.plainJSON(tree)
    default: return checkScalar(tree, shape, at: path)
    }
  }

  private mutating func wrongType(_ tree: YAMLTree, _ shape: Shape, at path: String) -> JSONValue? {
    report(
      .studyWrongType, at: path, reason: "it holds \(tree.shown)", remedy: "Allowed: \(shape.described).")
    return nil
  }

  private mutating func badValue(_ reason: String, _ shape: Shape, at path: String, hint: String? = nil) -> JSONValue? {
    report(
      .studyValue, at: path, reason: reason, remedy: (hint.map { $0 + " " } ?? "") + "Allowed: \(shape.described).")
    return nil
  }

  private mutating func checkScalar(_ tree: YAMLTree, _ shape: Shape, at path: String) -> JSONValue? {
    guard case .scalar(let text, let plain, _) = tree, !tree.isNull else { return wrongType(tree, shape, at: path) }
    switch shape {
    case .text:
      guard Self.isName(text) else { return badValue("\(tree.shown) is no name", shape, at: path) }
      return .string(text)
    case .layerKey:
      guard Self.isLayerKey(text) else { return badValue("\(tree.shown) is no layer key", shape, at: path) }
      return .string(text)
    case .choice(let words):
      if words.contains(text) { return .string(text) }
      let meant = NearMiss.likely(text, in: words).map { "Did you mean `\($0)`?" }
      return badValue("\(tree.shown) is not one of the words it takes", shape, at: path, hint: meant)
    case .flag:
      guard plain, text == "true" || text == "false" else { return wrongType(tree, shape, at: path) }
      return .bool(text == "true")
    case .number(let bounds):
      guard let value = Self.number(tree) else { return wrongType(tree, shape, at: path) }
      guard bounds.contains(value) else { return badValue("\(tree.shown) is out of range", shape, at: path) }
      return .number(value)
    case .integer(let range):
      guard let value = Self.number(tree) else { return wrongType(tree, shape, at: path) }
      guard let whole = Int(exactly: value), range.contains(whole) else {
        return badValue("\(tree.shown) is out of range or not whole", shape, at: path)
      }
      return .int(whole)
    default: preconditionFailure("not the shape of one scalar")
    }
  }

  /// The alternative whose node type fits decides; among words and numbers the first that accepts.
  private mutating func checkAny(_ tree: YAMLTree, _ shapes: [Shape], at path: String) -> JSONValue? {
    let fitting = shapes.filter { $0.fits(tree) }
    guard let first = fitting.first else { return wrongType(tree, .anyOf(shapes), at: path) }
    if fitting.count == 1, !first.isScalar { return check(tree, first, at: path) }
    for shape in fitting {
      var trial = GrammarChecker(file: file, grammar: grammar, kind: kind)
      if let value = trial.check(tree, shape, at: path), trial.problems.isEmpty { return value }
    }
    let words = fitting.flatMap(\.words)
    let meant: String? =
      if case .scalar(let text, _, _) = tree {
        NearMiss.likely(text, in: words).map { "Did you mean `\($0)`?" }
      } else { nil }
    return badValue("\(tree.shown) is none of the values it takes", .anyOf(shapes), at: path, hint: meant)
  }

  private mutating func checkList(
    _ tree: YAMLTree, _ item: Shape, _ count: ClosedRange<Int>, at path: String
  ) -> JSONValue? {
    let shape = Shape.list(item, count)
    guard case .sequence(let items, _) = tree else { return wrongType(tree, shape, at: path) }
    guard count.contains(items.count) else {
      let reason = items.isEmpty ? "the list is empty" : "the list has \(items.count) entries"
      return badValue(reason, shape, at: path)
    }
    var values: [JSONValue] = []
    for (i, entry) in items.enumerated() {
      let value = check(entry, item, at: "\(path)[\(i + 1)]") ?? .null
      if !value.isNull, let first = values.firstIndex(of: value) {
        report(
          .studyValue, at: "\(path)[\(i + 1)]", reason: "it repeats entry \(first + 1) of the list",
          remedy: "Name each once.")
      }
      values.append(value)
    }
    return .array(values)
  }

  private mutating func checkNumbers(_ tree: YAMLTree, _ shape: Shape, at path: String) -> JSONValue? {
    guard case .sequence(let items, _) = tree else { return wrongType(tree, shape, at: path) }
    let values = items.compactMap(Self.number)
    guard values.count == items.count else { return wrongType(tree, shape, at: path) }
    let accepted =
      switch shape {
      case .pair(let bounds): values.count == 2 && values.allSatisfy(bounds.contains) && values[0] < values[1]
      case .two(let bounds): values.count == 2 && values.allSatisfy(bounds.contains)
      case .ramp:
        values.count == 3 && values[0] <= values[1] && values[2] > 0 && (values[1] - values[0]) / values[2] < 1_000
          && values.allSatisfy { abs($0) <= 100 }
      default: preconditionFailure("not a shape of numbers")
      }
    guard accepted else {
      let shown = values.map { JSONValue.number($0).canonical }.joined(separator: ", ")
      return badValue("[\(shown)] is out of order, range or length", shape, at: path)
    }
    return .array(values.map { .number($0) })
  }

  private mutating func checkDelays(_ tree: YAMLTree, orAuto: Bool, at path: String) -> JSONValue? {
    let shape = Shape.delays(orAuto: orAuto)
    switch tree {
    case .mapping: return wrongType(tree, shape, at: path)
    case .scalar(let text, _, _):
      if tree.isNull || Self.number(tree) != nil { return wrongType(tree, shape, at: path) }
      if orAuto, text == DelayText.automatic { return .string(text) }
      guard let delays = DelayText.seconds(text) else {
        return badValue("\(tree.shown) is no range of seconds", shape, at: path)
      }
      return .array(delays.map { .number($0) })
    case .sequence(let items, _):
      let values = items.compactMap(Self.number)
      guard values.count == items.count else { return wrongType(tree, shape, at: path) }
      let sorted = values.sorted()
      guard !values.isEmpty, values.count <= DelayText.most, values.allSatisfy({ abs($0) <= DelayText.furthest }),
        zip(sorted, sorted.dropFirst()).allSatisfy({ $0 < $1 })
      else { return badValue("the list is empty, too long, repeats a delay or goes too far", shape, at: path) }
      return .array(sorted.map { .number($0) })
    }
  }

  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.count <= 200 && text.first?.isWhitespace == false && text.last?.isWhitespace == false
      && text.visibleLine == text
  }

  /// Layers of OpenL3, VGGish, CREPE and musicnn beside their convolutions.
  static let networkLayers = [
    "fc1_1", "fc1_2", "fc2_pre", "fc2_relu", "pca", "pca_quantised", "embedding", "embedding_512", "dense",
    "timbral", "temporal", "mean_pool", "max_pool", "penultimate", "logits", "tags",
  ]

  static func isLayerKey(_ text: String) -> Bool {
    if text == "proj" || text == "last" || networkLayers.contains(text) { return true }
    if text.wholeMatch(of: /conv[1-9](_[1-9])?|cnn[1-9]|pool[1-9]/) != nil { return true }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "conv" || parts[0] == "hs", let index = Int(parts[1]) else { return false }
    return index >= 0 && String(index) == parts[1]
  }

  /// An unquoted decimal number.
  static func number(_ tree: YAMLTree) -> Double? {
    guard case .scalar(let text, true, _) = tree, text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  /// Any tree as JSON: unquoted numbers and booleans typed, everything else text.
  static func plainJSON(_ tree: YAMLTree) -> JSONValue {
    switch tree {
    case .scalar(let text, let plain, _):
      if tree.isNull { return .null }
      if plain, text == "true" || text == "false" { return .bool(text == "true") }
      return number(tree).map { .number($0) } ?? .string(text)
    case .sequence(let items, _): return .array(items.map(plainJSON))
    case .mapping(let entries, _):
      return .object(Dictionary(entries.map { ($0.key, plainJSON($0.value)) }, uniquingKeysWith: { first, _ in first }))
    }
  }
}

/// `"a..b"`: seconds from a to b in steps of 1 s.
enum DelayText {
  /// What is written in place of seconds where the data decide.
  static let automatic = "auto"
  static let most = 400
  static let furthest = 600.0

  static func seconds(_ text: String) -> [Double]? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let number = { (part: Substring) in GrammarChecker.number(.scalar(String(part), plain: true, line: 0)) }
    guard let low = number(text[..<dots.lowerBound]), let high = number(text[dots.upperBound...]), low <= high,
      abs(low) <= furthest, abs(high) <= furthest, let steps = Int(exactly: high - low), steps < most
    else { return nil }
    return (0...steps).map { low + Double($0) }
  }
}
