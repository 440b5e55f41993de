extension ErrorCode {
  static let containment: [ErrorCode] = [
    .notAName, .outsideWarehouse, .contentElsewhere, .tooDeep, .questionTimedOut, .tooManyRows, .precisionLost,
    .consentKept, .consentForbids,
  ]

  public static let notAName = ErrorCode(
    "E-NAM-001", "not a name",
    "A name is one part of a path and one line of a terminal: no /, neither . nor .., no control characters or terminal "
      + "escapes, at most 255 bytes.")
  public static let outsideWarehouse = ErrorCode(
    "E-NAM-002", "a path leads out of the warehouse", exit: .failed,
    "What a catalog, plan or result names lies in the warehouse's own folder: no absolute path, no .., no link on the "
      + "way. A warehouse that names something else was made or changed by another hand; nothing outside was read, "
      + "written or removed.")
  public static let contentElsewhere = ErrorCode(
    "E-FIL-015", "the file's content lies in another file",
    "External links, external storage and virtual datasets of HDF5 name files whose bytes would not be hashed with this "
      + "one. Write one file that holds everything.")
  public static let tooDeep = ErrorCode(
    "E-FIL-016", "nested deeper or holding more than any real file",
    "Files of this format are never nested so deep or hold so many parts. It is refused before memory or time is spent."
  )
  public static let questionTimedOut = ErrorCode(
    "E-QRY-012", "the statement takes too long", exit: .usage,
    "It was stopped; nothing was changed. --timeout SECONDS allows more, 0 any time.")
  public static let tooManyRows = ErrorCode(
    "E-QRY-013", "the statement returns too many rows", exit: .usage,
    "It was stopped; nothing was changed. Narrow it, or allow more by --max-rows N.")
  public static let precisionLost = ErrorCode(
    "E-TAB-030", "float32 cannot hold the values apart",
    "Series are stored as float32, which has 24 bits for a number. Where an offset is so large against the variation that "
      + "rounding takes away part of it, take the offset out before importing.")
  public static let consentKept = ErrorCode(
    "E-IMP-007", "consent is not widened by an import",
    "The strictest word that was said of a dataset or a file holds, and where nothing was said it is results-only. Only "
      + "`evoke consent DATASET WORD --reason TEXT` changes it, and records why.")
  public static let consentForbids = ErrorCode(
    "E-CNS-001", "consent keeps it in the warehouse", exit: .notPermitted,
    "What leaves a warehouse is raw (recordings, ratings, arrays along subjects), per-subject (rows and figures of a "
      + "subject or rater, named or not) or group (all else). evoke sql -o, evoke cite --tex, evoke query cited, evoke "
      + "query score_over_subjects and what was frozen of a statement are asked whose their rows are: of a group are "
      + "counts, sums, means and their like (not the least or largest) over the rows of several people, grouped or not. Of "
      + "a statement that joins or nests tables of people nothing says it but columns subject and rater of its own, NULL "
      + "in rows of groups, and of a cited number the units that it returns, one for each table (unit_key, unit_key_b). "
      + "Other views and reports, exports and figures go by the people that their own rows name. The strictest word of every dataset and file that it descends from decides: open lets all leave, controlled "
      + "per-subject and group, results-only (also where nothing was said) group, none nothing. Printing to the terminal is "
      + "free; files, figures and frozen results ask. Only `evoke consent DATASET WORD --reason "
      + "TEXT` changes a word, and records why.")
}
