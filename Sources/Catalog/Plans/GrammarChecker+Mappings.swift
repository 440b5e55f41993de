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
      guard let key = keys.first(where: { $0.name == entry.key }) else {
        reportUnknown(entry.key, among: keys, at: place)
        continue
      }
      written.insert(key.name)
      if let kind, !key.kinds.contains(kind) {
        reportKind(key, kind, at: place)
      } else if let value = check(entry.value, key.shape, at: place) {
        values[key.name] = value
      }
    }
    for key in keys where !written.contains(key.name) { complete(&values, key, at: path) }
    return .object(values)
  }

  /// What an absent key means.
  private mutating func complete(_ values: inout [String: JSONValue], _ key: GrammarKey, at path: String) {
    if let kind, !key.kinds.contains(kind) { return }
    switch key.standard {
    case .required(let except):
      // Without a known kind only what every kind requires is missed.
      let everywhere = except.isEmpty && key.kinds.count == StudyKind.allCases.count
      guard kind.map(key.isRequired) ?? everywhere else { return }
      report(
        .studyMissingKey, at: join(path, key.name), reason: "`\(key.name)` is missing",
        remedy: "Add `\(key.name): ...` (\(key.summary.lowercasedStart) Allowed: \(key.shape.described).)")
    case .value(let value): values[key.name] = value
    case .defaults:
      // The kind's own block is filled only for that kind; without a known kind there is none.
      if kind == nil, key.kinds.count == 1 { return }
      values[key.name] = check(.mapping([], line: 0), key.shape, at: join(path, key.name))
    case .rule, .absent: break
    }
  }

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
        reason: "a study of kind \(kind.rawValue) takes no `\(variant.name)`",
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
    let applying = keys.filter { key in kind.map(key.kinds.contains) ?? true }
    let candidates = applying.map(\.name).filter { candidate in
      StudyKind(rawValue: candidate) == nil || candidate == kind?.rawValue
    }
    let isBlock = StudyKind(rawValue: name) != nil
    let elsewhere = isBlock ? [] : Grammar.places(of: name)
    var remedy = NearMiss.nearest(to: name, in: candidates).map { "The nearest known key is `\($0)`." } ?? ""
    if NearMiss.likely(name, in: candidates) == nil, let there = elsewhere.first {
      remedy = "`\(name)` stands under `\(there)`. " + remedy
    }
    var seen: Set<String> = []
    let known = candidates.filter { seen.insert($0).inserted }.joined(separator: ", ")
    if isBlock {
      report(
        .studyKindKey, at: place, reason: "`\(name)` has no keys of its own", remedy: "Remove the block.")
    } else {
      report(
        .studyUnknownKey, at: place, reason: "`\(name)` is no key here", remedy: "\(remedy) Known here: \(known).")
    }
  }

  private mutating func reportKind(_ key: GrammarKey, _ kind: StudyKind, at place: String) {
    let whose = key.kinds.count == 1 ? "of kind \(key.kinds.first?.rawValue ?? "")" : "of other kinds"
    report(
      .studyKindKey, at: place, reason: "`\(key.name)` is a key \(whose), the study is a \(kind.rawValue)",
      remedy: "Remove it, or change `kind`.")
  }

  private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension Grammar {
  /// Places where a key of that name is known, outermost first.
  static func places(of name: String) -> [String] {
    var found: [String] = []
    for kind in StudyKind.allCases {
      for entry in flattened(for: kind) where entry.key.name == name {
        let parent = entry.path.split(separator: ".").dropLast().joined(separator: ".")
        let place = parent.isEmpty ? "the top of the file" : parent
        if !found.contains(place) { found.append(place) }
      }
    }
    return found.sorted { $0.count < $1.count }
  }
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
  var described: String {
    switch self {
    case .text: "NAME"
    case .layerKey: "conv.N | proj | hs.N | last | convN_M | fcN_M | embedding | dense (as `evoke models` lists them)"
    case .choice(let words): words.joined(separator: " | ")
    case .number(let bounds): bounds.shown
    case .integer(let range):
      range.upperBound > 1_000_000
        ? "a whole number >= \(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true | false"
    case .list(let item, let count): "a list of \(item.described)" + Self.counted(count)
    case .pair(let bounds): "[low, high], each \(bounds.shown), low < high"
    case .two(let bounds): "[first, second], each \(bounds.shown)"
    case .ramp: "[low, high, step] with low <= high and step > 0, fewer than 1000 steps, within -100 and 100"
    case .delays: "a list of different seconds, or \"a..b\" in steps of 1 s, within -600 and 600"
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

extension String {
  fileprivate var lowercasedStart: String { prefix(1).lowercased() + dropFirst() }
}
