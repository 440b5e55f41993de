import Comparison
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Several networks on the same targets and folds: how the score runs through the depth of each, and whether its middle is
/// above its end.
///
/// The middle is a range of relative depth that the study names beforehand, or (`take: max`) the layer of it that the inner
/// folds of each outer fold choose: no layer is chosen by the rows it is tested on.
struct ArchitectureComparisonKind: ComputedKind {
  struct Keys: Codable {
    let bins: Int
    let middle: [Double]
    let take: ContrastTake
  }

  let kind = StudyKind(
    "architecture_comparison", summary: "layer curves of several models on relative depth",
    own: .map([
      GrammarKey("bins", .integer(1...100), .value(5), "Equal parts of the relative depth."),
      GrammarKey(
        "middle", .pair(.share), .value([0.39, 0.78]), "Relative depths of the layers that the last one is taken from."),
      GrammarKey(
        "take", .choice(ContrastTake.allCases.map(\.rawValue)), .value("mean"),
        "Of the middle: the mean of its layers, or the one that the inner folds choose."),
    ]),
    rules: Self.rules, views: ["architecture_comparison", "anova"] + EncodingPlanner.views,
    example: """
      study: architectures
      kind: architecture_comparison
      datasets: [films]
      features:
        - {model: wav2vec2-base, layers: all, reduce: {pca: 12}}
        - {model: hubert-base, layers: all, reduce: {pca: 12}}
        - {model: wavlm-base, layers: all, reduce: {pca: 12}}
      targets:
        - {annotation: arousal}
      encoding: {outer: {folds: 10}}
      architecture_comparison: {bins: 5, middle: [0.39, 0.78]}
      """)

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    var problems = StudyKind.sameNamed(study)
    if study.features.count(where: { ["model", "space"].contains($0.sourceKind) }) < 2 {
      problems.append(
        StudyProblem(
          at: "features", reason: "an architecture_comparison compares two models or more",
          remedy: "List several models, or spaces with layers; one alone is a layer_sweep."))
    }
    let middle = study.own(Keys.self).middle
    if middle[1] >= 1 {
      problems.append(
        StudyProblem(
          at: "architecture_comparison.middle", reason: "the last layer, at 1, is what the middle is held against",
          remedy: "End it below 1: `middle: [0.39, 0.78]`."))
    }
    return problems
  }

  private static func design(of study: StudyDefinition) -> ArchitectureComparisonPlanner.Design {
    let keys = study.own(Keys.self)
    return ArchitectureComparisonPlanner.Design(
      bins: keys.bins, middle: keys.middle[0]...keys.middle[1], take: keys.take)
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try EncodingPlanner(context)
    let definition = context.definition
    return try planner.plan { fits in
      [try ArchitectureComparisonPlanner(fits, as: Self.design(of: definition), of: definition.name).unit]
        .compactMap(\.self)
    }
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try EncodingPlanner(context)
    return try planner.calibration(request)
  }
}
