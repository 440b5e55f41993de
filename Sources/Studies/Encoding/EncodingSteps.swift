import Work

/// Steps that fit features to a target: one line each.
package enum EncodingSteps {
  package static let all: [any WorkStep] = [EncodingStep(), CovariateControlStep(), JointStep(), CalibrationRunsStep()]
}
