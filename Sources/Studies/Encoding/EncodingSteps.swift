import Work

/// Steps that relate features to a target: one line each.
package enum EncodingSteps {
  package static let all: [any WorkStep] = [
    EncodingStep(), CovariateControlStep(), JointStep(), CalibrationRunsStep(), LagCorrelationStep(),
    ConsistencyStep(), CohortTransferStep(), FactorShareStep(),
  ]
}
