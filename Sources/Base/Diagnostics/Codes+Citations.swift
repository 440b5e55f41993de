extension ErrorCode {
  static let citations: [ErrorCode] = [.noCitedValue, .citedRowUnknown, .citedNumberChanged, .citationMalformed]

  public static let noCitedValue = ErrorCode(
    "E-CIT-001", "a cited query does not return one value",
    "`evoke cite add` takes a query that returns one row whose first column is the number; it is not NULL. Further columns "
      + "whose names begin with unit_key name the units behind it.")
  public static let citedRowUnknown = ErrorCode(
    "E-CIT-002", "nothing says which units a cited number comes from",
    "Of a query of one view that has unit_key the units behind its value are found; a query of several, or of tables, "
      + "returns them beside the value, in columns whose names begin with unit_key (group_concat(DISTINCT unit_key) of "
      + "several rows).")
  public static let citedNumberChanged = ErrorCode(
    "E-CIT-003", "a cited number is not what its query returns", exit: .failed,
    "The query was run again and returned another value, or none. `evoke cite add LABEL ... --replace` takes the new one."
  )
  public static let citationMalformed = ErrorCode(
    "E-CIT-004", "a label or a format cannot be taken", exit: .usage,
    "A label has letters, digits and . _ : + - (LaTeX takes nothing else in \\evoke{LABEL}). A format has one conversion: "
      + "%.2f, %.3g, %.1e, %d, %s, or %.3p for a p value (= .013, < .001); %% is a percent sign.")
}
