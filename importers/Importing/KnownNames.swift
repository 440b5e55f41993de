/// What the catalog already knows, as far as an import's checks need it.
package struct KnownNames: Sendable, Equatable {
  /// Stimuli with media and without.
  package var stimuli: Set<String>
  /// Seconds that stimuli with media last.
  package var durations: [String: Double]
  /// Subjects of the dataset.
  package var subjects: Set<String>

  package init(durations: [String: Double] = [:], withoutMedia: Set<String> = [], subjects: Set<String> = []) {
    stimuli = withoutMedia.union(durations.keys)
    self.durations = durations
    self.subjects = subjects
  }
}

/// Told how far an import is: items done, items in all, and what is being read.
package typealias ImportProgress = @Sendable (_ done: Int, _ total: Int, _ item: String) -> Void
