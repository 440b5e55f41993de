import DelimitedText
import Diagnostics

extension SeriesTableOptions {
  /// A column of values; NaN where a cell is missing or holds a number of `--missing`.
  package func values(
    _ column: Int, of table: DelimitedTable, _ decimal: DecimalSign, _ findings: inout Findings
  ) -> [Double] {
    withoutMissing(table.numbers(column, decimal, &findings))
  }

  /// Values with NaN for the numbers of `--missing`.
  package func withoutMissing(_ values: [Double]) -> [Double] {
    // As arrays keep values: one of single precision is -99.9 only there.
    let codes = Set(missing.map { Float($0) })
    return codes.isEmpty ? values : values.map { codes.contains(Float($0)) ? .nan : $0 }
  }
}

/// Numbers that stand for a missing value, as -999 does, and were read as values.
package enum MissingCode {
  /// Most codes at one end of a series.
  private static let most = 3

  /// Numbers that look like codes: one digit over and over (100 is the end of many a scale), at most -9 or at least 99,
  /// there more than once or of nines, and farther from all other values than these lie apart. NaN is left out.
  package static func codes(in values: [Double]) -> [Double] {
    let counts = Dictionary(values.filter { !$0.isNaN }.map { ($0, 1) }, uniquingKeysWith: +)
    let distinct = counts.keys.sorted()
    let repeated = Set(counts.filter { $0.value > 1 }.keys)
    func mayBeCode(_ value: Double) -> Bool {
      guard value == value.rounded(), value <= -9 || value >= 99, abs(value) < 1e9 else { return false }
      let digits = Set("\(Int(abs(value)))")
      return digits.count == 1 && (digits == ["9"] || repeated.contains(value))
    }
    let below = distinct.prefix(most).prefix { $0 < 0 && mayBeCode($0) }.count
    let above = distinct.suffix(most).reversed().prefix { $0 > 0 && mayBeCode($0) }.count
    var found: [Double] = []
    for low in 0...below {
      for high in 0...above where low + high > found.count {
        let rest = distinct.dropFirst(low).dropLast(high)
        guard rest.count > 1, let first = rest.first, let last = rest.last else { continue }
        let isFar =
          (low == 0 || first - distinct[low - 1] > last - first)
          && (high == 0 || distinct[distinct.count - high] - last > last - first)
        if isFar { found = Array(distinct.prefix(low) + distinct.suffix(high)) }
      }
    }
    return found
  }

  /// What to do about a value outside of the declared scale.
  package static func remedy(outOfScale value: Double) -> String {
    "correct the value, declare the scale that was used, or give --missing \(SeriesTable.short(value)) if it says that "
      + "there is none"
  }

  /// Warns of numbers among ratings that look like codes.
  package static func warn(_ values: [Double], _ place: String, _ findings: inout Findings) {
    let codes = codes(in: values)
    let rest = values.filter { !$0.isNaN && !codes.contains($0) }
    guard let low = rest.min(), let high = rest.max() else { return }
    for code in codes {
      let text = SeriesTable.short(code)
      findings.add(
        .warning, .valueLikeCode, place,
        reason: "\(text) stands in \(values.count { $0 == code }) of its \(values.count) rows, all others lie in "
          + "\(SeriesTable.short(low))...\(SeriesTable.short(high)); it is taken as a value",
        remedy: "give --missing \(text) if it says that there is none, else --scale with the scale that was used")
    }
  }
}
