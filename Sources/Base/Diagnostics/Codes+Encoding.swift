extension ErrorCode {
  static let encoding: [ErrorCode] = [
    .noEncodingRows, .encodingShape, .delaysMissWindow, .tooFewFolds, .foldTooSmall, .covariateMissing, .windowOffGrid,
    .nullUnavailable, .encodingFailed, .nothingReportable, .notCalibrated, .lagNeedsOneColumn,
    .ratingsOfNobody, .scalesDiffer,
  ]

  public static let noEncodingRows = ErrorCode(
    "E-ENC-001", "no rows to fit",
    "After missing values, window edges, delays and trimming no row with both features and target is left. Shorten the delays, or check that features and targets cover the same time."
  )
  public static let encodingShape = ErrorCode(
    "E-ENC-002", "features and targets do not fit together",
    "Every piece must have the same bands with the same number of columns, and the same targets, on one grid.")
  public static let delaysMissWindow = ErrorCode(
    "E-ENC-003", "the delays do not span the target's window", exit: .usage,
    "A target that summarises a window needs features averaged over the same window (window_features: true, the default) or delays that reach over the whole window. The message lists the delays to use."
  )
  public static let tooFewFolds = ErrorCode(
    "E-ENC-004", "the fold scheme cannot be carried out", exit: .usage,
    "Leaving one out needs at least two stimuli (or runs); blocks need at least two folds with rows in them.")
  public static let foldTooSmall = ErrorCode(
    "E-ENC-005", "a fold is too small",
    "A test fold of effective n below 10 says nothing, and a training set that the purge gap has eaten up fits nothing. Use fewer folds, a shorter gap or more stimuli."
  )
  public static let covariateMissing = ErrorCode(
    "E-ENC-006", "the control needs tested bands and covariates", exit: .usage,
    "covariate_control compares a tested feature set with covariates: name both. Fixed penalties are for covariates.")
  public static let windowOffGrid = ErrorCode(
    "E-ENC-007", "the window is not a multiple of the grid", exit: .usage,
    "Window and step must be multiples of the grid's step. Choose a grid that divides them.")
  public static let nullUnavailable = ErrorCode(
    "E-ENC-008", "the null does not belong to this score", exit: .usage,
    "A zeroed score is tested by phase_residual, unique R² by phase in the banded fit; both need covariates.")
  public static let encodingFailed = ErrorCode(
    "E-ENC-009", "a decomposition failed", exit: .failed,
    "LAPACK did not converge or a penalised matrix was not positive definite, which finite data do not cause. Please report it."
  )
  public static let nothingReportable = ErrorCode(
    "E-ENC-010", "no row of the study could be reported",
    "From the lengths of the series alone it can be told that every fit would fail or give a row that is not to be reported (valid = 0). The message names the lengths and two ways out, which were tried on the data. Where there would be rows, --allow-invalid computes them all the same."
  )
  public static let notCalibrated = ErrorCode(
    "E-ENC-011", "the design cannot be calibrated", exit: .usage,
    "evoke calibrate runs a study's own tests on targets in which nothing, or a known score, is planted. That needs tests (statistics: draws) and a kind of study whose targets it can plant; the message says what is missing."
  )
  public static let lagNeedsOneColumn = ErrorCode(
    "E-ENC-012", "a lagged correlation needs one column",
    "Each lag has one r of a feature and a rating. A feature of several columns becomes one series with transform: changes, the length of its difference from row to row; or import one column as a space of its own."
  )
  public static let ratingsOfNobody = ErrorCode(
    "E-ENC-013", "ratings of persons and of nobody under one name",
    "A series without a rater is what many raters were averaged to. A mean over it and over raters would count it as one of them, whatever its scale. With `rater: each` it is left out beside them, since it is no rater; with `rater: own` nobody's ratings are read."
  )
  public static let scalesDiffer = ErrorCode(
    "E-ENC-014", "ratings on different scales under one name",
    "Ratings of one name are averaged over raters and fitted over stimuli in their own units: of two scales the wider one would be the mean. Ratings that declare no scale are taken for ratings on the one that the others declare, which a note of plan says, unless their values lie outside it. Bring them to one scale before the import, or give those of each scale a --name of their own."
  )
}
