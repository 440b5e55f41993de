extension ErrorCode {
  static let scores: [ErrorCode] = [.scoreMalformed, .scoreTwice, .scoresNamedTwice]

  public static let scoreMalformed = ErrorCode(
    "E-SCO-001", "a score that no program can have computed",
    """
    Correlations lie between -1 and 1, shares and p between 0 and 1, an interval holds its r, counts are whole numbers; \
    target_kind, element, covariate_mode, hemisphere and tail are words of the view encoding_score, delays_s is a JSON \
    array of seconds and target_parameters a JSON object. Nothing of a table is stored while a row of it is wrong.
    """)
  public static let scoreTwice = ErrorCode(
    "E-SCO-002", "two rows about the same score",
    """
    Rows of a table of scores differ in at least one of study, dataset, cohort, subject, session, rater, features, \
    element, covariate mode, target, region, delays and software. Add the column that tells them apart, or keep one.
    """)
  public static let scoresNamedTwice = ErrorCode(
    "E-SCO-003", "another table of scores has this name",
    """
    A table that was corrected does not replace the one before silently: take that one out with evoke forget, or give \
    another --name, under which both stand side by side.
    """)
}
