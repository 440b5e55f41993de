import ContentIdentity
import Diagnostics
import Kinds
import StudyFiles
import Testing

/// A number of a study file: its key, its bounds in the words of the grammar, and what a file writes around it.
struct NumericPlace: Sendable, CustomTestStringConvertible {
  var kind = ""
  let key: String
  let allowed: String
  var before = ""
  var after = ""

  var testDescription: String { "\(kind): \(written("N"))" }

  func written(_ number: String) -> String { before + number + after }

  private func inside(_ start: String, _ end: String) -> NumericPlace {
    var place = self
    (place.before, place.after) = (start + before, after + end)
    return place
  }

  static func all(in grammar: Grammar) -> [NumericPlace] {
    grammar.kinds.flatMap { kind in
      grammar.keys.filter { $0.applies(to: kind) }.flatMap { key in
        places(in: key.shape, of: kind, key.name).map { place in
          var place = place.inside("\(key.name): ", "")
          place.kind = kind.name
          return place
        }
      }
    }
  }

  /// Every number inside a shape.
  private static func places(in shape: Shape, of kind: StudyKind, _ key: String) -> [NumericPlace] {
    let own = NumericPlace(key: key, allowed: shape.described)
    switch shape {
    case .number, .integer: return [own]
    case .pair, .two: return [own.inside("[0, ", "]"), own.inside("[", ", 1]")]
    case .ramp: return [own.inside("[", ", 5, 1]"), own.inside("[0, ", ", 1]")]
    case .delays: return [own.inside("[", "]")]
    case .list(let item, _): return places(in: item, of: kind, key).map { $0.inside("[", "]") }
    case .map(let keys): return members(keys, of: kind, beside: nil)
    case .variants(let variants):
      return variants.filter { $0.applies(to: kind) }.flatMap { members($0.keys, of: kind, beside: $0) }
    case .anyOf(let shapes): return shapes.flatMap { places(in: $0, of: kind, key) }
    default: return []
    }
  }

  private static func members(
    _ keys: [GrammarKey], of kind: StudyKind, beside variant: GrammarVariant?
  ) -> [NumericPlace] {
    keys.filter { $0.applies(to: kind) }.flatMap { key -> [NumericPlace] in
      let naming = variant.flatMap { variant in variant.keys.first { $0.name == variant.name && $0.name != key.name } }
      let start = naming.map { "\($0.name): \(sample($0.shape)), " } ?? ""
      return places(in: key.shape, of: kind, key.name).map { $0.inside("{\(start)\(key.name): ", "}") }
    }
  }

  private static func sample(_ shape: Shape) -> String {
    switch shape {
    case .map: "{}"
    case .pair: "[0, 1]"
    case .choice(let words): words[0]
    case .number, .integer: "2"
    default: "x"
    }
  }
}

/// Every numeric key has bounds: a value far outside is an error that names the key and the bounds.
@Suite struct BoundsTests {
  private static let places = NumericPlace.all(in: StudyKinds.all.grammar)

  @Test func thereAreManyPlaces() { #expect(Self.places.count > 300 && Set(Self.places.map(\.key)).count > 30) }

  @Test(arguments: places) func valuesFarOutsideAreRefusedByKeyAndBounds(_ place: NumericPlace) throws {
    for text in ["1e300", "-1e300", "1e17", "-9007199254740993"] {
      let study = "study: s\nkind: \(place.kind)\ndatasets: [d]\n\(place.written(text))\n"
      let error = #expect(throws: EvokeError.self) { try StudyDefinition(parsing: study) }
      let own = error?.diagnostics.first {
        $0.object.contains(place.key) && [.studyValue, .studyWrongType].contains($0.code)
      }
      #expect(own?.remedy.contains(place.allowed) == true, "\(study): \(error.map { "\($0)" } ?? "")")
    }
  }

  @Test(arguments: [
    ("isc_report", "targets: [{synchrony: {step_s: 1e-9}}]", "step_s"),
    ("isc_report", "targets: [{synchrony: {window_s: 1e-9}}]", "window_s"),
    ("layer_sweep", "filters: {grid: 1e-9}", "grid"), ("layer_sweep", "encoding: {gap_s: 1e300}", "gap_s"),
    ("layer_sweep", "features: [{model: m, hop_s: 1e-9}]", "hop_s"),
    ("layer_sweep", "features: [{model: m, chunk_s: 1e-9}]", "chunk_s"),
    ("layer_sweep", "encoding: {outer: {chunks: {length_s: 1e-9, count: 1, repeats: 1}}}", "length_s"),
    ("temporal_resolution", "temporal_resolution: {steps_s: [1e-9]}", "steps_s"),
  ])
  func stepsThatNeverEndAreRefused(_ kind: String, _ line: String, _ key: String) {
    let error = #expect(throws: EvokeError.self) {
      try StudyDefinition(parsing: "study: s\nkind: \(kind)\ndatasets: [d]\n\(line)\n")
    }
    #expect(error?.diagnostics.contains { $0.code == .studyValue && $0.object.contains(key) } == true, "\(line)")
  }

  @Test(arguments: [
    ("annotations: {delay_spread_s: 1e300, targets: [{name: a, nothing: true}]}", "delay_spread_s"),
    ("responses: {tr_s: 1e-9, targets: [{name: a, nothing: true}]}", "tr_s"),
    ("synchrony: {rate_hz: 1e300, targets: [{name: a, nothing: true}]}", "rate_hz"),
    ("synchrony: {gain: 1e300, targets: [{name: a, nothing: true}]}", "gain"),
  ])
  func simulationsHaveBounds(_ section: String, _ key: String) {
    let error = #expect(throws: EvokeError.self) {
      try SimulationFile(parsing: "simulation: s\ndataset: d\nstimuli: [m]\n\(section)\n", file: "s.yaml")
    }
    #expect(error?.diagnostics.contains { $0.code == .studyValue && $0.object.contains(key) } == true, "\(section)")
  }
}

/// Texts that are small and mean much: refused before time and memory are spent.
@Suite struct YAMLLimitTests {
  private func refusal(_ text: String) -> EvokeError? {
    do {
      _ = try StudyDefinition(parsing: text, file: "s.yaml")
      return nil
    } catch { return error as? EvokeError }
  }

  /// Nine aliases of nine aliases, fourteen times.
  private static let bomb =
    "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + zip("abcdefghijkl", "bcdefghijklm").map { low, high in
      "\(high): &\(high) [\(Array(repeating: "*\(low)", count: 9).joined(separator: ","))]\n"
    }.joined()

  @Test(arguments: [
    "? *m\n: 1", "*m : 1", "{*m : 1}", "? [*m, *m]\n: 1", "[*m]: 1", "x: {[*m]: 1}", "?\n  - *m\n: 1", "y: 1",
  ])
  func aliasesOfAliasesEndAtOnce(_ key: String) {
    #expect(refusal("study: x\nkind: layer_sweep\n" + Self.bomb + key + "\n")?.code.exit == .configuration)
  }

  @Test func someAliasesAreRead() throws {
    let study = """
      study: s
      kind: layer_sweep
      datasets: [d]
      features: [{set: lld12}]
      targets: [{annotation: a, delays_s: &d [0, 1]}, {annotation: b, delays_s: *d}]
      encoding: {}
      """
    #expect(try StudyDefinition(parsing: study).targets.count == 2)
  }

  @Test func thousandsOfUnknownKeysAreToldUpToAHundred() {
    let keys = (0..<8_000).map { "unknown_key_\($0): 1\n" }.joined()
    let error = refusal("study: s\nkind: layer_sweep\n" + keys)
    #expect(error?.diagnostics.count == 100)
  }

  @Test func depthHasAnEnd() {
    for depth in [100, 900, 100_000] {
      let text = "study: s\nx: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(refusal(text)?.code == .studySyntax, "\(depth)")
    }
  }
}
