import DelimitedText
import Diagnostics

/// A table with a row per series and a column per time, which the column's name tells: `sample_15000ms`, `15.5 s`.
///
/// So MediaEval, emoMusic and DEAM publish their dynamic ratings of songs. Source: Aljanabi, Yang & Soleymani 2017,
/// *Developing a benchmark for emotional analysis of music*, section 3.
package struct WideTable {
  /// Columns of values, by time.
  package let columns: [Int]
  /// Seconds.
  package let times: [Double]
  /// Whether an option has to say the unit, as a table has it that a program turned: `song,15.0,15.5`.
  let lacksUnit: Bool

  /// nil: a table of another layout.
  ///
  /// - Parameter unit: of times without one; nil: such columns are no times.
  init?(_ table: DelimitedTable, unit: String? = nil) {
    let stamps = table.header.indices.compactMap { column in
      Stamp(table.header[column], unit: unit).map { (column, $0) }
    }
    guard stamps.count >= 3, 2 * stamps.count > table.header.count, Set(stamps.map(\.1.kind)).count == 1 else {
      return nil
    }
    columns = stamps.map(\.0)
    times = stamps.map(\.1.seconds)
    lacksUnit = stamps.allSatisfy { $0.1.kind == ["", ""] }
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
  }

  /// The time in a column's name.
  private struct Stamp {
    /// What stands before and after the number: the same in all columns of one table.
    let kind: [String]
    let seconds: Double

    init?(_ name: String, unit given: String?) {
      let text = name.trimmed.lowercased()
      let head = text.prefix { !$0.isNumber }
      let digits = text.dropFirst(head.count).prefix { $0.isNumber || $0 == "." }
      let unit = text.dropFirst(head.count + digits.count).drop { $0 == " " || $0 == "_" }
      let said = head.isEmpty && unit.isEmpty ? given : String(unit)
      guard !head.contains(where: { $0 == "-" || $0 == "+" }), let said, ["ms", "s", "sec"].contains(said),
        let number = OptionText.number(String(digits))
      else { return nil }
      kind = [String(head), String(unit)]
      seconds = said == "ms" ? number / 1000 : number
    }
  }
}

extension WideTable {
  /// The table as one of that layout, where no column is a time; columns called by mere numbers are asked about.
  package static func recognise(
    _ table: DelimitedTable, _ options: SeriesTableOptions, _ findings: inout Findings
  ) -> WideTable? {
    guard !SeriesTable.namesTime(table) else { return nil }
    if let wide = WideTable(table) { return wide.takes(options, table, &findings) ? wide : nil }
    guard let wide = WideTable(table, unit: "s") else { return nil }
    if let unit = options.timeUnit, ["s", "ms"].contains(unit) { return WideTable(table, unit: unit) }
    findings.error(
      .tableNoTime, table.path,
      reason: "its columns are called by the numbers \(SeriesTable.short(wide.times[0])) to "
        + "\(SeriesTable.short(wide.times[wide.times.count - 1])): are they times?",
      remedy: "give --time-unit s or ms if they are, else --map time=COLUMN,NAME=COLUMN")
    return nil
  }

  private func takes(_ options: SeriesTableOptions, _ table: DelimitedTable, _ findings: inout Findings) -> Bool {
    guard options.timeUnit == "ms", !lacksUnit else { return true }
    findings.error(
      .optionMalformed, table.path, reason: "its columns are times, which say their unit themselves",
      remedy: "leave --time-unit out")
    return false
  }

  /// The series of one row.
  package struct Series {
    package let group: SeriesTable.Group
    /// As many as the group has times.
    package let values: [Double]
    package let place: String
  }

  /// A series per row, without the times before its first value and after its last: songs differ in length.
  ///
  /// - Parameter check: looks at the values of a column.
  package func series(
    of table: DelimitedTable, _ options: SeriesTableOptions, persons: PersonKeys = PersonKeys(), names: SeriesNames,
    check: (_ column: Int, _ values: [Double], inout Findings) -> Void, _ findings: inout Findings
  ) -> [Series] {
    guard let decimal = DecimalSign(option: options.decimal, &findings) else { return [] }
    let before = findings.errorCount
    let read = columns.map { options.values($0, of: table, decimal, &findings) }
    for (column, values) in zip(columns, read) { check(column, values, &findings) }
    let rows = SeriesTable.rows(table, options, persons, names: names, &findings)
    guard findings.errorCount == before else { return [] }
    return rows.enumerated().map { row, keys in
      let values = read.map { $0[row] }
      let place = "\(table.path) line \(table.line(of: row))"
      var group = SeriesTable.Group(keys: keys, rows: [], times: [])
      if let first = values.firstIndex(where: { !$0.isNaN }), let last = values.lastIndex(where: { !$0.isNaN }) {
        group.rows = Array(first...last)
        group.times = Array(times[first...last])
        group.clock.state("first stamp", times[first], "s", by: .stamps, of: place)
        group.clock.state("last stamp", times[last], "s", by: .stamps, of: place)
      }
      SeriesTable.checkUnit(table, group, factor: 0, "s", known: names.known, &findings)
      return Series(group: group, values: group.rows.map { values[$0] }, place: place)
    }
  }
}
