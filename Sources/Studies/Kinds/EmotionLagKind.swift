import Comparison
import Encoding
import FeatureSpaces
import Recordings
import StudyFiles
import Vocabulary
import Work

/// How a feature's changes run ahead of ratings' changes: correlations at several lags, song by song and person by person,
/// their maxima over lags, and whether features or ratings differ in these.
struct EmotionLagKind: ComputedKind {
  let kind = StudyKind(
    "emotion_lag", summary: "correlation of features and ratings over lags",
    takes: [.features, .annotations, .lags],
    standards: [
      "statistics.lags_s": .value("0..5") { _ in [0, 1, 2, 3, 4, 5] },
      "statistics.family": .value("[lag]") { _ in ["lag"] },
    ],
    rules: Self.rules, ignored: Self.ignored, views: ["emotion_lag", "emotion_lag_peak", "anova"],
    example: """
      study: what-moves
      kind: emotion_lag
      datasets: [songs]
      features:
        - {space: envelope, transform: changes}
        - {set: lld12, transform: changes}
      targets:
        - {annotation: enjoyment, rater: each, transform: changes}
      statistics: {lags_s: "0..5", draws: 1000}
      """)

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    let problems = StudyKind.sameNamed(study, byTransform: true)
    guard ![.phase, .none].contains(study.statistics.null) else { return problems }
    return problems + [
      StudyProblem(
        at: "statistics.null", reason: "`\(study.statistics.null.rawValue)` is no null of lagged correlations",
        remedy: "Allowed in an emotion_lag: phase | none.")
    ]
  }

  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    var found: [StudyDefinition.Ineffective] = []
    if study.statistics.family != [.lag] {
      found.append(
        StudyDefinition.Ineffective(
          place: "statistics.family", what: "families other than the lags of a stimulus in an emotion_lag",
          remedy: "Leave `family` out, or write `family: [lag]`."))
    }
    if study.statistics.correction != [.max] {
      found.append(
        StudyDefinition.Ineffective(
          place: "statistics.correction", what: "another correction than the maximum over lags in an emotion_lag",
          remedy: "Leave `correction` out, or write `correction: [max]`."))
    }
    return found
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var features = FeaturePlanner(context)
    var targets = try TargetPlanner(context)
    var units: [WorkUnit] = []
    var lags: [PlannedLag] = []
    for cohort in try context.cohorts() {
      for spec in context.definition.targets {
        guard case .annotation(let name, let rater) = spec.source else {
          preconditionFailure("an emotion_lag takes annotations")
        }
        for target in try targets.annotation(spec, name, rater, cohort) {
          for element in context.definition.elements {
            let planner = LagPlanner(context, target: target, cohort: cohort)
            let found = try Self.lags(planner, element, &features)
            lags += found.lags.filter { lag in !lags.contains { $0.unit.key == lag.unit.key } }
            units += found.absent
          }
        }
      }
    }
    let comparison = LagComparisonPlanner(lags, of: context.definition).unit
    return context.plan(
      features.units + lags.map(\.unit) + units + [comparison].compactMap(\.self), notes: targets.notes)
  }

  /// The correlations of every feature of an element with one target, or what says why there are none.
  private static func lags(
    _ planner: LagPlanner, _ element: Element, _ features: inout FeaturePlanner
  ) throws -> (lags: [PlannedLag], absent: [WorkUnit]) {
    let (target, cohort) = (planner.target, planner.cohort)
    if let reason = try target.notApplicable ?? features.lacking(element, dataset: cohort.dataset) {
      return ([], [planner.absent(element, because: reason)])
    }
    var found: (lags: [PlannedLag], absent: [WorkUnit]) = ([], [])
    for spec in planner.features {
      let planned = try features.plan(spec, element: element, cohort: cohort, target: target)
      found.lags += planned.map(planner.lags)
      if planned.isEmpty {
        found.absent.append(
          planner.absent(element, because: "\(target.person ?? "the group") gave no \(spec.name)"))
      }
    }
    return found
  }
}
