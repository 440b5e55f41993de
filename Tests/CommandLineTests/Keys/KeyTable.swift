import ContentIdentity
import Foundation
import Kinds
import StudyFiles
import Testing

/// One line of `Fixtures/keys/keys.txt` in one of its studies.
struct KeyCase: Sendable, CustomTestStringConvertible {
  let line: Int
  let study: String
  /// That its line does not name the study, which is another one's as a comparison of cohorts.
  let isDerived: Bool
  /// Place of the key as the grammar lists it.
  let key: String
  /// Nil: the key is absent.
  let values: (first: JSONValue?, second: JSONValue?)
  /// What may differ; one of them does.
  let effects: [ToyEffect]
  /// The study with the first value and with the second.
  let first: JSONValue
  let second: JSONValue

  var testDescription: String {
    "\(study): \(key) \(values.first?.canonical ?? "-") or \(values.second?.canonical ?? "-")"
  }

  /// The kinds of its two studies: one, unless the key is `kind`.
  var kinds: Set<String> { Set([first, second].compactMap { $0["kind"]?.stringValue }) }

  /// Places and words of both values, those inside mappings too.
  var words: Set<KeyWord> {
    Set([values.first, values.second].compactMap { $0 }.flatMap { KeyWord.all(in: $0, at: key) })
  }
}

/// A word that stands at a place of a study file.
struct KeyWord: Hashable {
  let key: String
  let word: String

  static func all(in value: JSONValue, at key: String) -> [KeyWord] {
    switch value {
    case .string(let word): [KeyWord(key: key, word: word)]
    case .bool(let flag): [KeyWord(key: key, word: flag ? "true" : "false")]
    case .array(let items):
      items.flatMap { item in all(in: item, at: item.objectValue == nil ? key : key + (key.hasSuffix("[]") ? "" : "[]"))
      }
    case .object(let members): members.flatMap { all(in: $0.value, at: key + "." + $0.key) }
    default: []
    }
  }
}

/// The table of keys and the studies it speaks of.
enum KeyTable {
  static let cases = (try? read()) ?? []

  /// Those that are run: all of them with `EVOKE_KEYS=all` (`make keys`), else of each key, pair of values and effect one, in a
  /// study that the words' hash chooses among those that its lines name, since kinds share what reads and fits.
  static let tried: [KeyCase] = {
    guard ProcessInfo.processInfo.environment["EVOKE_KEYS"] != "all" else { return cases }
    let pairs = Dictionary(grouping: cases.filter { !$0.isDerived }) { entry in
      [entry.key, entry.values.first?.canonical ?? "-", entry.values.second?.canonical ?? "-"]
        + entry.effects.map(\.rawValue)
    }
    let chosen = Set(pairs.values.compactMap { $0.min { rank($0) < rank($1) }?.testDescription })
    return cases.filter { chosen.contains($0.testDescription) }
  }()

  private static func rank(_ entry: KeyCase) -> String { SHA256.hex(of: Array(entry.testDescription.utf8)) }

  /// Cases that fail, as their descriptions, with the reason: `known.txt`, a list that may only shrink.
  static let known: [String: String] = {
    let text = (try? String(contentsOfFile: ToyWarehouse.fixtures + "/keys/known.txt", encoding: .utf8)) ?? ""
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    return Dictionary(
      lines.map { line in
        let fields = line.split(separator: " | ", maxSplits: 1).map(String.init)
        return (fields[0], fields.count > 1 ? fields[1] : "")
      }, uniquingKeysWith: { first, _ in first })
  }()

  static func read() throws -> [KeyCase] {
    let folder = ToyWarehouse.fixtures + "/keys"
    let studies = try JSONValue(parsing: String(contentsOfFile: folder + "/studies.json", encoding: .utf8))
    let lines = try String(contentsOfFile: folder + "/keys.txt", encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    return try lines.enumerated().flatMap { number, line -> [KeyCase] in
      guard !line.isEmpty, !line.hasPrefix("#") else { return [] }
      let fields = line.split(separator: " | ").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(fields.count == 5 || fields.count == 6, "keys.txt, line \(number + 1)")
      let named = fields[0].split(separator: " ").map(String.init)
      return try (named + divided(named, key: fields[1], in: studies)).map { study in
        try entry(fields, line: number + 1, study: study, isDerived: !named.contains(study), in: studies)
      }
    }
  }

  /// What the name of a layer sweep's study ends in where it is one of several cohorts.
  private static let cohorts = "-cohorts"

  /// Of layer sweeps the same as comparisons of cohorts, but for keys that say what the cohorts are.
  private static func divided(_ names: [String], key: String, in studies: JSONValue) -> [String] {
    guard !["kind", "datasets", "filters", "filters.cohorts", "filters.group_by"].contains(key) else { return [] }
    return names.filter { studies[$0]?["kind"] == "layer_sweep" }.map { $0 + cohorts }
  }

  private static func entry(
    _ fields: [String], line: Int, study name: String, isDerived: Bool, in studies: JSONValue
  ) throws -> KeyCase {
    var base = try study(name, in: studies)
    let beside = try fields.count == 6 ? JSONValue(parsing: fields[5]) : [:]
    for (key, value) in (beside.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) { base.set(key, to: value) }
    let values = (value(fields[2]), value(fields[3]))
    let effects = try fields[4].split(separator: ",").map { word in
      try #require(ToyEffect(rawValue: word.trimmingCharacters(in: .whitespaces)), "keys.txt, line \(line): \(word)")
    }
    var (first, second) = (base, base)
    first.set(fields[1], to: values.0)
    second.set(fields[1], to: values.1)
    return KeyCase(
      line: line, study: name, isDerived: isDerived, key: fields[1], values: values, effects: effects, first: first,
      second: second)
  }

  /// The whole studies of the table, by name.
  static func studies() throws -> [String: JSONValue] {
    let text = try String(contentsOfFile: ToyWarehouse.fixtures + "/keys/studies.json", encoding: .utf8)
    let all = try JSONValue(parsing: text)
    let names = (all.objectValue ?? [:]).filter { $0.value["kind"] != nil }.keys
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try study($0, in: all)) })
  }

  /// The study of the table that another takes its maps of; nil where it takes none, or names one that is not there.
  static func source(of study: JSONValue) throws -> JSONValue? {
    guard let name = study["gradient_map"]?["of"]?.stringValue else { return nil }
    var members = try studies()[name]?.objectValue
    members?["study"] = .string(name)
    return members.map { .object($0) }
  }

  /// A study by name, with what all or all encoding studies have unless they say otherwise.
  static func study(_ name: String, in studies: JSONValue) throws -> JSONValue {
    if name.hasSuffix(cohorts) {
      var members = try #require(study(String(name.dropLast(cohorts.count)), in: studies).objectValue)
      members["kind"] = "cohort_comparison"
      // Studies of short films have a cut of their own.
      let short = members["datasets"]?.arrayValue?.first?.stringValue.map { "divided-\($0)" }
      let beside = try #require(short.flatMap { studies[$0] } ?? studies["divided"], "studies.json has no divided")
      return .object(members.merging(beside.objectValue ?? [:]) { _, last in last })
    }
    let own = try #require(studies[name]?.objectValue, "studies.json has no study \(name)")
    var members = studies["every"]?.objectValue ?? [:]
    members["study"] = "toy"
    if try fits(own, name) {
      members.merge(studies["fitted"]?.objectValue ?? [:]) { _, last in last }
    }
    return .object(members.merging(own) { _, last in last })
  }

  /// Whether the kind of a study fits features to targets.
  private static func fits(_ study: [String: JSONValue], _ name: String) throws -> Bool {
    let grammar = StudyKinds.all.grammar
    let kind = try #require(
      study["kind"]?.stringValue.flatMap(grammar.kind(named:)), "studies.json has no kind of the registry for \(name)")
    return grammar.flattened(for: kind).contains { $0.path == "encoding" }
  }

  /// JSON, or a word; nil for a dash.
  private static func value(_ text: String) -> JSONValue? {
    if text == "-" { return nil }
    return (try? JSONValue(parsing: text)) ?? .string(text)
  }
}

extension JSONValue {
  /// Sets or (nil) removes what stands at a place such as `features[].reduce.pca`: in the first entry of a list.
  fileprivate mutating func set(_ place: String, to value: JSONValue?) {
    set(place.split(separator: ".").map(String.init)[...], to: value)
  }

  private mutating func set(_ place: ArraySlice<String>, to value: JSONValue?) {
    guard let step = place.first else { return }
    let name = step.hasSuffix("[]") ? String(step.dropLast(2)) : step
    var members = objectValue ?? [:]
    if place.count == 1 {
      members[name] = value
    } else if step.hasSuffix("[]"), var items = members[name]?.arrayValue, !items.isEmpty {
      // Joint sets stand in an entry of their own, which is the last.
      let at = place.dropFirst().first == "joint" ? items.count - 1 : 0
      items[at].set(place.dropFirst(), to: value)
      members[name] = .array(items)
    } else if value != nil || members[name] != nil {
      var inner = members[name] ?? [:]
      inner.set(place.dropFirst(), to: value)
      members[name] = inner
    }
    self = .object(members)
  }
}
