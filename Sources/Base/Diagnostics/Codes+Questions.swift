extension ErrorCode {
  static let questions: [ErrorCode] = [
    .unknownQuestion, .invalidSQL, .badCondition, .verificationFailed, .notInThisVersion, .stillNeeded, .ambiguousName,
    .internalFault, .nothingToPlot, .pictureLibraryMissing, .pictureFailed,
    .levelNotReached,
  ]

  public static let unknownQuestion = ErrorCode(
    "E-QRY-001", "no such view, report, table or column", exit: .usage,
    "`evoke query --list` names the published views and reports, `evoke schema` every table and its columns.")
  public static let invalidSQL = ErrorCode(
    "E-QRY-002", "the SQL is not valid", exit: .usage,
    "SQLite could not compile the statement; the reason is its own message. `evoke schema` lists tables and columns.")
  public static let badCondition = ErrorCode(
    "E-QRY-003", "the condition cannot be read", exit: .usage,
    "Conditions are COLUMN=VALUE, with =, !=, <, <=, > or >=; COLUMN= asks for rows without a value.")
  public static let verificationFailed = ErrorCode(
    "E-QRY-004", "the verification failed", exit: .failed,
    "At least one object is not what was recorded when it was written. Restore it from a backup, or compute it again.")
  public static let notInThisVersion = ErrorCode(
    "E-QRY-005", "not in this version", exit: .unavailable,
    "The option is part of Evoke's published command line, but this version does not carry it out yet.")
  public static let stillNeeded = ErrorCode(
    "E-QRY-006", "results depend on it", exit: .notPermitted,
    "Forgetting an import takes away what was computed from it. --cascade forgets those results too.")
  public static let ambiguousName = ErrorCode(
    "E-QRY-007", "the name fits several things", exit: .usage, "Give more of the name; the message lists what it fits.")
  public static let internalFault = ErrorCode(
    "E-QRY-008", "unexpected failure", exit: .internal,
    "This is a fault of Evoke or of a library it uses. Please report it with the message and the command.")
  public static let nothingToPlot = ErrorCode(
    "E-QRY-009", "nothing to plot", exit: .missingInput,
    "The view has no rows for this selection. `evoke query VIEW` shows what there is.")
  public static let pictureLibraryMissing = ErrorCode(
    "E-QRY-010", "no library to draw with", exit: .unavailable,
    "A figure is drawn as SVG by Evoke itself. PNG and PDF are made from that by librsvg and cairo, which are loaded only "
      + "then: install the Debian packages librsvg2-2, libcairo2 and fonts-dejavu-core, or ask for SVG.")
  public static let pictureFailed = ErrorCode(
    "E-QRY-011", "a figure could not be made into a picture", exit: .internal,
    "librsvg or cairo refused the drawing; the reason is their own message. The same figure can be written as SVG.")
  public static let levelNotReached = ErrorCode(
    "E-QRY-019", "the level asked for is not reached", exit: .unavailable,
    "Nothing failed. Units were computed by recipes (versions of a step) that this program does not have any more, and only a "
      + "program that has them can compute the same bits: the table names each recipe with the Evoke that computed by it. What "
      + "the levels below showed holds.")
}
