import ContentIdentity

/// What a key may hold.
package indirect enum Shape: Sendable {
  /// A word or name.
  case text
  /// A layer key of a model: `conv.N`, `proj`, `hs.N`, `last`.
  case layerKey
  case choice([String])
  case number(Bounds)
  case integer(ClosedRange<Int>)
  case flag
  /// A list of so many distinct values.
  case list(Shape, ClosedRange<Int>)
  /// `[low, high]`, two numbers with low < high.
  case pair(Bounds)
  /// `[a, b]`, two numbers in no order.
  case two(Bounds)
  /// `[low, high, step]` with low <= high and step > 0.
  case ramp
  /// Distinct seconds in a list, or `"a..b"` in steps of 1 s; with `orAuto` the word `auto`, too.
  case delays(orAuto: Bool)
  case map([GrammarKey])
  /// A mapping whose keys depend on which of the variants' names it has.
  case variants([GrammarVariant])
  /// The first that fits.
  case anyOf([Shape])
  /// Any mapping.
  case free
}

extension Shape {
  fileprivate var allWords: [String] {
    switch self {
    case .choice(let words): words
    case .list(let item, _): item.allWords
    case .anyOf(let shapes): shapes.flatMap(\.allWords)
    default: []
    }
  }
}

/// Limits of a number, both of them: what lies beyond is no study but a typing error, and would be computed without end.
package struct Bounds: Sendable {
  let low: Double
  let lowExcluded: Bool
  let high: Double

  package init(_ low: Double, to high: Double) { self.init(low: low, lowExcluded: false, high: high) }

  /// Numbers above `low`.
  package init(above low: Double, to high: Double) { self.init(low: low, lowExcluded: true, high: high) }

  private init(low: Double, lowExcluded: Bool, high: Double) {
    precondition(low < high && low.isFinite && high.isFinite, "bounds hold something")
    (self.low, self.lowExcluded, self.high) = (low, lowExcluded, high)
  }

  /// A length of time, up to a day.
  package static let seconds = Bounds(0.01, to: 86_400)
  /// The same, or none.
  package static let secondsOrNone = Bounds(0, to: 86_400)
  /// From one sound example to the next.
  package static let hop = Bounds(0.001, to: 3_600)
  /// A frequency or a rate of samples.
  package static let hertz = Bounds(0.001, to: 100_000)
  /// An edge of a band.
  package static let bandEdge = Bounds(0, to: 100_000)
  package static let share = Bounds(0, to: 1)

  func contains(_ value: Double) -> Bool {
    value <= high && (lowExcluded ? value > low : value >= low)
  }

  var shown: String {
    "a number \(lowExcluded ? ">" : ">=") \(JSONValue.number(low).canonical) and <= \(JSONValue.number(high).canonical)"
  }
}

/// One of several mappings a list entry can be, recognised by the key of its name.
package struct GrammarVariant: Sendable {
  package let name: String
  /// All keys including the one that names it.
  package let keys: [GrammarKey]

  package init(name: String, keys: [GrammarKey]) {
    self.name = name
    self.keys = keys
  }

  /// Whether a study of that kind can have it: the key that names it applies.
  package func applies(to kind: StudyKind) -> Bool { keys.first { $0.name == name }?.applies(to: kind) ?? false }
}

/// One key of the study file grammar. The tables made of these drive checking, defaults and `explain`.
public struct GrammarKey: Sendable {
  /// What an absent key means.
  package enum Standard: Sendable {
    case required
    case value(JSONValue)
    /// A mapping with the defaults of its keys.
    case defaults
    /// Filled by a rule, told in words.
    case rule(String)
    /// Nothing.
    case absent
  }

  /// Whose studies can have it.
  private enum Scope: Sendable {
    case everyKind
    /// Kinds that take one of these parts.
    case parts(Set<StudyPart>)
    /// The block under a kind's name.
    case kind(String)
  }

  public let name: String
  /// One line of documentation.
  public let summary: String
  package let shape: Shape
  let standard: Standard
  private let scope: Scope

  /// `parts`: kinds that take one of them have the key; none: every kind has it.
  package init(
    _ name: String, _ shape: Shape, _ standard: Standard, _ summary: String, in parts: Set<StudyPart> = []
  ) {
    self.name = name
    self.shape = shape
    self.standard = standard
    self.summary = summary
    scope = parts.isEmpty ? .everyKind : .parts(parts)
  }

  /// The block of a kind's own keys; nil where it has none.
  init?(blockOf kind: StudyKind) {
    guard let shape = kind.own else { return nil }
    name = kind.name
    self.shape = shape
    standard = if case .map = shape { .defaults } else { .absent }
    summary = "Keys of this kind alone."
    scope = .kind(kind.name)
  }

  /// The words it takes; none where it takes names or numbers.
  package var words: [String] { shape.allWords }

  /// Whether it is the block of one kind's own keys.
  var isBlock: Bool { if case .kind = scope { true } else { false } }

  package func applies(to kind: StudyKind) -> Bool {
    switch scope {
    case .everyKind: true
    case .parts(let parts): !kind.takes.isDisjoint(with: parts)
    case .kind(let name): kind.name == name
    }
  }
}

/// The study file grammar: what all kinds of study share, and what each of them adds.
public struct Grammar: Sendable {
  /// A key with its place, as `flattened` lists it.
  public struct Entry: Sendable {
    /// For example `encoding.lambdas.log10` or `features[].model`.
    public let path: String
    public let key: GrammarKey
  }

  public let kinds: [StudyKind]
  /// The keys of a file; those of one kind alone stand in blocks at the end.
  package let keys: [GrammarKey]
  private let computed: Set<String>

  /// - Parameters:
  ///   - kinds: in the order in which they are listed.
  ///   - computed: names of those that this version expands into units; the others are read and checked.
  package init(_ kinds: [StudyKind], computed: Set<String>) {
    precondition(Set(kinds.map(\.name)).count == kinds.count, "two kinds of study have one name")
    self.kinds = kinds
    self.computed = computed
    keys = Self.keys(of: kinds)
    for kind in kinds {
      let places = Set(flattened(for: kind).map(\.path))
      precondition(places.isSuperset(of: kind.standards.keys), "\(kind.name) speaks of keys that it does not have")
      for case (let place, .value) in kind.standards {
        precondition(!place.contains("[]"), "\(kind.name) has a value for entries of a list")
      }
    }
  }

  public func kind(named name: String) -> StudyKind? { kinds.first { $0.name == name } }

  /// Whether this version computes studies of the kind; others are refused when they are planned.
  public func isComputed(_ kind: StudyKind) -> Bool { computed.contains(kind.name) }

  /// Whether a key must stand in every study of a kind.
  static func isRequired(_ key: GrammarKey, at place: String, in kind: StudyKind) -> Bool {
    guard key.applies(to: kind) else { return false }
    return switch kind.standards[place] {
    case .required: true
    case .value: false
    case nil: if case .required = key.standard { true } else { false }
    }
  }

  /// Every key of a kind's study file with its place, tables in order, nested keys after their parent.
  public func flattened(for kind: StudyKind) -> [Entry] { Self.walk(keys, under: "", kind: kind) }

  private static func walk(_ keys: [GrammarKey], under path: String, kind: StudyKind) -> [Entry] {
    var seen: Set<String> = []
    return keys.filter { $0.applies(to: kind) }.flatMap { key -> [Entry] in
      let place = path.isEmpty ? key.name : "\(path).\(key.name)"
      guard seen.insert(place).inserted else { return [] }
      let inside = nested(key.shape, kind: kind)
      return [Entry(path: place, key: key)] + inside.flatMap { walk($0.keys, under: place + $0.suffix, kind: kind) }
    }
  }

  /// The tables of keys inside a value, with what a place says of the lists between.
  private static func nested(_ shape: Shape, kind: StudyKind) -> [(keys: [GrammarKey], suffix: String)] {
    switch shape {
    case .map(let keys): [(keys, "")]
    case .variants(let variants): [(variants.filter { $0.applies(to: kind) }.flatMap(\.keys), "")]
    case .list(let item, _): nested(item, kind: kind).map { ($0.keys, "[]" + $0.suffix) }
    case .anyOf(let shapes): shapes.flatMap { nested($0, kind: kind) }
    default: []
    }
  }

  /// Places where a key of that name is known, outermost first.
  func places(of name: String) -> [String] {
    var found: [String] = []
    for kind in kinds {
      for entry in flattened(for: kind) where entry.key.name == name {
        let parent = entry.path.split(separator: ".").dropLast().joined(separator: ".")
        let place = parent.isEmpty ? "the top of the file" : parent
        if !found.contains(place) { found.append(place) }
      }
    }
    return found.sorted { $0.count < $1.count }
  }
}
