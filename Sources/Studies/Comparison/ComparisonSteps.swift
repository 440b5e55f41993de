import Work

/// Steps that need several fits: one line each.
package enum ComparisonSteps {
  package static let all: [any WorkStep] = [
    ComparisonStep(), CalibrationStep(), ElementAblationStep(), WindowComparisonStep(), LagComparisonStep(),
    ArchitectureComparisonStep(), ContributionStep(), DirectionStep(), PooledScoreStep(),
    CohortComparisonStep(), DeclaredFamilyStep(), GradientStep(), SynchronyGradientStep(), ControlCheckStep(),
  ]
}
