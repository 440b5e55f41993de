import Comparison
import FeatureSpaces
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Voice, soundtrack and original sound, fitted alike on the same folds: which of them carries what the sound predicts.
struct ElementAblationKind: ComputedKind {
  struct Keys: Codable {
    let levels: LevelMatching
  }

  let kind = StudyKind(
    "element_ablation", summary: "voice against soundtrack against the original sound",
    own: .map([
      GrammarKey(
        "levels", .choice(LevelMatching.allCases.map(\.rawValue)), .value(.string(LevelMatching.asMixed.rawValue)),
        "Level of the stems that features are computed of: as in the mix, or of every stem -20 dBFS while it sounds, so that what "
          + "differs between voice and soundtrack is not how loud they are.")
    ]),
    standards: ["elements": .value("[original, voice, soundtrack]") { _ in ["original", "voice", "soundtrack"] }],
    rules: Self.rules, ignored: Self.ignored, views: ["element_ablation"] + EncodingPlanner.views,
    example: """
      study: voice-or-music
      kind: element_ablation
      datasets: [films]
      features:
        - {model: wav2vec2-base, layers: [hs.9], reduce: {pca: 12}}
        - {set: lld12}
      targets:
        - {annotation: arousal}
        - {synchrony: {window_s: 10, step_s: 1}}
      encoding: {}
      """)

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    guard !Set(study.elements).isSuperset(of: [.voice, .soundtrack]) else { return [] }
    return [
      StudyProblem(
        at: "elements", reason: "an element_ablation compares voice with soundtrack",
        remedy: "Leave `elements` out, or write `elements: [voice, soundtrack]`.")
    ]
  }

  /// Features that are the same whatever the element.
  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    study.features.enumerated().compactMap { place, feature in
      let what: String
      switch feature.source {
      case .annotation: what = "an annotation, which has no elements of the sound"
      case .set(let name) where FeatureSets.named(name)?.needsPicture == true:
        what = "a set of the picture, which has no elements of the sound"
      case .set, .model, .space: return nil
      }
      return StudyDefinition.Ineffective(
        place: "features[\(place + 1)]", what: what, remedy: "Make it a covariate, or put it into a layer_sweep.")
    }
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try planner(context)
    return try planner.plan { fits in
      [ElementAblationPlanner(fits, of: context.definition.name).unit].compactMap(\.self)
    }
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try planner(context)
    return try planner.calibration(request)
  }

  private func planner(_ context: StudyContext) throws -> EncodingPlanner {
    try EncodingPlanner(
      context, readsLevels: true, matchesLevels: context.definition.own(Keys.self).levels == .matched)
  }
}
