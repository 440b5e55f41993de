import ContentIdentity
import Kinds
import StudyFiles
import Testing

/// No key of a study file is accepted without effect: it changes the results, or the study is refused.
@Suite(.serialized) struct EveryKeyTellsTests {
  /// Kinds of study that the built program computes.
  private static let computed = grammar.kinds.filter(grammar.isComputed)
  private static let grammar = StudyKinds.all.grammar

  /// Exit statuses of a refusal: usage, data, missing input, unavailable, configuration.
  private static let refusals: Set<Int32> = [64, 65, 66, 69, 78]

  @Test func theTableReads() throws {
    #expect(try KeyTable.read().count > 300)
    // All studies, two at a time, so that the cases below only look.
    try ToyWarehouse.shared.get().run(KeyTable.tried.flatMap { [$0.first, $0.second] })
    #expect(Set(KeyTable.tried.flatMap(\.kinds)).isSuperset(of: Self.computed.map(\.name)))
  }

  @Test(arguments: KeyTable.tried) func bothValuesOfAKeyTell(_ entry: KeyCase) throws {
    guard let reason = KeyTable.known[entry.testDescription] else { return try check(entry) }
    withKnownIssue("\(reason)") { try check(entry) }
  }

  private func check(_ entry: KeyCase) throws {
    let warehouse = try ToyWarehouse.shared.get()
    let (first, second) = (try warehouse.outcome(entry.first), try warehouse.outcome(entry.second))
    #expect(first.status == 0, "\(entry.first.canonical)\n\(first.message)")
    #expect(first.results.count > 0, "\(entry.first.canonical)")
    let found = first.results.differences(from: second.results)
    let effect =
      switch second.status {
      case 0: ToyEffect.allCases.first { found[$0] != nil } ?? .nothing
      case 75: ToyEffect.failed
      default: ToyEffect.refused
      }
    if second.status != 0 {
      #expect(Self.refusals.contains(second.status) || effect == .failed, "\(second.message)")
      #expect(second.message.contains("do:  "), "\(second.message)")
    }
    #expect(
      entry.effects.contains(effect),
      "keys.txt, line \(entry.line): \(found.values.sorted().joined(separator: "; ")) \(second.message)")
  }

  @Test func whatIsKnownStandsInTheTable() {
    let cases = Set(KeyTable.cases.map(\.testDescription))
    for entry in KeyTable.known.keys.sorted() { #expect(cases.contains(entry), "known.txt: \(entry)") }
  }

  /// Recordings are prepared before a kind sees them: one kind is enough for such keys.
  @Test(arguments: computed) func everyKeyOfTheGrammarStandsInTheTable(_ kind: StudyKind) {
    let own = Set(KeyTable.cases.filter { $0.kinds.contains(kind.name) }.map(\.key))
    let any = Set(KeyTable.cases.map(\.key))
    for path in Set(Self.grammar.flattened(for: kind).map { Self.place($0.path) }).sorted() {
      let isThere = (path.hasPrefix("preparation.") ? any : own).contains(path)
      #expect(isThere, "keys.txt has no line for \(path) of \(kind.name)")
    }
  }

  /// Of one kind each: kinds read words alike.
  @Test(arguments: computed) func everyWordOfAChoiceStandsInTheTable(_ kind: StudyKind) {
    let words = Set(KeyTable.cases.flatMap(\.words))
    for entry in Self.words(of: kind).sorted(by: { ($0.key, $0.word) < ($1.key, $1.word) }) {
      #expect(words.contains(entry), "keys.txt has no line for \(entry.key): \(entry.word) of \(kind.name)")
    }
  }

  @Test func kindsThatAreNotComputedAreRefusedAsSuch() throws {
    let warehouse = try ToyWarehouse.shared.get()
    for kind in Self.grammar.kinds where !Self.grammar.isComputed(kind) {
      let entry = try #require(
        KeyTable.cases.first { $0.key == "kind" && $0.values.second?.stringValue == kind.name })
      #expect(try warehouse.outcome(entry.second).message.contains("E-STU-009"), "\(kind.name)")
    }
  }

  /// A covariate may stand alone or in a list; the table writes lists.
  private static func place(_ path: String) -> String {
    path.hasPrefix("covariates.") ? "covariates[]." + path.dropFirst("covariates.".count) : path
  }

  /// The words of every choice of a kind, as `evoke explain` lists them.
  private static func words(of kind: StudyKind) -> [KeyWord] {
    let lines = Self.grammar.explain(kind).split(separator: "\n").map { String($0.drop { $0 == " " }) }
    return Self.grammar.flattened(for: kind).flatMap { entry -> [KeyWord] in
      let heads = lines.indices.dropLast().filter {
        lines[$0].hasPrefix("\(entry.key.name): ") && lines[$0 + 1] == entry.key.summary
      }
      return heads.flatMap { head -> [KeyWord] in
        let type = lines[head].dropFirst(entry.key.name.count + 2).split(separator: "  (")[0]
        guard type.contains("|") || type.wholeMatch(of: /[a-z_]+/) != nil else { return [] }
        // Layers are named as their model names them.
        let choices = entry.key.name == "layers" ? type.prefix { $0 != "[" } : type
        return choices.split { "[]|, ".contains($0) }.filter { $0.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil }
          .filter { !["a", "number", "whole", "from", "to", "and", "low", "high"].contains($0) }
          .map { KeyWord(key: place(entry.path), word: String($0)) }
      }
    }
  }
}
