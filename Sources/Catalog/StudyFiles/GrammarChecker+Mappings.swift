import ContentIdentity
import Diagnostics

extension GrammarChecker {
  mutating func checkMap(_ tree: YAMLTree, _ keys: [GrammarKey], at path: String, shape: Shape) -> JSONValue? {
    guard case .mapping(let entries, _) = tree else {
      report(.studyWrongType, at: path, reason: "it holds \(tree.shown)", remedy: "Allowed: \(shape.described).")
      return nil
    }
    var values: [String: JSONValue] = [:]
    var written: Set<String> = []
    for entry in entries {
      let place = join(path, entry.key)
      note(entry.line, at: place)
      if problems.count >= Self.mostProblems { return nil }
      guard let key = keys.first(where: { $0.name == entry.key }) else {
        reportUnknown(entry.key, among: keys, at: place)
        continue
      }
      written.insert(key.name)
      if let kind, !key.applies(to: kind) {
        reportKind(key, kind, at: place)
      } else if let value = check(entry.value, key.shape, at: place) {
        values[key.name] = value
        if value.isEmpty { reportNeed(at: place) }
      }
    }
    for key in keys where !written.contains(key.name) { complete(&values, key, at: path) }
    return .object(values)
  }

  /// What an absent key means. What the kind puts there, the completion of the whole file does.
  private mutating func complete(_ values: inout [String: JSONValue], _ key: GrammarKey, at path: String) {
    if let kind, !key.applies(to: kind) { return }
    let place = join(path, key.name)
    if reportNeed(at: place) { return }
    if case .value? = kind?.standards[Self.general(place)] { return }
    switch key.standard {
    case .required:
      // Without a known kind only what every kind requires is missed.
      let judges = kind.map { [$0] } ?? grammar.kinds
      guard judges.allSatisfy({ Grammar.isRequired(key, at: Self.general(place), in: $0) }) else { return }
      report(
        .studyMissingKey, at: place, reason: "`\(key.name)` is missing",
        remedy: "Add `\(key.name): ...` (\(key.summary.lowercasedStart) Allowed: \(key.shape.described).)")
    case .value(let value): values[key.name] = value
    case .defaults:
      // A kind's own block is filled only for that kind; without a known kind there is none.
      if kind == nil, key.isBlock { return }
      values[key.name] = check(.mapping([], line: 0), key.shape, at: place)
    case .rule, .absent: break
    }
  }

  /// Reports what the kind needs where other kinds do not, and nothing is given; whether it was so.
  @discardableResult
  private mutating func reportNeed(at place: String) -> Bool {
    guard case .required(let reason, let remedy)? = kind?.standards[Self.general(place)] else { return false }
    report(.studyMissingKey, at: place, reason: reason, remedy: remedy)
    return true
  }

  /// A place with every entry of its lists: `targets[].level` for `targets[2].level`.
  private static func general(_ place: String) -> String { place.replacing(/\[\d+\]/, with: "[]") }

  mutating func checkVariants(_ tree: YAMLTree, _ variants: [GrammarVariant], at path: String) -> JSONValue? {
    let shape = Shape.variants(variants)
    guard case .mapping(let entries, _) = tree else {
      report(.studyWrongType, at: path, reason: "it holds \(tree.shown)", remedy: "Allowed: \(shape.described).")
      return nil
    }
    let named = variants.filter { variant in entries.contains { $0.key == variant.name } }
    guard named.count <= 1 else {
      let names = named.map { "`\($0.name)`" }.joined(separator: " and ")
      report(.studyContradiction, at: path, reason: "\(names) stand in one entry", remedy: "Make them two entries.")
      return nil
    }
    let applying = variants.filter { variant in kind.map(variant.applies) ?? true }
    if let variant = named.first, let kind, !variant.applies(to: kind) {
      let names = applying.map { "`\($0.name)`" }.joined(separator: ", ")
      report(
        .studyKindKey, at: join(path, variant.name),
        reason: "a study of kind \(kind.name) takes no `\(variant.name)`",
        remedy: "Use \(names), or change `kind`.")
      return nil
    }
    if let variant = named.first { return checkMap(tree, variant.keys, at: path, shape: .map(variant.keys)) }
    let names = applying.map(\.name)
    let known = applying.flatMap(\.keys)
    let unknown = entries.filter { entry in !known.contains { $0.name == entry.key } }
    // A mistyped name of a variant is one problem, not two.
    if let entry = unknown.first(where: { NearMiss.likely($0.key, in: names) != nil }) ?? unknown.first {
      let place = join(path, entry.key)
      note(entry.line, at: place)
      reportUnknown(entry.key, among: known, at: place)
    } else {
      report(
        .studyMissingKey, at: path, reason: "the entry does not say what it is",
        remedy: "Give one of \(names.map { "`\($0)`" }.joined(separator: ", ")).")
    }
    return nil
  }

  private mutating func reportUnknown(_ name: String, among keys: [GrammarKey], at place: String) {
    let applying = keys.filter { key in kind.map(key.applies) ?? true }
    let candidates = applying.map(\.name).filter { candidate in
      grammar.kind(named: candidate) == nil || candidate == kind?.name
    }
    guard grammar.kind(named: name) == nil else {
      return report(
        .studyKindKey, at: place, reason: "`\(name)` has no keys of its own", remedy: "Remove the block.")
    }
    var remedy = NearMiss.nearest(to: name, in: candidates).map { "The nearest known key is `\($0)`." } ?? ""
    if NearMiss.likely(name, in: candidates) == nil, let there = grammar.places(of: name).first {
      remedy = "`\(name)` stands under `\(there)`. " + remedy
    }
    var seen: Set<String> = []
    let known = candidates.filter { seen.insert($0).inserted }.joined(separator: ", ")
    report(
      .studyUnknownKey, at: place, reason: "`\(name)` is no key here", remedy: "\(remedy) Known here: \(known).")
  }

  private mutating func reportKind(_ key: GrammarKey, _ kind: StudyKind, at place: String) {
    let takers = grammar.kinds.filter(key.applies)
    let whose = takers.count == 1 ? "of kind \(takers[0].name)" : "of other kinds"
    report(
      .studyKindKey, at: place, reason: "`\(key.name)` is a key \(whose), the study is a \(kind.name)",
      remedy: "Remove it, or change `kind`.")
  }

  private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension Shape {
  /// Whether the node type fits, so that this alternative gives the messages.
  func fits(_ tree: YAMLTree) -> Bool {
    switch (self, tree) {
    case (.text, .scalar), (.layerKey, .scalar), (.choice, .scalar), (.number, .scalar), (.integer, .scalar),
      (.flag, .scalar), (.delays, .scalar), (.delays, .sequence), (.list, .sequence), (.pair, .sequence),
      (.two, .sequence), (.ramp, .sequence), (.map, .mapping), (.variants, .mapping), (.free, .mapping):
      true
    case (.anyOf(let shapes), _): shapes.contains { $0.fits(tree) }
    default: false
    }
  }

  var isScalar: Bool {
    switch self {
    case .text, .layerKey, .choice, .number, .integer, .flag: true
    default: false
    }
  }

  /// The words of a choice.
  var words: [String] { if case .choice(let words) = self { words } else { [] } }

  /// What is allowed, in words.
  package var described: String {
    switch self {
    case .text: "NAME"
    case .layerKey:
      "conv.N | proj | hs.N | last | convN_M | fcN_M | embedding | dense | cnnN | timbral | tags ... (as `evoke models` "
        + "lists them)"
    case .choice(let words): words.joined(separator: " | ")
    case .number(let bounds): bounds.shown
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true | false"
    case .list(let item, let count): "a list of \(item.described)" + Self.counted(count)
    case .pair(let bounds): "[low, high], each \(bounds.shown), low < high"
    case .two(let bounds): "[first, second], each \(bounds.shown)"
    case .ramp: "[low, high, step] with low <= high and step > 0, fewer than 1000 steps, within -100 and 100"
    case .delays(let orAuto):
      (orAuto ? "auto, " : "") + "a list of different seconds, or \"a..b\" in steps of 1 s, within -600 and 600"
    case .map(let keys): "{\(keys.map(\.name).joined(separator: ", "))}"
    case .variants(let variants): variants.map { "{\($0.name): ...}" }.joined(separator: " | ")
    case .anyOf(let shapes): shapes.map(\.described).joined(separator: " | ")
    case .free: "a mapping"
    }
  }

  private static func counted(_ count: ClosedRange<Int>) -> String {
    if count.upperBound <= 10 { return " (\(count.lowerBound) to \(count.upperBound))" }
    return count.lowerBound == 1 ? " (at least one)" : ""
  }
}

extension JSONValue {
  /// Whether it is a list or mapping of nothing.
  fileprivate var isEmpty: Bool { self == [] || self == [:] }
}

extension String {
  fileprivate var lowercasedStart: String { prefix(1).lowercased() + dropFirst() }
}
