import Comparison
import Encoding
import FeatureSpaces
import Plans
import Recordings
import Synchrony

/// The registry of computation steps, those of each room; it also drives the worker, the tests and the docs.
package enum Steps {
  package static let all: [any WorkStep] =
    RecordingSteps.all + FeatureSteps.all + SynchronySteps.all + EncodingSteps.all + ComparisonSteps.all
}
