import Comparison
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Synchrony in windows of several lengths and steps, each predicted by the same features on the same seconds and folds.
///
/// Rows lie where the longest window fits into the stimulus, so that blocks of it are the same seconds, to a step, for all
/// windows; the gap between test and training rows grows with the window.
struct TemporalResolutionKind: ComputedKind {
  struct Keys: Codable {
    let windowsS: [Double]
    let stepsS: [Double]
  }

  let kind = StudyKind(
    "temporal_resolution", summary: "scores against the window and step of synchrony",
    takes: [.features, .companions, .encoding, .synchrony],
    own: .map([
      GrammarKey("windows_s", .list(.number(.seconds), 1...100), .value([3, 5, 10, 15]), "Windows of synchrony."),
      GrammarKey("steps_s", .list(.number(.seconds), 1...100), .value([1, 2, 5]), "Steps of synchrony."),
    ]),
    standards: ["encoding.outer": .value("{folds: 5}: the same for all windows") { _ in ["folds": 5] }],
    rules: Self.rules, ignored: Self.ignored, views: ["temporal_resolution"] + EncodingPlanner.views,
    example: """
      study: how-fast
      kind: temporal_resolution
      datasets: [films]
      features:
        - {set: lld12}
      targets:
        - {synchrony: {method: leave_one_out}}
      encoding: {}
      temporal_resolution: {windows_s: [3, 5, 10, 15], steps_s: [1]}
      """)

  /// What a window of a target that says nothing is: the kind's own keys say what it is.
  private static let standard = (windowS: 10.0, stepS: 1.0)

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    let shortest = study.own(Keys.self).windowsS.reduce(.infinity, min)
    return study.targets.enumerated().compactMap { place, target in
      guard let signal = target.synchrony?.signal, signal == .differentialEntropy || signal == .firstDifference,
        shortest < 3
      else { return nil }
      return StudyProblem(
        at: "temporal_resolution.windows_s",
        reason: "`\(signal.rawValue)` of target \(place + 1) has one value a second, a correlation needs three",
        remedy: "Use windows of 3 s or more.")
    }
  }

  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    study.targets.enumerated().flatMap { place, target -> [StudyDefinition.Ineffective] in
      guard let synchrony = target.synchrony else { return [] }
      let keys = [
        ("window_s", synchrony.windowS == standard.windowS), ("step_s", synchrony.stepS == standard.stepS),
      ]
      return keys.filter { !$0.1 }.map { key, _ in
        StudyDefinition.Ineffective(
          place: "targets[\(place + 1)].synchrony.\(key)",
          what: "`\(key)` of a target beside the windows and steps of the study",
          remedy: "Leave it out: all windows and steps stand in `temporal_resolution: {windows_s: [3], steps_s: [1]}`.")
      }
    }
  }

  /// Every target in every window and step, with what keeps all of them to the seconds of the longest window.
  private static func targets(of study: StudyDefinition) -> [(spec: TargetSpec, margin: EdgeTrim)] {
    let keys = study.own(Keys.self)
    let longest = keys.windowsS.reduce(0, max)
    return study.targets.flatMap { target in
      keys.windowsS.flatMap { window in
        keys.stepsS.map { step in
          (target.windowed(windowS: window, stepS: step), margin(target.synchrony?.anchor, longest - window))
        }
      }
    }
  }

  /// Of seconds that a window is shorter than the longest, those at the start and the end of a stimulus.
  private static func margin(_ anchor: WindowAnchor?, _ shorter: Double) -> EdgeTrim {
    switch anchor {
    case .centre, nil: EdgeTrim(start: shorter / 2, end: shorter / 2)
    case .end: EdgeTrim(start: shorter, end: 0)
    case .start: EdgeTrim(start: 0, end: shorter)
    }
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try EncodingPlanner(context, targets: Self.targets(of: context.definition))
    return try planner.plan { fits in
      [WindowComparisonPlanner(fits, of: context.definition.name).unit].compactMap(\.self)
    }
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try EncodingPlanner(context, targets: Self.targets(of: context.definition))
    return try planner.calibration(request)
  }
}
