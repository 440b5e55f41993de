/// What folds of the same training rows share in the draws of one null: how what position explains is laid out, and the
/// columns of the draw at hand, whatever their targets are. Not thread-safe.
final class SharedColumns {
  /// What columns follow from beside the series.
  struct Key: Hashable, Sendable {
    let rowsHash: UInt64
    let treatment: PositionTreatment.Columns
    let bands: [String]
  }

  private var taken: [Key: LaggedDesign.Taken?] = [:]
  private var last: (key: Key, columns: LaggedDesign.Columns?)?

  /// Forgets the columns: the next ones are of other series.
  func nextDraw() { last = nil }

  func columns(
    _ key: Key, taken make: () -> LaggedDesign.Taken?, _ columns: (LaggedDesign.Taken) -> LaggedDesign.Columns?
  ) -> LaggedDesign.Columns? {
    if let last, last.key == key { return last.columns }
    let laidOut = taken[key] ?? make()
    taken[key] = laidOut
    let made = laidOut.flatMap(columns)
    last = (key, made)
    return made
  }
}
