import ContentIdentity

extension StudyKind {
  /// One line for people.
  public var summary: String {
    switch self {
    case .layerSweep: "one score per layer of a model, with its peak and contrasts of depths"
    case .elementAblation: "voice against soundtrack against the original sound"
    case .covariateControl: "what sound explains beyond covariates such as vision"
    case .architectureComparison: "layer curves of several models on relative depth"
    case .temporalResolution: "scores against the window and step of synchrony"
    case .controlledSynthesis: "features of stimuli made from a design of factors"
    case .cohortComparison: "the same study in two or more groups"
    case .emotionLag: "correlation of features and ratings over lags"
    case .audioToBrain: "recorded responses from sound, with unique contributions"
    case .emotionToBrain: "recorded responses from ratings, both directions in time"
    case .iscReport: "static and dynamic inter-subject correlation per region"
    }
  }
}

extension Grammar {
  /// What `evoke explain KIND` prints: every key of the kind's study file with type, default and meaning, and an
  /// example where the kind is computed.
  public static func explain(_ kind: StudyKind) -> String {
    var lines = ["\(kind.rawValue): \(kind.summary)"]
    if !kind.isComputed { lines.append("Read and checked, not computed by this version.") }
    lines += ["", "Keys of its study file (YAML). Names ending in _s are seconds; lists stand in [ ].", ""]
    lines += describe(studyKeys, kind: kind, indent: "")
    if let example = examples[kind] { lines += ["", "Example:", ""] + indented(example) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A small study file of a computed kind.
  public static let examples: [StudyKind: String] = [
    .layerSweep: """
    study: layers
    kind: layer_sweep
    datasets: [films]
    features:
      - {model: wav2vec2-base, layers: all, reduce: {pca: 12}}
      - {set: lld12}
    targets:
      - {annotation: arousal}
      - {synchrony: {window_s: 10, step_s: 1}}
    encoding: {}
    statistics: {draws: 1000, correction: [max]}
    """,
    .covariateControl: """
    study: beyond-vision
    kind: covariate_control
    datasets: [films]
    features:
      - {set: lld12}
    covariates: {set: vis12}
    targets:
      - {annotation: arousal}
    encoding: {outer: {leave_one: acquisition_run}}
    """,
    .iscReport: """
    study: synchrony
    kind: isc_report
    datasets: [story]
    targets:
      - {synchrony: {window_s: 30, step_s: 1.5, method: leave_one_out}}
    statistics: {null: phase, draws: 1000}
    """,
  ]

  private static func indented(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
  }

  private static func describe(_ keys: [GrammarKey], kind: StudyKind, indent: String) -> [String] {
    keys.filter { $0.kinds.contains(kind) }.flatMap { key -> [String] in
      let head = "\(indent)\(key.name): \(key.shape.brief)  (\(key.standing(for: kind)))"
      return [head, "\(indent)    \(key.summary)"] + inside(key.shape, kind: kind, indent: indent + "  ")
    }
  }

  /// The keys of a value that is, or may be, a mapping or a list of mappings.
  private static func inside(_ shape: Shape, kind: StudyKind, indent: String) -> [String] {
    switch shape {
    case .map(let keys): return describe(keys, kind: kind, indent: indent)
    case .list(let item, _): return inside(item, kind: kind, indent: indent)
    // A single mapping or a list of the same is explained once.
    case .anyOf(let shapes):
      return shapes.lazy.map { inside($0, kind: kind, indent: indent) }.first { !$0.isEmpty } ?? []
    case .variants(let all):
      let variants = all.filter { $0.applies(to: kind) }
      let shared = variants.count > 1 ? sharedKeys(variants) : []
      var lines = variants.flatMap { variant -> [String] in
        let own = variant.keys.filter { key in !shared.contains { $0.name == key.name } }
        return ["\(indent)- with \(variant.name):"] + describe(own, kind: kind, indent: indent + "  ")
      }
      if !shared.isEmpty {
        lines += ["\(indent)- with \(users(of: shared, in: variants)):"]
        lines += describe(shared, kind: kind, indent: indent + "  ")
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

extension GrammarKey {
  fileprivate func standing(for kind: StudyKind) -> String {
    switch standard {
    case .required: isRequired(for: kind) ? "required" : "optional"
    case .value(let value): "default \(value.shown)"
    case .defaults: "default {}: the defaults of its keys"
    case .rule(let words): "default: \(words)"
    case .absent: "optional"
    }
  }
}

extension JSONValue {
  /// As one would write it in YAML.
  fileprivate var shown: String {
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
    case .delays: "[SECONDS, ...] | \"a..b\""
    case .pair: "[low, high]"
    case .two: "[first, second]"
    case .ramp: "[low, high, step]"
    case .flag: "true | false"
    case .anyOf(let shapes): shapes.map(\.brief).joined(separator: " | ")
    default: described
    }
  }
}
