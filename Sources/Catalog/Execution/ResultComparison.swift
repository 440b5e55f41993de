import Warehouse
import Work

/// A result whose bits are others than the stored ones, beside those.
package struct ResultComparison {
  /// Of arrays, as a share of the largest value of either, at least 1: float32 at rest, behind networks of many layers.
  private static let arrayTolerance = 1e-4

  private(set) var verdict = Recomputation.Verdict.tolerance
  /// The first array with a value beyond the tolerance.
  private var arrayChange: String?
  /// Rows with numbers beyond the tolerance.
  private(set) var revisions: [RowRevision] = []

  init(of result: UnitResult, in spool: Spool, with warehouse: Warehouse) throws {
    let (arrays, activity) = try warehouse.read { connection in
      (
        try connection.unitArrays(key: result.key).map { (path: $0.path, reference: try warehouse.reference($0)) },
        try connection.unitActivity(key: result.key).first?.activityID
      )
    }
    guard let activity, arrays.count == result.arrays.count else {
      verdict = .different("it makes \(result.arrays.count) arrays, stored are \(arrays.count)")
      return
    }
    for array in result.arrays {
      guard let stored = arrays.first(where: { $0.path == array.path })?.reference else {
        verdict = .different("it makes an array \(array.path), which is not stored")
        return
      }
      let new = ArrayReference(
        name: array.description.name, file: "\(spool.arrays(result.key))/\(result.fileHash).h5", path: array.path,
        sha256: array.sha256)
      try compare(stored, new)
      if case .different = verdict { return }
    }
    let stored = try warehouse.read { connection in
      try ResultTables.all.map { (table: $0, rows: try connection.storedRows(of: $0, activity: activity)) }
    }
    let significant = stored.reduce(into: Set<[String]>()) {
      $0.formUnion(RowComparison.significant($1.table.columns, $1.rows))
    }
    let tables = stored.map { table, stored in
      let new = result.rows.filter { $0.table == table }.flatMap(\.rows).map(\.values)
      let rows = RowComparison(
        of: table.table, columns: table.columns, stored: stored, new: new, significant: significant)
      revisions += rows.changed.map {
        RowRevision(
          of: table.table, unit: table.hasUnitKey ? result.key : nil, columns: table.columns, stored: $0.stored,
          new: $0.new)
      }
      return rows
    }
    verdict = Self.verdict(of: tables, arrayChange: arrayChange)
  }

  /// Of all tables of a unit: numbers beyond the tolerance where nothing concludes are another result.
  ///
  /// - Parameter arrayChange: an array with a value beyond the tolerance.
  package static func verdict(of tables: [RowComparison], arrayChange: String? = nil) -> Recomputation.Verdict {
    let start = arrayChange == nil ? Recomputation.Verdict.tolerance : .conclusion
    let verdict = tables.reduce(start) { $0.with($1.verdict) }
    guard verdict == .conclusion, !tables.contains(where: \.concludes),
      let change = arrayChange ?? tables.lazy.compactMap(\.firstChange).first
    else { return verdict }
    return .different(change)
  }

  private mutating func compare(_ stored: ArrayReference, _ new: ArrayReference) throws {
    guard stored.sha256 != new.sha256 else { return }
    let (a, b) = (try ArrayReader.read(stored), try ArrayReader.read(new))
    guard a.axes == b.axes else {
      verdict = .different("\(stored.name): its axes are others")
      return
    }
    let largest = (a.values + b.values).lazy.filter(\.isFinite).map { abs(Double($0)) }.max()
    let limit = Self.arrayTolerance * max(1, largest ?? 1)
    for (place, (x, y)) in zip(a.values, b.values).enumerated() where x != y && !(x.isNaN && y.isNaN) {
      let isMissing = x.isNaN != y.isNaN
      guard isMissing || abs(Double(x) - Double(y)) > limit else { continue }
      let detail = "\(stored.name): value \(place) is \(y), stored is \(x)"
      if isMissing {
        verdict = .different(detail)
        return
      }
      arrayChange = arrayChange ?? detail
    }
  }
}

extension Recomputation.Verdict {
  /// Of two parts of one result: the worse; what differs stays so, whatever else is found.
  func with(_ other: Recomputation.Verdict) -> Recomputation.Verdict {
    switch (self, other) {
    case (.different, _): self
    case (_, .different): other
    case (.conclusion, _): self
    default: other
    }
  }
}
