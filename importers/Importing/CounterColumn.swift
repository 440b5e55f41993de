/// Columns that count: the index a program wrote beside the data, volumes, frames, seconds.
package enum CounterColumn {
  /// What programs and people call them, in small letters and without what follows a colon.
  private static let names: Set<String> = [
    "", "unnamed", "index", "idx", "row", "tr", "trs", "volume", "vol", "frame", "scan", "sample", "timepoint", "nr",
    "frameindex", "frame_index",
  ]

  /// Whether a column's name is that of an index.
  package static func isIndexName(_ name: String) -> Bool {
    let stem = name.lowercased().prefix { $0 != ":" }
    return names.contains(OptionText.trim(stem))
  }

  /// Whether a column of a measurement counts: equal steps upwards from 0 or 1, or from anywhere under an index' name.
  ///
  /// No signal does so to the last digit.
  package static func counts(_ name: String, _ values: [Double]) -> Bool {
    guard let first = values.first, first == 0 || first == 1 || isIndexName(name) else { return false }
    return hasEqualSteps(values)
  }

  /// Equal steps upwards, of at least three values and none missing.
  package static func hasEqualSteps(_ values: [Double]) -> Bool {
    values.count >= 3 && values.allSatisfy(\.isFinite) && SeriesTable.rate(values) != nil
  }
}
