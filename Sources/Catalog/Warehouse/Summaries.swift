/// What scores come to over subjects and over layers, kept so that questions about the whole table read few rows.
///
/// The views `score_over_subjects` and `score_over_layers` show what is stored of a run in `summarised_run`, and read the scores of
/// any other. Whoever changes a row that summaries are made of takes runs out in the same transaction, and with them what is stored
/// of them: other programs by the catalog's triggers, this one here, since triggers cost every row that is entered.
extension Connection {
  /// Tables that summaries are made of, beside studies and which runs are current, which the views look up.
  private static let summarised: Set = [RunUnitRow.table, FitRow.table, ScoreRow.table, NullSummaryRow.table]

  /// Takes runs out whose rows a transaction has touched, before what it entered is hashed.
  func dropSummaries(touchedBy changes: ChangedRows) throws {
    guard changes.altered.isDisjoint(with: Self.summarised) else { return try dropSummaries() }
    let entered = changes.tables.intersection(Self.summarised)
    if entered.contains(RunUnitRow.table) { try dropOtherSummaries() }
    // Other rows go with an activity, and are entered before it is hashed.
    if !entered.isEmpty { try dropTouchedSummaries() }
  }

  /// Stores what the views show of current runs that have no summary, where there are any.
  func summariseRuns() throws {
    guard try !unsummarisedRuns().isEmpty else { return }
    try dropEarlierSummaries()
    try summariseOverSubjects()
    try summariseOverLayers()
    try markSummarisedRuns()
  }
}
