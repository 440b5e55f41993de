import Encoding
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Whether dynamic synchrony agrees with ratings, and synchrony of signals, bands and methods with each other.
struct SynchronyConsistencyKind: ComputedKind {
  let kind = StudyKind(
    "synchrony_consistency", summary: "synchrony against ratings, and between signals, bands and methods",
    takes: [.synchrony, .annotations],
    standards: ["statistics.family": .value("[region]") { _ in ["region"] }],
    rules: Self.rules, ignored: Self.ignored, views: ["synchrony_consistency"],
    example: """
      study: do-they-agree
      kind: synchrony_consistency
      datasets: [films]
      targets:
        - {synchrony: {window_s: 10, signal: de, band: gamma}}
        - {synchrony: {window_s: 10, signal: envelope, band: alpha}}
        - {annotation: arousal}
      statistics: {null: phase, draws: 1000}
      """)

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    var problems: [StudyProblem] = []
    if pairs(study.targets).isEmpty {
      problems.append(
        StudyProblem(
          at: "targets", reason: "no two of them are synchrony and something that it can agree with",
          remedy: "Name a `synchrony`, and an `annotation` or another `synchrony`."))
    }
    for (place, target) in study.targets.enumerated()
    where study.targets[..<place].contains(where: { $0.parameters == target.parameters }) {
      problems.append(
        StudyProblem(
          at: "targets[\(place + 1)]", reason: "the same target is named before",
          remedy: "Name each once: a series agrees with itself."))
    }
    if ![.phase, .none].contains(study.statistics.null) {
      problems.append(
        StudyProblem(
          at: "statistics.null", reason: "`\(study.statistics.null.rawValue)` is no null of such correlations",
          remedy: "Allowed in a synchrony_consistency: phase | none."))
    }
    return problems
  }

  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    var found = study.targets.enumerated().filter { $0.element.level == .subject }.map { place, target in
      StudyDefinition.Ineffective(
        place: "targets[\(place + 1)]", what: "rows for every subject or rater in a synchrony_consistency",
        remedy: "Leave `\(target.kind == .annotation ? "rater: each" : "level: subject")` out.")
    }
    if study.statistics.family != [.region] {
      found.append(
        StudyDefinition.Ineffective(
          place: "statistics.family", what: "families other than the regions of a stimulus in a synchrony_consistency",
          remedy: "Leave `family` out, or write `family: [region]`."))
    }
    if study.statistics.correction != [.max] {
      found.append(
        StudyDefinition.Ineffective(
          place: "statistics.correction", what: "another correction than the maximum in a synchrony_consistency",
          remedy: "Leave `correction` out, or write `correction: [max]`."))
    }
    return found
  }

  /// Every two targets one of which is synchrony, in the order of the file.
  private static func pairs(_ targets: [TargetSpec]) -> [(TargetSpec, TargetSpec)] {
    targets.indices.flatMap { a in
      targets[(a + 1)...].map { (targets[a], $0) }.filter { $0.kind == .synchrony || $1.kind == .synchrony }
    }
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try TargetPlanner(context)
    var units: [WorkUnit] = []
    for cohort in try context.cohorts() {
      let agreement = ConsistencyPlanner(context, cohort: cohort)
      for (first, second) in Self.pairs(context.definition.targets) {
        units.append(
          try agreement.unit(
            try Self.target(first, cohort, &planner), try Self.target(second, cohort, &planner)))
      }
    }
    try planner.checkRegions()
    return context.plan(planner.units + units, notes: planner.notes)
  }

  private static func target(
    _ spec: TargetSpec, _ cohort: ResolvedCohort, _ planner: inout TargetPlanner
  ) throws -> PlannedTarget {
    switch spec.source {
    case .annotation(let name, _): try planner.annotation(spec, name, .mean, cohort)[0]
    case .synchrony(let synchrony): try planner.synchrony(spec, synchrony, cohort)[0]
    case .response: preconditionFailure("a synchrony_consistency takes no responses")
    }
  }
}
