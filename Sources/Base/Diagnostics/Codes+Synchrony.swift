extension ErrorCode {
  static let synchrony: [ErrorCode] = [
    .tooFewSubjects, .windowTooShort, .windowTooLong, .noShiftPossible, .unequalSeries, .signalRate,
    .identicalRecordings,
    .tooFewClips, .componentsUndefined,
  ]

  public static let tooFewSubjects = ErrorCode(
    "E-ISC-001", "too few subjects for synchrony",
    "Synchrony compares subjects: two recordings of one stimulus at least, three for a window to count."
  )
  public static let windowTooShort = ErrorCode(
    "E-ISC-002", "the window is too short", exit: .usage,
    "A correlation needs at least three samples. Use a window of three or more samples at the recording's rate.")
  public static let windowTooLong = ErrorCode(
    "E-ISC-003", "the recording is shorter than the window",
    "Windows never cross stimuli and are never padded, so a stimulus must be at least one window long.")
  public static let noShiftPossible = ErrorCode(
    "E-ISC-004", "no circular shift is long enough",
    "A shift is at least the window and 20 s long in both directions; the stimulus is too short. Use the phase null."
  )
  public static let unequalSeries = ErrorCode(
    "E-ISC-005", "subjects' series differ in length",
    "The series of one stimulus must have the same samples and regions for every subject.")
  public static let signalRate = ErrorCode(
    "E-ISC-006", "the recording's rate is too low for this signal", exit: .usage,
    "An envelope needs two samples in 0.1 s, an entropy and a first difference three samples in a second.")
  public static let identicalRecordings = ErrorCode(
    "E-ISC-007", "two subjects have the same recording",
    """
    Two subjects whose series are equal up to scale and offset are one recording under two names; they would raise every
    correlation. Exclude one, or write `filters: {identical: keep}` where it is meant.
    """)
  public static let tooFewClips = ErrorCode(
    "E-ISC-008", "too few stimuli to exchange", exit: .usage,
    "`clip_shuffle` gives subjects other stimuli's data: every subject needs recordings of two stimuli at least.")
  public static let componentsUndefined = ErrorCode(
    "E-ISC-020", "correlated components are not defined",
    """
    The covariance within subjects must be finite and positive definite. A missing or infinite sample, or channels
    without any variance, prevent it: interpolate or leave them out first.
    """)
}
