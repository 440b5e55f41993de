import ContentIdentity
import Diagnostics
import Plans
import Testing

@Suite struct GrammarTests {
  @Test(arguments: StudyKind.allCases) func explainTellsEveryKeyOfAKind(_ kind: StudyKind) {
    let text = Grammar.explain(kind)
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    for entry in Grammar.flattened(for: kind) {
      #expect(lines.contains { $0.hasPrefix("\(entry.key.name): ") }, "\(entry.path)")
      #expect(lines.contains { $0 == entry.key.summary }, "\(entry.path)")
      #expect(!entry.key.summary.isEmpty && entry.key.summary.hasSuffix("."), "\(entry.path)")
    }
    #expect(text.hasPrefix("\(kind.rawValue): "))
    #expect(text.contains("not computed by this version") != kind.isComputed)
  }

  @Test func theGrammarHasTheKeysOfTheDesign() {
    let paths = Set(StudyKind.allCases.flatMap { Grammar.flattened(for: $0).map(\.path) })
    let some = [
      "study", "kind", "datasets", "elements", "features[].model", "features[].reduce.pca", "features[].joint",
      "features[].chunk_s", "covariates.at_prediction", "covariates[].penalty", "targets[].synchrony.window_s",
      "targets[].window_features", "targets[].rater", "preparation.source.inverse", "preparation.fmri.confounds",
      "encoding.delays_s.annotation", "encoding.lambdas.log10", "encoding.outer.chunks.length_s", "encoding.store",
      "statistics.contrasts[].a.rel_depth", "statistics.lags_s", "filters.regions.group", "filters.missing.max_share",
      "seed", "temporal_resolution.windows_s",
    ]
    for path in some { #expect(paths.contains(path), "\(path)") }
    let report = Set(Grammar.flattened(for: .iscReport).map(\.path))
    #expect(!report.contains { $0.hasPrefix("encoding") || $0.hasPrefix("features") || $0.hasPrefix("covariates") })
    #expect(report.contains("targets[].synchrony.method"))
  }

  @Test func everyComputedKindHasAnExampleThatReads() throws {
    for kind in StudyKind.allCases where kind.isComputed {
      let study = try StudyDefinition(parsing: try #require(Grammar.examples[kind]))
      #expect(study.kind == kind)
      try study.requireComputed()
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
    #expect(codes.count == 10)
    #expect(codes.allSatisfy { $0.exit == .configuration && $0.explanation.count > 40 })
  }
}
