import EncodingModels
import Vocabulary
import Warehouse

extension FitRows {
  /// What stands beside the r of every cell: with nothing taken out, and of position alone.
  mutating func add(plain: ScoreTable, position: ScoreTable, mode: FitMode) {
    for column in plain.r.indices {
      for (quantity, table) in [("r_plain", plain), ("r_position", position)] {
        let folds = CountedFolds(table, column: column)
        add(ScoreEntry(quantity: quantity, value: table.r[column], folds: folds), mode: mode, column: column)
      }
    }
  }

  /// What a check says beside the r of every cell.
  mutating func add(_ check: ScoreCheck, mode: FitMode) {
    if case .success(let null) = check.mismatch {
      for column in null.observed.indices {
        let summary = null.summary(column)
        addNull(
          NullSummaryRow(
            fitKey: key(mode, column), quantity: "r_mismatch", nullKind: NullKind.mismatch.rawValue,
            nullDraws: null.draws.rows,
            nullMean: summary.mean, nullSd: summary.sd, nullP95: summary.p95, p: summary.p,
            pFloor: 1 / Double(null.draws.rows + 1), tail: "greater"))
      }
    }
    let prewhitened = check.prewhitened
    for column in prewhitened.r.indices {
      let folds = prewhitened.folds[column]
      add(
        ScoreEntry(quantity: "r_prewhitened", value: prewhitened.r[column], folds: folds), mode: mode, column: column)
      addNull(
        NullSummaryRow(
          fitKey: key(mode, column), quantity: "r_prewhitened", nullKind: NullKind.phase.rawValue,
          nullDraws: check.draws,
          p: prewhitened.p[column], pFloor: 1 / Double(check.draws + 1), tail: "greater"))
    }
  }
}

extension ScoreCheck {
  /// Draws of what stands beside a score: enough for p, not for a family.
  static func draws(_ draws: Int) -> Int { min(draws, 199) }

  /// Why features of other stimuli were not tried; nil where they were.
  static func unmatched(_ check: ScoreCheck?) -> String? {
    switch check?.mismatch {
    case .success: nil
    case .failure(let obstacle): obstacle.rawValue
    case nil: "no draws were asked for"
    }
  }
}
