import Kinds
import StudyFiles
import Testing
import Vocabulary

/// Words of the grammar are the cases of the enums that hold them in memory.
@Suite struct VocabularyTests {
  private static func spellings<W: Word>(_ type: W.Type) -> [String] { type.allCases.map(\.rawValue) }

  /// Where a key stands, its end being enough, and the words it takes.
  private static let lists: [(end: String, words: [String])] = [
    ("elements", spellings(Element.self)),
    ("twins", spellings(Twin.self)),
    (".aggregate", spellings(Aggregate.self)),
    (".reduce.fit", spellings(ReductionScope.self)),
    (".reduce.scale", spellings(ReductionScale.self)),
    (".hrf", ["none"] + spellings(ResponseShape.self)),
    (".precision", spellings(Precision.self)),
    ("features.rater", spellings(RaterChoice.self)),
    ("covariates.rater", spellings(RaterChoice.self)),
    ("targets.rater", [RaterChoice.mean, .each].map(\.rawValue)),
    (".at_prediction", spellings(CovariateAtPrediction.self)),
    (".penalty", spellings(CovariatePenalty.self)),
    (".level", spellings(TargetLevel.self)),
    (".synchrony.anchor", [WindowAnchor.centre, .end].map(\.rawValue)),
    (".synchrony.method", spellings(SynchronyMethod.self)),
    (".synchrony.signal", spellings(SynchronySignal.self)),
    (".synchrony.band", spellings(BandName.self)),
    (".bad_channels", spellings(BadChannelRule.self)),
    (".interpolate", spellings(Interpolation.self)),
    (".ica.method", spellings(ComponentMethod.self)),
    (".source.inverse", spellings(InverseMethod.self)),
    (".source.orientation", spellings(SourceOrientation.self)),
    (".source.label", spellings(RegionSummary.self)),
    (".source.noise", spellings(SourceNoise.self)),
    (".fmri.scale", spellings(SeriesScale.self)),
    (".leave_one", spellings(FoldUnit.self)),
    (".lambdas.scale", spellings(LambdaScale.self)),
    (".lambdas.convention", spellings(LambdaConvention.self)),
    ("encoding.model", spellings(RidgeKind.self)),
    ("encoding.lambda", spellings(LambdaSharing.self)),
    (".select", spellings(LambdaSelection.self)),
    (".standardise", spellings(Standardisation.self)),
    (".position", spellings(PositionSet.self)),
    (".delay_edges", spellings(DelayEdges.self)),
    (".store", spellings(StoredResult.self)),
    (".take", spellings(ContrastTake.self)),
    ("statistics.null", spellings(NullKind.self)),
    ("statistics.family", spellings(FamilyDimension.self)),
    (".correction", spellings(Correction.self)),
    (".missing", spellings(MissingRows.self)),
    (".repeats", spellings(Repeats.self)),
    (".identical", spellings(IdenticalRecordings.self)),
    ("element_ablation.levels", spellings(LevelMatching.self)),
    ("gradient_map.maps", ["all"] + spellings(MapQuantity.self)),
    ("kind", StudyKinds.all.list.map(\.kind.name)),
  ]

  /// Keys whose only word stands for the absence of a number, list or mapping.
  private static let single: Set = ["none", "auto", "all", "target"]

  private static let grammar = StudyKinds.all.grammar

  @Test(arguments: grammar.kinds) func everyListOfWordsOfTheGrammarIsAnEnum(_ kind: StudyKind) {
    for entry in Self.grammar.flattened(for: kind) where !entry.key.words.isEmpty {
      let path = entry.path.replacing("[]", with: "")
      let known = Self.lists.filter { path == $0.end || path.hasSuffix($0.end) }.max { $0.end.count < $1.end.count }
      if let known {
        #expect(entry.key.words == known.words, "\(path)")
      } else if entry.key.name == "transform" {
        #expect(entry.key.words == ["none", "changes"], "\(path)")
      } else {
        #expect(entry.key.words.count == 1 && Self.single.isSuperset(of: entry.key.words), "\(path)")
      }
    }
  }

  @Test func everyListIsUsedByTheGrammar() {
    let paths = Self.grammar.kinds.flatMap { kind in
      Self.grammar.flattened(for: kind).filter { !$0.key.words.isEmpty }.map { $0.path.replacing("[]", with: "") }
    }
    for list in Self.lists { #expect(paths.contains { $0.hasSuffix(list.end) }, "\(list.end)") }
  }

  @Test func spellingsOfOtherPlacesAreReadStrictly() {
    #expect(Element(spelling: "voice") == .voice)
    #expect(Element(spelling: "Voice") == nil && Element(spelling: "") == nil)
    #expect(Aggregate.spellings == "mean, max, std, last")
  }
}
