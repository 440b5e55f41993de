import ContentIdentity
import Recordings
import StudyFiles
import Work

/// How the score runs through the depth of a model: every layer is fitted alone, peaks and contrasts of depths compare.
struct LayerSweepKind: ComputedKind {
  let kind = StudyKind(
    "layer_sweep", summary: "one score per layer of a model, with its peak and contrasts of depths",
    standards: [
      "statistics.contrasts": .value(
        "over all layers: \(ContrastSpec.standardName), rel_depth 0.39 to 0.78 against last; else none", Self.contrasts)
    ],
    views: EncodingPlanner.views,
    example: """
      study: layers
      kind: layer_sweep
      datasets: [films]
      features:
        - {model: wav2vec2-base, layers: all, reduce: {pca: 12}}
        - {set: lld12}
      targets:
        - {annotation: arousal}
        - {synchrony: {window_s: 10, step_s: 1}}
      encoding: {}
      statistics: {draws: 1000, correction: [max]}
      """)

  /// The middle of the network against its end, where a sweep covers both.
  @Sendable private static func contrasts(_ study: JSONValue) -> JSONValue {
    let features = study["features"]?.arrayValue ?? []
    guard features.contains(where: { $0["model"] != nil && $0["layers"] == "all" }) else { return [] }
    let middle: JSONValue = ["rel_depth": [0.39, 0.78], "take": "mean"]
    return [["name": .string(ContrastSpec.standardName), "a": middle, "b": ["layer": "last"]]]
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try EncodingPlanner(context)
    return try planner.plan()
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try EncodingPlanner(context)
    return try planner.calibration(request)
  }
}
