extension ErrorCode {
  static let annotations: [ErrorCode] = [
    .xmlMalformed, .tierFile, .tierTimes, .tierEmpty, .tierUnknown, .slotsInterpolated, .clipsUnknown,
  ]

  public static let xmlMalformed = ErrorCode(
    "E-ANN-001", "XML that is not well-formed",
    "A tag does not end, or ends another one than was opened. The file was cut or edited by hand; export it again.")
  public static let tierFile = ErrorCode(
    "E-ANN-002", "a file of tiers that cannot be read",
    "ELAN files (.eaf) have a TIME_ORDER and TIERs in milliseconds, TextGrids of Praat long or short text with interval "
      + "and point tiers.")
  public static let tierTimes = ErrorCode(
    "E-ANN-003", "an annotation whose times cannot be right",
    "It ends before it starts, refers to a time slot or an annotation that is not there, or has no known time.")
  public static let tierEmpty = ErrorCode(
    "E-ANN-004", "a tier without annotations", "Nothing is imported of it.")
  public static let tierUnknown = ErrorCode(
    "E-ANN-005", "no such tier", "`--map NAME=TIER` names a tier that the file does not have.")
  public static let slotsInterpolated = ErrorCode(
    "E-ANN-006", "time slots without a time",
    "ELAN leaves the times between aligned annotations open; they are spread evenly between their neighbours, as its "
      + "display does.")
  public static let clipsUnknown = ErrorCode(
    "E-ANN-007", "clips without media",
    "A ranking of clips has one value per clip. Of a dataset with media the clips that were imported are taken, at one "
      + "value per second; of others every clip, with one value.")
}
