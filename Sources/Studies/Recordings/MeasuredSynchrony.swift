import ContentIdentity

/// Dynamic synchrony of the regions of a cohort as one target has it, on all stimuli that show it.
package struct MeasuredSynchrony: Codable, Sendable, Equatable {
  package let dataset: String
  package let cohort: String
  package let signal: String
  /// The target with its defaults, as in the study file.
  package let target: JSONValue
  /// Whether drifts of the recordings are in it.
  package let keepsDrift: Bool
  /// Keys of the units that measure it, a stimulus each.
  package let units: [String]

  package init(
    dataset: String, cohort: String, signal: String, target: JSONValue, keepsDrift: Bool, units: [String]
  ) {
    (self.dataset, self.cohort, self.signal, self.target) = (dataset, cohort, signal, target)
    (self.keepsDrift, self.units) = (keepsDrift, units)
  }
}
