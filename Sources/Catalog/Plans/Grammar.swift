import ContentIdentity

/// What a key may hold.
indirect enum Shape: Sendable {
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
  /// Distinct seconds in a list, or `"a..b"` in steps of 1 s.
  case delays
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

/// Limits of a number.
struct Bounds: Sendable {
  var low: Double?
  var lowExcluded = false
  var high: Double?

  static let any = Bounds()
  static let positive = Bounds(low: 0, lowExcluded: true)
  static let nonNegative = Bounds(low: 0)

  func contains(_ value: Double) -> Bool {
    if let low, lowExcluded ? value <= low : value < low { return false }
    if let high, value > high { return false }
    return true
  }

  var shown: String {
    let lower = low.map { (lowExcluded ? "> " : ">= ") + JSONValue.number($0).canonical }
    let upper = high.map { "<= " + JSONValue.number($0).canonical }
    let both = [lower, upper].compactMap { $0 }.joined(separator: " and ")
    return both.isEmpty ? "a number" : "a number \(both)"
  }
}

/// One of several mappings a list entry can be, recognised by the key of its name.
struct GrammarVariant: Sendable {
  let name: String
  /// All keys including the one that names it.
  let keys: [GrammarKey]

  /// Whether a study of that kind can have it: the key that names it applies.
  func applies(to kind: StudyKind) -> Bool { keys.first { $0.name == name }?.kinds.contains(kind) ?? false }
}

/// One key of the study file grammar. The tables made of these drive checking, defaults and `explain`.
public struct GrammarKey: Sendable {
  /// What an absent key means.
  enum Standard: Sendable {
    case required(except: Set<StudyKind>)
    case value(JSONValue)
    /// A mapping with the defaults of its keys.
    case defaults
    /// Filled by a rule, told in words.
    case rule(String)
    /// Nothing.
    case absent

    static let required = Standard.required(except: [])
  }

  public let name: String
  /// One line of documentation.
  public let summary: String
  /// The kinds the key applies to.
  public let kinds: Set<StudyKind>
  let shape: Shape
  let standard: Standard

  init(
    _ name: String, _ shape: Shape, _ standard: Standard, _ summary: String,
    kinds: Set<StudyKind> = Set(StudyKind.allCases)
  ) {
    self.name = name
    self.shape = shape
    self.standard = standard
    self.summary = summary
    self.kinds = kinds
  }

  /// The words it takes; none where it takes names or numbers.
  package var words: [String] { shape.allWords }

  func isRequired(for kind: StudyKind) -> Bool {
    if case .required(let except) = standard { kinds.contains(kind) && !except.contains(kind) } else { false }
  }
}

/// The study file grammar.
public enum Grammar {
  /// A key with its place, as `flattened` lists it.
  public struct Entry: Sendable {
    /// For example `encoding.lambdas.log10` or `features[].model`.
    public let path: String
    public let key: GrammarKey
  }

  static let encodingKinds = Set(StudyKind.allCases.filter(\.isEncoding))

  /// Every key of a kind's study file with its place, tables in order, nested keys after their parent.
  public static func flattened(for kind: StudyKind) -> [Entry] { walk(studyKeys, under: "", kind: kind) }

  private static func walk(_ keys: [GrammarKey], under path: String, kind: StudyKind) -> [Entry] {
    var seen: Set<String> = []
    return keys.filter { $0.kinds.contains(kind) }.flatMap { key -> [Entry] in
      let place = path.isEmpty ? key.name : "\(path).\(key.name)"
      guard seen.insert(place).inserted else { return [] }
      let inside = nested(key.shape, kind: kind)
      return [Entry(path: place, key: key)] + inside.flatMap { walk($0.keys, under: place + $0.suffix, kind: kind) }
    }
  }

  /// The tables of keys inside a value, with what a place says of the lists between.
  static func nested(_ shape: Shape, kind: StudyKind) -> [(keys: [GrammarKey], suffix: String)] {
    switch shape {
    case .map(let keys): [(keys, "")]
    case .variants(let variants): [(variants.filter { $0.applies(to: kind) }.flatMap(\.keys), "")]
    case .list(let item, _): nested(item, kind: kind).map { ($0.keys, "[]" + $0.suffix) }
    case .anyOf(let shapes): shapes.flatMap { nested($0, kind: kind) }
    default: []
    }
  }
}
