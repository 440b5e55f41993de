import DelimitedText
import Diagnostics
import Importing

/// A table with a row per series and a column per time, which the column's name tells: `sample_15000ms`, `15.5 s`.
///
/// So MediaEval, emoMusic and DEAM publish their dynamic ratings of songs. Source: Aljanabi, Yang & Soleymani 2017,
/// *Developing a benchmark for emotional analysis of music*, section 3.
struct WideTable {
  /// Columns of values, by time.
  let columns: [Int]
  /// Seconds.
  let times: [Double]

  /// nil: a table of another layout.
  init?(_ table: DelimitedTable) {
    let stamps = table.header.indices.compactMap { column in Stamp(table.header[column]).map { (column, $0) } }
    guard stamps.count >= 3, 2 * stamps.count > table.header.count, Set(stamps.map(\.1.kind)).count == 1 else {
      return nil
    }
    columns = stamps.map(\.0)
    times = stamps.map(\.1.seconds)
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
  }

  /// The time in a column's name.
  private struct Stamp {
    /// What stands before and after the number: the same in all columns of one table.
    let kind: [String]
    let seconds: Double

    init?(_ name: String) {
      let text = name.trimmed.lowercased()
      let head = text.prefix { !$0.isNumber }
      let digits = text.dropFirst(head.count).prefix { $0.isNumber || $0 == "." }
      let unit = text.dropFirst(head.count + digits.count).drop { $0 == " " || $0 == "_" }
      guard !head.contains(where: { $0 == "-" || $0 == "+" }), ["ms", "s", "sec"].contains(unit),
        let number = OptionText.number(String(digits))
      else { return nil }
      kind = [String(head), String(unit)]
      seconds = unit == "ms" ? number / 1000 : number
    }
  }
}

extension AnnotationReader {
  /// A series per row, without the seconds before its first value and after its last: songs differ in length.
  mutating func read(
    _ wide: WideTable, of table: DelimitedTable, _ names: SeriesNames, _ findings: inout Findings
  ) {
    guard let decimal = DecimalSign(option: options.table.decimal, &findings), check(table, &findings) else { return }
    let before = findings.errorCount
    let columns = wide.columns.map { table.numbers($0, decimal, &findings) }
    for (column, values) in zip(wide.columns, columns) { checkValues(table, column, values, &findings) }
    let groups = SeriesTable.rows(table, options.table, options.persons, names: names, &findings)
    guard findings.errorCount == before else { return }
    for (row, keys) in groups.enumerated() {
      let values = columns.map { $0[row] }
      var group = SeriesTable.Group(keys: keys, rows: [], times: [])
      if let first = values.firstIndex(where: { !$0.isNaN }), let last = values.lastIndex(where: { !$0.isNaN }) {
        group.rows = Array(first...last)
        group.times = Array(wide.times[first...last])
        let object = "\(table.path) line \(table.line(of: row))"
        group.clock.state("first stamp", wide.times[first], "s", by: .stamps, of: object)
        group.clock.state("last stamp", wide.times[last], "s", by: .stamps, of: object)
      }
      SeriesTable.checkUnit(table, group, factor: 0, "s", known: names.known, &findings)
      add(
        group,
        NamedSeries(
          name: options.table.name ?? SourceFile.stem(table.path), rater: keys[.rater],
          place: "\(table.path) line \(table.line(of: row))"), times: group.times,
        values: group.rows.map { values[$0] }, &findings)
    }
  }

  private func check(_ table: DelimitedTable, _ findings: inout Findings) -> Bool {
    guard options.raters != nil || options.table.timeUnit == "ms" || options.rateHz != nil else { return true }
    findings.error(
      .optionMalformed, table.path, reason: "its columns are times, which say their unit themselves",
      remedy: "leave --raters, --rate and --time-unit out; --rater COLUMN names the column of raters")
    return false
  }
}
