import Vocabulary

/// What to know about a synchrony before it is reported.
public enum SynchronyFlag: String, Sendable, CaseIterable, Comparable {
  /// Recordings were compared with whatever drifts they hold: neither a preparation nor the comparison took them out.
  case driftKept = "drift_kept"
  /// More than half of the subjects' windows are constant or missing.
  case mostWindowsLeftOut = "most_windows_left_out"
  /// Some subjects miss a sample, or do not vary, and are left out of the static value.
  case subjectsLeftOut = "subjects_left_out"
  /// More than half of the subjects are.
  case mostSubjectsLeftOut = "most_subjects_left_out"
  /// Some recordings begin later or end earlier, or all lack the same seconds, and all are compared over the seconds that
  /// everybody has.
  case secondsLeftOut = "seconds_left_out"
  /// These are less than half of what was recorded of the stimulus.
  case mostSecondsLeftOut = "most_seconds_left_out"
  /// Samples that are compared as the same lie a quarter of a sample or more apart.
  case onsetsBetweenSamples = "onsets_between_samples"
  /// Components were fitted to the recordings they are read from.
  case componentsFitted = "components_fitted"
  /// Fewer than four subjects have a static value: there is no interval.
  case fewSubjects = "few_subjects"
  /// Two cohorts that are compared have subjects in common.
  case peopleShared = "people_shared"
  /// Two cohorts of different datasets have names of subjects in common.
  case namesShared = "names_shared"

  /// What is to be known of a synchrony over a share of the seconds that were recorded; nil: nothing.
  public static func ofSeconds(_ share: Double) -> SynchronyFlag? {
    share > 0.9 ? nil : share < 0.5 ? .mostSecondsLeftOut : .secondsLeftOut
  }

  /// Whether a synchrony that carries it is not to be reported.
  public var invalidates: Bool {
    switch self {
    case .driftKept, .mostWindowsLeftOut, .mostSubjectsLeftOut, .mostSecondsLeftOut: true
    case .subjectsLeftOut, .secondsLeftOut, .onsetsBetweenSamples, .componentsFitted, .fewSubjects, .peopleShared,
      .namesShared:
      false
    }
  }

  /// The flag of a spelling; nil where it is none.
  public static func named(_ spelling: some StringProtocol) -> SynchronyFlag? {
    allCases.first { $0.rawValue == spelling }
  }

  /// As tables hold flags.
  public static func spelled(_ flags: Set<SynchronyFlag>) -> String {
    flags.sorted().map(\.rawValue).joined(separator: " ")
  }

  /// What it says of a row.
  public var meaning: String {
    switch self {
    case .driftKept:
      "The recordings' slow drifts were kept: subjects whose drifts agree by chance look synchronous, and no null knows it."
    case .mostWindowsLeftOut: "More than half of the subjects' windows are constant or missing (dropped_count)."
    case .subjectsLeftOut:
      "Subjects who miss a sample of the region that others have, or do not vary, are left out of static_isc, its interval and its p; subject_count counts them."
    case .mostSubjectsLeftOut:
      "More than half of the subjects miss a sample of the region that others have, or do not vary: static_isc, its interval and its p are of the others."
    case .secondsLeftOut:
      "Some recordings begin later or end earlier than others, or all lack the same seconds: all subjects are compared over the seconds that everybody has, by a tenth or more fewer than from the first to the last that was recorded of the stimulus."
    case .mostSecondsLeftOut:
      "Some recordings begin later or end earlier than others, or all lack the same seconds: all subjects are compared over the seconds that everybody has, less than half of those from the first to the last that was recorded of the stimulus."
    case .onsetsBetweenSamples:
      "The stimulus begins between samples, and not alike for all: subjects are compared at their nearest samples, of which some lie apart by a quarter of a sample or more, and by a tenth of a second (misalignment_s of the array synchrony_static). What is fast looks less synchronous than it is."
    case .componentsFitted:
      "Components were fitted to the recordings they are read from: their synchrony is too high, cross_validated_isc is not."
    case .fewSubjects: "Fewer than four subjects: there is no interval, and the p speaks of these subjects alone."
    case .peopleShared: PeopleInCommon.shared.meaning
    case .namesShared: PeopleInCommon.namesakes.meaning
    }
  }

  /// What helps.
  public var remedy: String {
    switch self {
    case .driftKept:
      "Leave high_pass_s at 120, or prepare the recordings with a high-pass (preparation: {fmri: {high_pass_s: 128}})."
    case .mostWindowsLeftOut:
      "Longer windows (window_s), or leave the subject or region out with filters or an exclusion."
    case .subjectsLeftOut, .mostSubjectsLeftOut:
      "Fill single missing samples before the import, or leave such subjects out with filters or an exclusion; mean_isc keeps the windows that they fill."
    case .secondsLeftOut, .mostSecondsLeftOut:
      "Leave the shortest recordings out with filters or an exclusion (evoke query alignment_audit tells which end early), or import what they lack."
    case .onsetsBetweenSamples:
      "Nothing needs mending where responses are slow; else a faster signal or rate, or recordings whose samples begin with the stimulus (slice timing of all volumes to one second of it)."
    case .componentsFitted: "Read cross_validated_isc, or method: pairwise."
    case .fewSubjects: "More subjects."
    case .peopleShared: PeopleInCommon.shared.remedy
    case .namesShared: PeopleInCommon.namesakes.remedy
    }
  }

  /// All of it, for people.
  public var explanation: String {
    "Flag \(rawValue): \(meaning)\nWhat helps: \(remedy)\nA row that carries it "
      + (invalidates ? "is not to be reported (valid = 0).\n" : "may be reported.\n")
  }

  public static func < (a: SynchronyFlag, b: SynchronyFlag) -> Bool { a.rawValue < b.rawValue }
}
