import Vocabulary
import Warehouse

/// Rows of one table of a result, computed anew, beside the stored ones, in any order.
///
/// Rows are told apart by their texts and whole numbers, which must be equal: flags, counts, peaks, whether a row may be
/// reported. Numbers are equal to 1e-6 of theirs (at least 1e-6). Where they are not, what the row concludes must be:
/// - p and q lie on the same side of .05;
/// - a place (`_s`, `_hz`, relative depth), such as the lag of a peak, is where it was;
/// - an interval holds 0 or does not, as before: both its ends keep their signs;
/// - an effect with p <= .05 keeps its sign, be p in its own row or in that of the same quantity of the same fit.
package struct RowComparison {
  /// Of numbers, as a share of the number, at least 1: float64 throughout.
  private static let tolerance = 1e-6
  /// The column of an estimate whose p may be in another row.
  private static let estimate = "value"

  package private(set) var verdict = Recomputation.Verdict.tolerance
  /// Rows with numbers beyond the tolerance whose conclusion holds.
  private(set) var changed: [(stored: [SQLValue], new: [SQLValue])] = []
  /// The first of those numbers.
  private(set) var firstChange: String?
  /// Whether any row concludes: has p or q, or says whether it is a peak.
  package private(set) var concludes = false
  private let significant: Set<[String]>

  /// - Parameter significant: fits and quantities that rows of any table of the result say p <= .05 of.
  package init(
    of table: String, columns: [String], stored: [[SQLValue]], new: [[SQLValue]], significant: Set<[String]> = []
  ) {
    self.significant = significant
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
    let isTested = stored.estimated.map(significant.contains) == true
    var isChanged = false
    for ((column, old), (_, value)) in zip(stored.numbers, new.numbers) where Self.isBeyond(old, value) {
      let isSignificant = stored.isSignificant || isTested && column == Self.estimate
      let detail = "\(table).\(column): \(value), stored is \(old)"
      isChanged = true
      firstChange = firstChange ?? detail
      let holds = Self.concludesAlike(column, old, value, isSignificant: isSignificant)
      verdict = verdict.with(holds ? .conclusion : .different(detail))
    }
    if isChanged { changed.append((stored.values, new.values)) }
  }

  /// Whether two numbers differ by more than the tolerance.
  private static func isBeyond(_ old: Double, _ new: Double) -> Bool {
    guard old.isFinite, new.isFinite else { return old != new }
    return abs(old - new) > tolerance * max(1, abs(old))
  }

  /// Fits and quantities that rows say p <= .05 of.
  package static func significant(_ columns: [String], _ rows: [[SQLValue]]) -> Set<[String]> {
    Set(rows.map { Row(columns, $0) }.filter(\.isSignificant).compactMap(\.estimated))
  }

  private static func concludesAlike(_ column: String, _ old: Double, _ new: Double, isSignificant: Bool) -> Bool {
    let (isEnd, keepsSign) = (["low", "high"].contains { isOf(column, $0) }, old.sign == new.sign)
    if isProbability(column) { return Significance.isReached(by: old) == Significance.isReached(by: new) }
    if ["_s", "_hz", "rel_depth"].contains(where: { column.hasSuffix($0) }) { return false }
    if column.hasPrefix("null_") || column.contains("_null_") { return true }
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
    /// The fit and the quantity it speaks of, where it says both.
    let estimated: [String]?

    init(_ columns: [String], _ values: [SQLValue]) {
      self.values = values
      let told = ["fit_key", "quantity"].compactMap { name in columns.firstIndex(of: name).flatMap { values[$0].string }
      }
      estimated = told.count == 2 ? told : nil
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

    var isSignificant: Bool {
      numbers.contains { RowComparison.isProbability($0.column) && Significance.isReached(by: $0.value) }
    }

    static func == (a: Row, b: Row) -> Bool { a.name == b.name && a.numbers.map(\.value) == b.numbers.map(\.value) }

    static func < (a: Row, b: Row) -> Bool {
      a.name == b.name
        ? a.numbers.map(\.value).lexicographicallyPrecedes(b.numbers.map(\.value)) : a.name < b.name
    }
  }
}
