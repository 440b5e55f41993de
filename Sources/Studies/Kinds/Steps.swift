import Comparison
import Encoding
import FeatureSpaces
import Plans
import Recordings
import Synchrony
import Warehouse

/// The registry of computation steps, those of each room; it also drives the worker, the tests and the docs.
package enum Steps {
  package static let all: [any WorkStep] =
    RecordingSteps.all + FeatureSteps.all + SynchronySteps.all + EncodingSteps.all + ComparisonSteps.all
}

/// The registry of study kinds this version computes.
package enum Studies {
  /// Expands a study over what is in the warehouse.
  ///
  /// - Throws: `E-WH-010` for names that are not there, and a kind's own refusals.
  package static func plan(_ definition: StudyDefinition, in warehouse: Warehouse) throws -> Plan {
    try definition.requireComputed()
    let context = StudyContext(definition: definition, warehouse: warehouse)
    switch definition.kind {
    case .layerSweep, .covariateControl:
      var planner = try EncodingPlanner(context)
      return try planner.plan()
    case .iscReport: return try iscReport(context)
    default: preconditionFailure("requireComputed lets no other kind pass")
    }
  }

  private static func iscReport(_ context: StudyContext) throws -> Plan {
    let definition = context.definition
    var planner = try TargetPlanner(context)
    var more: [Unit] = []
    let cohorts = try context.cohorts()
    let statistics = definition.statistics
    let null = SynchronyNullRequest(statistics.null, draws: statistics.draws)
    for target in definition.targets {
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
    return Plan(
      studyName: definition.name, kind: definition.kind.rawValue, definition: definition.canonical,
      seed: definition.seed,
      units: planner.units + more, notes: planner.notes)
  }
}
