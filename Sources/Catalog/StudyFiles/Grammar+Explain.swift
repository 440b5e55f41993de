import ContentIdentity

extension Grammar {
  /// What `evoke explain KIND` prints: every key of the kind's study file with type, default and meaning, and where the
  /// kind is computed an example and the views that have its results.
  public func explain(_ kind: StudyKind) -> String {
    var lines = ["\(kind.name): \(kind.summary)"]
    if !isComputed(kind) { lines.append("Read and checked, not computed by this version.") }
    lines += ["", "Keys of its study file (YAML). Names ending in _s are seconds; lists stand in [ ].", ""]
    lines += Self.describe(keys, at: "", kind: kind, indent: "")
    if let example = kind.example { lines += ["", "Example:", ""] + Self.indented(example) }
    if !kind.views.isEmpty { lines += ["", "Views of its results: \(kind.views.joined(separator: ", "))."] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func indented(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
  }

  private static func describe(_ keys: [GrammarKey], at path: String, kind: StudyKind, indent: String) -> [String] {
    keys.filter { $0.applies(to: kind) }.flatMap { key -> [String] in
      let place = path.isEmpty ? key.name : "\(path).\(key.name)"
      let head = "\(indent)\(key.name): \(key.shape.brief)  (\(standing(of: key, at: place, kind)))"
      let inner = inside(key.shape, at: place, kind: kind, indent: indent + "  ")
      return [head, "\(indent)    \(key.summary)"] + inner
    }
  }

  private static func standing(of key: GrammarKey, at place: String, _ kind: StudyKind) -> String {
    switch kind.standards[place] {
    case .required: "required"
    case .value(let words, _): "default: \(words)"
    case nil:
      switch key.standard {
      case .required: "required"
      case .value(let value): "default \(value.shown)"
      case .defaults: "default {}: the defaults of its keys"
      case .rule(let words): "default: \(words)"
      case .absent: "optional"
      }
    }
  }

  /// The keys of a value that is, or may be, a mapping or a list of mappings.
  private static func inside(_ shape: Shape, at place: String, kind: StudyKind, indent: String) -> [String] {
    switch shape {
    case .map(let keys): return describe(keys, at: place, kind: kind, indent: indent)
    case .list(let item, _): return inside(item, at: place + "[]", kind: kind, indent: indent)
    // A single mapping or a list of the same is explained once.
    case .anyOf(let shapes):
      return shapes.lazy.map { inside($0, at: place, kind: kind, indent: indent) }.first { !$0.isEmpty } ?? []
    case .variants(let all):
      let variants = all.filter { $0.applies(to: kind) }
      let shared = variants.count > 1 ? sharedKeys(variants) : []
      var lines = variants.flatMap { variant -> [String] in
        let own = variant.keys.filter { key in !shared.contains { $0.name == key.name } }
        return ["\(indent)- with \(variant.name):"] + describe(own, at: place, kind: kind, indent: indent + "  ")
      }
      if !shared.isEmpty {
        lines += ["\(indent)- with \(users(of: shared, in: variants)):"]
        lines += describe(shared, at: place, kind: kind, indent: indent + "  ")
      }
      return lines
    default: return []
    }
  }

  /// Keys of more than one variant with the same meaning, told once. `layers` differs and stays.
  private static func sharedKeys(_ variants: [GrammarVariant]) -> [GrammarKey] {
    guard let first = variants.first else { return [] }
    return first.keys.filter { key in
      variants.filter { $0.name != "joint" }.allSatisfy { variant in variant.keys.contains { $0.name == key.name } }
    }
  }

  private static func users(of shared: [GrammarKey], in variants: [GrammarVariant]) -> String {
    let having = variants.filter { variant in variant.keys.contains { $0.name == shared[0].name } }
    return having.count == variants.count ? "any of them" : having.map(\.name).joined(separator: ", ")
  }
}

extension JSONValue {
  /// As one would write it in YAML.
  var shown: String {
    switch self {
    case .string(let text): text
    case .array(let items): "[\(items.map(\.shown).joined(separator: ", "))]"
    default: canonical
    }
  }
}

extension Shape {
  /// The type in one line; mappings are told by the lines below.
  var brief: String {
    switch self {
    case .map: "{...}"
    case .variants: "{...}"
    case .list(.text, _): "[NAME, ...]"
    case .list(let item, _): "[\(item.brief), ...]"
    case .delays(let orAuto): (orAuto ? "auto | " : "") + "[SECONDS, ...] | \"a..b\""
    case .pair: "[low, high]"
    case .two: "[first, second]"
    case .ramp: "[low, high, step]"
    case .flag: "true | false"
    case .anyOf(let shapes): shapes.map(\.brief).joined(separator: " | ")
    default: described
    }
  }
}
