extension ErrorCode {
  static let tables: [ErrorCode] = [
    .tableEmpty, .tableHeaderOnly, .tableRagged, .tableDuplicateColumn, .tableEncoding, .tableTextInNumbers,
    .tableDecimalComma, .tableNoTime, .tableTimeOrder, .tableTimeMissing, .tableMilliseconds, .tableOutOfScale,
    .tableNoColumn, .tableNoValues, .optionMalformed, .seriesTwice, .tableQuote, .tableKeyMissing, .stimulusNew,
    .columnNotRead, .timesBeyondStimulus, .rowTwice, .exclusionMalformed, .subjectUnknown, .tableTooLarge,
    .valueTooLarge, .subjectSpelling, .valueLikeCode,
  ]

  public static let tableEmpty = ErrorCode(
    "E-TAB-001", "the table is empty", "The file has no header line. A table starts with the names of its columns.")
  public static let tableHeaderOnly = ErrorCode(
    "E-TAB-002", "the table has no rows", "The file ends after its header line; there is nothing to import.")
  public static let tableRagged = ErrorCode(
    "E-TAB-003", "a row has another number of fields than the header",
    "A separator is missing or too many. Decimal commas in a comma-separated table look like this too: save it "
      + "with ; or tabs."
  )
  public static let tableDuplicateColumn = ErrorCode(
    "E-TAB-004", "two columns have the same name", "Columns are told apart by name. Rename one of them.")
  public static let tableEncoding = ErrorCode(
    "E-TAB-005", "the table is not UTF-8 text",
    "Save it as UTF-8: `iconv -f LATIN1 -t UTF-8 in.csv > out.csv`. Spreadsheets (.xlsx) are exported as CSV UTF-8.")
  public static let tableTextInNumbers = ErrorCode(
    "E-TAB-006", "text in a column of numbers",
    "Missing values are written as nothing, NA, n/a or NaN; any other text stops the import, so that no value "
      + "is lost silently."
  )
  public static let tableDecimalComma = ErrorCode(
    "E-TAB-007", "numbers with a decimal comma", "Tell the import that commas are decimal: `--decimal comma`.")
  public static let tableNoTime = ErrorCode(
    "E-TAB-008", "no time column",
    "The time column is named time, time_s, t, t_s, onset, seconds, time_ms or t_ms, or given as `--map time=COLUMN`.")
  public static let tableTimeOrder = ErrorCode(
    "E-TAB-009", "times do not increase",
    "Within one series each time must be later than the one before. Long tables need their keys: --rater, "
      + "--subject, --stimulus, --run."
  )
  public static let tableTimeMissing = ErrorCode(
    "E-TAB-010", "a row without a time",
    "Every row of a series needs its time; missing values belong in the value columns.")
  public static let tableMilliseconds = ErrorCode(
    "E-TAB-011", "times look like milliseconds",
    "The times are far too long or too far apart for seconds. `--time-unit ms` reads them as milliseconds, "
      + "`--time-unit s` confirms seconds."
  )
  public static let tableOutOfScale = ErrorCode(
    "E-TAB-012", "values outside the declared scale", "`--scale lo:hi` says where every value must lie.")
  public static let tableNoColumn = ErrorCode(
    "E-TAB-013", "no such column", "An option names a column that the table does not have.")
  public static let tableNoValues = ErrorCode(
    "E-TAB-014", "no values to import",
    "No column of numbers besides time and keys was found, or all its values are missing.")
  public static let optionMalformed = ErrorCode(
    "E-TAB-015", "an option cannot be understood", exit: .usage, "See `evoke import KIND --help` for its form.")
  public static let seriesTwice = ErrorCode(
    "E-TAB-016", "the same series twice in one import",
    "Two files or columns give the same name, stimulus, subject, rater, session and run. Say what tells them apart.")
  public static let tableQuote = ErrorCode(
    "E-TAB-017", "a quoted field is not closed properly",
    "A field that starts with a quote ends with one before the next separator; quotes inside are doubled (RFC 4180).")
  public static let tableKeyMissing = ErrorCode(
    "E-TAB-018", "a row without its key",
    "The column that names the subject, rater, stimulus, session or run is empty in this row.")
  public static let stimulusNew = ErrorCode(
    "E-TAB-019", "a stimulus without media",
    "The stimulus was not known and is created; `import video|audio` adds its media.")
  public static let columnNotRead = ErrorCode(
    "E-TAB-020", "a column is not read", "It holds text, nothing at all, or has no name, and no option uses it.")
  public static let timesBeyondStimulus = ErrorCode(
    "E-TAB-021", "times beyond the end of the stimulus",
    "The series is longer than the film or sound it belongs to: wrong stimulus, wrong unit, or a clock that "
      + "starts elsewhere."
  )
  public static let rowTwice = ErrorCode(
    "E-TAB-022", "the same name in two rows", "Each subject, region or code stands in one row.")
  public static let exclusionMalformed = ErrorCode(
    "E-TAB-023", "an exclusion that cannot be applied",
    "Each row names a reason and at least one of subject, session, run, stimulus, channel, component, onset_s "
      + "with offset_s."
  )
  public static let subjectUnknown = ErrorCode(
    "E-TAB-024", "a subject without recordings",
    "The table names a subject of whom nothing has been imported; a misspelling or simply early.")
  public static let tableTooLarge = ErrorCode(
    "E-TAB-025", "the table is larger than 4 GB", "Split it; series of that size belong in HDF5.")
  public static let valueTooLarge = ErrorCode(
    "E-TAB-026", "a number beyond float32", "Values are stored as float32, whose largest number is 3.4e38.")
  public static let subjectSpelling = ErrorCode(
    "E-TAB-027", "a subject spelt almost like another",
    "The names differ only in letter case, separators or leading zeros. One person under two names counts twice.")
  public static let valueLikeCode = ErrorCode(
    "E-TAB-028", "a number that looks like a code for a missing value",
    "One digit over and over, as -999 or 99, far from all other values: many programs write so where there is none. It "
      + "was taken as a value. `--missing -999` says that it is none; `--scale lo:hi` says where every value lies, and "
      + "that this one is meant. What is stored is taken out with `evoke forget FILE` first.")
}
