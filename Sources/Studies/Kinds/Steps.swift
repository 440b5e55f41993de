import Comparison
import Encoding
import FeatureSpaces
import Recordings
import Synchrony
import Work

/// The registry of computation steps, those of each room; it also drives the worker, the tests and the docs.
package enum Steps {
  package static let all: [any WorkStep] =
    RecordingSteps.all + FeatureSteps.all + SynchronySteps.all + EncodingSteps.all + ComparisonSteps.all
}
