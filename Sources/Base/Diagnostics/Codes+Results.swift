extension ErrorCode {
  static let results: [ErrorCode] = [
    .mixedColumn, .bytesToTerminal, .labelTaken, .claimFailed, .claimsMalformed, .sliceIsEmpty,
  ]

  public static let mixedColumn = ErrorCode(
    "E-QRY-014", "a column has no one type",
    "Parquet files and frozen results have typed columns. The type is that of the table's or view's column; of an "
      + "expression it is that of its values, which are then all integers, numbers, texts or bytes. `--type COLUMN=real` "
      + "(integer, real, text or blob) says it where there are no values, CAST in the statement where they differ.")
  public static let bytesToTerminal = ErrorCode(
    "E-QRY-015", "the format is not for a terminal", exit: .usage,
    "Parquet files are bytes, which a terminal would take for commands. -o FILE names a file.")
  public static let labelTaken = ErrorCode(
    "E-QRY-016", "the label stands for another result", exit: .cannotCreate,
    "A frozen result is not overwritten. The same query with the same rows leaves it as it is; `evoke forget "
      + "--materialized LABEL` takes it out.")
  public static let claimFailed = ErrorCode(
    "E-QRY-017", "a claim does not hold", exit: .failed,
    "The query under the sentence returned rows, which contradict it, or could not be run.")
  public static let claimsMalformed = ErrorCode(
    "E-QRY-018", "claims cannot be read",
    "A folder of claims holds .sql files; in each, every query stands under a line `-- claim: sentence`.")
  public static let sliceIsEmpty = ErrorCode(
    "E-EXP-001", "nothing of the array is asked for", exit: .usage,
    "--slice AXIS=A:B takes coordinates from A up to, not with, B of an axis of numbers, --slice AXIS=NAME,NAME names of an axis "
      + "of names; each axis once.")
}
