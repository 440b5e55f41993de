extension ErrorCode {
  static let comparison: [ErrorCode] = [
    .nothingToCompare, .notComparable, .regionsWithoutAdjacency, .emptyFamily, .familyLacksDraws, .unlikeFamily,
  ]

  public static let nothingToCompare = ErrorCode(
    "E-CMP-001", "there is nothing to compare", exit: .missingInput,
    "Two cohorts are compared on fits of the same features to the same target, which both studies' newest runs hold. "
      + "`evoke query encoding_score` shows the fits of every study and cohort.")
  public static let notComparable = ErrorCode(
    "E-CMP-002", "cohorts are not comparable", exit: .failed,
    "They differ in something that makes scores differ by itself: how they were fitted, subjects behind a target, what its "
      + "noise allows, or the number of stimuli. The differences stand without p and interval; `evoke compare --waive "
      + "REASON` shows these and keeps the reason, and the rows stay `valid = 0`.")
  public static let regionsWithoutAdjacency = ErrorCode(
    "E-CMP-003", "nothing says which regions touch", exit: .missingInput,
    "Cluster correction joins regions of which voxels share a face in the label image of their atlas: an atlas that was "
      + "imported with `--image` and names the target's regions. Regions of a table alone, and channels, have none.")
  public static let emptyFamily = ErrorCode(
    "E-FAM-001", "nothing is in the family", exit: .missingInput,
    "`evoke family define NAME --where SQL` takes the rows of the view `family_cell` that meet the condition: scores of "
      + "the newest runs, with study, features, target, region and null. `evoke query family_cell` shows them.")
  public static let familyLacksDraws = ErrorCode(
    "E-FAM-002", "scores without stored draws", exit: .missingInput,
    "A family is corrected by the draws that its studies keep: `statistics.draws` makes them, `null` in `encoding.store` "
      + "(there by default) keeps them. Scores without them can be left out of the condition.")
  public static let unlikeFamily = ErrorCode(
    "E-FAM-003", "scores whose draws are not common",
    "The maximum over a family is taken draw by draw, which asks that a draw is the same in all cells: one null kind, number "
      + "of draws and seed; kinds of target and quantities are never pooled. Define a family of each.")
}
