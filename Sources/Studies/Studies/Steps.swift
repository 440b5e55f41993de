import Plans

/// The registry of computation steps: one line each; it also drives the worker, the tests and the docs.
public enum Steps {
  public static let all: [any Step] =
    [
      ModelFeatureStep(), SeparationStep(), EEGPreparationStep(), SourceKernelStep(), SourceLocalisationStep(),
      FMRIPreparationStep(), SignalStep(), SynchronyStep(), SynchronyComponentsStep(), SynchronyContrastStep(),
      EncodingStep(), CovariateControlStep(), JointStep(), ComparisonStep(),
    ]
    + FeatureSets.all.map { DescriptorStep(featureSet: $0) }

  /// A registered step.
  static func named(_ name: String) -> any Step {
    guard let step = all.first(where: { $0.name == name }) else { preconditionFailure("no step \(name)") }
    return step
  }
}
