import Warehouse
import Work

/// A result whose bits are others than the stored ones, beside those.
package struct ResultComparison {
  /// Of arrays, as a share of the largest value of either, at least 1: float32 at rest, behind networks of many layers.
  private static let arrayTolerance = 1e-4
  /// Of numbers in rows, as a share of the number, at least 1: float64 throughout.
  private static let rowTolerance = 1e-6

  private(set) var verdict = Recomputation.Verdict.tolerance

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
    for table in ResultTables.all {
      let new = result.rows.filter { $0.table == table }.flatMap(\.rows).map(\.values)
      let stored = try warehouse.read { try $0.storedRows(of: table, activity: activity) }
      verdict = verdict.with(Self.verdict(of: table.table, columns: table.columns, stored: stored, new: new))
    }
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
      guard abs(Double(x) - Double(y)) <= limit else {
        verdict = .different("\(stored.name): value \(place) is \(y), stored is \(x)")
        return
      }
    }
  }

  /// Rows of one table, in any order. They are told apart by their texts and whole numbers, which must be equal, and their
  /// numbers must be equal within the tolerance; p and q alone may differ by more, on the same side of .05.
  package static func verdict(
    of table: String, columns: [String], stored: [[SQLValue]], new: [[SQLValue]]
  ) -> Recomputation.Verdict {
    guard stored.count == new.count else {
      return .different("\(table): \(new.count) rows, stored are \(stored.count)")
    }
    func rows(_ values: [[SQLValue]]) -> [Row] { values.map { Row(columns, $0) }.sorted() }
    return zip(rows(stored), rows(new)).reduce(.tolerance) { $0.with(verdict(of: table, $1.0, $1.1)) }
  }

  private static func verdict(of table: String, _ stored: Row, _ new: Row) -> Recomputation.Verdict {
    guard stored.name == new.name else { return .different("\(table): \(new.name), stored is \(stored.name)") }
    return zip(stored.numbers, new.numbers).reduce(.tolerance) { verdict, numbers in
      let ((column, old), (_, value)) = numbers
      if old == value || abs(old - value) <= rowTolerance * max(1, abs(old)) { return verdict }
      let isConclusion = isProbability(column) && (old < 0.05) == (value < 0.05)
      return verdict.with(isConclusion ? .conclusion : .different("\(table).\(column): \(value), stored is \(old)"))
    }
  }

  /// Whether a column holds p or q, which are judged by .05.
  private static func isProbability(_ column: String) -> Bool {
    column != "p_floor" && (column == "p" || column.hasPrefix("p_") || column.hasPrefix("q_"))
  }

  /// A row: its texts and whole numbers, and which of its columns have numbers; the numbers themselves.
  private struct Row: Comparable {
    private(set) var name = ""
    private(set) var numbers: [(column: String, value: Double)] = []

    init(_ columns: [String], _ values: [SQLValue]) {
      for (column, value) in zip(columns, values) {
        switch value {
        case .null, .blob: continue
        case .real(let number):
          name += column + " "
          numbers.append((column, number))
        case .text(let text): name += "\(column)=\(text) "
        case .integer(let number): name += "\(column)=\(number) "
        }
      }
    }

    static func == (a: Row, b: Row) -> Bool { a.name == b.name && a.numbers.map(\.value) == b.numbers.map(\.value) }

    static func < (a: Row, b: Row) -> Bool {
      a.name == b.name
        ? a.numbers.map(\.value).lexicographicallyPrecedes(b.numbers.map(\.value)) : a.name < b.name
    }
  }
}

extension Recomputation.Verdict {
  /// Of two parts of one result: the worse; what differs stays so, whatever else is found.
  fileprivate func with(_ other: Recomputation.Verdict) -> Recomputation.Verdict {
    switch (self, other) {
    case (.different, _): self
    case (_, .different): other
    case (.conclusion, _): self
    default: other
    }
  }
}
