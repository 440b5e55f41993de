import Recordings
import StudyFiles
import Synchrony
import Vocabulary
import Work

/// Static and dynamic inter-subject correlation of each cohort, and cohorts against each other.
struct ISCReportKind: ComputedKind {
  let kind = StudyKind(
    "isc_report", summary: "static and dynamic inter-subject correlation per region", takes: [.synchrony],
    standards: [
      "statistics.family": .value("[region]") { _ in ["region"] },
      "statistics.correction": .value("[max, bh]") { _ in ["max", "bh"] },
    ],
    rules: Self.rules, ignored: Self.ignored,
    views: ["synchrony_summary", "cohort_comparison", "calibration"],
    example: """
      study: synchrony
      kind: isc_report
      datasets: [story]
      targets:
        - {synchrony: {window_s: 30, step_s: 1.5, method: leave_one_out}}
      statistics: {null: phase, draws: 1000}
      """)

  private static let nulls = NullKind.allCases.filter { SynchronyNullRequest($0, draws: 1) != nil }

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    guard !nulls.contains(study.statistics.null) else { return [] }
    let allowed = nulls.map(\.rawValue).joined(separator: " | ")
    return [
      StudyProblem(
        at: "statistics.null", reason: "`\(study.statistics.null.rawValue)` is no null of synchrony",
        remedy: "Allowed in an isc_report: \(allowed).")
    ]
  }

  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    study.targets.enumerated().flatMap { ignored($1, at: "targets[\($0 + 1)]") } + ignored(study.statistics)
      + ignored(study.filters)
  }

  private static func ignored(_ target: TargetSpec, at place: String) -> [StudyDefinition.Ineffective] {
    var found: [StudyDefinition.Ineffective] = []
    if target.transform != .none {
      found.append(
        StudyDefinition.Ineffective(
          place: "\(place).transform", what: "changed or smoothed synchrony in an isc_report",
          remedy: "Leave `transform` out, or use a longer `window_s`."))
    }
    if target.level == .subject {
      found.append(
        StudyDefinition.Ineffective(
          place: "\(place).synchrony.level", what: "rows for every subject in an isc_report",
          remedy: "Leave `level` out: the arrays of kind synchrony_subject hold every subject's values."))
    }
    return found
  }

  private static func ignored(_ statistics: StatisticsSpec) -> [StudyDefinition.Ineffective] {
    var found: [StudyDefinition.Ineffective] = []
    if statistics.family != [.region] {
      found.append(
        StudyDefinition.Ineffective(
          place: "statistics.family", what: "families other than the regions of a stimulus in an isc_report",
          remedy: "Leave `family` out, or write `family: [region]`."))
    }
    if Set(statistics.correction) != [.max, .bh] {
      found.append(
        StudyDefinition.Ineffective(
          place: "statistics.correction", what: "another choice of corrections in an isc_report",
          remedy: "Leave `correction` out, or write `correction: [max, bh]`: q_bh and p_max are always given."))
    }
    return found
  }

  private static func ignored(_ filters: FilterSpec) -> [StudyDefinition.Ineffective] {
    guard filters.grid != .target else { return [] }
    return [
      StudyDefinition.Ineffective(
        place: "filters.grid", what: "another grid in an isc_report", remedy: "Leave it out; `step_s` is the grid.")
    ]
  }

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try TargetPlanner(context)
    var more: [WorkUnit] = []
    let cohorts = try context.cohorts()
    let statistics = context.definition.statistics
    guard let null = SynchronyNullRequest(statistics.null, draws: statistics.draws) else {
      preconditionFailure("the rules let no other null pass")
    }
    for target in context.definition.targets {
      for cohort in cohorts where try planner.synchronyUnits(target, cohort: cohort, null: null) == 0 {
        more.append(planner.absentSynchrony(target, cohort))
      }
      for (i, first) in cohorts.enumerated() {
        more += try cohorts[(i + 1)...].compactMap {
          try planner.comparison(target, first, $0, draws: statistics.draws)
        }
      }
    }
    try planner.checkRegions()
    return context.plan(planner.units + more, notes: planner.notes)
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try TargetPlanner(context)
    var runs: [WorkUnit] = []
    for target in context.definition.targets {
      for cohort in try context.cohorts() {
        runs += try planner.synchronyCalibration(target, cohort: cohort, request)
      }
    }
    try planner.checkRegions()
    return context.plan(
      planner.units + runs, purpose: .calibration,
      notes: [
        request.note,
        "planted r is the expected correlation of two subjects; of every cohort "
          + (request.isWhole ? "every stimulus" : "the first stimulus is calibrated (--all: every one)"),
      ] + planner.notes)
  }
}
