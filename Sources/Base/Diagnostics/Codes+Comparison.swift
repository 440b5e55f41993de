extension ErrorCode {
  static let comparison: [ErrorCode] = [.nothingToCompare, .notComparable]

  public static let nothingToCompare = ErrorCode(
    "E-CMP-001", "there is nothing to compare", exit: .missingInput,
    "Two cohorts are compared on fits of the same features to the same target, which both studies' newest runs hold. "
      + "`evoke query encoding_score` shows the fits of every study and cohort.")
  public static let notComparable = ErrorCode(
    "E-CMP-002", "cohorts are not comparable", exit: .failed,
    "They differ in something that makes scores differ by itself: how they were fitted, subjects behind a target, what its "
      + "noise allows, or the number of stimuli. The differences stand without p and interval; `evoke compare --waive "
      + "REASON` shows these and keeps the reason, and the rows stay `valid = 0`.")
}
