import Work

/// Steps that recordings go through: one line each.
package enum RecordingSteps {
  package static let all: [any WorkStep] = [
    EEGPreparationStep(), SourceKernelStep(), SourceLocalisationStep(), FMRIPreparationStep(), SignalStep(),
  ]
}
