import Warehouse

/// Rows of one table of a result, computed anew, beside the stored ones, in any order.
///
/// Rows are told apart by their texts and whole numbers, which must be equal: flags, counts, peaks, whether a row may be
/// reported. Numbers are equal to 1e-6 of theirs (at least 1e-6). Where they are not, what the row concludes must be:
/// - p and q lie on the same side of .05;
/// - a place (`_s`, `_hz`, relative depth), such as the lag of a peak, is where it was;
/// - an interval holds 0 or does not, as before: both its ends keep their signs;
/// - an effect with p < .05 keeps its sign.
package struct RowComparison {
  /// Of numbers, as a share of the number, at least 1: float64 throughout.
  private static let tolerance = 1e-6
  private static let significance = 0.05

  package private(set) var verdict = Recomputation.Verdict.tolerance
  /// Rows with numbers beyond the tolerance whose conclusion holds.
  private(set) var changed: [(stored: [SQLValue], new: [SQLValue])] = []
  /// The first of those numbers.
  private(set) var firstChange: String?
  /// Whether any row concludes: has p or q, or says whether it is a peak.
  package private(set) var concludes = false

  package init(of table: String, columns: [String], stored: [[SQLValue]], new: [[SQLValue]]) {
    guard stored.count == new.count else {
      verdict = .different("\(table): \(new.count) rows, stored are \(stored.count)")
      return
    }
    func rows(_ values: [[SQLValue]]) -> [Row] { values.map { Row(columns, $0) }.sorted() }
    for (old, row) in zip(rows(stored), rows(new)) { compare(table, old, row) }
  }

  private mutating func compare(_ table: String, _ stored: Row, _ new: Row) {
    guard stored.name == new.name else {
      verdict = verdict.with(.different("\(table): \(new.name), stored is \(stored.name)"))
      return
    }
    concludes = concludes || stored.concludes
    let isSignificant = stored.numbers.contains { Self.isProbability($0.column) && $0.value < Self.significance }
    var isChanged = false
    for ((column, old), (_, value)) in zip(stored.numbers, new.numbers)
    where old != value && abs(old - value) > Self.tolerance * max(1, abs(old)) {
      let detail = "\(table).\(column): \(value), stored is \(old)"
      isChanged = true
      firstChange = firstChange ?? detail
      let holds = Self.concludesAlike(column, old, value, isSignificant: isSignificant)
      verdict = verdict.with(holds ? .conclusion : .different(detail))
    }
    if isChanged { changed.append((stored.values, new.values)) }
  }

  private static func concludesAlike(_ column: String, _ old: Double, _ new: Double, isSignificant: Bool) -> Bool {
    let (isEnd, keepsSign) = (["low", "high"].contains { isOf(column, $0) }, old.sign == new.sign)
    if isProbability(column) { return (old < significance) == (new < significance) }
    if ["_s", "_hz", "rel_depth"].contains(where: { column.hasSuffix($0) }) { return false }
    if column.hasPrefix("null_") { return true }
    return keepsSign || !(isEnd || isSignificant)
  }

  /// `low` and `low_max`.
  private static func isOf(_ column: String, _ noun: String) -> Bool { column == noun || column.hasPrefix(noun + "_") }

  /// Whether a column holds p or q, which are judged by .05.
  private static func isProbability(_ column: String) -> Bool {
    column != "p_floor" && ["p", "q"].contains { isOf(column, $0) }
      || ["_p", "_p_max", "_q_bh"].contains { column.hasSuffix($0) }
  }

  /// A row: its texts and whole numbers, and which of its columns have numbers; the numbers themselves.
  private struct Row: Comparable {
    let values: [SQLValue]
    private(set) var name = ""
    private(set) var numbers: [(column: String, value: Double)] = []
    private(set) var concludes = false

    init(_ columns: [String], _ values: [SQLValue]) {
      self.values = values
      for (column, value) in zip(columns, values) {
        switch value {
        case .null, .blob: continue
        case .real(let number):
          name += column + " "
          numbers.append((column, number))
          concludes = concludes || RowComparison.isProbability(column)
        case .text(let text): name += "\(column)=\(text) "
        case .integer(let number):
          name += "\(column)=\(number) "
          concludes = concludes || column == "is_peak"
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
