import ContentIdentity
import Diagnostics
import Kinds
import Queries
import StudyFiles
import Testing

@Suite struct GrammarTests {
  private static let grammar = StudyKinds.all.grammar
  private var grammar: Grammar { Self.grammar }

  @Test(arguments: grammar.kinds) func explainTellsEveryKeyOfAKind(_ kind: StudyKind) {
    let text = grammar.explain(kind)
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    for entry in grammar.flattened(for: kind) {
      #expect(lines.contains { $0.hasPrefix("\(entry.key.name): ") }, "\(entry.path)")
      #expect(lines.contains { $0 == entry.key.summary }, "\(entry.path)")
      #expect(!entry.key.summary.isEmpty && entry.key.summary.hasSuffix("."), "\(entry.path)")
    }
    #expect(text.hasPrefix("\(kind.name): "))
    #expect(text.contains("not computed by this version") != grammar.isComputed(kind))
  }

  @Test func theGrammarHasTheKeysOfTheDesign() throws {
    let paths = Set(grammar.kinds.flatMap { grammar.flattened(for: $0).map(\.path) })
    let some = [
      "study", "kind", "datasets", "elements", "features[].model", "features[].reduce.pca", "features[].joint",
      "features[].chunk_s", "covariates.at_prediction", "covariates[].penalty", "targets[].synchrony.window_s",
      "targets[].window_features", "targets[].rater", "preparation.source.inverse", "preparation.fmri.confounds",
      "encoding.delays_s.annotation", "encoding.lambdas.log10", "encoding.outer.chunks.length_s", "encoding.store",
      "statistics.contrasts[].a.rel_depth", "statistics.lags_s", "filters.regions.group", "filters.missing.max_share",
      "seed", "temporal_resolution.windows_s",
    ]
    for path in some { #expect(paths.contains(path), "\(path)") }
    let isc = try #require(grammar.kind(named: "isc_report"))
    let report = Set(grammar.flattened(for: isc).map(\.path))
    #expect(!report.contains { $0.hasPrefix("encoding") || $0.hasPrefix("features") || $0.hasPrefix("covariates") })
    #expect(report.contains("targets[].synchrony.method"))
  }

  @Test func everyComputedKindHasAnExampleThatReadsAndViewsThatAreThere() throws {
    for kind in grammar.kinds where grammar.isComputed(kind) {
      let study = try StudyDefinition(parsing: try #require(kind.example))
      #expect(study.kind == kind)
      try study.requireComputed()
      #expect(!kind.views.isEmpty && Set(Queries.views.map(\.name)).isSuperset(of: kind.views), "\(kind.name)")
    }
  }

  /// What a key means in one kind is told by that kind's page alone.
  @Test func explainTellsTheStandardsOfItsKind() throws {
    // An entry of `features` may be a joint set, too.
    func lines(_ kind: String, _ key: String) throws -> [Substring] {
      let text = grammar.explain(try #require(grammar.kind(named: kind)))
      return text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("\(key): ") }
    }
    for (kind, key, end) in [
      ("isc_report", "family", "(default: [region])"),
      ("layer_sweep", "family", "(default: [target, region, layer, element])"),
      ("layer_sweep", "contrasts", "rel_depth 0.39 to 0.78 against last; else none)"),
      ("covariate_control", "contrasts", "(default: none)"), ("emotion_lag", "lags_s", "(default: 0..5)"),
      ("audio_to_brain", "lags_s", "(default: none)"),
      ("audio_to_brain", "joint", "(default: all features, where they are two or three)"),
      ("layer_sweep", "joint", "(default [])"), ("covariate_control", "covariates", "(required)"),
      ("layer_sweep", "covariates", "(default [])"),
      ("controlled_synthesis", "null", "(default: permutation; none where draws is 0)"),
      ("emotion_lag", "targets", "(required)"),
    ] {
      #expect(try lines(kind, key).contains { $0.hasSuffix(end) }, "\(kind): \(key)")
    }
  }

  @Test(arguments: [
    ("dela_s", "delays_s"), ("delays", "delays_s"), ("lamdba", "lambda"), ("lambads", "lambdas"), ("inn", "inner"),
    ("edges", "delay_edges"), ("MODEL", "model"), ("otuer", "outer"),
  ])
  func theNearestKeyIsTheOneMeant(_ written: String, _ meant: String) throws {
    let error = try refusal(StudyFiles.sweep(encoding: "{\(written): 1}"))
    #expect(error.code == .studyUnknownKey)
    #expect(error.remedy.contains("The nearest known key is `\(meant)`."), "\(error)")
  }

  @Test func theCodesOfStudyFilesAreExplained() {
    let codes = ErrorCode.all.filter { $0.id.hasPrefix("E-STU-") }
    #expect(codes.count == 11)
    #expect(codes.allSatisfy { ($0.exit == .configuration) != ($0 == .draftLacks) && $0.explanation.count > 40 })
  }
}
