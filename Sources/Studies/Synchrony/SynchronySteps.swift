import Work

/// Steps that measure synchrony: one line each.
package enum SynchronySteps {
  package static let all: [any WorkStep] = [
    SynchronyStep(), SynchronyComponentsStep(), SynchronyContrastStep(), SynchronyCalibrationStep(),
  ]
}
