import Diagnostics
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Which stimuli a study was made of: the levels of its factors.
package struct FactorTable: Sendable {
  package struct Factor: Sendable, Equatable {
    package let name: String
    package let role: FactorRole

    package init(_ name: String, _ role: FactorRole) { (self.name, self.role) = (name, role) }
  }

  package let factors: [Factor]
  /// By stimulus, one level of each factor that is no variant's.
  package let levels: [String: [String]]
  /// Of every variant that each stimulus has one level of each other factor, which stand last.
  package let variants: [[String]]
  package let interactions: Bool

  package init(_ factors: [Factor], levels: [String: [String]], variants: [[String]], interactions: Bool) {
    precondition(
      levels.values.allSatisfy { own in variants.allSatisfy { own.count + $0.count == factors.count } },
      "every row has a level of each factor")
    (self.factors, self.levels, self.variants, self.interactions) = (factors, levels, variants, interactions)
  }
}

/// Plans what the factors of a design explain of the features of a cohort's stimuli.
package struct FactorSharePlanner {
  private let context: StudyContext
  private let cohort: ResolvedCohort
  private let table: FactorTable
  /// Those of the design that the cohort has.
  package let stimuli: Set<String>

  package init(_ context: StudyContext, cohort: ResolvedCohort, table: FactorTable) throws {
    (self.context, self.cohort, self.table) = (context, cohort, table)
    stimuli = try context.stimuli(of: cohort).intersection(table.levels.keys)
  }

  private var factors: [FactorShareStep.Factor] {
    table.factors.map { FactorShareStep.Factor(name: $0.name, role: $0.role) }
  }

  /// A unit in place of an element's shares, that says why there are none.
  package func absent(_ element: Element, because reason: String) -> WorkUnit {
    let absent = FactorShareStep.Absent(
      dataset: cohort.dataset, cohort: cohort.cohort, element: element, factors: factors)
    return FactorShareStep().absent(
      absent, label: "factors of \(cohort.cohort) (\(element.rawValue))", because: reason)
  }

  /// The shares of all features, of each all variants.
  ///
  /// - Throws: `E-STU-008` for a design of which nothing can be told, `E-RUN-001` where a feature lacks a stimulus of it.
  package func unit(_ features: [[PlannedFeature]]) throws -> WorkUnit {
    let label = "factors of \(cohort.cohort)"
    precondition(features.allSatisfy { $0.count == table.variants.count }, "every feature is there of each variant")
    for feature in features.joined() {
      guard let missing = stimuli.subtracting(feature.stimuli).min() else { continue }
      throw EvokeError(
        .noCommonData, "\(label) of study \(context.definition.name)",
        reason: "\(feature.set.name) (\(feature.element.rawValue)) is not there for \(missing)",
        remedy: "import it, or leave \(missing) out of the design or name the others in filters.stimuli")
    }
    let statistics = context.definition.statistics
    let parameters = FactorShareStep.Parameters(
      dataset: cohort.dataset, cohort: cohort.cohort, factors: factors, rows: rows,
      variants: table.variants.count, spaces: features.map { $0[0].set }, interactions: table.interactions,
      draws: statistics.null == .none ? 0 : statistics.draws, seed: UInt64(context.definition.seed))
    _ = try FactorDesign(parameters, label: "\(label) of study \(context.definition.name)")
    return FactorShareStep().unit(
      parameters,
      inputs: features.joined().enumerated().flatMap { place, feature in
        feature.of(stimuli).inputs(.feature(place))
      },
      label: label)
  }

  private var rows: [FactorShareStep.Row] {
    table.levels.filter { stimuli.contains($0.key) }.sorted { $0.key < $1.key }.flatMap { stimulus, levels in
      table.variants.enumerated().map { place, variant in
        FactorShareStep.Row(stimulus: stimulus, variant: place, levels: levels + variant)
      }
    }
  }
}
