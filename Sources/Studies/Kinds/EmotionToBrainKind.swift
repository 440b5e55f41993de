import Comparison
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Ratings and recorded responses of every subject, both directions in time: what ratings that come before a response
/// explain, what those that come after it explain, and the one less the other.
///
/// Each rating stands in a fit twice, at the delays of the study and at as many seconds after the response; neither
/// direction is reported alone. Ratings lag behind what they rate, so that the times are of the rating, not of the emotion.
struct EmotionToBrainKind: ComputedKind {
  struct Keys: Codable {
    let delaysS: [Double]
  }

  let kind = StudyKind(
    "emotion_to_brain", summary: "recorded responses from ratings, both directions in time",
    takes: [.features, .encoding, .responses],
    own: .map([
      GrammarKey(
        "delays_s", .delays(orAuto: false), .value([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        "Seconds by which a rating comes before the response, and by which it comes after it.")
    ]),
    standards: [
      "encoding.model": .value("banded") { _ in "banded" },
      "encoding.outer": .value("{folds: 5}") { _ in ["folds": 5] },
    ],
    rules: Self.rules, ignored: Self.ignored,
    views: [
      "unique_variance", "group_score", "encoding_score", "fold_score_detail", "fold_penalty_detail", "correction",
      "layer_contrast",
      "lag_sweep", "calibration",
    ],
    example: """
      study: feeling-and-brain
      kind: emotion_to_brain
      datasets: [pieces]
      features:
        - {annotation: enjoyment}
        - {annotation: emotionality, rater: own}
      targets:
        - {response: bold, level: subject}
      encoding: {outer: {folds: 8}}
      emotion_to_brain: {delays_s: "1..10"}
      """)

  /// Delays of more than a minute are no directions of one response.
  private static let furthest = 60.0

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    var problems = StudyKind.sameNamed(study)
    problems += study.features.enumerated().filter { $0.element.sourceKind != "annotation" }.map { place, _ in
      StudyProblem(
        at: "features[\(place + 1)]", reason: "an emotion_to_brain predicts from ratings",
        remedy: "List annotations: `{annotation: NAME}`; sound is what an audio_to_brain predicts from.")
    }
    problems += study.targets.enumerated().filter { $0.element.level == .group }.map { place, _ in
      StudyProblem(
        at: "targets[\(place + 1)].level", reason: "an emotion_to_brain fits every subject, then tests over subjects",
        remedy: "Write `level: subject`.")
    }
    let delays = study.own(Keys.self).delaysS
    if let wrong = delays.first(where: { $0 <= 0 || $0 > furthest }) {
      problems.append(
        StudyProblem(
          at: "emotion_to_brain.delays_s", reason: "\(wrong) s is no delay in both directions",
          remedy: "Use seconds above 0 and up to \(Int(furthest)); each is used before and after the response."))
    }
    return problems
  }

  /// Both directions have the study's own delays, and a rating is one column.
  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    study.features.enumerated().filter { $0.element.reduce != nil }.map { place, _ in
      StudyDefinition.Ineffective(
        place: "features[\(place + 1)].reduce", what: "the reduction of a rating, which is one column",
        remedy: "Leave `reduce` out.")
    }
      + study.targets.enumerated().compactMap { place, target in
        switch target.delays {
        case .automatic: return nil
        case .single(let seconds) where seconds == [0] && study.features.allSatisfy { $0.hrf != nil }: return nil
        case .single:
          return StudyDefinition.Ineffective(
            place: "targets[\(place + 1)].delays_s", what: "delays of one direction",
            remedy:
              "Leave `delays_s` out of target and encoding: both directions have `emotion_to_brain: {delays_s: [1, 2]}`."
          )
        }
      }
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try planner(context)
    let definition = context.definition
    return try planner.plan { fits in [DirectionPlanner(fits, of: definition).unit].compactMap(\.self) }
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try planner(context)
    return try planner.calibration(request)
  }

  private func planner(_ context: StudyContext) throws -> EncodingPlanner {
    try EncodingPlanner(context, bothWaysS: context.definition.own(Keys.self).delaysS)
  }
}
