import ContentIdentity
import Diagnostics
import StudyFiles
import Testing

/// A file, the code of its one problem, the place and a part of reason or remedy.
struct Refused: Sendable, CustomTestStringConvertible {
  let text: String
  let code: ErrorCode
  let place: String
  let told: String
  var testDescription: String { "\(place): \(told)" }

  init(_ text: String, _ code: ErrorCode, _ place: String, _ told: String) {
    self.text = text
    self.code = code
    self.place = place
    self.told = told
  }
}

@Suite struct StudyFileErrorTests {
  @Test(arguments: unknownKeys + wrongTypes + wrongValues + missingKeys + contradictions + unreadable)
  func aProblemIsToldWithCodePlaceAndRemedy(_ refused: Refused) throws {
    let error = try refusal(refused.text)
    #expect(error.code == refused.code)
    #expect(error.object.hasPrefix("study.yaml") && error.object.contains(refused.place), "\(error)")
    #expect((error.reason + " " + error.remedy).contains(refused.told), "\(error)")
    #expect(error.code.exit == .configuration)
    #expect(!error.remedy.isEmpty)
  }

  static let unknownKeys = [
    Refused(
      StudyFiles.sweep("stastistics: {}"), .studyUnknownKey, "stastistics (line 7)", "nearest known key is `statistics`"
    ),
    Refused(StudyFiles.sweep("statistics: {drwas: 10}"), .studyUnknownKey, "statistics.drwas (line 7)", "`draws`"),
    Refused(StudyFiles.sweep("draws: 10"), .studyUnknownKey, "draws", "`draws` stands under `statistics`"),
    Refused(
      StudyFiles.sweep(encoding: "{standardize: train_fold}"), .studyUnknownKey, "encoding.standardize", "`standardise`"
    ),
    Refused(
      StudyFiles.sweep(encoding: "{lambdas: {log_10: [0, 1, 1]}}"), .studyUnknownKey, "encoding.lambdas.log_10",
      "`log10`"),
    Refused(StudyFiles.sweep(features: "[{modle: m}]"), .studyUnknownKey, "features[1].modle", "`model`"),
    Refused(
      StudyFiles.sweep(features: "[{set: a}, {set: lld12, layers: all}]"), .studyUnknownKey, "features[2].layers",
      "no key here"),
    Refused(
      StudyFiles.sweep(targets: "[{synchrony: {window: 10}}]"), .studyUnknownKey, "targets[1].synchrony.window",
      "`window_s`"),
    Refused(StudyFiles.sweep("filters: {subject: [a]}"), .studyUnknownKey, "filters.subject", "`subjects`"),
    Refused(
      StudyFiles.sweep("preparation: {eeg: {notch: 50}}"), .studyUnknownKey, "preparation.eeg.notch", "`notch_hz`"),
    Refused(StudyFiles.sweep("layer_sweep: {windows_s: [3]}"), .studyKindKey, "layer_sweep", "no keys of its own"),
    Refused(
      StudyFiles.sweep("temporal_resolution: {windows_s: [3]}"), .studyKindKey, "temporal_resolution",
      "of kind temporal_resolution"),
    Refused(StudyFiles.report("statistics: {contrasts: []}"), .studyKindKey, "statistics.contrasts", "isc_report"),
    Refused(
      StudyFiles.report(targets: "[{synchrony: {}, delays_s: [0]}]"), .studyKindKey, "targets[1].delays_s", "isc_report"
    ),
  ]

  static let wrongTypes = [
    Refused(StudyFiles.sweep().replacing("[d]", with: "d"), .studyWrongType, "datasets (line 3)", "a list of NAME"),
    Refused(StudyFiles.sweep("statistics: {draws: many}"), .studyWrongType, "statistics.draws", "a whole number"),
    Refused(StudyFiles.sweep("statistics: {draws: \"100\"}"), .studyWrongType, "statistics.draws", "the text \"100\""),
    Refused(StudyFiles.sweep("statistics: [max]"), .studyWrongType, "statistics", "null, draws, family"),
    Refused(StudyFiles.sweep("seed:"), .studyWrongType, "seed", "nothing"),
    Refused(StudyFiles.sweep(targets: "[arousal]"), .studyWrongType, "targets[1]", "{annotation: ...}"),
    Refused(StudyFiles.sweep(targets: "[{synchrony: 10}]"), .studyWrongType, "targets[1].synchrony", "window_s"),
    Refused(
      StudyFiles.sweep(targets: "[{annotation: a, window_features: yes}]"), .studyWrongType, "window_features",
      "true | false"),
    Refused(StudyFiles.sweep(encoding: "{delays_s: 5}"), .studyWrongType, "encoding.delays_s", "\"a..b\""),
    Refused(
      StudyFiles.sweep(encoding: "{lambdas: {log10: [a, 1, 2]}}"), .studyWrongType, "lambdas.log10", "[low, high, step]"
    ),
    Refused(StudyFiles.sweep(encoding: ""), .studyWrongType, "encoding", "nothing"),
    Refused("[study, kind]", .studyWrongType, "study.yaml", "study, kind, datasets"),
  ]

  static let wrongValues = [
    Refused(
      StudyFiles.sweep().replacing("layer_sweep", with: "layer_swep"), .studyValue, "kind (line 2)",
      "Did you mean `layer_sweep`?"),
    Refused(StudyFiles.sweep().replacing("[d]", with: "[]"), .studyValue, "datasets", "empty"),
    Refused(StudyFiles.sweep().replacing("[d]", with: "[d, d]"), .studyValue, "datasets[2]", "repeats entry 1"),
    Refused(StudyFiles.sweep(features: "[]"), .studyValue, "features", "at least one"),
    Refused(
      StudyFiles.sweep(features: "[{set: lld12}, {set: lld12, reduce: none}]"), .studyValue, "features[2]", "repeats"),
    Refused(
      StudyFiles.sweep(features: "[{model: m, layers: [hs_3]}]"), .studyValue, "features[1].layers[1]", "conv.N | proj"),
    Refused(StudyFiles.sweep(features: "[{model: m, layers: [hs.03]}]"), .studyValue, "features[1].layers[1]", "hs.N"),
    Refused(StudyFiles.sweep(features: "[{model: m, layers: every}]"), .studyValue, "features[1].layers", "all"),
    Refused(
      StudyFiles.sweep(features: "[{set: lld12, reduce: {pca: 0}}]"), .studyValue, "features[1].reduce.pca", "from 1"),
    Refused(StudyFiles.sweep("elements: [voices]"), .studyValue, "elements[1]", "Did you mean `voice`?"),
    Refused(StudyFiles.sweep("statistics: {draws: -1}"), .studyValue, "statistics.draws", "from 0"),
    Refused(StudyFiles.sweep("statistics: {draws: 10.5}"), .studyValue, "statistics.draws", "not whole"),
    Refused(StudyFiles.sweep("statistics: {null: phases}"), .studyValue, "statistics.null", "Did you mean `phase`?"),
    Refused(StudyFiles.sweep("statistics: {correction: []}"), .studyValue, "statistics.correction", "empty"),
    Refused(StudyFiles.sweep("seed: -3"), .studyValue, "seed", "a whole number from 0"),
    Refused(StudyFiles.sweep(targets: "[{synchrony: {window_s: 0}}]"), .studyValue, "synchrony.window_s", ">= 0.01"),
    Refused(StudyFiles.sweep(targets: "[{synchrony: {band: [14, 8]}}]"), .studyValue, "synchrony.band", "out of order"),
    Refused(
      StudyFiles.sweep(targets: "[{synchrony: {band: alfa}}]"), .studyValue, "synchrony.band", "Did you mean `alpha`?"),
    Refused(StudyFiles.sweep(encoding: "{delays_s: \"8..0\"}"), .studyValue, "encoding.delays_s", "no range"),
    Refused(StudyFiles.sweep(encoding: "{delays_s: \"0-8\"}"), .studyValue, "encoding.delays_s", "a..b"),
    Refused(StudyFiles.sweep(encoding: "{delays_s: \"0..1.5\"}"), .studyValue, "encoding.delays_s", "steps of 1 s"),
    Refused(StudyFiles.sweep(encoding: "{delays_s: []}"), .studyValue, "encoding.delays_s", "empty"),
    Refused(StudyFiles.sweep(encoding: "{delays_s: [1, 1]}"), .studyValue, "encoding.delays_s", "repeats"),
    Refused(
      StudyFiles.sweep(encoding: "{gap_s: automatic}"), .studyValue, "encoding.gap_s",
      "auto | a number >= 0 and <= 86400"),
    Refused(StudyFiles.sweep(encoding: "{outer: {folds: 1}}"), .studyValue, "encoding.outer.folds", "from 2"),
    Refused(
      StudyFiles.sweep(encoding: "{outer: {leave_one: subject}}"), .studyValue, "outer.leave_one",
      "stimulus | acquisition_run"),
    Refused(StudyFiles.sweep(encoding: "{lambdas: {log10: [0, 1, 0]}}"), .studyValue, "lambdas.log10", "step > 0"),
    Refused(StudyFiles.sweep("filters: {missing: {max_share: 20}}"), .studyValue, "filters.missing.max_share", "<= 1"),
    Refused(
      StudyFiles.sweep("filters: {grid: 0}"), .studyValue, "filters.grid", "target | a number >= 0.01 and <= 86400"),
    Refused(StudyFiles.sweep().replacing("study: s", with: "study: a/b"), .studyValue, "study (line 1)", "slash"),
    Refused(StudyFiles.sweep("joint: [[lld12]]"), .studyValue, "joint[1]", "2 to 3"),
  ]

  static let missingKeys = [
    Refused(
      StudyFiles.sweep().replacing("study: s\n", with: ""), .studyMissingKey, "study", "Name of the study".lowercased()),
    Refused(StudyFiles.sweep().replacing("datasets: [d]\n", with: ""), .studyMissingKey, "datasets", "Add `datasets"),
    Refused(StudyFiles.sweep().replacing("kind: layer_sweep\n", with: ""), .studyMissingKey, "kind", "isc_report"),
    Refused(StudyFiles.sweep().replacing("encoding: {}\n", with: ""), .studyMissingKey, "encoding", "Add `encoding"),
    Refused(StudyFiles.sweep(features: "[{layers: all}]"), .studyMissingKey, "features[1]", "`model`, `set`"),
    Refused(
      StudyFiles.sweep(features: "[{set: a, reduce: {fit: dataset}}]"), .studyMissingKey, "reduce.pca", "Add `pca"),
    Refused(StudyFiles.sweep(encoding: "{outer: {}}"), .studyMissingKey, "encoding.outer", "`folds`, `leave_one`"),
    Refused(
      StudyFiles.sweep().replacing("layer_sweep", with: "covariate_control"), .studyMissingKey, "covariates", "vis12"),
  ]

  static let contradictions = [
    Refused(
      StudyFiles.sweep("statistics: {null: none, draws: 100}"), .studyContradiction, "statistics.draws", "no draws"),
    Refused(
      StudyFiles.sweep("statistics: {null: phase, draws: 0}"), .studyContradiction, "statistics.draws", "null: none"),
    Refused(StudyFiles.sweep(features: "[{set: lld12, model: m}]"), .studyContradiction, "features[1]", "two entries"),
    Refused(
      StudyFiles.sweep("covariates: {set: lld12}"), .studyContradiction, "covariates", "a feature and a covariate"),
    Refused(
      StudyFiles.sweep("joint: [[lld12, vis12]]"), .studyContradiction, "joint", "`vis12` is not among the features"),
    Refused(
      StudyFiles.sweep(features: "[{set: a}, {set: a, transform: changes}, {set: b}]", "joint: [[a, b]]"),
      .studyContradiction, "joint", "names 2 features"),
    Refused(
      StudyFiles.sweep(targets: "[{annotation: a, window_features: true}]"), .studyContradiction, "window_features",
      "smooth_s"),
    Refused(StudyFiles.report(targets: "[{annotation: a}]"), .studyKindKey, "targets[1].annotation", "Use `synchrony`"),
    Refused(
      StudyFiles.report("statistics: {null: group_phase}"), .studyContradiction, "statistics.null",
      "phase | circular_shift"),
    Refused(
      contrast("{layer: hs.4}", "{layer: hs.9}"), .studyContradiction, "contrasts[1].b",
      "Layers of this study: hs.4, hs.8"),
    Refused(
      contrast("{layer: hs.4}", "{set: vis12}"), .studyContradiction, "contrasts[1].b", "Features of this study: m"),
    Refused(contrast("{layer: hs.4}", "{layer: hs.4}"), .studyContradiction, "contrasts[1]", "the same"),
    Refused(
      StudyFiles.sweep("statistics: {contrasts: [{name: x, a: {rel_depth: [0, 0.5]}, b: {set: lld12}}]}"),
      .studyContradiction, "contrasts[1].a", "no feature has layers"),
    Refused(
      StudyFiles.sweep(
        features: "[{model: m, layers: [hs.4, hs.8]}]",
        "statistics: {contrasts: [{name: x, a: {layer: hs.4}, b: {layer: hs.8}}, {name: x, a: {layer: hs.8}, b: {layer: hs.4}}]}"
      ),
      .studyValue, "contrasts[2].name", "its own name"),
  ]

  static func contrast(_ a: String, _ b: String) -> String {
    StudyFiles.sweep(
      features: "[{model: m, layers: [hs.4, hs.8]}]", "statistics: {contrasts: [{name: x, a: \(a), b: \(b)}]}")
  }

  static let unreadable = [
    Refused("", .studySyntax, "study.yaml", "empty"),
    Refused("# nothing\n", .studySyntax, "study.yaml", "empty"),
    Refused("study: [a\nkind: b\n", .studySyntax, "line 2", "YAML"),
    Refused("study: a\n\tkind: b\n", .studySyntax, "line 2", "spaces, not tabs"),
    Refused("study: a\n---\nstudy: b\n", .studySyntax, "line 2", "one document"),
    Refused(StudyFiles.sweep("seed: 1\nseed: 2"), .studyDuplicateKey, "seed (line", "twice"),
    Refused(StudyFiles.sweep("seed: 1\n\"seed\": 2"), .studyDuplicateKey, "seed (line", "twice"),
    Refused(
      StudyFiles.sweep("statistics: {draws: 1, null: phase, draws: 2}"), .studyDuplicateKey, "draws (line 7)", "twice"),
    Refused(aliases, .studySyntax, "study.yaml", "at most 12"),
    Refused("? [a, b]\n: c\n", .studySyntax, "line 1", "Keys are words"),
  ]

  /// Ten levels of ten aliases: ten thousand million values from ten lines.
  static let aliases = (1...10).reduce("a0: &a0 [x]\n") { text, level in
    let ten = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
    return text + "a\(level): &a\(level) [\(ten)]\n"
  }

  @Test func aByteOrderMarkAndWindowsLineEndsAreRead() throws {
    let plain = StudyFiles.sweep("seed: 4")
    let windows = "\u{FEFF}" + plain.replacing("\n", with: "\r\n")
    #expect(try StudyDefinition(parsing: windows) == StudyDefinition(parsing: plain))
    let error = try refusal(StudyFiles.sweep("sead: 4").replacing("\n", with: "\r\n"))
    #expect(error.object == "study.yaml: sead (line 7)")
  }

  @Test func allProblemsOfAFileAreToldAtOnce() throws {
    let text = """
      study: s
      kind: covariate_control
      datasets: []
      features: [{modle: m}, {set: lld12, layer: x}]
      targets: [{synchrony: {step_s: -1}}]
      encoding: {lambda: per_taget}
      statistics: {null: none, draws: 10}
      sed: 4
      """
    let error = try refusal(text)
    #expect(error.code == .studyProblems)
    let expected: [(ErrorCode, String)] = [
      (.studyValue, "study.yaml: datasets (line 3)"), (.studyUnknownKey, "study.yaml: features[1].modle (line 4)"),
      (.studyUnknownKey, "study.yaml: features[2].layer (line 4)"),
      (.studyValue, "study.yaml: targets[1].synchrony.step_s (line 5)"),
      (.studyValue, "study.yaml: encoding.lambda (line 6)"), (.studyUnknownKey, "study.yaml: sed (line 8)"),
      (.studyMissingKey, "study.yaml: covariates"),
      (.studyContradiction, "study.yaml: statistics.draws (line 7)"),
    ]
    #expect(error.diagnostics.map(\.object) == expected.map(\.1))
    #expect(error.diagnostics.map(\.code) == expected.map(\.0))
    for (_, object) in expected { #expect(error.reason.contains(object.dropFirst("study.yaml: ".count))) }
    #expect(error.remedy.contains("features[1].modle (line 4): The nearest known key is `model`."))
  }

  @Test func aKindThatIsMisspeltDoesNotHideOtherProblems() throws {
    let error = try refusal("study: s\nkind: layers\ndatasets: [d]\nstatistics: {nul: phase}\n")
    #expect(error.diagnostics.map(\.code) == [.studyValue, .studyUnknownKey])
  }

  @Test func zeroDrawsAndNoNullMeanTheSame() throws {
    let byDraws = try StudyDefinition(parsing: StudyFiles.sweep("statistics: {draws: 0}"))
    let byNull = try StudyDefinition(parsing: StudyFiles.sweep("statistics: {null: none}"))
    #expect(byDraws == byNull && byNull.statistics.draws == 0 && byDraws.statistics.null == .none)
  }

  @Test func namesThatYAMLWouldReadAsOtherThingsStayNames() throws {
    let study = try StudyDefinition(
      parsing: StudyFiles.sweep(targets: "[{annotation: yes}, {annotation: 007}, {annotation: 1e3}]"))
    #expect(study.targets.map(\.name) == ["yes", "007", "1e3"])
  }
}
