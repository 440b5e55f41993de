import Plans

/// Steps that measure synchrony: one line each.
package enum SynchronySteps {
  package static let all: [any Step] = [SynchronyStep(), SynchronyComponentsStep(), SynchronyContrastStep()]
}
