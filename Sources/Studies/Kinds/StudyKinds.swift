import Recordings
import StudyFiles
import Warehouse
import Work

/// The registry of study kinds: one line each. The grammar of study files, `explain` and plans are made of it.
package struct StudyKinds: Sendable {
  package static let all = StudyKinds([
    LayerSweepKind(),
    ElementAblationKind(),
    CovariateControlKind(),
    ArchitectureComparisonKind(),
    TemporalResolutionKind(),
    ControlledSynthesisKind(),
    CohortComparisonKind(),
    SynchronyConsistencyKind(),
    GradientMapKind(),
    EmotionLagKind(),
    AudioToBrainKind(),
    EmotionToBrainKind(),
    ISCReportKind(),
  ])

  package let list: [any RegisteredKind]
  /// What a study file of these kinds may say.
  package let grammar: Grammar

  package init(_ list: [any RegisteredKind]) {
    self.list = list
    grammar = Grammar(
      list.map(\.kind), computed: Set(list.compactMap { ($0 as? any ComputedKind)?.kind.name }))
  }

  /// Expands a study over what is in the warehouse.
  ///
  /// - Throws: `E-STU-009` for what this version does not compute, `E-WH-010` for names that are not there, and a kind's
  ///   own refusals.
  package func plan(_ study: StudyDefinition, in warehouse: Warehouse) throws -> Plan {
    let context = StudyContext(definition: study, warehouse: warehouse)
    return try noted(computed(study).plan(context), context)
  }

  /// Expands the calibration of a study's design.
  ///
  /// - Throws: as `plan`; `E-ENC-011` for a design that cannot be calibrated.
  package func calibration(
    _ study: StudyDefinition, _ request: CalibrationRequest, in warehouse: Warehouse
  ) throws -> Plan {
    let context = StudyContext(definition: study, warehouse: warehouse)
    return try noted(computed(study).calibration(context, request), context)
  }

  /// A plan with what is to be said of its study besides.
  private func noted(_ plan: Plan, _ context: StudyContext) throws -> Plan {
    context.plan(plan.units, purpose: plan.purpose, notes: plan.notes + (try context.idleExclusions()))
  }

  private func computed(_ study: StudyDefinition) throws -> any ComputedKind {
    try grammar.requireComputed(study)
    let computed = list.compactMap { $0 as? any ComputedKind }
    guard let kind = computed.first(where: { $0.kind == study.kind }) else {
      preconditionFailure("requireComputed lets no other kind pass")
    }
    return kind
  }
}
