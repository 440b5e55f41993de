/// Every gate that is a rate, a coverage or a mean over simulated runs.
package enum GateList {
  package static let all: [Gate] =
    CourseGate.gates + ContrastGate.gates + IntervalGate.gates + SubjectIntervalGate.gates + SynchronyNullGate.gates
    + CeilingGate.gates + DelayGate.gates + TwinGate.gates + CohortGate.gates + PredictionGate.gates
    + FurtherGates.gates + StudyScenarios.all.map(\.gate)

  /// The gate of an id; nil where there is none.
  package static func gate(_ id: String) -> Gate? { all.first { $0.id == id } }
}
