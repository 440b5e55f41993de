import Diagnostics
import Names
import Vocabulary

/// What no clock of a recording goes beyond: what does is damage, and sample numbers made of it would be none.
package enum TimeBounds {
  /// Samples per second of anything that is recorded.
  package static let ratesHz = 1e-6...1e7
  /// Seconds from a recording's start that anything of it can lie.
  package static let furthestS = 1e9
}

/// Options every import verb takes.
package struct CommonOptions: Sendable, Equatable {
  /// The dataset (a cohort of its own name).
  package var dataset: String
  package var licence: String?
  package var consent: Consent?
  /// The longest stretch of time that anything may have: beyond it the unit or the header is wrong.
  package var longestS: Double
  /// Files that are set aside, by their paths: faults of their own were found.
  package var leftOut: Set<String> = []

  package static let day = 86_400.0

  package init(dataset: String, licence: String? = nil, consent: Consent? = nil, longestS: Double = Self.day) {
    self.dataset = dataset.composed
    self.licence = licence
    self.consent = consent
    self.longestS = longestS
  }

  /// Throws `longerThanAllowed`; to be asked before anything of that length is allocated.
  package func refuse(longer seconds: Double, _ object: @autoclosure () -> String) throws {
    guard !(seconds <= longestS) else { return }
    throw EvokeError(
      .longerThanAllowed, object(), reason: "it would last to \(seconds) s, the longest allowed is \(longestS) s",
      remedy: "correct its times or their unit, or allow it by --longest-s SECONDS")
  }
}
