import Work

/// Steps that make features: one line each.
package enum FeatureSteps {
  package static let all: [any WorkStep] =
    [ModelFeatureStep(), PermutedFeatureStep(), LogMelStep(), SeparationStep(), StemLevelStep()]
    + FeatureSets.all.map { DescriptorStep(featureSet: $0) }
}
