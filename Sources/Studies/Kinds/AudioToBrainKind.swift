import Comparison
import ContentIdentity
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Recorded responses of every subject from several sets of features together: what each explains that the others do not,
/// and whether that holds over subjects.
///
/// The sets are fitted together, each with a penalty of its own, with delays of the features (FIR), a stimulus left out at a
/// time; unique R² of a set is R² of all less R² of the others.
struct AudioToBrainKind: ComputedKind {
  let kind = StudyKind(
    "audio_to_brain", summary: "recorded responses from sound, with unique contributions",
    takes: [.features, .companions, .encoding, .responses],
    standards: [
      "joint": .value("all features, where they are two or three", Self.joint),
      "encoding.model": .value("banded") { _ in "banded" },
      "encoding.outer": .value("{leave_one: stimulus}") { _ in ["leave_one": "stimulus"] },
    ],
    rules: Self.rules, views: EncodingPlanner.views,
    example: """
      study: what-the-brain-hears
      kind: audio_to_brain
      datasets: [pieces]
      features:
        - {set: lld12}
        - {model: openl3, layers: [embedding], reduce: {pca: 12}}
      targets:
        - {response: bold, level: subject}
      encoding: {delays_s: {response: "2..8"}}
      statistics: {draws: 1000, family: [region]}
      """)

  @Sendable private static func joint(_ study: JSONValue) -> JSONValue {
    let names = StudyKind.featureNames(in: study)
    return (2...3).contains(names.count) ? [.array(names.map { .string($0) })] : []
  }

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    let problems = StudyKind.sameNamed(study) + groupTargets(of: study)
    guard study.joint.isEmpty else { return problems }
    return problems + [
      StudyProblem(
        at: "joint", reason: "an audio_to_brain divides what two or three sets explain, it has \(study.features.count)",
        remedy: "List two or three features, or write which go together: `joint: [[a, b], [a, c]]`.")
    ]
  }

  private static func groupTargets(of study: StudyDefinition) -> [StudyProblem] {
    study.targets.enumerated().filter { $0.element.level == .group }.map { place, _ in
      StudyProblem(
        at: "targets[\(place + 1)].level", reason: "an audio_to_brain fits every subject, then tests over subjects",
        remedy: "Write `level: subject`; a mean over subjects is predicted by a layer_sweep.")
    }
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try EncodingPlanner(context)
    let definition = context.definition
    return try planner.plan { fits in [ContributionPlanner(fits, of: definition).unit].compactMap(\.self) }
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try EncodingPlanner(context)
    return try planner.calibration(request)
  }
}
